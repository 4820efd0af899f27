#include "city/party_tables.h"

#include <soci/soci.h>

#include <array>

#include "city/limits.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

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
    storage::Migration{
        "2026-11 parties are of kinds and hold roles, who worked in the control room stays an operator",
        "ALTER TABLE party ADD COLUMN kind SMALLINT NOT NULL DEFAULT 0;"
        "ALTER TABLE party ADD COLUMN created_at BIGINT;"
        "ALTER TABLE party ADD COLUMN ended_at BIGINT;"
        "UPDATE party SET name = '';"
        "ALTER TABLE access_key ADD COLUMN party BIGINT NOT NULL DEFAULT 0;"
        "CREATE TABLE membership (id BIGINT NOT NULL PRIMARY KEY, party BIGINT NOT NULL REFERENCES party (id),"
        " office BIGINT NOT NULL REFERENCES party (id), since BIGINT NOT NULL, ended_at BIGINT);"
        "CREATE UNIQUE INDEX membership_now ON membership (party, office) WHERE ended_at IS NULL;"
        "CREATE INDEX membership_office ON membership (office);"
        "CREATE TABLE city_role (id BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL,"
        " ended_at BIGINT);"
        "CREATE TABLE role_permission (role BIGINT NOT NULL REFERENCES city_role (id), permission TEXT NOT NULL,"
        " PRIMARY KEY (role, permission));"
        "CREATE TABLE role_grant (id BIGINT NOT NULL PRIMARY KEY, party BIGINT NOT NULL REFERENCES party (id),"
        " role TEXT NOT NULL, area BIGINT NOT NULL, since BIGINT NOT NULL, ended_at BIGINT);"
        "CREATE UNIQUE INDEX role_grant_now ON role_grant (party, role, area) WHERE ended_at IS NULL;"
        "INSERT INTO role_grant (id, party, role, area, since) SELECT id, id, 'operator', 0, 0 FROM party WHERE is_operator = 1"},
    storage::Migration{
        "2026-11 sessions are looked up one by one, and those that end early are told",
        "CREATE INDEX login_session_party ON login_session (party);"
        "CREATE INDEX login_session_expiry ON login_session (expires_at);"
        "CREATE TABLE session_end (id BIGINT NOT NULL PRIMARY KEY, token_hash TEXT NOT NULL, ended_at BIGINT NOT NULL)"},
};

}  // namespace

std::span<storage::Migration const> rights_migrations() { return kMigrations; }

Result<void> bump_rights(soci::session& sql) {
  MADANG_CHECK(storage::execute(sql, "UPDATE rights_version SET version = version + 1 WHERE id = 1"));
  return {};
}

Result<bool> end_session(soci::session& sql, std::string const& token_hash, Instant now) {
  MADANG_TRY(auto const gone, storage::execute(sql, "DELETE FROM login_session WHERE token_hash = :hash", {{"hash", token_hash}}));
  if (gone == 0) return false;
  MADANG_CHECK(storage::execute(sql, "DELETE FROM session_end WHERE ended_at < :before", {{"before", now - kSessionEndsKept}}));
  MADANG_CHECK(storage::insert(sql, kSessionEnds, SessionEndRow{storage::take_ids(sql, "session_end"), token_hash, now}));
  return true;
}

Result<void> end_sessions_of(soci::session& sql, PartyId party, Instant now) {
  std::vector<std::string> hashes;
  MADANG_CHECK(storage::for_each(sql, kSessions, {"WHERE party = :party", {{"party", party}}},
                                 [&hashes](SessionRow&& row) { hashes.push_back(std::move(row.token_hash)); }));
  for (auto const& hash : hashes) MADANG_CHECK(end_session(sql, hash, now));
  return {};
}

}  // namespace madang::city
