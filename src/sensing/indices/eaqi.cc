#include <algorithm>

#include "sensing/indices/eaqi_table.h"

namespace madang::sensing::indices {

std::optional<SubIndex> eaqi_sub_index(Pollutant pollutant, double value) {
  auto const row = std::ranges::find(kEaqiBands, pollutant, &EaqiRow::pollutant);
  if (row == kEaqiBands.end()) return std::nullopt;
  auto const density = mass_density(pollutant, MoleFraction{value});
  double const concentration = std::max(0.0, density ? density->value : value);
  auto const above = std::ranges::lower_bound(row->high, concentration);
  return SubIndex{pollutant, static_cast<std::size_t>(above - row->high.begin()), std::nullopt, concentration};
}

/// A background station counts with NO2, O3 and particles of either size; the agency asks for no more.
AirAnswer eaqi(AirHistory const& h) {
  std::vector<SubIndex> parts;
  add_part(parts, AirScale::kEaqi, Pollutant::kPm25, last_hour(h.pm25));
  add_part(parts, AirScale::kEaqi, Pollutant::kPm10, last_hour(h.pm10));
  bool const particles = !parts.empty();
  add_part(parts, AirScale::kEaqi, Pollutant::kO3, last_hour(h.o3));
  add_part(parts, AirScale::kEaqi, Pollutant::kNo2, last_hour(h.no2));
  add_part(parts, AirScale::kEaqi, Pollutant::kSo2, last_hour(h.so2));
  AirAnswer answer;
  if (!particles) answer.missing.push_back(Pollutant::kPm25);
  if (!last_hour(h.o3)) answer.missing.push_back(Pollutant::kO3);
  if (!last_hour(h.no2)) answer.missing.push_back(Pollutant::kNo2);
  if (answer.missing.empty()) answer.index = worst_of(std::move(parts));
  return answer;
}

}  // namespace madang::sensing::indices
