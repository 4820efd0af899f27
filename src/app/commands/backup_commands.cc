#include "app/commands/backup_commands.h"

#include <fmt/format.h>

#include "modules/city_directory.h"
#include "modules/local_request.h"
#include "app/serve/backup_routes.h"
#include "modules/local_access.h"
#include "runtime/clock.h"
#include "runtime/data_directory.h"
#include "storage/observations/chunk_store.h"
#include "storage/records/records.h"
#include "web/http/url.h"

namespace madang::app {
namespace {

namespace fs = std::filesystem;

Result<std::unique_ptr<storage::ChunkStore>> open_store(fs::path const& data_directory) {
  storage::ChunkStore::Options options;
  options.folder = (data_directory / "observations").string();
  return storage::ChunkStore::open(options);
}

Result<void> backup_offline(BackupOptions const& options, std::string const& folder) {
  MADANG_TRY(auto const held, runtime::DataDirectory::open(options.data_directory));
  runtime::SystemClock const clock;
  MADANG_TRY(auto const records, storage::Records::open(modules::records_address_of(options.settings, held.path()), clock));
  // Copied as they are: the files of an older version stay what that version can read.
  auto const copy = [&held](std::string const& to) { return storage::ChunkStore::copy_files((held.path() / "observations").string(), to); };
  return write_backup(*records, copy, folder);
}

Result<void> backup(BackupOptions const& options) {
  MADANG_CHECK(modules::find_city(options.settings, options.data_directory, modules::CityNeed::kThere));
  auto const folder = fs::absolute(options.folder).string();
  auto const server = modules::find_local_server(options.data_directory);
  if (!server) return backup_offline(options, folder);
  MADANG_CHECK(modules::post_to_local_server(*server, "/api/v1/backups?folder=" + web::percent_encode(folder), ""));
  return {};
}

Result<void> restore(BackupOptions const& options) {
  if (!fs::exists(options.folder / "records.db"))
    return fail(Code::kNotFound, fmt::format("{} holds no backup: records.db is missing", options.folder.string()));
  std::error_code error;
  bool fresh = true;
  if (fs::exists(options.data_directory, error)) {
    MADANG_TRY(fresh, runtime::is_fresh(options.data_directory));
  }
  if (!fresh)
    return fail(Code::kConflict, fmt::format("{} is not empty; restore into a directory of its own",
                                             options.data_directory.string()));
  MADANG_TRY(auto const held, runtime::DataDirectory::open(options.data_directory));
  MADANG_CHECK(storage::Records::restore((options.folder / "records.db").string(),
                                         modules::records_address_of(options.settings, held.path())));
  fs::copy(options.folder / "observations", held.path() / "observations", fs::copy_options::recursive, error);
  if (error) return fail(Code::kUnavailable, fmt::format("the observations cannot be copied: {}", error.message()));
  MADANG_TRY(auto const store, open_store(held.path()));
  auto const found = store->statistics();
  if (found.corrupt_chunks > 0)
    return fail(Code::kCorrupt, fmt::format("{} chunks of the backup are damaged", found.corrupt_chunks));
  fmt::print("restored: {} observations of {} Datastreams\n", found.observations, found.datastreams);
  return {};
}

int finish(std::string_view what, Result<void> const& done) {
  if (done) {
    fmt::print("{} is complete\n", what);
    return 0;
  }
  fmt::print(stderr, "madang {}: {}\n", what, done.error().sentence);
  return 1;
}

}  // namespace

int run_backup(BackupOptions const& options) { return finish("backup", backup(options)); }

int run_restore(BackupOptions const& options) { return finish("restore", restore(options)); }

}  // namespace madang::app
