#include "app/serve/backup_routes.h"

#include <fmt/format.h>

#include <filesystem>

#include "runtime/data_directory.h"

namespace madang::app {
namespace {

using web::Request;
using web::Response;

Result<Response> answer_backup(storage::Records& records, storage::ObservationStore& store, Request const& request) {
  auto const folder = request.query_value("folder");
  if (!folder || !folder->starts_with('/')) return fail(Code::kInvalid, "folder: an absolute path expected");
  auto const copy = [&store](std::string const& to) { return store.backup_to(to); };
  MADANG_CHECK(write_backup(records, copy, std::string{*folder}));
  return web::json("{}", 201);
}

}  // namespace

Result<void> write_backup(storage::Records& records, CopyObservations const& copy_observations, std::string const& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::kUnavailable, fmt::format("{} cannot be made: {}", folder, error.message()));
  MADANG_TRY(bool const fresh, runtime::is_fresh(folder));
  if (!fresh)
    return fail(Code::kConflict, fmt::format("{} is not empty; a backup wants a folder of its own", folder));
  // Observations first: a Datastream that is made in between is then known without observations, never the reverse.
  MADANG_CHECK(copy_observations(folder + "/observations"));
  return records.backup_to(folder + "/records.db");
}

web::Routes backup_routes(storage::Records& records, storage::ObservationStore& store) {
  web::Routes r;
  r.post<web::Access::kLocal>(
      "/api/v1/backups", [&records, &store](Request const& q) { return answer_backup(records, store, q); }, web::Work::kBulk);
  return r;
}

}  // namespace madang::app
