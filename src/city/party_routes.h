// The API of parties, offices and roles: docs/parties_api.md.
#pragma once

#include "city/city.h"
#include "city/parties.h"
#include "runtime/messages.h"
#include "web/http/http.h"

namespace madang::city {

/// All outlive the routes.
struct PartyRouteNeeds {
  Parties& parties;
  Rights& rights;
  City const& city;
  modules::Permissions const& permissions;
  runtime::Messages const& messages;
};

web::Routes party_routes(PartyRouteNeeds needs);

}  // namespace madang::city
