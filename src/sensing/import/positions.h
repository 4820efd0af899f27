// Where stations stand: a CSV of serial, latitude, longitude.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/geo.h"
#include "sensing/import/feeder.h"

namespace madang::sensing {

using Positions = std::unordered_map<std::string, LatLon>;

/// Where a place is said, each as a number of degrees that may be missing or wrong.
struct PlaceCells {
  std::string_view latitude;
  std::string_view longitude;
};
/// What is wrong with a place, and in which of the two cells. The sentence names the field and the value.
struct PlaceFault {
  bool in_longitude = false;
  std::string sentence;
};
/// What a cell says; `missing` where it is empty or says that there is nothing.
struct PlaceReading {
  bool missing = false;
  std::optional<double> degrees;
};

/// None where both are missing. One alone, what is no number, and what is not on the earth are faults.
std::expected<std::optional<LatLon>, PlaceFault> read_place(PlaceCells cells, PlaceReading latitude, PlaceReading longitude);

/// Headers in Korean or English (시리얼, 위도, 경도; serial, latitude, longitude; SN, LAT, LON). Bad places go to the
/// rejects: their stations' readings are stored all the same. kInvalid: a column is missing; the sentence says which there are.
Result<Positions> read_positions(std::string const& path, Feeder& feeder);

/// A Location at the point, ready for the registry.
city::Location location_at(LatLon point, std::string_view serial);

}  // namespace madang::sensing
