// How far stations differ: figures measured on the real network's published day 2020-05-01 (845 stations, hourly
// means; residual = value - city median of the hour - the station's own median), and the model's parameters that
// reproduce them. The test holds generated days against the measured figures.
#pragma once

#include <array>

#include "simulation/noise.h"

namespace madang::simulation {

/// Measured: deviation of station biases; median and 95th percentile of the stations' residual deviations;
/// mean correlation of residuals of pairs nearer than 0.3, 0.3 to 1, 1 to 2, 2 to 5, and beyond 10 km.
struct MeasuredStatistics {
  double bias;
  double spread_median;
  double spread_p95;
  std::array<double, 5> correlation;
};
inline constexpr MeasuredStatistics kMeasuredPm25{11.3, 1.9, 6.2, {0.37, 0.40, 0.38, 0.28, -0.08}};
inline constexpr MeasuredStatistics kMeasuredTemperature{0.58, 0.50, 0.87, {0.24, 0.21, 0.20, 0.17, -0.09}};
inline constexpr MeasuredStatistics kMeasuredHumidity{2.5, 1.7, 3.0, {0.33, 0.28, 0.27, 0.21, -0.09}};
inline constexpr MeasuredStatistics kMeasuredNoise{3.8, 1.1, 2.2, {0.06, 0.05, 0.01, 0.01, 0.00}};

/// Measured, in the unit: quantiles 0.99 and 0.999 of how far a station's hourly residual moves from one hour to the next,
/// and of how far it lies above the median of its (at most six) neighbours within 2 km.
struct MeasuredTails {
  double step_99, step_999;
  double beside_99, beside_999;
};
inline constexpr MeasuredTails kTailsPm25{7.1, 22.0, 9.2, 26.6};
inline constexpr MeasuredTails kTailsTemperature{1.5, 2.6, 1.5, 2.5};
inline constexpr MeasuredTails kTailsNoise{3.4, 5.8, 0, 0};

// Parameters. A bias of PM grows with the level (gain) on top of a fixed offset; spreads are log-normal.
inline constexpr double kPmGainSpread = 0.37;
inline constexpr double kPmOffsetSpread = 4.0;
inline constexpr double kPmSpread = 1.95;
inline constexpr double kPmSpreadTail = kMeasuredPm25.spread_p95 / kMeasuredPm25.spread_median;
inline constexpr double kPmTogether = 0.70;
inline constexpr double kTemperatureBias = kMeasuredTemperature.bias;
inline constexpr double kTemperatureSpread = 0.555;
inline constexpr double kTemperatureSpreadTail = 1.6;
inline constexpr double kTemperatureTogether = 0.27;
inline constexpr double kHumidityBias = kMeasuredHumidity.bias;
inline constexpr double kHumiditySpread = 2.0;
inline constexpr double kHumiditySpreadTail = 1.7;
inline constexpr double kHumidityTogether = 0.38;
inline constexpr double kNoiseBias = kMeasuredNoise.bias;
inline constexpr double kNoiseSpread = 1.1;
inline constexpr double kNoiseSpreadTail = 1.7;
/// Spells of single stations (noise.h), in the channel's unit: they give the hours the heavy tail below.
inline constexpr double kPmSpellHeight = 6;
inline constexpr SpellOptions kPmSpells{.slot_hours = 2, .chance = 0.03, .tail = 1.4, .height_max = 30};
inline constexpr double kTemperatureSpellHeight = 0.8;
inline constexpr SpellOptions kTemperatureSpells{.slot_hours = 3, .chance = 0.05, .tail = 3, .height_max = 5};
inline constexpr double kNoiseSpellHeight = 3;
inline constexpr SpellOptions kNoiseSpells{.slot_hours = 2, .chance = 0.05, .tail = 3, .height_max = 6};
/// Lattice of the regional part: residuals of two places hang together up to about this far.
inline constexpr double kRegionKm = 10.0;

}  // namespace madang::simulation
