// madang quality rerun|calibrate: history judged again, and calibrated beside the raw values; in the data directory or through the server that holds it.
#pragma once

#include <filesystem>
#include <string>

#include "modules/commands.h"

namespace madang::sensing {

struct QualityOptions {
  std::filesystem::path data_directory;
  modules::GroundSettings settings;
  std::string from;     ///< RFC 3339; empty: from the beginning
  std::string to;       ///< RFC 3339; empty: to the end
  std::string channel;  ///< rerun: empty is all
  std::string name;       ///< calibrate: of the new channel
  std::string reference;  ///< calibrate: serial; empty: the city's median
};

/// Each prints one JSON object and returns 0 when it ran to its end, 1 when it could not.
int run_quality_rerun(QualityOptions const& options);
int run_quality_calibrate(QualityOptions const& options);

/// quality rerun|calibrate.
void add_quality(CLI::App& app, modules::Invocation& call);

}  // namespace madang::sensing
