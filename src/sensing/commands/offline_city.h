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

  enum class Use {
    kWrite,  ///< what an older Madang wrote is upgraded
    kRead,   ///< kUnsupported: an older Madang wrote it; it stays as it is
  };
  /// `clock` outlives this. kNotFound: there is no such directory, or no city in it.
  Result<void> open(std::filesystem::path const& data_directory, modules::GroundSettings const& settings, runtime::Clock const& clock, Use use);
};

}  // namespace madang::sensing
