#include "sensing/indices/heat.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "sensing/indices/heat_table.h"

namespace madang::sensing::indices {

Temperature wet_bulb(Temperature air, RelativeHumidity humidity) {
  // Stull, R. (2011): Wet-Bulb Temperature from Relative Humidity and Air Temperature, J. Appl. Meteor. Climatol. 50, eq. 1.
  double const t = air.value;
  double const rh = humidity.value;
  return Temperature{t * std::atan(0.151977 * std::sqrt(rh + 8.313659)) + std::atan(t + rh) - std::atan(rh - 1.676331) +
                     0.00391838 * std::pow(rh, 1.5) * std::atan(0.023101 * rh) - 4.686035};
}

std::optional<Temperature> perceived_temperature(Temperature air, RelativeHumidity humidity) {
  if (air < kPerceivedFrom) return std::nullopt;
  double const wet = wet_bulb(air, humidity).value;
  return Temperature{kPerceivedConstant + kPerceivedWet * wet + kPerceivedAir * air.value + kPerceivedWetWet * wet * wet +
                     kPerceivedWetAir * wet * air.value};
}

HeatLevel heat_level(std::optional<Temperature> perceived) {
  auto level = HeatLevel::kNone;
  if (!perceived) return level;
  for (auto const& row : kHeatLevels)
    if (*perceived >= row.from) level = row.level;
  return level;
}

std::string_view name_of(HeatLevel level) {
  auto const row = std::ranges::find(kHeatLevels, level, &HeatLevelRow::level);
  MADANG_ASSERT(row != kHeatLevels.end());
  return row->name;
}

Temperature begins_at(HeatLevel level) {
  auto const row = std::ranges::find(kHeatLevels, level, &HeatLevelRow::level);
  MADANG_ASSERT(row != kHeatLevels.end());
  return row->from;
}

HeatAdvisory heat_advisory(std::span<Temperature const> daily_maxima) {
  if (daily_maxima.size() < kAdvisoryDays) return HeatAdvisory::kNone;
  auto const lower = std::ranges::min(daily_maxima.last(kAdvisoryDays));
  if (lower >= kHeatWarningFrom) return HeatAdvisory::kWarning;
  return lower >= kAdvisoryFrom ? HeatAdvisory::kAdvisory : HeatAdvisory::kNone;
}

}  // namespace madang::sensing::indices
