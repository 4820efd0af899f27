// Which entries each write of the registry changed, kept beside them: another server on the same records reads those, and not all there is.
#pragma once

#include <cstdint>
#include <optional>

#include "city/registry.h"
#include "core/error.h"
#include "storage/records/records.h"

namespace soci {
class session;
}

namespace madang::city {

/// Another one after every write.
Result<std::int64_t> version_of_registry(soci::session& sql);

/// In the write's own transaction. New entries are known by their ids and stand here together.
Result<void> save_changed(soci::session& sql, std::int64_t version, Entities const& entities);

/// What others' writes made of `known`, as the records stand now; of many writes together, each entry once. None: too much, too long
/// ago, or of all Areas: then everything is to be read.
Result<std::optional<Entities>> load_changed(storage::Records& records, Registry const& known, std::int64_t version);

}  // namespace madang::city
