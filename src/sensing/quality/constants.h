// Every number of the quality rules, with unit and source: one table, one row per quantity. The sensor's own range comes
// from the capability registry; what stands here is what a city's air, streets and devices do.
//
// Sources
//   wire     data sheet of the S-DoT node: ranges, resolution and absent codes of each field
//   record   the country's extremes: -32.6 C (Yangpyeong 1981), 41.0 C (Hongcheon 2018); dust storms of 1,000 ug/m3 and more
//   QARTOD   IOOS manuals for in-situ meteorology: shape of the tests; thresholds are the operator's, chosen here
//   rest     a pole that nobody shakes reads the same for months: no flat line for vibration by axis
//   network  statistics of an 850-station network (src/simulation/statistics.h): how far stations differ and by how much
//            a station moves within one interval. A threshold stands at least six times above the usual movement.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/time.h"

namespace madang::sensing {

/// How one station's value follows from the city's median: as far away always, in proportion, or a line between.
enum class Follows : std::uint8_t { kNothing, kAdditive, kProportional, kLinear };

/// All values in the quantity's unit.
struct QuantityLimits {
  std::string_view channel;
  double city_min, city_max;  ///< outside: suspect, though a sensor may say it (record)
  double spike;               ///< a jump of more than this and the rate is suspect (network)
  double spike_fail;          ///< a spike of more than this fails, a smaller one is suspect (network)
  double rate;                ///< how fast the world changes, per minute (network)
  double still;               ///< moves of at most this are none (wire: resolution)
  double still_hours;         ///< so long without a move: suspect; four times as long: fail
  double rest_low, rest_high; ///< at or beyond these standing still is natural: calm, dark, saturated
  double rest_hours;          ///< so long it may rest there
  double rest_city;           ///< but not while the city's median is above this: then twice still_hours; for one that once moved, see kRestCityMoved
  Follows follows;            ///< the city's median (network)
  double scale_floor;         ///< from this expected size on a wrong unit can be told; 0: not looked for
  double scale_hours;         ///< so long off by one factor; longer than a plume or a party lasts
  double neighbour;           ///< this far from the neighbours, after the city's median and the own bias; 0: no such test
  double bias;                ///< the own bias may move by this much; 0: not watched
  double spread_min;          ///< no station is steadier than this around its own expectation
};

namespace limits_table {
inline constexpr double kNever = 1e9;
inline constexpr auto kNo = Follows::kNothing;
inline constexpr auto kAdd = Follows::kAdditive;
inline constexpr auto kTimes = Follows::kProportional;
inline constexpr auto kLine = Follows::kLinear;

// clang-format off
inline constexpr std::array kRows{
  //              channel              city min   max   spike    fail    rate  still  hours rest<=   >=   hours   city follows scale hours neigh. bias  spread
  QuantityLimits{"pm25",                  0,   1000,     50,    100,    1.0,      0,    12,    0, kNever,    72,     15, kLine,    3,   3,   75,    8,    1.0},
  QuantityLimits{"pm10",                  0,   1450,     70,    140,    1.5,      0,    12,    0, kNever,    72,     15, kLine,    4,   3,  120,   12,    1.5},
  QuantityLimits{"pm25_corrected",        0,   1000,     50,    100,    1.0,      0,    12,    0, kNever,    72,     15, kLine,    3,   3,   75,    8,    1.0},
  QuantityLimits{"pm10_corrected",        0,   1450,     70,    140,    1.5,      0,    12,    0, kNever,    72,     15, kLine,    4,   3,  120,   12,    1.5},
  QuantityLimits{"o3",                    0,    0.5,   0.08,   0.16,  0.002,      0,    24,    0, kNever,    36, kNever, kTimes,0.01,   1,    0, 0.02,  0.003},
  QuantityLimits{"no2",                   0,    1.0,   0.08,   0.16,  0.002,      0,    24,    0, kNever,    36, kNever, kTimes,0.01,   1,    0, 0.02,  0.003},
  QuantityLimits{"co",                    0,     40,      3,      6,   0.05,      0,    24,    0, kNever,    36, kNever, kTimes, 0.2,   1,    0,  0.4,   0.05},
  QuantityLimits{"so2",                   0,    0.5,   0.04,   0.08,  0.001,      0,    24,    0, kNever,    36, kNever, kTimes,   0, 0.1,    0,    0,  0.001},
  QuantityLimits{"nh3",                   0,     50,      2,      4,   0.05,      0,    24,    0, kNever,    36, kNever, kTimes,   0, 0.1,    0,    0,   0.01},
  QuantityLimits{"h2s",                   0,     50,      2,      4,   0.05,      0,    24,    0, kNever,    36, kNever, kTimes,   0, 0.1,    0,    0,   0.01},
  QuantityLimits{"noise",                20,    125,     18,     35,    0.3,      0,     6,   35,     85,    24, kNever, kAdd,    20, 0.1,    0,    4,    0.8},
  QuantityLimits{"temperature",         -35,     50,      4,      8,    0.1,      0,     6, -100, kNever,     6, kNever, kAdd,     6,   1,    6,  1.0,    0.2},
  QuantityLimits{"humidity",              1,    100,     15,     30,    0.5,      0,    12,    5,     95,    72, kNever, kAdd,    15, 0.1,   25,    6,    1.0},
  QuantityLimits{"wind_speed",            0,     60,     12,     20,    0.1,      0,     6,    0, kNever,    48, kNever, kTimes, 0.8,   1,    0,    0,    0.3},
  QuantityLimits{"gust_speed",            0,     80,     20,     35,    0.2,      0,     6,    0, kNever,    48, kNever, kTimes, 0.8,   1,    0,    0,    0.5},
  QuantityLimits{"wind_direction",        0,    360, kNever, kNever,      0,      0,    24,    0, kNever,    48, kNever, kNo,      0, 0.1,    0,    0,      0},
  QuantityLimits{"gust_direction",        0,    360, kNever, kNever,      0,      0,    24,    0, kNever,    48, kNever, kNo,      0, 0.1,    0,    0,      0},
  QuantityLimits{"illuminance",           0, 120000, kNever, kNever,      0,      0,    24,   30, 119000,    40, kNever, kTimes,   0, 0.1,    0,    0,    100},
  QuantityLimits{"ultraviolet",           0,     16,      8,     12,   0.05,      0,    24,  0.3, kNever,    40, kNever, kTimes, 0.6, 0.1,    0,    0,    0.2},
  QuantityLimits{"vibration",             0,     16,      3,      6,   0.01,      0,    24,    0, kNever,    72, kNever, kTimes, 0.5, 0.1,    0,    0,   0.01},
  QuantityLimits{"vibration_x",           0,     16,      3,      6,   0.01,      0, kNever,    0, kNever, kNever, kNever, kNo,      0, 0.1,    0,    0,   0.01},
  QuantityLimits{"vibration_y",           0,     16,      3,      6,   0.01,      0, kNever,    0, kNever, kNever, kNever, kNo,      0, 0.1,    0,    0,   0.01},
  QuantityLimits{"vibration_z",           0,     16,      3,      6,   0.01,      0, kNever,    0, kNever, kNever, kNever, kNo,      0, 0.1,    0,    0,   0.01},
  QuantityLimits{"vibration_x_max",       0,     16,      8,     12,   0.05,      0, kNever,    0, kNever, kNever, kNever, kNo,      0, 0.1,    0,    0,   0.01},
  QuantityLimits{"vibration_y_max",       0,     16,      8,     12,   0.05,      0, kNever,    0, kNever, kNever, kNever, kNo,      0, 0.1,    0,    0,   0.01},
  QuantityLimits{"vibration_z_max",       0,     16,      8,     12,   0.05,      0, kNever,    0, kNever, kNever, kNever, kNo,      0, 0.1,    0,    0,   0.01},
  QuantityLimits{"globe_temperature",   -40,     80,     12,     24,    0.3,      0,     6, -100, kNever,     6, kNever, kAdd,     0, 0.1,    0,    0,    0.5},
  QuantityLimits{"people",                0, 100000, kNever, kNever,      0,      0,    24,    0, kNever,    72, kNever, kNo,      0, 0.1,    0,    0,      1},
};
// clang-format on
/// A quantity that nobody described: only what holds for every number.
inline constexpr QuantityLimits kUnknownQuantity{"", -1e300, 1e300, kNever, kNever, 0, 0, 72, -kNever, kNever, 240, kNever,
                                                 Follows::kNothing, 0, 0, 0, 0, 0};
}  // namespace limits_table

/// All rows, by name.
[[nodiscard]] inline std::span<QuantityLimits const> all_quantity_limits() { return limits_table::kRows; }
/// The row of a channel; "pm25_hourly", "noise_max" and the like are read as what they are statistics of.
QuantityLimits const& limits_of(std::string_view channel);

/// Numbers that mean "no value" in whatever feed (wire and published files: -999; common loggers: the others).
inline constexpr std::array kSentinels{-999.0, -9999.0, -99999.0, -998.0, -997.0};
inline constexpr double kSentinelsBelow = -90;   ///< all of them: most values need no look at the list
/// What a channel reads where its instrument is missing (wire: 0; the globe thermometer 5.0 or 0.0).
inline constexpr double kAbsentGlobe = 5.0;
inline constexpr std::array<double, 7> kUnitFactors{10, 9.80665, 100, 1000, 0.1, 0.01, 0.001};

// Time.
inline constexpr Millis kRateMinutesMax = std::chrono::minutes{120};  ///< beyond, the world is anywhere within its range
inline constexpr int kGapIntervals = 3;          ///< no value for so many intervals is a gap, a silence
inline constexpr Millis kGapMin = std::chrono::minutes{10};
inline constexpr int kBurstValuesMax = 3;        ///< a level that large and that short was a burst of spikes after all
inline constexpr Millis kBurstMax = std::chrono::minutes{10};  ///< from its first value to the one behind it: what lasts longer is weather
inline constexpr int kJumpsAccepted = 3;         ///< so many wild values in a row are a new level, not spikes
inline constexpr std::uint32_t kStillValuesMin = 12;
inline constexpr double kStillFailFactor = 4;
inline constexpr double kRestCityMoved = 2.5;    ///< times rest_city for a device that was seen to move
inline constexpr Millis kNotFittedAfter = std::chrono::hours{24};
inline constexpr double kNotFittedStray = 0.02;  ///< a bad day of the whole network also moves channels that are not there
inline constexpr Millis kClockAhead = std::chrono::minutes{5};
inline constexpr Millis kClockBehindMin = std::chrono::minutes{20};
inline constexpr int kClockValues = 3;           ///< so many values with the same new delay are a clock, not a late parcel

// Network rules (in Seoul's published network neighbours within 2 km hang together for PM, temperature and humidity, never for noise).
inline constexpr double kNeighbourMetres = 2'000;
inline constexpr std::size_t kNeighboursMin = 3;
inline constexpr std::size_t kNeighboursKept = 6;
inline constexpr double kSharedByNeighbours = 0.7;  ///< of what neighbours are off, a station there is too (network)
inline constexpr double kFeltSpreads = 4;        ///< a neighbour this far off in the same direction, and by this share of the
inline constexpr double kFeltShare = 0.05;       ///< own distance, feels the same
inline constexpr double kNeighbourSpreads = 8;   ///< and so many times the station's own spread
inline constexpr std::size_t kCalibrationMembersMin = 8;
inline constexpr Millis kModelStep = std::chrono::minutes{10};  ///< a station's own expectation learns at most so often
inline constexpr Millis kModelMemory = std::chrono::days{10};
inline constexpr Millis kModelReadyAfter = std::chrono::hours{20};
inline constexpr std::uint32_t kModelReadyUpdates = 20;
inline constexpr int kScaleMisses = 4;           ///< and so many must fit again before it is over
inline constexpr int kScaleValues = 4;           ///< so many values in a row must be off by the factor
inline constexpr double kScaleTolerance = 0.55;  ///< of the factor's natural logarithm
inline constexpr double kCusumSlack = 0.75;      ///< in deviations of the daily bias
inline constexpr double kCusumAlarm = 4;
inline constexpr int kDriftDaysMin = 4;
inline constexpr double kDriftOfLevel = 0.3;     ///< where the bias grows with the level it must move by this share of it

// The work list.
inline constexpr double kShareSuspect = 0.01;
inline constexpr double kShareBad = 0.02;
inline constexpr double kShareValuesMin = 2.5;   ///< at least about so many values of the last day or the last ten
inline constexpr Millis kSilentAfter = std::chrono::days{7};
inline constexpr std::size_t kRevisionsMax = 200'000;

}  // namespace madang::sensing
