// A city opened in this process, where no server holds it: for commands that work on a data directory.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "modules/ground.h"
#include "city/city.h"
#include "runtime/data_directory.h"
#include "storage/observations/chunk_store.h"
#include "storage/records/records.h"

namespace madang::sensing {

/// Members open from top to bottom.
struct OfflineCity {
  std::optional<runtime::DataDirectory> directory;
  std::unique_ptr<storage::Records> records;
  std::unique_ptr<city::City> city;
  std::unique_ptr<storage::ChunkStore> store;

  /// `clock` outlives this.
  Result<void> open(std::filesystem::path const& data_directory, modules::GroundSettings const& settings, runtime::Clock const& clock);
};

}  // namespace madang::sensing
