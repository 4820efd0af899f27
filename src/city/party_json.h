// Parties and roles as JSON: docs/parties_api.md.
#pragma once

#include <span>
#include <string>

#include "city/parties.h"
#include "core/json_writer.h"
#include "runtime/messages.h"

namespace madang::city {

void write_party(JsonWriter& w, Party const& party);
std::string party_json(Party const& party, PartyHistory const& history);
std::string grant_json(RoleGrant const& grant);
std::string membership_json(Membership const& membership);
std::string role_json(Role const& role);
std::string roles_json(std::span<Role const> roles);
/// Which there are, and what each lets somebody do, by language.
std::string permissions_json(modules::Permissions const& permissions, runtime::Messages const& messages);

struct PartyRequest {
  std::optional<PartyKind> kind;
  std::optional<std::string> login;
  std::optional<std::string> name;
  std::optional<std::string> password;
};
/// {kind?, login?, name?, password?}
Result<PartyRequest> parse_party(std::string_view body);

struct GiveRequest {
  std::string role;
  AreaId area;
};
/// {role, area?}
Result<GiveRequest> parse_give(std::string_view body);
/// {party}
Result<PartyId> parse_member(std::string_view body);
/// {name?, permissions}
Result<Role> parse_role(std::string_view body);

}  // namespace madang::city
