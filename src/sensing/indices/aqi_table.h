// The Air Quality Index of the United States.
// Source: US EPA, Technical Assistance Document for the Reporting of Daily Air Quality, EPA-454/B-24-002, May 2024:
// breakpoints (table 6), truncation, colours (table 2), NowCast. The ozone NowCast needs a regression of two weeks at each
// station and is not done: ozone is the plain mean of eight hours, and of one hour where that is higher.
#pragma once

#include "sensing/indices/air_tables.h"

namespace madang::sensing::indices {

inline constexpr std::size_t kAqiClasses = 6;
inline constexpr std::array<IndexClass, kAqiClasses> kAqiClassTable{{
    {"good", "indices.aqi_good", "#00e400", 50},
    {"moderate", "indices.aqi_moderate", "#ffff00", 100},
    {"sensitive", "indices.aqi_sensitive", "#ff7e00", 150},
    {"unhealthy", "indices.aqi_unhealthy", "#ff0000", 200},
    {"very_unhealthy", "indices.aqi_very_unhealthy", "#8f3f97", 300},
    {"hazardous", "indices.aqi_hazardous", "#7e0023", 500},
}};

/// PM: NowCast, µg/m³. O3: 8 h, ppm. NO2, SO2: 1 h, ppb (SO2 above 304: 24 h). CO: 8 h, ppm.
inline constexpr std::array kAqiBreakpoints{
    Breakpoints<kAqiClasses>{Pollutant::kPm25, 1, 1, {9.0, 35.4, 55.4, 125.4, 225.4, 325.4}},
    Breakpoints<kAqiClasses>{Pollutant::kPm10, 1, 0, {54, 154, 254, 354, 424, 604}},
    Breakpoints<kAqiClasses>{Pollutant::kO3, 1, 3, {0.054, 0.070, 0.085, 0.105, 0.200, 0}},
    Breakpoints<kAqiClasses>{Pollutant::kNo2, 1000, 0, {53, 100, 360, 649, 1249, 2049}},
    Breakpoints<kAqiClasses>{Pollutant::kSo2, 1000, 0, {35, 75, 185, 304, 604, 1004}},
    Breakpoints<kAqiClasses>{Pollutant::kCo, 1, 1, {4.4, 9.4, 12.4, 15.4, 30.4, 50.4}},
};
/// Ozone of one hour, ppm; it has no classes below 0.125.
inline constexpr Breakpoints<kAqiClasses> kAqiOzoneHour{Pollutant::kO3, 1, 3, {0, 0, 0.164, 0.204, 0.404, 0.604}, 0.125};

/// An hour of SO2 in the fifth class or above counts by the mean of 24 hours; when that lies below, the index is 200.
inline constexpr std::size_t kAqiSo2DailyFrom = 4;
inline constexpr int kAqiSo2HourMax = 200;

inline constexpr double kNowcastWeightMin = 0.5;
inline constexpr std::size_t kNowcastHours = 12, kNowcastRecent = 3, kNowcastRecentMin = 2;

}  // namespace madang::sensing::indices
