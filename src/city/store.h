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

Result<void> migrate_registry(storage::Records& records);
/// kCorrupt: a row that this program could not have written; the sentence names it.
Result<Entities> load_registry(storage::Records& records);
/// Inserts (Areas: replaces all), updates and deletes, all or nothing, with history and journal. kConflict: what is changed stands
/// otherwise in the records than in `known`, since another program has changed it.
Result<void> save(storage::Records& records, Entities const& entities, Registry const& known, Signed const& by);
/// The newest first.
Result<HistoryPage> load_history(storage::Records& records, EntryKind kind, std::int64_t entry, std::int64_t before);

}  // namespace madang::city
