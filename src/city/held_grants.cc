#include "city/held_grants.h"

#include <algorithm>
#include <map>

#include "city/party_tables.h"
#include "storage/records/bulk.h"

namespace madang::city {
namespace {

using Number = long long;
using Text = std::string;
using storage::read_rows;
using RolePermissions = std::map<std::string, std::vector<std::string>, std::less<>>;

constexpr auto kOwn =
    "SELECT g.party, g.role, g.area FROM role_grant g JOIN party p ON p.id = g.party"
    " WHERE g.ended_at IS NULL AND p.ended_at IS NULL";
constexpr auto kOfOffices =
    "SELECT m.party, g.role, g.area FROM membership m JOIN role_grant g ON g.party = m.office"
    " JOIN party o ON o.id = m.office JOIN party p ON p.id = m.party"
    " WHERE m.ended_at IS NULL AND g.ended_at IS NULL AND o.ended_at IS NULL AND p.ended_at IS NULL";

RolePermissions own_roles(soci::session& sql) {
  RolePermissions roles;
  read_rows<Text, Text>(sql,
                        "SELECT r.name, p.permission FROM city_role r JOIN role_permission p ON p.role = r.id"
                        " WHERE r.ended_at IS NULL",
                        [&roles](Text& name, Text& permission) { roles[name].push_back(std::move(permission)); });
  return roles;
}

bool are_alike(web::Grants const& a, web::Grants const& b, std::string_view permission) {
  auto const areas = [permission](web::Grants const& grants) {
    auto all = grants.areas(permission);
    std::ranges::sort(all);
    return all;
  };
  return a.everywhere(permission) == b.everywhere(permission) && areas(a) == areas(b);
}

}  // namespace

void keep_unchanged(HeldGrants& now, HeldGrants const& before, modules::Permissions const& permissions) {
  for (auto& [party, grants] : now) {
    auto const known = before.find(party);
    if (known == before.end()) continue;
    bool alike = are_alike(*grants, *known->second, web::Grants::kEvery);
    for (auto const& declared : permissions.all()) alike = alike && are_alike(*grants, *known->second, declared.permission.name());
    if (alike) grants = known->second;
  }
}

Result<std::vector<std::string>> permissions_of_role(soci::session& sql, modules::Permissions const& permissions, std::string_view role) {
  auto const shipped = permissions.of_role(role);
  if (!shipped.empty()) return std::vector<std::string>{shipped.begin(), shipped.end()};
  std::vector<std::string> held;
  storage::Search const search{"WHERE role IN (SELECT id FROM city_role WHERE name = :name AND ended_at IS NULL) ORDER BY permission",
                               {{"name", role}}};
  MADANG_CHECK(storage::for_each(sql, kRolePermissions, search,
                                 [&held](RolePermissionRow&& row) { held.push_back(std::move(row.permission)); }));
  return held;
}

Result<HeldGrants> held_grants(soci::session& sql, modules::Permissions const& permissions) {
  auto roles = own_roles(sql);
  for (auto const role : {modules::kAdministrator, modules::kOperator, modules::kReader}) {
    auto const shipped = permissions.of_role(role);
    roles[std::string{role}] = {shipped.begin(), shipped.end()};
  }
  std::unordered_map<PartyId, std::shared_ptr<web::Grants>> held;
  for (auto const* query : {kOwn, kOfOffices}) {
    read_rows<Number, Text, Number>(sql, query, [&](Number party, Text& role, Number area) {
      auto const found = roles.find(role);
      if (found == roles.end()) return;
      auto& grants = held[PartyId{party}];
      if (!grants) grants = std::make_shared<web::Grants>();
      for (auto const& permission : found->second) {
        if (area == 0)
          grants->give(permission);
        else
          grants->give(permission, AreaId{area});
      }
    });
  }
  return HeldGrants{held.begin(), held.end()};
}

}  // namespace madang::city
