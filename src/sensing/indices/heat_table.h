// Coefficients and levels of heat, °C.
#pragma once

#include <array>

#include "sensing/indices/heat.h"

namespace madang::sensing::indices {

/// Source: KMA, summer perceived temperature (in use since June 2022):
/// -0.2442 + 0.55399 Tw + 0.45535 Ta - 0.0022 Tw² + 0.00278 Tw Ta + 3.0.
inline constexpr double kPerceivedConstant = -0.2442 + 3.0;
inline constexpr double kPerceivedWet = 0.55399, kPerceivedAir = 0.45535;
inline constexpr double kPerceivedWetWet = -0.0022, kPerceivedWetAir = 0.00278;
/// Ours: KMA gives the summer formula from May to September; a city elsewhere is asked by its temperature instead.
inline constexpr Temperature kPerceivedFrom{20};

struct HeatLevelRow {
  HeatLevel level;
  std::string_view name;
  Temperature from;
};
/// Source: KMA's impact forecast for heat: attention 31, caution 33, warning 35, danger 38.
inline constexpr std::array kHeatLevels{
    HeatLevelRow{HeatLevel::kNone, "none", Temperature{-1000}}, HeatLevelRow{HeatLevel::kAttention, "attention", Temperature{31}},
    HeatLevelRow{HeatLevel::kCaution, "caution", Temperature{33}}, HeatLevelRow{HeatLevel::kWarning, "warning", Temperature{35}},
    HeatLevelRow{HeatLevel::kDanger, "danger", Temperature{38}},
};

/// Source: KMA's criteria of special reports: daily maximum on two days or more.
inline constexpr Temperature kAdvisoryFrom{33}, kHeatWarningFrom{35};
inline constexpr std::size_t kAdvisoryDays = 2;

}  // namespace madang::sensing::indices
