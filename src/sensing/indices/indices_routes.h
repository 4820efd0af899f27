// GET /api/v1/indices.
#pragma once

#include "runtime/messages.h"
#include "sensing/indices/city_indices.h"
#include "web/http/http.h"

namespace madang::sensing::indices {

/// All outlive the routes.
struct RouteNeeds {
  IndicesView& indices;
  runtime::Messages const& messages;
};
web::Routes routes(RouteNeeds needs);

}  // namespace madang::sensing::indices
