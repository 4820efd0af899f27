#include "app/administration_routes.h"

#include <fmt/format.h>

#include <filesystem>

#include "app/local_access.h"
#include "core/json_writer.h"
#include "core/text.h"

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
  MADANG_TRY(auto const count, city.import_areas(request.body, static_cast<int>(*level)));
  JsonWriter w;
  w.begin_object().field("areas", count).end_object();
  return web::json(w.take(), 201);
}

Result<Response> backup(storage::Records& records, storage::ObservationStore& store, Request const& request) {
  MADANG_CHECK(require_local(request));
  auto const folder = request.query_value("folder");
  if (!folder || !folder->starts_with('/')) return fail(Code::kInvalid, "folder: an absolute path expected");
  MADANG_CHECK(write_backup(records, store, std::string{*folder}));
  return web::json("{}", 201);
}

}  // namespace

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

web::Routes administration_routes(city::City& city, storage::Records& records, storage::ObservationStore& store) {
  web::Routes r;
  r.post<Access::kDevice>(
      "/api/v1/areas", [&city](Request const& q) { return import_areas(city, q); }, web::Work::kBulk);
  r.post<Access::kDevice>(
      "/api/v1/backups", [&records, &store](Request const& q) { return backup(records, store, q); }, web::Work::kBulk);
  return r;
}

}  // namespace madang::app
