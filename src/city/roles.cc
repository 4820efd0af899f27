// Roles and who holds them, of Parties.

#include <algorithm>
#include <array>

#include "city/held_grants.h"
#include "city/limits.h"
#include "city/parties.h"
#include "city/party_acts.h"
#include "runtime/refusal.h"

namespace madang::city {
namespace {

constexpr std::array kShipped = {modules::kAdministrator, modules::kOperator, modules::kReader};

std::unexpected<Error> no_role(std::string_view name) {
  return runtime::refuse_field(Code::kNotFound, "role", "refusal.role.none", {{"role", name.substr(0, kRoleNameMax)}});
}

Result<void> check_role_name(std::string_view name) {
  if (name.empty() || name.size() > kRoleNameMax)
    return runtime::refuse_field(Code::kInvalid, "name", "refusal.role.name_length", {{"max", kRoleNameMax}});
  auto const fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; };
  if (!std::ranges::all_of(name, fits)) return runtime::refuse_field(Code::kInvalid, "name", "refusal.role.name_signs");
  if (is_shipped_role(name)) return runtime::refuse_field(Code::kConflict, "name", "refusal.role.name_shipped", {{"role", name}});
  return {};
}

Result<std::optional<RoleRow>> find_row(soci::session& sql, std::string_view name) {
  MADANG_TRY(auto rows, storage::select(sql, kRoles, {"WHERE name = :name", {{"name", name}}}));
  if (rows.empty()) return std::optional<RoleRow>{};
  return std::optional{std::move(rows.front())};
}

Result<void> put_permissions(soci::session& sql, std::int64_t role, std::vector<std::string> const& permissions) {
  MADANG_CHECK(storage::execute(sql, "DELETE FROM role_permission WHERE role = :role", {{"role", role}}));
  for (auto const& permission : permissions) MADANG_CHECK(storage::insert(sql, kRolePermissions, RolePermissionRow{role, permission}));
  return {};
}

}  // namespace

Result<void> Parties::check_permissions(std::vector<std::string> const& permissions) const {
  if (permissions.empty()) return runtime::refuse_field(Code::kInvalid, "permissions", "refusal.role.empty");
  for (auto const& permission : permissions)
    if (needs_.permissions.find(permission) == nullptr)
      return runtime::refuse_field(Code::kInvalid, "permissions", "refusal.role.permission", {{"permission", permission.substr(0, web::Permission::kLengthMax)}});
  return {};
}

Result<std::vector<Role>> Parties::roles() {
  std::vector<Role> roles;
  for (auto const name : kShipped) {
    auto const held = needs_.permissions.of_role(name);
    roles.push_back({std::string{name}, true, {held.begin(), held.end()}});
  }
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const own, storage::select(sql, kRoles, {"WHERE ended_at IS NULL"}));
    for (auto const& row : own) {
      MADANG_TRY(auto held, permissions_of_role(sql, needs_.permissions, row.name));
      roles.push_back({row.name, false, std::move(held)});
    }
    return {};
  };
  MADANG_CHECK(needs_.records.read(work));
  // Here and not in SQL: the engines sort by different rules.
  std::ranges::sort(roles.begin() + kShipped.size(), roles.end(), {}, &Role::name);
  return roles;
}

Result<Role> Parties::role(std::string_view name) {
  MADANG_TRY(auto all, roles());
  auto const found = std::ranges::find(all, name, &Role::name);
  if (found == all.end()) return no_role(name);
  return *std::move(found);
}

Result<Role> Parties::create_role(Role role, Actor const& by) {
  MADANG_CHECK(check_role_name(role.name));
  MADANG_CHECK(check_permissions(role.permissions));
  auto const now = needs_.clock.now();
  std::ranges::sort(role.permissions);
  role.permissions.erase(std::ranges::unique(role.permissions).begin(), role.permissions.end());
  role.shipped = false;
  auto const work = [&](soci::session& sql) -> Result<void> {
    if (by.reaches) MADANG_CHECK(by.reaches(role.permissions, {}));
    MADANG_TRY(auto const taken, find_row(sql, role.name));
    if (taken) return runtime::refuse_field(Code::kConflict, "name", "refusal.role.name_taken", {{"role", role.name}});
    RoleRow const row{storage::take_ids(sql, "city_role"), role.name, now, {}};
    MADANG_CHECK(storage::insert(sql, kRoles, row));
    MADANG_CHECK(put_permissions(sql, row.id, role.permissions));
    return record(sql, {.at = now, .kind = "role_created", .by = by, .role = role.name, .permissions = role.permissions});
  };
  MADANG_CHECK(one_act_at_a_time(needs_.records, work));
  return role;
}

Result<Role> Parties::change_role(Role role, Actor const& by) {
  if (is_shipped_role(role.name)) return runtime::refuse_field(Code::kConflict, "role", "refusal.role.shipped_stays", {{"role", role.name}});
  MADANG_CHECK(check_permissions(role.permissions));
  std::ranges::sort(role.permissions);
  role.permissions.erase(std::ranges::unique(role.permissions).begin(), role.permissions.end());
  role.shipped = false;
  auto const now = needs_.clock.now();
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const row, find_row(sql, role.name));
    if (!row || row->ended_at) return no_role(role.name);
    // Who takes from a role takes from all who hold it.
    MADANG_CHECK(check_reaches_role(sql, needs_.permissions, by, role.name, {}));
    if (by.reaches) MADANG_CHECK(by.reaches(role.permissions, {}));
    MADANG_CHECK(put_permissions(sql, row->id, role.permissions));
    return record(sql, {.at = now, .kind = "role_changed", .by = by, .role = role.name, .permissions = role.permissions});
  };
  MADANG_CHECK(one_act_at_a_time(needs_.records, work));
  return role;
}

Result<void> Parties::end_role(std::string_view name, Actor const& by) {
  if (is_shipped_role(name)) return runtime::refuse_field(Code::kConflict, "role", "refusal.role.shipped", {{"role", name}});
  auto const now = needs_.clock.now();
  return one_act_at_a_time(needs_.records, [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto row, find_row(sql, name));
    if (!row || row->ended_at) return no_role(name);
    MADANG_CHECK(check_reaches_role(sql, needs_.permissions, by, name, {}));
    MADANG_TRY(auto const holders, storage::count(sql, kRoleGrants, {"WHERE role = :role AND ended_at IS NULL", {{"role", name}}}));
    if (holders > 0) return runtime::refuse_field(Code::kConflict, "role", "refusal.role.held", {{"role", name}, {"count", holders}});
    row->ended_at = now;
    MADANG_CHECK(storage::update(sql, kRoles, *row));
    return record(sql, {.at = now, .kind = "role_ended", .by = by, .role = std::string{name}});
  });
}

Result<RoleGrant> Parties::give(PartyId party, std::string_view role, AreaId area, Actor const& by) {
  RoleGrant given{.id = {}, .party = party, .role = std::string{role}, .area = area, .since = needs_.clock.now(), .ended_at = {}};
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const to, storage::find(sql, kParties, party));
    if (!to || to->ended_at) return runtime::refuse(Code::kNotFound, "refusal.party.none", {{"id", std::to_string(party.value())}});
    MADANG_CHECK(check_role(sql, role));
    MADANG_CHECK(check_reaches_role(sql, needs_.permissions, by, role, area));
    storage::Search const now{"WHERE party = :party AND role = :role AND area = :area AND ended_at IS NULL",
                              {{"party", party}, {"role", role}, {"area", area}}};
    MADANG_TRY(auto const already, storage::count(sql, kRoleGrants, now));
    if (already > 0) return runtime::refuse(Code::kConflict, "refusal.grant.already", {{"login", to->login}, {"role", role}});
    MADANG_TRY(given, add_grant(sql, given, by));
    return {};
  };
  MADANG_CHECK(one_act_at_a_time(needs_.records, work));
  return given;
}

Result<RoleGrant> Parties::find_grant(RoleGrantId id) {
  std::optional<RoleGrant> found;
  auto const work = [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(found, storage::find(sql, kRoleGrants, id));
    return {};
  };
  MADANG_CHECK(needs_.records.read(work));
  if (!found) return runtime::refuse(Code::kNotFound, "refusal.grant.none", {{"id", std::to_string(id.value())}});
  return *std::move(found);
}

Result<void> Parties::revoke(RoleGrantId id, Actor const& by) {
  auto const now = needs_.clock.now();
  return one_act_at_a_time(needs_.records, [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto grant, storage::find(sql, kRoleGrants, id));
    if (!grant || grant->ended_at) return runtime::refuse(Code::kNotFound, "refusal.grant.none", {{"id", std::to_string(id.value())}});
    MADANG_CHECK(check_reaches_role(sql, needs_.permissions, by, grant->role, grant->area));
    grant->ended_at = now;
    MADANG_CHECK(keeping_an_administrator(sql, [&] { return storage::update(sql, kRoleGrants, *grant); }));
    return record(sql, {.at = now, .kind = "role_taken", .by = by, .party = grant->party, .role = grant->role, .area = grant->area});
  });
}

}  // namespace madang::city
