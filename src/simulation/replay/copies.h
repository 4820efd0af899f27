// Entities of one server as new entities of another, for a replay: under another serial, and saying everywhere that
// the values are of another time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"

namespace madang::simulation {

inline constexpr char const* kReplayedSuffix = " (replayed)";

/// `json` is a Sensor as a server gave it. The copy's class is "simulated": what it says is not measured now.
Result<std::string> sensor_copy(std::string const& json);
Result<std::string> observed_property_copy(std::string const& json);

struct StreamCopy {
  std::string json;  ///< the source's Datastream
  std::int64_t sensor = 0;
  std::int64_t observed_property = 0;
};
struct ThingCopy {
  std::string json;  ///< the source's Thing
  std::string serial;
  std::vector<std::string> locations;
  std::vector<StreamCopy> streams;
  double speed = 1;  ///< expected intervals become shorter by it
};
/// A deep insert.
Result<std::string> thing_copy(ThingCopy const& copy);

/// The text of a field of an entity's JSON; empty when it has none.
std::string field_of(std::string const& json, std::string_view name);

}  // namespace madang::simulation
