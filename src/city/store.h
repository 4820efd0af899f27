// The registry's tables: all is read once at the start, then every change is one transaction.
#pragma once

#include "city/registry.h"
#include "core/error.h"
#include "storage/records/records.h"

namespace madang::city {

Result<void> migrate_registry(storage::Records& records);
/// kCorrupt: a row that this program could not have written; the sentence names it.
Result<Entities> load_registry(storage::Records& records);
/// Inserts (Areas: replaces all) and updates, all or nothing.
Result<void> save(storage::Records& records, Entities const& entities);

}  // namespace madang::city
