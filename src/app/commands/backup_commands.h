// `madang backup` and `madang restore`: records and observations, also while a server runs.
#pragma once

#include <filesystem>

#include "modules/ground.h"

namespace madang::app {

struct BackupOptions {
  std::filesystem::path data_directory = "madang-data";
  modules::GroundSettings settings;
  std::filesystem::path folder;  ///< the backup; absent or empty before `backup`
};

/// Through the running server when one holds the data directory, otherwise directly. The exit status.
int run_backup(BackupOptions const& options);
/// Into a data directory that is absent or empty. The exit status.
int run_restore(BackupOptions const& options);

}  // namespace madang::app
