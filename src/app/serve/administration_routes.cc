#include "app/serve/administration_routes.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/serve/local_access.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "sensing/quality/quality.h"

namespace madang::app {
namespace {

using web::Access;
using web::Request;
using web::Response;

constexpr int kAreaLevelMax = 9;

Result<Response> import_areas(city::City& city, Request const& request) {
  MADANG_CHECK(require_local(request));
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

Result<Response> backup(storage::Records& records, storage::ObservationStore& store, Request const& request) {
  MADANG_CHECK(require_local(request));
  auto const folder = request.query_value("folder");
  if (!folder || !folder->starts_with('/')) return fail(Code::kInvalid, "folder: an absolute path expected");
  MADANG_CHECK(write_backup(records, store, std::string{*folder}));
  return web::json("{}", 201);
}

constexpr char const* kBasemapFile = "basemap.geojson";

Result<Response> keep_basemap(runtime::DataDirectory const& directory, Request const& request) {
  MADANG_CHECK(require_local(request));
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

Result<Instant> time_of(Request const& request, std::string_view name, Instant otherwise) {
  auto const text = request.query_value(name);
  if (!text) return otherwise;
  auto time = parse_instant(*text);
  if (!time) return fail(Code::kInvalid, fmt::format("{}: {}", name, time.error().sentence));
  return *time;
}

Result<Response> rerun_quality(AdministrationNeeds const& needs, Request const& request) {
  MADANG_CHECK(require_local(request));
  sensing::RerunOptions options;
  MADANG_TRY(options.when.from, time_of(request, "from", kInstantMin));
  MADANG_TRY(options.when.to, time_of(request, "to", kInstantMax));
  options.channel = request.query_value("channel").value_or("");
  MADANG_TRY(auto const summary, sensing::rerun_quality(needs.city, needs.store, options));
  return web::json(rerun_json(summary), 200);
}

Result<Response> calibrate(AdministrationNeeds const& needs, Request const& request) {
  MADANG_CHECK(require_local(request));
  sensing::CalibrationOptions options;
  options.channel = request.query_value("channel").value_or("");
  options.name = request.query_value("name").value_or("");
  options.reference = request.query_value("reference").value_or("");
  MADANG_TRY(options.learn.from, time_of(request, "from", kInstantMin));
  MADANG_TRY(options.learn.to, time_of(request, "to", kInstantMax));
  auto const append = [&needs](storage::Batch batch) -> Result<void> {
    MADANG_TRY(auto const stored, needs.ingest.submit_and_wait(std::move(batch)));
    (void)stored;
    return {};
  };
  MADANG_TRY(auto const summary, sensing::calibrate(needs.city, needs.store, append, needs.clock.now(), options));
  return web::json(calibration_json(summary), 200);
}

}  // namespace

std::string calibration_json(sensing::CalibrationSummary const& summary) {
  JsonWriter w;
  w.begin_object().field("reference", summary.reference).field("stations", summary.stations).field("made", summary.made);
  w.field("continued", summary.continued).field("unfit", summary.unfit).field("values", summary.values);
  w.field("distance_before", summary.spread_before).field("distance_after", summary.spread_after).end_object();
  return w.take();
}

std::string rerun_json(sensing::RerunSummary const& summary) {
  JsonWriter w;
  w.begin_object().field("rule_version", std::int64_t{sensing::kRuleVersion}).field("datastreams", summary.datastreams);
  w.field("values", summary.values).field("changed", summary.changed).key("flagged").begin_object();
  for (auto const& [test, count] : summary.flagged) w.field(sensing::name_of(test), count);
  w.end_object().end_object();
  return w.take();
}

Result<void> write_backup(storage::Records& records, storage::ObservationStore& store, std::string const& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::kUnavailable, fmt::format("{} cannot be made: {}", folder, error.message()));
  if (!std::filesystem::is_empty(folder, error))
    return fail(Code::kConflict, fmt::format("{} is not empty; a backup wants a folder of its own", folder));
  // Observations first: a Datastream that is made in between is then known without observations, never the reverse.
  MADANG_CHECK(store.backup_to(folder + "/observations"));
  return records.backup_to(folder + "/records.db");
}

web::Routes administration_routes(AdministrationNeeds needs) {
  web::Routes r;
  r.post<Access::kDevice>(
      "/api/v1/areas", [needs](Request const& q) { return import_areas(needs.city, q); }, web::Work::kBulk);
  r.post<Access::kDevice>(
      "/api/v1/backups", [needs](Request const& q) { return backup(needs.records, needs.store, q); }, web::Work::kBulk);
  r.post<Access::kDevice>(
      "/api/v1/quality/rerun", [needs](Request const& q) { return rerun_quality(needs, q); }, web::Work::kBulk);
  r.post<Access::kDevice>(
      "/api/v1/quality/calibrate", [needs](Request const& q) { return calibrate(needs, q); }, web::Work::kBulk);
  r.post<Access::kDevice>(
      "/api/v1/basemap", [needs](Request const& q) { return keep_basemap(needs.directory, q); }, web::Work::kBulk);
  r.get<Access::kPublic>("/api/v1/basemap", [needs](Request const&) { return basemap(needs.directory); });
  return r;
}

}  // namespace madang::app
