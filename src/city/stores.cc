#include "city/stores.h"

#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "city/store.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "modules/directory_id.h"
#include "runtime/refusal.h"
#include "storage/journal/journal.h"
#include "storage/records/rows.h"

namespace madang::city {
namespace {

constexpr auto kStores = storage::table<StoreEntry>("observation_store", storage::key("id", &StoreEntry::id),
                                                    storage::column("name", &StoreEntry::name), storage::column("since", &StoreEntry::since),
                                                    storage::column("seen_at", &StoreEntry::seen));
constexpr char const* kOlderIdFile = "store-id";  ///< of directories that had their id here before modules/directory_id.h

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string{name.data()} : std::string{"?"};
}

/// What others know an older directory by; none: it is not older.
Result<std::optional<std::string>> older_id_in(std::filesystem::path const& data_directory) {
  auto const path = data_directory / kOlderIdFile;
  std::error_code unknown;
  bool const is_there = std::filesystem::exists(path, unknown);
  if (!is_there && !unknown) return std::nullopt;
  std::string line;
  if (std::ifstream file{path}; is_there && file && std::getline(file, line) && !trim(line).empty()) return std::string{trim(line)};
  return fail(Code::kCorrupt, fmt::format("{}: cannot be read, or is empty: by its id the records know whose readings this data directory "
                                          "holds. Put it back; \"madang city stores\" on another server lists the ids", path.string()));
}

Result<std::string> id_of(runtime::DataDirectory const& directory) {
  MADANG_TRY(auto older, older_id_in(directory.path()));
  if (older) return *std::move(older);
  return modules::directory_id(directory);
}

Result<void> count_write_of_registry(soci::session& sql) {
  MADANG_TRY([[maybe_unused]] auto const counted, storage::execute(sql, "UPDATE registry_version SET version = version + 1 WHERE id = 1"));
  return {};
}

}  // namespace

Result<std::optional<std::string>> id_in(std::filesystem::path const& data_directory) {
  MADANG_TRY(auto older, older_id_in(data_directory));
  if (older) return older;
  return modules::directory_id_in(data_directory);
}

Result<StoreEntry> store_of(runtime::DataDirectory const& directory, modules::GroundSettings const& settings, runtime::Clock const& clock) {
  if (settings.records_address.empty()) return StoreEntry{};
  StoreEntry store;
  MADANG_TRY(store.id, id_of(directory));
  std::error_code unknown;
  auto const path = std::filesystem::absolute(directory.path(), unknown);
  store.name = fmt::format("{}:{}", host_name(), (unknown ? directory.path() : path).string());
  store.since = store.seen = clock.now();
  return store;
}

Result<void> add_store(storage::Records& records, StoreEntry const& store) {
  return records.transaction([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto known, storage::find(sql, kStores, store.id));
    if (known) {
      known->name = store.name;
      known->seen = store.seen;
      return storage::update(sql, kStores, *known);
    }
    MADANG_CHECK(storage::insert(sql, kStores, store));
    // Who is about to delete something has not counted on this one: he is told to look again.
    return count_write_of_registry(sql);
  });
}

Result<bool> is_store_known(storage::Records& records, std::string const& id) {
  bool known = false;
  MADANG_CHECK(records.read([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const found, storage::find(sql, kStores, id));
    known = found.has_value();
    return {};
  }));
  return known;
}

Result<std::vector<StoreEntry>> stores(storage::Records& records) {
  std::vector<StoreEntry> all;
  MADANG_CHECK(records.read([&all](soci::session& sql) -> Result<void> {
    MADANG_TRY(all, storage::select(sql, kStores, {"ORDER BY name, id", {}}));
    return {};
  }));
  return all;
}

Result<void> forget_store(storage::Records& records, std::string const& id, Signed const& by) {
  MADANG_CHECK(migrate_registry(records));
  return records.transaction([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(auto const known, storage::find(sql, kStores, id));
    if (!known) return runtime::refuse(Code::kNotFound, "refusal.store.none", {{"id", id.substr(0, 80)}});
    MADANG_TRY([[maybe_unused]] bool const gone, storage::erase(sql, kStores, id));
    JsonWriter facts;
    facts.begin_object().field("store", id).end_object();
    MADANG_TRY([[maybe_unused]] auto const position,
               storage::journal::append(sql, {by.at, "store_forgotten", facts.take(), {{"actor", by.actor}, {"name", known->name}}}));
    return {};
  });
}

}  // namespace madang::city
