// Korean noise limits, Leq in dB(A).
#pragma once

#include <array>

#include "sensing/indices/noise.h"

namespace madang::sensing::indices {

struct NoiseStandardRow {
  NoiseZone zone;
  std::string_view name;
  double day;    ///< 06 to 22 h
  double night;  ///< 22 to 06 h
};

/// Source: 환경정책기본법 시행령, environmental standard for noise; areas 가 나 다 라, general and beside roads.
inline constexpr std::array kNoiseStandards{
    NoiseStandardRow{NoiseZone::kGeneralA, "general_a", 50, 40},
    NoiseStandardRow{NoiseZone::kGeneralB, "general_b", 55, 45},
    NoiseStandardRow{NoiseZone::kGeneralC, "general_c", 65, 55},
    NoiseStandardRow{NoiseZone::kGeneralD, "general_d", 70, 65},
    NoiseStandardRow{NoiseZone::kRoadsideAB, "roadside_ab", 65, 55},
    NoiseStandardRow{NoiseZone::kRoadsideC, "roadside_c", 70, 60},
    NoiseStandardRow{NoiseZone::kRoadsideD, "roadside_d", 75, 70},
};
inline constexpr int kNoiseDayFrom = 6, kNoiseDayTo = 22;

struct LivingNoiseRow {
  LivingZone zone;
  NoiseSource source;
  double morning_evening;  ///< 05 to 07 h and 18 to 22 h
  double day;              ///< 07 to 18 h
  double night;            ///< 22 to 05 h
};

/// Source: 소음·진동관리법 시행규칙 별표 8 (생활소음 규제기준).
inline constexpr std::array kLivingNoise{
    LivingNoiseRow{LivingZone::kHousing, NoiseSource::kOutdoorLoudspeaker, 60, 65, 60},
    LivingNoiseRow{LivingZone::kHousing, NoiseSource::kFactory, 50, 55, 45},
    LivingNoiseRow{LivingZone::kHousing, NoiseSource::kConstruction, 60, 65, 50},
    LivingNoiseRow{LivingZone::kOther, NoiseSource::kOutdoorLoudspeaker, 65, 70, 60},
    LivingNoiseRow{LivingZone::kOther, NoiseSource::kFactory, 60, 65, 55},
    LivingNoiseRow{LivingZone::kOther, NoiseSource::kConstruction, 65, 70, 50},
};
inline constexpr int kLivingMorningFrom = 5, kLivingDayFrom = 7, kLivingEveningFrom = 18, kLivingNightFrom = 22;

/// Construction by day only: what short daily work is given on top, dB. Same source, its remarks.
inline constexpr Millis kShortWork = std::chrono::hours{3}, kHalfDayWork = std::chrono::hours{6};
inline constexpr double kShortWorkExtra = 10, kHalfDayWorkExtra = 5;

}  // namespace madang::sensing::indices
