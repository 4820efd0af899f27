#include "city/rights_store.h"

#include <algorithm>

#include "city/codec.h"
#include "city/limits.h"
#include "city/party_acts.h"
#include "core/json_writer.h"
#include "runtime/refusal.h"
#include "storage/events/events.h"
#include "storage/journal/journal.h"
#include "storage/records/bulk.h"

namespace madang::city {
namespace {

using storage::read_rows;
using Number = long long;
using Text = std::string;
using soci::into;
using soci::use;

constexpr std::string_view kHoldsARole =
    " AND (EXISTS (SELECT 1 FROM role_grant g WHERE g.party = party.id AND g.ended_at IS NULL) OR EXISTS (SELECT 1 FROM membership m"
    " JOIN role_grant g ON g.party = m.office JOIN party o ON o.id = m.office WHERE m.party = party.id AND m.ended_at IS NULL"
    " AND o.ended_at IS NULL AND g.ended_at IS NULL))";

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

/// 0 carries nothing.
Result<void> check_carries_keys(soci::session& sql, PartyId party) {
  if (!party) return {};
  MADANG_TRY(auto const row, storage::find(sql, kParties, party));
  if (!row) return runtime::refuse_field(Code::kNotFound, "party", "refusal.party.none", {{"id", std::to_string(party.value())}});
  if (row->ended_at) return runtime::refuse_field(Code::kConflict, "party", "refusal.party.ended", {{"login", row->login}});
  if (row->kind == PartyKind::kDevice || row->kind == PartyKind::kService) return {};
  return runtime::refuse_field(Code::kInvalid, "party", "refusal.key.bearer", {{"login", row->login}, {"kind", name_of(row->kind)}});
}

Result<void> record_key(soci::session& sql, Instant at, std::string kind, Number id, std::vector<storage::journal::Secret> secrets) {
  std::erase_if(secrets, [](auto const& secret) { return secret.data.empty(); });
  JsonWriter facts;
  facts.begin_object().field("key", static_cast<std::int64_t>(id)).end_object();
  MADANG_CHECK(storage::journal::append(sql, {at, std::move(kind), facts.take(), std::move(secrets)}));
  return {};
}

}  // namespace

Result<void> RightsStore::migrate() {
  MADANG_CHECK(storage::journal::migrate(records_));
  MADANG_CHECK(storage::events::migrate(records_));
  return records_.migrate("rights", rights_migrations());
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

Result<std::vector<StoredKey>> RightsStore::keys() { return keys_where("1 = 1"); }

Result<std::vector<StoredKey>> RightsStore::valid_keys() { return keys_where("revoked_at = 0"); }

Result<std::vector<StoredKey>> RightsStore::keys_where(std::string_view condition) {
  auto const query = "SELECT id, name, hash, things, created_at, revoked_at, party FROM access_key WHERE " + std::string{condition} + " ORDER BY id";
  std::vector<StoredKey> keys;
  auto const read = [&](soci::session& sql) -> Result<void> {
    keys.clear();
    std::optional<Error> failure;
    read_rows<Number, Text, Text, Text, Number, Number, Number>(
        sql, query,
        [&](Number id, Text& name, Text& hash, Text& things, Number created_at, Number revoked_at, Number party) {
          auto serials = texts_of_json(things);
          // A scope that cannot be read must never become "all things".
          if (!serials) {
            failure = serials.error();
            return;
          }
          Key key{KeyId{id}, std::move(name), *std::move(serials), instant_of_millis(created_at), {}};
          if (revoked_at != 0) key.revoked_at = instant_of_millis(revoked_at);
          keys.push_back({std::move(key), std::move(hash), PartyId{party}});
        });
    if (failure) return fail(*failure);
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return keys;
}

Result<HeldGrants> RightsStore::grants(modules::Permissions const& permissions) {
  HeldGrants held;
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(held, held_grants(sql, permissions));
    return {};
  };
  MADANG_CHECK(records_.read(work));
  return held;
}

Result<void> RightsStore::add_key(StoredKey key) {
  auto const add = [this, &key](soci::session& sql) -> Result<void> {
    if (exists(sql, "access_key", "name", key.key.name)) {
      return runtime::refuse_field(Code::kConflict, "name", "refusal.key.taken", {{"name", key.key.name}});
    }
    MADANG_CHECK(check_carries_keys(sql, key.party));
    Number const id = next_id(sql, "access_key");
    Number const created_at = millis_of(key.key.created_at);
    Number const party = key.party.value();
    auto const things = json_of(key.key.things);
    sql << "INSERT INTO access_key (id, name, hash, things, created_at, revoked_at, party)"
           " VALUES (:id, :name, :hash, :things, :created_at, 0, :party)",
        use(id, "id"), use(key.key.name, "name"), use(key.hash, "hash"), use(things, "things"),
        use(created_at, "created_at"), use(party, "party");
    return record_key(sql, key.key.created_at, "key_created", id,
                      {{"actor", actor_.name}, {"name", key.key.name}, {"things", things}});
  };
  return one_act_at_a_time(records_, add);
}

Result<void> RightsStore::revoke_key(std::string_view name, Instant now) {
  std::string const wanted{name};
  auto const revoke = [&](soci::session& sql) -> Result<void> {
    Number id = 0;
    Number before = 0;
    sql << "SELECT id, revoked_at FROM access_key WHERE name = :name", use(wanted, "name"), into(id), into(before);
    if (!sql.got_data()) return runtime::refuse_field(Code::kNotFound, "name", "refusal.key.none", {{"name", wanted}});
    if (before != 0) return {};
    Number const revoked_at = millis_of(now);
    sql << "UPDATE access_key SET revoked_at = :revoked_at WHERE id = :id", use(revoked_at, "revoked_at"), use(id, "id");
    return record_key(sql, now, "key_revoked", id, {{"actor", actor_.name}, {"name", wanted}});
  };
  return one_act_at_a_time(records_, revoke);
}

Result<PartyId> RightsStore::add_operator(std::string const& login, std::string const& password_hash, std::string const& role, Instant now) {
  PartyRow row{.login = login, .signs_in = true, .password_hash = password_hash, .created_at = now};
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(check_role(sql, role));
    MADANG_CHECK(add_party(sql, row, actor_));
    MADANG_CHECK(add_grant(sql, {.id = {}, .party = row.id, .role = role, .area = {}, .since = now, .ended_at = {}}, actor_));
    return {};
  };
  MADANG_CHECK(one_act_at_a_time(records_, work));
  return row.id;
}

Result<void> RightsStore::set_password(std::string const& login, std::string const& password_hash, Instant now) {
  return one_act_at_a_time(records_, [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto rows, storage::select(sql, kParties, {"WHERE login = :login AND ended_at IS NULL", {{"login", login}}}));
    if (rows.empty()) return runtime::refuse_field(Code::kNotFound, "login", "refusal.login.none", {{"login", login}});
    auto const id = rows.front().id;
    return put_password(sql, std::move(rows.front()), password_hash, {.at = now, .kind = "password_reset", .by = actor_, .party = id});
  });
}

Result<std::optional<StoredOperator>> RightsStore::find_operator(std::string const& login) {
  std::optional<StoredOperator> found;
  auto const read = [&](soci::session& sql) -> Result<void> {
    Number id = 0;
    Text hash;
    sql << "SELECT id, password_hash FROM party WHERE login = :login AND is_operator = 1 AND ended_at IS NULL", use(login, "login"),
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
    sql << "SELECT COUNT(*) FROM party WHERE is_operator = 1 AND ended_at IS NULL", into(count);
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return static_cast<std::size_t>(count);
}

Result<std::vector<std::string>> RightsStore::operator_logins() {
  std::vector<std::string> logins;
  auto const read = [&logins](soci::session& sql) -> Result<void> {
    read_rows<Text>(sql, "SELECT login FROM party WHERE is_operator = 1 AND ended_at IS NULL" + std::string{kHoldsARole},
                    [&](Text& login) { logins.push_back(std::move(login)); });
    return {};
  };
  MADANG_CHECK(records_.read(read));
  // Here and not in SQL: the engines sort by different rules.
  std::ranges::sort(logins);
  return logins;
}

Result<std::optional<PartyId>> RightsStore::find_role_holder(std::string const& login) {
  std::optional<PartyId> found;
  auto const read = [&](soci::session& sql) -> Result<void> {
    found.reset();
    Number id = 0;
    sql << "SELECT id FROM party WHERE login = :login AND is_operator = 1 AND ended_at IS NULL" + std::string{kHoldsARole}, use(login, "login"), into(id);
    if (sql.got_data()) found = PartyId{id};
    return {};
  };
  MADANG_CHECK(records_.read(read));
  return found;
}

Result<std::optional<StoredLogin>> RightsStore::find_login(std::string const& token_hash) {
  std::optional<StoredLogin> found;
  auto const work = [&](soci::session& sql) -> Result<void> {
    found.reset();
    Number party = 0;
    Number expires_at = 0;
    Text login;
    sql << "SELECT s.party, s.expires_at, p.login FROM login_session s JOIN party p ON p.id = s.party"
           " WHERE s.token_hash = :hash AND p.is_operator = 1 AND p.ended_at IS NULL",
        use(token_hash, "hash"), into(party), into(expires_at), into(login);
    if (sql.got_data()) found = StoredLogin{token_hash, PartyId{party}, std::move(login), instant_of_millis(expires_at)};
    return {};
  };
  MADANG_CHECK(records_.read(work));
  return found;
}

Result<bool> RightsStore::add_login(StoredLogin const& login, std::string const& password_hash, Instant now) {
  bool is_in = false;
  auto const work = [&](soci::session& sql) -> Result<void> {
    // Locks the row: another password is set before this, and then this one is wrong, or after it, and then this session ends.
    MADANG_TRY(auto const still, storage::execute(sql, "UPDATE party SET id = id WHERE id = :party AND password_hash = :hash AND is_operator = 1 AND ended_at IS NULL",
                                                  {{"party", login.party}, {"hash", password_hash}}));
    is_in = still > 0;
    if (!is_in) return {};
    MADANG_CHECK(storage::execute(sql, "DELETE FROM login_session WHERE expires_at <= :now", {{"now", now}}));
    MADANG_TRY(auto const own, storage::select(sql, kSessions, {"WHERE party = :party ORDER BY expires_at DESC, token_hash", {{"party", login.party}}}));
    for (auto i = kSessionsPerPartyMax - 1; i < own.size(); ++i) MADANG_CHECK(end_session(sql, own[i].token_hash, now));
    MADANG_CHECK(storage::insert(sql, kSessions, SessionRow{login.token_hash, login.party, login.expires_at}));
    return record(sql, {.at = now, .kind = "signed_in", .by = {{}, login.login}, .party = login.party});
  };
  MADANG_CHECK(records_.transaction(work));
  return is_in;
}

Result<void> RightsStore::remove_login(std::string const& token_hash, Instant now) {
  return records_.transaction([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const session, storage::find(sql, kSessions, token_hash));
    if (!session) return {};
    MADANG_CHECK(end_session(sql, token_hash, now));
    return record(sql, {.at = now, .kind = "signed_out", .by = {}, .party = session->party});
  });
}

Result<std::int64_t> RightsStore::last_session_end() {
  Number last = 0;
  auto const work = [&last](soci::session& sql) -> Result<void> {
    sql << "SELECT COALESCE(MAX(id), 0) FROM session_end", into(last);
    return {};
  };
  MADANG_CHECK(records_.read(work));
  return last;
}

Result<std::vector<StoredSessionEnd>> RightsStore::session_ends_after(std::int64_t id, std::size_t limit) {
  std::vector<StoredSessionEnd> ends;
  auto const work = [&](soci::session& sql) -> Result<void> {
    ends.clear();
    storage::Search const search{"WHERE id > :seen ORDER BY id LIMIT " + std::to_string(limit), {{"seen", id}}};
    return storage::for_each(sql, kSessionEnds, search, [&ends](SessionEndRow&& row) { ends.push_back({row.id, std::move(row.token_hash)}); });
  };
  MADANG_CHECK(records_.read(work));
  return ends;
}

}  // namespace madang::city
