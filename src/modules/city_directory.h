// The directory that --data names, before a command opens anything in it: a misspelt one would begin a second city and say nothing.
#pragma once

#include <filesystem>

#include "core/error.h"
#include "modules/ground.h"

namespace madang::modules {

/// What a command wants of the directory. Only the server makes one, and who creates an operator before its first start.
enum class CityNeed {
  kThere,  ///< a city that somebody has begun: there is something to look at
  kPlace,  ///< that, or a directory in which there is nothing yet but a madang.toml, or a fresh volume: somebody made it for a city
};
/// kNotFound: there is none. kUnavailable: it cannot be read, so nobody knows; the sentence says why.
Result<void> find_city(GroundSettings const& settings, std::filesystem::path const& data_directory, CityNeed need);

}  // namespace madang::modules
