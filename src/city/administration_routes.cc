#include "city/administration_routes.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <fstream>
#include <iterator>

#include "city/limits.h"
#include "core/json_writer.h"
#include "core/text.h"

namespace madang::city {
namespace {

using web::Access;
using web::Request;
using web::Response;


Result<Response> import_areas(City& city, Request const& request) {
  auto const level = parse_int(request.query_value("level").value_or("1"));
  if (!level || *level < 1 || *level > kAreaLevelMax)
    return fail(Code::kInvalid, fmt::format("level: a number 1 to {} expected", kAreaLevelMax));
  MADANG_TRY(auto const imported, city.import_areas(request.body, static_cast<int>(*level)));
  JsonWriter w;
  w.begin_object().field("areas", imported.areas).field("set_aside", imported.set_aside).key("notes").begin_array();
  for (auto const& note : imported.notes) w.value(note);
  w.end_array().end_object();
  return web::json(w.take(), 201);
}

constexpr char const* kBasemapFile = "basemap.geojson";

Result<Response> keep_basemap(runtime::DataDirectory const& directory, Request const& request) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::string_view type;
  if (parser.parse(request.body).get(root) != simdjson::SUCCESS || root["type"].get(type) != simdjson::SUCCESS ||
      type != "FeatureCollection")
    return fail(Code::kInvalid, "basemap: a GeoJSON FeatureCollection expected");
  MADANG_CHECK(directory.write_file(kBasemapFile, request.body));
  return web::json("{}", 201);
}

Result<Response> basemap(runtime::DataDirectory const& directory) {
  std::ifstream in(directory.path() / kBasemapFile, std::ios::binary);
  std::string body = in ? std::string{std::istreambuf_iterator<char>(in), {}}
                        : std::string{R"({"type":"FeatureCollection","features":[]})"};
  auto response = web::json(std::move(body));
  response.content_type = "application/geo+json";
  response.headers.emplace_back("Cache-Control", "no-cache");
  return response;
}

}  // namespace

web::Routes administration_routes(AdministrationNeeds needs) {
  web::Routes r;
  r.post<Access::kLocal>(
      "/api/v1/areas", [needs](Request const& q) { return import_areas(needs.city, q); }, web::Work::kBulk);
  r.post<Access::kLocal>(
      "/api/v1/basemap", [needs](Request const& q) { return keep_basemap(needs.directory, q); }, web::Work::kBulk);
  r.get<Access::kPublic>("/api/v1/basemap", [needs](Request const&) { return basemap(needs.directory); });
  return r;
}

}  // namespace madang::city
