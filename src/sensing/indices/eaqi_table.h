// The European Air Quality Index with the bands that were in use until the revision of 2024. The revised bands are not
// here because no published table of them was at hand when this was written; `info_of` says so beside every value.
// Source: European Environment Agency, European Air Quality Index, "About the index".
#pragma once

#include "sensing/indices/air_tables.h"

namespace madang::sensing::indices {

inline constexpr std::size_t kEaqiClasses = 6;
inline constexpr std::array<IndexClass, kEaqiClasses> kEaqiClassTable{{
    {"good", "Good", "좋음", "#50f0e6", 0},
    {"fair", "Fair", "양호", "#50ccaa", 0},
    {"moderate", "Moderate", "보통", "#f0e641", 0},
    {"poor", "Poor", "나쁨", "#ff5050", 0},
    {"very_poor", "Very poor", "매우 나쁨", "#960032", 0},
    {"extremely_poor", "Extremely poor", "극히 나쁨", "#7d2181", 0},
}};

/// Highest concentration of each class, µg/m³; the last class has no end. PM: mean of 24 hours; gases: of one hour.
struct EaqiRow {
  Pollutant pollutant;
  std::array<double, kEaqiClasses - 1> high;
};
inline constexpr std::array kEaqiBands{
    EaqiRow{Pollutant::kPm25, {10, 20, 25, 50, 75}},      EaqiRow{Pollutant::kPm10, {20, 40, 50, 100, 150}},
    EaqiRow{Pollutant::kNo2, {40, 90, 120, 230, 340}},    EaqiRow{Pollutant::kO3, {50, 100, 130, 240, 380}},
    EaqiRow{Pollutant::kSo2, {100, 200, 350, 500, 750}},
};

}  // namespace madang::sensing::indices
