#include <algorithm>

#include "sensing/indices/who_table.h"

namespace madang::sensing::indices {

std::optional<SubIndex> who_sub_index(Pollutant pollutant, double value) {
  auto const row = std::ranges::find(kWhoLevels, pollutant, &WhoRow::pollutant);
  auto const density = mass_density(pollutant, MoleFraction{value});
  double const concentration = std::max(0.0, density ? density->value : value);
  auto const holds = [concentration](double high) { return high > 0 && concentration <= high; };
  auto const found = std::ranges::find_if(row->high, holds);
  return SubIndex{pollutant, static_cast<std::size_t>(found - row->high.begin()), std::nullopt, concentration};
}

AirAnswer who(AirHistory const& h) {
  std::vector<SubIndex> parts;
  add_part(parts, AirScale::kWho, Pollutant::kPm25, mean_of_last(h.pm25, 24));
  add_part(parts, AirScale::kWho, Pollutant::kPm10, mean_of_last(h.pm10, 24));
  add_part(parts, AirScale::kWho, Pollutant::kO3, mean_of_last(h.o3, 8));
  add_part(parts, AirScale::kWho, Pollutant::kNo2, mean_of_last(h.no2, 24));
  add_part(parts, AirScale::kWho, Pollutant::kSo2, mean_of_last(h.so2, 24));
  add_part(parts, AirScale::kWho, Pollutant::kCo, mean_of_last(h.co, 24));
  if (parts.empty()) return {std::nullopt, {Pollutant::kPm25, Pollutant::kPm10}};
  return {worst_of(std::move(parts)), {}};
}

}  // namespace madang::sensing::indices
