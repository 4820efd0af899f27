// Where stations stand: a CSV of serial, latitude, longitude.
#pragma once

#include <string>
#include <unordered_map>

#include "core/geo.h"
#include "sensing/import/feeder.h"

namespace madang::sensing {

using Positions = std::unordered_map<std::string, LatLon>;

/// Headers in Korean or English (시리얼, 위도, 경도; serial, latitude, longitude; SN, LAT, LON). Bad rows go to the
/// rejects. kInvalid: a column is missing.
Result<Positions> read_positions(std::string const& path, Feeder& feeder);

/// A Location at the point, ready for the registry.
city::Location location_at(LatLon point, std::string_view serial);

}  // namespace madang::sensing
