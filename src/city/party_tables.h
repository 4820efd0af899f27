// The tables of parties, roles and rights, described once. Their migrations are one list, append-only.
#pragma once

#include <span>

#include "city/parties.h"
#include "storage/records/records.h"
#include "storage/records/rows.h"

namespace madang::city {

/// Of keys, parties, logins and roles, under the name "rights".
std::span<storage::Migration const> rights_migrations();

struct PartyRow {
  PartyId id = {};
  std::string login = {};
  std::string name = {};
  bool signs_in = false;
  std::string password_hash = {};
  PartyKind kind = PartyKind::kPerson;
  std::optional<Instant> created_at = {};
  std::optional<Instant> ended_at = {};
};
inline constexpr auto kParties = storage::table<PartyRow>(
    "party", storage::key("id", &PartyRow::id), storage::column("login", &PartyRow::login),
    storage::column("name", &PartyRow::name), storage::column("is_operator", &PartyRow::signs_in),
    storage::column("password_hash", &PartyRow::password_hash), storage::column("kind", &PartyRow::kind),
    storage::column("created_at", &PartyRow::created_at), storage::column("ended_at", &PartyRow::ended_at));

inline constexpr auto kMemberships = storage::table<Membership>(
    "membership", storage::key("id", &Membership::id), storage::column("party", &Membership::party),
    storage::column("office", &Membership::office), storage::column("since", &Membership::since),
    storage::column("ended_at", &Membership::ended_at));

inline constexpr auto kRoleGrants = storage::table<RoleGrant>(
    "role_grant", storage::key("id", &RoleGrant::id), storage::column("party", &RoleGrant::party),
    storage::column("role", &RoleGrant::role), storage::column("area", &RoleGrant::area),
    storage::column("since", &RoleGrant::since), storage::column("ended_at", &RoleGrant::ended_at));

struct RoleRow {
  std::int64_t id = 0;
  std::string name;
  Instant created_at;
  std::optional<Instant> ended_at;
};
inline constexpr auto kRoles = storage::table<RoleRow>(
    "city_role", storage::key("id", &RoleRow::id), storage::column("name", &RoleRow::name),
    storage::column("created_at", &RoleRow::created_at), storage::column("ended_at", &RoleRow::ended_at));

struct RolePermissionRow {
  std::int64_t role = 0;
  std::string permission;
};
inline constexpr auto kRolePermissions = storage::table<RolePermissionRow>(
    "role_permission", storage::key("role", &RolePermissionRow::role),
    storage::key("permission", &RolePermissionRow::permission));

struct SessionRow {
  std::string token_hash;
  PartyId party;
  Instant expires_at;
};
inline constexpr auto kSessions = storage::table<SessionRow>(
    "login_session", storage::key("token_hash", &SessionRow::token_hash), storage::column("party", &SessionRow::party),
    storage::column("expires_at", &SessionRow::expires_at));

/// A session that ended before its time: what other servers must forget.
struct SessionEndRow {
  std::int64_t id = 0;
  std::string token_hash;
  Instant ended_at;
};
inline constexpr auto kSessionEnds = storage::table<SessionEndRow>(
    "session_end", storage::key("id", &SessionEndRow::id), storage::column("token_hash", &SessionEndRow::token_hash),
    storage::column("ended_at", &SessionEndRow::ended_at));

// In an open transaction.
/// Tells every process that keys or roles have changed.
Result<void> bump_rights(soci::session& sql);
/// Ends the sessions of a party.
Result<void> end_sessions_of(soci::session& sql, PartyId party, Instant now);
/// Ends one session; whether there was one.
Result<bool> end_session(soci::session& sql, std::string const& token_hash, Instant now);

}  // namespace madang::city
