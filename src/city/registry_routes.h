// Entries of the registry that are edited, moved, retired and deleted by operators, and what was done to them: docs/registry.md.
#pragma once

#include "city/city.h"
#include "city/unit_book.h"
#include "storage/observations/store.h"
#include "web/http/http.h"

namespace madang::city {

struct RegistryNeeds {
  City& city;
  storage::ObservationStore& store;
  UnitBook units = {};
};

/// POST /api/v1/registry/acts and GET /api/v1/registry/history. What is needed outlives the routes.
web::Routes registry_routes(RegistryNeeds needs);

}  // namespace madang::city
