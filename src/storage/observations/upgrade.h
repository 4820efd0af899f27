// Files of chunks that an older version wrote become this one's, a few rows in a transaction. Killed at any place, the next
// start goes on where it was. Formats: docs/formats/observation_store.md.
#pragma once

#include <cstdint>
#include <string>

#include "storage/observations/observation.h"
#include "storage/observations/sqlite.h"

namespace madang::storage {

inline constexpr std::int64_t kChunkFormat = 3;

/// Nothing to do where the file is of this format and no upgrade was killed. kUnsupported, with nothing changed: it holds what
/// this format cannot.
Result<void> upgrade_chunk_file(Database& db, std::string const& folder, std::int64_t version);

/// Rows of layers still stand under old numbers, behind damage; Datastreams from 2^21 on cannot be told from them.
Result<bool> upgrade_is_open(Database& db);

/// The refusal of a store in which a Datastream has been given more numbers than ids have bits for.
[[nodiscard]] Error too_many_numbers(DatastreamId stream);

}  // namespace madang::storage
