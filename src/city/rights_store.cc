#include "city/rights_store.h"

#include <algorithm>
#include <array>

#include "city/codec.h"
#include "city/limits.h"
#include "core/json_writer.h"
#include "storage/journal/journal.h"
#include "storage/records/bulk.h"

namespace madang::city {
namespace {

using storage::read_rows;
using Number = long long;
using Text = std::string;
using soci::into;
using soci::use;

constexpr std::array kMigrations = {
    storage::Migration{
        "2026-11 keep parties, keys and logins",
        "CREATE TABLE party (id BIGINT NOT NULL PRIMARY KEY, login TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
        " is_operator SMALLINT NOT NULL, password_hash TEXT NOT NULL);"
        "CREATE TABLE access_key (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
        " hash TEXT NOT NULL UNIQUE, things TEXT NOT NULL, created_at BIGINT NOT NULL, revoked_at BIGINT NOT NULL);"
        "CREATE TABLE login_session (token_hash TEXT NOT NULL PRIMARY KEY, party BIGINT NOT NULL REFERENCES party (id),"
        " expires_at BIGINT NOT NULL);"
        "CREATE TABLE rights_version (id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);"
        "INSERT INTO rights_version (id, version) VALUES (1, 1)"},
};

void bump(soci::session& sql) { sql << "UPDATE rights_version SET version = version + 1 WHERE id = 1"; }

Number next_id(soci::session& sql, std::string const& table) {
  Number id = 0;
  sql << "SELECT COALESCE(MAX(id), 0) + 1 FROM " + table, into(id);
  return id;
}

bool exists(soci::session& sql, std::string const& table, std::string const& column, std::string const& text) {
  Number count = 0;
  sql << "SELECT COUNT(*) FROM " + table + " WHERE " + column + " = :text", use(text, "text"), into(count);
  return count > 0;
}

/// Who did it is personal and so is what things are called; the journal shows what was done to which number.
Result<void> record(soci::session& sql, Instant at, std::string_view kind, std::string_view subject, Number id,
                    std::vector<storage::journal::Secret> secrets) {
  std::erase_if(secrets, [](auto const& secret) { return secret.data.empty(); });
  JsonWriter facts;
  facts.begin_object().field(subject, static_cast<std::int64_t>(id)).end_object();
  MADANG_CHECK(storage::journal::append(sql, {at, std::string{kind}, facts.take(), std::move(secrets)}));
  return {};
}

}  // namespace

Result<void> RightsStore::migrate() {
  MADANG_CHECK(storage::journal::migrate(records_));
  return records_.migrate("rights", kMigrations);
}

Result<std::int64_t> RightsStore::version() {
  Number version = 0;
  auto const read = [&version](soci::session& sql) -> Result<void> {
    sql << "SELECT version FROM rights_version WHERE id = 1", into(version);
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return version;
}

Result<std::vector<StoredKey>> RightsStore::keys() {
  std::vector<StoredKey> keys;
  auto const read = [&keys](soci::session& sql) -> Result<void> {
    std::optional<Error> failure;
    read_rows<Number, Text, Text, Text, Number, Number>(
        sql, "SELECT id, name, hash, things, created_at, revoked_at FROM access_key ORDER BY id",
        [&](Number id, Text& name, Text& hash, Text& things, Number created_at, Number revoked_at) {
          auto serials = texts_of_json(things);
          // A scope that cannot be read must never become "all things".
          if (!serials) {
            failure = serials.error();
            return;
          }
          Key key{KeyId{id}, std::move(name), *std::move(serials), instant_of_millis(created_at), {}};
          if (revoked_at != 0) key.revoked_at = instant_of_millis(revoked_at);
          keys.push_back({std::move(key), std::move(hash)});
        });
    if (failure) return fail(*failure);
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return keys;
}

Result<std::vector<StoredLogin>> RightsStore::logins() {
  std::vector<StoredLogin> logins;
  auto const read = [&logins](soci::session& sql) -> Result<void> {
    read_rows<Text, Number, Text, Number>(
        sql,
        "SELECT s.token_hash, s.party, p.login, s.expires_at FROM login_session s JOIN party p ON p.id = s.party"
        " WHERE p.is_operator = 1",
        [&](Text& token_hash, Number party, Text& login, Number expires_at) {
          logins.push_back({std::move(token_hash), PartyId{party}, std::move(login), instant_of_millis(expires_at)});
        });
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return logins;
}

Result<void> RightsStore::add_key(StoredKey key) {
  auto const add = [this, &key](soci::session& sql) -> Result<void> {
    if (exists(sql, "access_key", "name", key.key.name)) {
      return fail(Code::kConflict, "name: there is a key \"" + key.key.name + "\" already");
    }
    Number const id = next_id(sql, "access_key");
    Number const created_at = millis_of(key.key.created_at);
    auto const things = json_of(key.key.things);
    sql << "INSERT INTO access_key (id, name, hash, things, created_at, revoked_at)"
           " VALUES (:id, :name, :hash, :things, :created_at, 0)",
        use(id, "id"), use(key.key.name, "name"), use(key.hash, "hash"), use(things, "things"),
        use(created_at, "created_at");
    bump(sql);
    return record(sql, key.key.created_at, "key_created", "key", id,
                  {{"actor", actor_}, {"name", key.key.name}, {"things", things}});
  };
  return records_.transaction(add);
}

Result<void> RightsStore::revoke_key(std::string_view name, Instant now) {
  std::string const wanted{name};
  auto const revoke = [&](soci::session& sql) -> Result<void> {
    Number id = 0;
    Number before = 0;
    sql << "SELECT id, revoked_at FROM access_key WHERE name = :name", use(wanted, "name"), into(id), into(before);
    if (!sql.got_data()) return fail(Code::kNotFound, "name: there is no key \"" + wanted + "\"");
    if (before != 0) return {};
    Number const revoked_at = millis_of(now);
    sql << "UPDATE access_key SET revoked_at = :revoked_at WHERE id = :id", use(revoked_at, "revoked_at"), use(id, "id");
    bump(sql);
    return record(sql, now, "key_revoked", "key", id, {{"actor", actor_}, {"name", wanted}});
  };
  return records_.transaction(revoke);
}

Result<PartyId> RightsStore::add_operator(std::string const& login, std::string const& password_hash, Instant now) {
  Number id = 0;
  auto const add = [&](soci::session& sql) -> Result<void> {
    if (exists(sql, "party", "login", login)) {
      return fail(Code::kConflict, "login: there is an operator \"" + login + "\" already");
    }
    id = next_id(sql, "party");
    sql << "INSERT INTO party (id, login, name, is_operator, password_hash)"
           " VALUES (:id, :login, '{}', 1, :password_hash)",
        use(id, "id"), use(login, "login"), use(password_hash, "password_hash");
    bump(sql);
    return record(sql, now, "operator_created", "party", id, {{"actor", actor_}, {"login", login}});
  };
  MADANG_CHECK(records_.transaction(add));
  return PartyId{id};
}

Result<void> RightsStore::set_password(std::string const& login, std::string const& password_hash, Instant now) {
  auto const set = [&](soci::session& sql) -> Result<void> {
    Number id = 0;
    sql << "SELECT id FROM party WHERE login = :login", use(login, "login"), into(id);
    if (!sql.got_data()) return fail(Code::kNotFound, "login: there is no operator \"" + login + "\"");
    sql << "UPDATE party SET password_hash = :password_hash WHERE login = :login",
        use(password_hash, "password_hash"), use(login, "login");
    sql << "DELETE FROM login_session WHERE party IN (SELECT id FROM party WHERE login = :login)",
        use(login, "login");
    bump(sql);
    return record(sql, now, "password_reset", "party", id, {{"actor", actor_}, {"login", login}});
  };
  return records_.transaction(set);
}

Result<std::optional<StoredOperator>> RightsStore::find_operator(std::string const& login) {
  std::optional<StoredOperator> found;
  auto const read = [&](soci::session& sql) -> Result<void> {
    Number id = 0;
    Text hash;
    sql << "SELECT id, password_hash FROM party WHERE login = :login AND is_operator = 1", use(login, "login"),
        into(id), into(hash);
    if (sql.got_data()) found = StoredOperator{PartyId{id}, std::move(hash)};
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return found;
}

Result<std::size_t> RightsStore::operator_count() {
  Number count = 0;
  auto const read = [&count](soci::session& sql) -> Result<void> {
    sql << "SELECT COUNT(*) FROM party WHERE is_operator = 1", into(count);
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return static_cast<std::size_t>(count);
}

Result<std::vector<std::string>> RightsStore::operator_logins() {
  std::vector<std::string> logins;
  auto const read = [&logins](soci::session& sql) -> Result<void> {
    read_rows<Text>(sql, "SELECT login FROM party WHERE is_operator = 1",
                    [&](Text& login) { logins.push_back(std::move(login)); });
    return {};
  };
  MADANG_CHECK(records_.read(read));
  // Here and not in SQL: the engines sort by different rules.
  std::ranges::sort(logins);
  return logins;
}

Result<void> RightsStore::add_login(StoredLogin const& login, Instant now) {
  auto const add = [&](soci::session& sql) -> Result<void> {
    Number const moment = millis_of(now);
    sql << "DELETE FROM login_session WHERE expires_at <= :moment", use(moment, "moment");
    Number const kept = static_cast<Number>(kSessionsMax) - 1;
    sql << "DELETE FROM login_session WHERE token_hash NOT IN"
           " (SELECT token_hash FROM login_session ORDER BY expires_at DESC, token_hash LIMIT :kept)",
        use(kept, "kept");
    Number const party = login.party.value();
    Number const expires_at = millis_of(login.expires_at);
    sql << "INSERT INTO login_session (token_hash, party, expires_at) VALUES (:token_hash, :party, :expires_at)",
        use(login.token_hash, "token_hash"), use(party, "party"), use(expires_at, "expires_at");
    bump(sql);
    return record(sql, now, "signed_in", "party", party, {{"actor", login.login}});
  };
  return records_.transaction(add);
}

Result<void> RightsStore::remove_login(std::string const& token_hash) {
  auto const remove = [&](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM login_session WHERE token_hash = :token_hash", use(token_hash, "token_hash");
    bump(sql);
    return {};
  };
  return records_.transaction(remove);
}

}  // namespace madang::city
