// The registry's tables: all is read once at the start, then every change is one transaction.
#pragma once

#include <string>
#include <vector>

#include "city/registry.h"
#include "core/error.h"
#include "storage/records/records.h"

namespace madang::city {

/// By whom and when, for what is done to entries that exist.
struct Signed {
  std::string actor;
  Instant at;
};

/// Append-only on each engine: a step that was shipped keeps its place.
std::vector<storage::Migration> registry_migrations(storage::Records::Engine engine);
Result<void> migrate_registry(storage::Records& records);
/// kCorrupt: a row that this program could not have written; the sentence names it.
Result<Entities> load_registry(storage::Records& records);
/// Another one after every write of the registry, by whichever program.
Result<std::int64_t> registry_version(storage::Records& records);

/// What a program knows of the registry, and of which version that is.
struct KnownRegistry {
  Registry const& registry;
  std::int64_t version = 0;
};
/// Why a write of the registry failed, and what is known of it.
struct SaveFailure {
  Error error;
  bool may_stand = false;  ///< it was to be committed, and no answer said that it was not
  bool is_stale = false;   ///< the records say otherwise than what is known, whatever their version
  bool is_of_known_version = false;  ///< nobody has written since what is known was read
};
/// Inserts (Areas: replaces all), updates and deletes, all or nothing, with history and journal. The version since then.
std::expected<std::int64_t, SaveFailure> save(storage::Records& records, Entities const& entities, KnownRegistry const& known, Signed const& by);
/// The newest first.
Result<HistoryPage> load_history(storage::Records& records, EntryKind kind, std::int64_t entry, std::int64_t before);
Result<std::vector<DeletedDatastream>> load_deleted_datastreams(storage::Records& records, ThingId thing);

}  // namespace madang::city
