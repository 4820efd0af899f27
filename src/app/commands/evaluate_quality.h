// madang evaluate quality: the rules over an imported network and over injected faults.
#pragma once

#include <filesystem>
#include <string>

#include "modules/ground.h"

namespace madang::app {

struct EvaluateQualityOptions {
  std::filesystem::path data_directory;
  modules::GroundSettings settings;
  std::size_t seeds = 3;
  std::uint64_t first = 501;  ///< the first odd one at or after; even ones for development
  bool development = false;
  std::size_t nodes = 400;
  int days = 10;
  std::string truth;      ///< a truth file beside the directory
  std::string only;       ///< "real", "simulated"; empty: both
  std::string json_path;
};

/// 0: every floor is kept; 1: one is missed; 2: it could not be measured.
int evaluate_quality(EvaluateQualityOptions const& options);

}  // namespace madang::app
