// The European Air Quality Index with the bands and the hourly means of its revision of 2024.
// Source: ETC HE Report 2024/17 (EEA's revision of the European Air Quality Index bands), as airindex.eea.europa.eu
// publishes it under "About the index".
#pragma once

#include "sensing/indices/air_tables.h"

namespace madang::sensing::indices {

inline constexpr std::size_t kEaqiClasses = 6;
inline constexpr std::array<IndexClass, kEaqiClasses> kEaqiClassTable{{
    {"good", "indices.eaqi_good", "#50f0e6", 0},
    {"fair", "indices.eaqi_fair", "#50ccaa", 0},
    {"moderate", "indices.eaqi_moderate", "#f0e641", 0},
    {"poor", "indices.eaqi_poor", "#ff5050", 0},
    {"very_poor", "indices.eaqi_very_poor", "#960032", 0},
    {"extremely_poor", "indices.eaqi_extremely_poor", "#7d2181", 0},
}};

/// Highest concentration of each class, µg/m³, mean of one hour; the last class has no end.
struct EaqiRow {
  Pollutant pollutant;
  std::array<double, kEaqiClasses - 1> high;
};
inline constexpr std::array kEaqiBands{
    EaqiRow{Pollutant::kPm25, {5, 15, 50, 90, 140}},     EaqiRow{Pollutant::kPm10, {15, 45, 120, 195, 270}},
    EaqiRow{Pollutant::kNo2, {10, 25, 60, 100, 150}},    EaqiRow{Pollutant::kO3, {60, 100, 120, 160, 180}},
    EaqiRow{Pollutant::kSo2, {20, 40, 125, 190, 275}},
};

}  // namespace madang::sensing::indices
