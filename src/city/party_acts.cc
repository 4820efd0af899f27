#include "city/party_acts.h"

#include <fmt/format.h>

#include "city/held_grants.h"
#include "city/limits.h"
#include "city/rules.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "runtime/refusal.h"
#include "storage/records/bulk.h"

namespace madang::city {
namespace {

long long administrators(soci::session& sql) {
  std::string const role{modules::kAdministrator};
  long long count = 0;
  sql << "SELECT COUNT(*) FROM party p WHERE p.is_operator = 1 AND p.ended_at IS NULL AND (EXISTS (SELECT 1 FROM role_grant g"
         " WHERE g.party = p.id AND g.role = :own AND g.area = 0 AND g.ended_at IS NULL) OR EXISTS (SELECT 1 FROM membership m"
         " JOIN role_grant g ON g.party = m.office JOIN party o ON o.id = m.office WHERE m.party = p.id AND m.ended_at IS NULL"
         " AND o.ended_at IS NULL AND g.role = :office AND g.area = 0 AND g.ended_at IS NULL))",
      soci::use(role, "own"), soci::use(role, "office"), soci::into(count);
  return count;
}

std::string facts_of(PartyAct const& act) {
  JsonWriter facts;
  facts.begin_object();
  if (act.by.party) facts.field("by", act.by.party.value());
  if (act.party) facts.field("party", act.party.value());
  if (act.office) facts.field("office", act.office.value());
  if (!act.role.empty()) facts.field("role", act.role);
  if (act.area) facts.field("area", act.area.value());
  if (!act.permissions.empty()) {
    facts.key("permissions").begin_array();
    for (auto const& permission : act.permissions) facts.value(permission);
    facts.end_array();
  }
  facts.end_object();
  return facts.take();
}

}  // namespace

Result<void> one_act_at_a_time(storage::Records& records, storage::Records::Work const& work) {
  return records.transaction([&work](soci::session& sql) -> Result<void> {
    // Its row stays locked until the end, so that whoever comes next, in whichever process, sees what this act has written.
    MADANG_CHECK(bump_rights(sql));
    return work(sql);
  });
}

Result<void> record(soci::session& sql, PartyAct act) {
  auto secrets = std::move(act.secrets);
  secrets.insert(secrets.begin(), {"actor", act.by.name});
  std::erase_if(secrets, [](auto const& secret) { return secret.data.empty(); });
  MADANG_CHECK(storage::journal::append(sql, {act.at, act.kind, facts_of(act), std::move(secrets)}));
  return {};
}

Result<void> add_party(soci::session& sql, PartyRow& row, Actor const& by) {
  MADANG_TRY(auto const taken, storage::count(sql, kParties, {"WHERE login = :login", {{"login", row.login}}}));
  if (taken > 0) return runtime::refuse_field(Code::kConflict, "login", "refusal.party.login_taken", {{"login", row.login}});
  row.id = PartyId{storage::take_ids(sql, "party")};
  MADANG_CHECK(storage::insert(sql, kParties, row));
  return record(sql, {.at = *row.created_at,
                      .kind = fmt::format("{}_created", row.signs_in ? "operator" : name_of(row.kind)),
                      .by = by,
                      .party = row.id,
                      .secrets = {{"login", row.login}, {"name", row.name}}});
}

Result<void> put_password(soci::session& sql, PartyRow row, std::string const& hash, PartyAct act) {
  if (row.kind != PartyKind::kPerson) return runtime::refuse_field(Code::kInvalid, "password", "refusal.password.no_person", {{"kind", name_of(row.kind)}});
  row.password_hash = hash;
  row.signs_in = true;
  MADANG_CHECK(storage::update(sql, kParties, row));
  MADANG_CHECK(end_sessions_of(sql, row.id, act.at));
  act.secrets.push_back({"login", row.login});
  return record(sql, std::move(act));
}

Result<RoleGrant> add_grant(soci::session& sql, RoleGrant grant, Actor const& by) {
  grant.id = RoleGrantId{storage::take_ids(sql, "role_grant")};
  MADANG_CHECK(storage::insert(sql, kRoleGrants, grant));
  MADANG_CHECK(record(sql, {.at = grant.since, .kind = "role_given", .by = by, .party = grant.party, .role = grant.role, .area = grant.area}));
  return grant;
}

Result<void> check_reaches_role(soci::session& sql, modules::Permissions const& permissions, Actor const& by, std::string_view role, AreaId area) {
  if (!by.reaches) return {};
  MADANG_TRY(auto const held, permissions_of_role(sql, permissions, role));
  return by.reaches(held, area);
}

Result<void> check_reaches_party(soci::session& sql, modules::Permissions const& permissions, Actor const& by, PartyId party) {
  if (!by.reaches) return {};
  // All of them: a limit would let what stands behind it pass unseen.
  storage::Search const now{"WHERE ended_at IS NULL AND (party = :own OR party IN (SELECT office FROM membership WHERE party = :member AND ended_at IS NULL))",
                            {{"own", party}, {"member", party}}};
  MADANG_TRY(auto const grants, storage::select(sql, kRoleGrants, now));
  for (auto const& grant : grants) MADANG_CHECK(check_reaches_role(sql, permissions, by, grant.role, grant.area));
  return {};
}

Result<void> keeping_an_administrator(soci::session& sql, std::function<Result<void>()> const& change) {
  auto const before = administrators(sql);
  MADANG_CHECK(change());
  if (before == 0 || administrators(sql) > 0) return {};
  return runtime::refuse(Code::kConflict, "refusal.party.last_administrator");
}

bool is_shipped_role(std::string_view name) {
  return name == modules::kAdministrator || name == modules::kOperator || name == modules::kReader;
}

Result<void> check_role(soci::session& sql, std::string_view name) {
  if (is_shipped_role(name)) return {};
  MADANG_TRY(auto const own, storage::count(sql, kRoles, {"WHERE name = :name AND ended_at IS NULL", {{"name", name}}}));
  if (own == 0) return runtime::refuse_field(Code::kNotFound, "role", "refusal.role.none", {{"role", name.substr(0, kRoleNameMax)}});
  return {};
}

Result<void> check_party_name(std::string_view name) {
  if (name.size() > kPartyNameMax) return runtime::refuse_field(Code::kLimit, "name", "refusal.text.too_long", {{"bytes", name.size()}, {"max", kPartyNameMax}});
  if (!is_utf8(name) || name.find('\0') != std::string_view::npos) return runtime::refuse_field(Code::kInvalid, "name", "refusal.party.name");
  return {};
}

}  // namespace madang::city
