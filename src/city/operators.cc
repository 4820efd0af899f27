#include "city/operators.h"

#include <string>

#include "city/limits.h"
#include "city/permissions.h"
#include "city/rights_store.h"
#include "city/rules.h"
#include "core/json_writer.h"
#include "runtime/refusal.h"

namespace madang::city {
namespace {

using web::Request;
using web::Response;

Result<Response> get_operators(storage::Records& records) {
  MADANG_TRY(auto const logins, RightsStore(records).operator_logins());
  JsonWriter w;
  w.begin_object().key("operators").begin_array();
  for (auto const& login : logins) w.begin_object().field("login", login).end_object();
  w.end_array().end_object();
  auto response = web::json(w.take());
  // Logins are half of what somebody needs who guesses passwords: no cache keeps them.
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

}  // namespace

Result<PartyId> operator_of(storage::Records& records, std::string_view login) {
  std::string const name{login.substr(0, kLoginNameMax)};
  auto const nobody = runtime::refuse(Code::kNotFound, "refusal.login.none", {{"login", name}});
  if (!check_login(login)) return nobody;
  MADANG_TRY(auto const found, RightsStore(records).find_role_holder(name));
  if (!found) return nobody;
  return *found;
}

web::Routes operator_routes(storage::Records& records) {
  web::Routes r;
  r.get<kSeeParties>("/api/v1/operators", [&records](Request const&) { return get_operators(records); });
  return r;
}

}  // namespace madang::city
