// madang evaluate quality: the rules over an imported network and over injected faults.
#pragma once

#include <filesystem>
#include <string>

#include "app/serve/settings.h"

namespace madang::app {

struct EvaluateQualityOptions {
  std::filesystem::path data_directory;
  ServeSettings settings;
  std::size_t seeds = 8;
  std::uint64_t held = 301;  ///< first seed of the second half: those are looked at only when the rules are done
  std::size_t nodes = 400;
  int days = 10;
  std::string only;       ///< "real", "simulated"; empty: both
  std::string json_path;
};

/// 0: every floor is kept; 1: one is missed; 2: it could not be measured.
int evaluate_quality(EvaluateQualityOptions const& options);

}  // namespace madang::app
