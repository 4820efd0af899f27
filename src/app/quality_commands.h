// madang quality rerun: history judged again, in the data directory or through the server that holds it.
#pragma once

#include <filesystem>
#include <string>

#include "app/settings.h"

namespace madang::app {

struct QualityRerunOptions {
  std::filesystem::path data_directory;
  ServeSettings settings;
  std::string from;     ///< RFC 3339; empty: from the beginning
  std::string to;       ///< RFC 3339; empty: to the end
  std::string channel;  ///< empty: all
};

/// 0 when it ran to its end, 1 when it could not.
int run_quality_rerun(QualityRerunOptions const& options);

}  // namespace madang::app
