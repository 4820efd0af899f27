#include "app/serve/api_routes.h"

namespace madang::app {
namespace {

using web::Access;
using web::Request;
using web::Response;

Response send_document(Request const& request, std::string_view text, std::string content_type) {
  Response response;
  response.content_type = std::move(content_type);
  response.body = text;
  response.headers.emplace_back("Cache-Control", "no-cache");
  return web::with_etag(request, std::move(response));
}

}  // namespace

web::Routes api_routes(modules::ApiDocument const& api) {
  web::Routes r;
  // RFC 9512.
  r.get<Access::kPublic>("/api/openapi.yaml", [&api](Request const& q) -> Result<Response> { return send_document(q, api.yaml(), "application/yaml"); });
  r.get<Access::kPublic>("/api/openapi.json", [&api](Request const& q) -> Result<Response> { return send_document(q, api.json(), "application/json"); });
  return r;
}

}  // namespace madang::app
