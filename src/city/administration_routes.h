// What the command line asks of a running server about the city: new areas, what maps draw under them. Only with the
// local key.
#pragma once

#include "city/city.h"
#include "runtime/data_directory.h"
#include "web/http/http.h"

namespace madang::city {

struct AdministrationNeeds {
  City& city;
  runtime::DataDirectory const& directory;
};

/// POST /api/v1/areas?level=N takes GeoJSON; POST /api/v1/basemap takes what maps draw under the areas, and GET gives it
/// to everybody. What is needed outlives the routes.
web::Routes administration_routes(AdministrationNeeds needs);

}  // namespace madang::city
