// Korea's Comprehensive Air-quality Index (통합대기환경지수, CAI).
// Source: National Institute of Environmental Research, as published with AirKorea's CAI calculator (airkorea.or.kr) and
// by Jeju (air.jeju.go.kr, 통합대기환경지수): breakpoints, C24E, and that PM10, PM2.5, NO2 and O3 must all exist.
#pragma once

#include "sensing/indices/air_tables.h"

namespace madang::sensing::indices {

/// The colours are officially blue, green, yellow and red; the tones are those of our own pages.
inline constexpr std::size_t kCaiClasses = 4;
inline constexpr std::array<IndexClass, kCaiClasses> kCaiClassTable{{
    {"good", "indices.cai_good", "#1f6fc9", 50},
    {"moderate", "indices.cai_moderate", "#35a266", 100},
    {"bad", "indices.cai_bad", "#f3c338", 250},
    {"very_bad", "indices.cai_very_bad", "#d3422e", 500},
}};

/// Gases: mean of one hour, ppm. Particles: C24E, µg/m³.
inline constexpr std::array kCaiBreakpoints{
    Breakpoints<kCaiClasses>{Pollutant::kSo2, 1, 3, {0.020, 0.050, 0.150, 1.0}},
    Breakpoints<kCaiClasses>{Pollutant::kNo2, 1, 3, {0.030, 0.060, 0.200, 2.0}},
    Breakpoints<kCaiClasses>{Pollutant::kCo, 1, 2, {2, 9, 15, 50}},
    Breakpoints<kCaiClasses>{Pollutant::kO3, 1, 3, {0.030, 0.090, 0.150, 0.6}},
    Breakpoints<kCaiClasses>{Pollutant::kPm10, 1, 0, {30, 80, 150, 600}},
    Breakpoints<kCaiClasses>{Pollutant::kPm25, 1, 0, {15, 35, 75, 500}},
};

inline constexpr std::array kCaiNeeds{Pollutant::kPm25, Pollutant::kPm10, Pollutant::kNo2, Pollutant::kO3};

/// C24E = (12 C12 + 12 C4) / 24. An hour of C4 counts 0.75 when it is at least M and within these ratios to C12.
inline constexpr double kCaiMPm10 = 70, kCaiMPm25 = 30;
inline constexpr double kCaiRatioMin = 0.9, kCaiRatioMax = 1.7, kCaiDamping = 0.75;

/// On top of the worst index when two, or three and more, pollutants are in the class "bad" or worse.
/// Source: Seoul's air information site (통합대기환경지수 산출방법): 2개일 경우 50점, 3개일 경우 75점을 가산.
inline constexpr int kCaiSurchargeTwo = 50, kCaiSurchargeThree = 75;
inline constexpr std::size_t kCaiSurchargeFrom = 2;  ///< the class "bad"

}  // namespace madang::sensing::indices
