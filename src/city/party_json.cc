#include "city/party_json.h"

#include "city/limits.h"
#include "core/json_fields.h"
#include "runtime/refusal.h"

namespace madang::city {
namespace {

void write_when(JsonWriter& w, std::string_view name, std::optional<Instant> when) {
  if (when) w.field(name, millis_of(*when));
}

void write_grant(JsonWriter& w, RoleGrant const& grant) {
  w.begin_object().field("id", grant.id.value()).field("party", grant.party.value()).field("role", grant.role).key("area");
  if (grant.area)
    w.value(grant.area.value());
  else
    w.null();
  w.field("since", millis_of(grant.since));
  write_when(w, "ended", grant.ended_at);
  w.end_object();
}

void write_membership(JsonWriter& w, Membership const& membership) {
  w.begin_object().field("party", membership.party.value()).field("office", membership.office.value());
  w.field("since", millis_of(membership.since));
  write_when(w, "ended", membership.ended_at);
  w.end_object();
}

void write_role(JsonWriter& w, Role const& role) {
  w.begin_object().field("name", role.name).field("shipped", role.shipped).key("permissions").begin_array();
  for (auto const& permission : role.permissions) w.value(permission);
  w.end_array().end_object();
}

template <typename Rows, typename Write>
void write_list(JsonWriter& w, std::string_view name, Rows const& rows, Write const& write) {
  w.key(name).begin_array();
  for (auto const& row : rows) write(w, row);
  w.end_array();
}

template <typename Write>
std::string text_written(Write const& write) {
  JsonWriter w;
  write(w);
  return w.take();
}

}  // namespace

void write_party(JsonWriter& w, Party const& party) {
  w.begin_object().field("id", party.id.value()).field("kind", name_of(party.kind)).field("login", party.login);
  w.field("name", party.name).field("signs_in", party.signs_in);
  write_when(w, "created", party.created_at);
  write_when(w, "ended", party.ended_at);
  w.end_object();
}

std::string party_json(Party const& party, PartyHistory const& history) {
  JsonWriter w;
  w.begin_object().key("party");
  write_party(w, party);
  write_list(w, "roles", history.roles, write_grant);
  write_list(w, "offices", history.offices, write_membership);
  write_list(w, "members", history.members, write_membership);
  if (history.is_cut) w.field("older_left_out", true);
  w.end_object();
  return w.take();
}

std::string grant_json(RoleGrant const& grant) {
  return text_written([&](JsonWriter& w) { write_grant(w, grant); });
}

std::string membership_json(Membership const& membership) {
  return text_written([&](JsonWriter& w) { write_membership(w, membership); });
}

std::string role_json(Role const& role) {
  return text_written([&](JsonWriter& w) { write_role(w, role); });
}

std::string roles_json(std::span<Role const> roles) {
  JsonWriter w;
  w.begin_object();
  write_list(w, "roles", roles, write_role);
  w.end_object();
  return w.take();
}

std::string permissions_json(modules::Permissions const& permissions, runtime::Messages const& messages) {
  JsonWriter w;
  w.begin_object().key("permissions").begin_array();
  for (auto const& declared : permissions.all()) {
    w.begin_object().field("permission", declared.permission.name()).key("lets").begin_object();
    for (auto const& language : messages.languages()) w.field(language, messages.text(language, declared.words));
    w.end_object().end_object();
  }
  w.end_array().end_object();
  return w.take();
}

Result<PartyRequest> parse_party(std::string_view body) {
  MADANG_TRY(auto const fields, JsonFields::of(body, {"kind", "login", "name", "password"}));
  PartyRequest request;
  MADANG_TRY(auto const kind, fields.text_if_any("kind"));
  if (kind) {
    MADANG_TRY(request.kind, party_kind_of(*kind));
  }
  MADANG_TRY(request.login, fields.text_if_any("login"));
  MADANG_TRY(request.name, fields.text_if_any("name"));
  MADANG_TRY(request.password, fields.text_if_any("password"));
  return request;
}

Result<GiveRequest> parse_give(std::string_view body) {
  MADANG_TRY(auto const fields, JsonFields::of(body, {"role", "area"}));
  GiveRequest request;
  MADANG_TRY(request.role, fields.text("role"));
  if (request.role.empty()) return runtime::refuse_field(Code::kInvalid, "role", "refusal.missing");
  MADANG_TRY(auto const area, fields.integer("area"));
  if (area && *area < 1) return runtime::refuse_field(Code::kInvalid, "area", "refusal.grant.area");
  request.area = AreaId{area.value_or(0)};
  return request;
}

Result<PartyId> parse_member(std::string_view body) {
  MADANG_TRY(auto const fields, JsonFields::of(body, {"party"}));
  MADANG_TRY(auto const party, fields.integer("party"));
  if (!party || *party < 1) return runtime::refuse_field(Code::kInvalid, "party", "refusal.party.expected");
  return PartyId{*party};
}

Result<Role> parse_role(std::string_view body) {
  MADANG_TRY(auto const fields, JsonFields::of(body, {"name", "permissions"}));
  Role role;
  MADANG_TRY(role.name, fields.text("name"));
  MADANG_TRY(role.permissions, fields.texts("permissions", kRolePermissionsMax));
  return role;
}

}  // namespace madang::city
