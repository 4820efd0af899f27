// A data directory opened for reading its past: registry and observations, while no server runs on it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "city/city.h"
#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/data_directory.h"
#include "sensing/warning/warning.h"
#include "storage/observations/chunk_store.h"
#include "storage/records/records.h"

namespace madang::evaluation {

struct StoredCity {
  runtime::SystemClock clock;
  std::unique_ptr<runtime::DataDirectory> directory;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::City> city;
  std::unique_ptr<storage::ChunkStore> store;
};
/// `records_address`: as the server's setting. kConflict: a server runs on it. kUnsupported: an older Madang
/// wrote it; it stays as it is.
Result<std::unique_ptr<StoredCity>> open_stored_city(std::filesystem::path const& data, std::string const& records_address);

/// From the first to the last stored value of these streams.
Result<Interval> span_of(StoredCity& stored, sensing::warning::StreamNumbers const& numbers);

/// Plays what is stored in `when` through the engine, in order of time. `each` hears every finding.
Result<std::size_t> play(StoredCity& stored, sensing::warning::Engine& engine,
                         sensing::warning::StreamNumbers const& numbers, Interval when,
                         std::function<void(sensing::warning::Finding const&)> const& each);

}  // namespace madang::evaluation
