// The World Health Organization's air quality guidelines. They are no index; a place is sorted by the lowest target that
// its short-term means keep.
// Source: WHO global air quality guidelines, 2021, table of recommended levels and interim targets.
#pragma once

#include "sensing/indices/air_tables.h"

namespace madang::sensing::indices {

inline constexpr std::size_t kWhoClasses = 6;
/// WHO gives no colours; these run from calm to dark.
inline constexpr std::array<IndexClass, kWhoClasses> kWhoClassTable{{
    {"guideline", "indices.who_guideline", "#2c7fb8", 0},
    {"target_4", "indices.who_target_4", "#41b6c4", 0},
    {"target_3", "indices.who_target_3", "#a1dab4", 0},
    {"target_2", "indices.who_target_2", "#fed976", 0},
    {"target_1", "indices.who_target_1", "#fd8d3c", 0},
    {"above", "indices.who_above", "#bd0026", 0},
}};

/// µg/m³: guideline, then interim targets 4 to 1; 0 where the pollutant has no such target. O3: mean of 8 hours; the
/// others: of 24 hours.
struct WhoRow {
  Pollutant pollutant;
  std::array<double, kWhoClasses - 1> high;
  double year;  ///< guideline of the year; 0: none
};
inline constexpr std::array kWhoLevels{
    WhoRow{Pollutant::kPm25, {15, 25, 37.5, 50, 75}, 5},     WhoRow{Pollutant::kPm10, {45, 50, 75, 100, 150}, 15},
    WhoRow{Pollutant::kO3, {100, 0, 0, 120, 160}, 0},        WhoRow{Pollutant::kNo2, {25, 0, 0, 50, 120}, 10},
    WhoRow{Pollutant::kSo2, {40, 0, 0, 50, 125}, 0},         WhoRow{Pollutant::kCo, {4000, 0, 0, 0, 7000}, 0},
};

}  // namespace madang::sensing::indices
