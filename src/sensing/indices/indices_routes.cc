#include "sensing/indices/indices_routes.h"

#include "sensing/indices/indices_json.h"

namespace madang::sensing::indices {

web::Routes routes(RouteNeeds needs) {
  web::Routes r;
  r.get<web::Access::kPublic>("/api/v1/indices", [needs](web::Request const&) -> Result<web::Response> {
    MADANG_TRY(auto const indices, needs.indices.read());
    return web::json(indices_json(*indices, needs.messages));
  });
  return r;
}

}  // namespace madang::sensing::indices
