// Heat as people feel it: KMA's summer perceived temperature and the levels at which it warns.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/quantity.h"

namespace madang::sensing::indices {

/// Stull 2011. Good for 5 to 99 % and -20 to 50 °C at sea level pressure.
Temperature wet_bulb(Temperature air, RelativeHumidity humidity);

/// KMA's summer formula. None below 20 °C, where it says nothing.
std::optional<Temperature> perceived_temperature(Temperature air, RelativeHumidity humidity);

/// Of KMA's impact forecast: 31, 33, 35 and 38 °C perceived.
enum class HeatLevel : std::uint8_t { kNone, kAttention, kCaution, kWarning, kDanger };
HeatLevel heat_level(std::optional<Temperature> perceived);
/// "none", "attention", "caution", "warning", "danger".
std::string_view name_of(HeatLevel level);
/// Where a level begins; kNone has no beginning and gives the lowest number.
Temperature begins_at(HeatLevel level);

/// The criterion of KMA's special reports, applied to what was measured: the daily maximum on two days in a row.
enum class HeatAdvisory : std::uint8_t { kNone, kAdvisory, kWarning };
/// `daily_maxima` of the perceived temperature, newest last; only the last two count.
HeatAdvisory heat_advisory(std::span<Temperature const> daily_maxima);

}  // namespace madang::sensing::indices
