// The server's own description, for programs and those who write them.
#pragma once

#include "modules/api_document.h"
#include "web/http/http.h"

namespace madang::app {

/// /api/openapi.yaml and the same as /api/openapi.json. The document outlives the routes.
web::Routes api_routes(modules::ApiDocument const& api);

}  // namespace madang::app
