// How far stations differ: figures measured on the real network's published day 2020-05-01 (845 stations, hourly
// means; residual = value - city median of the hour - the station's own median), and the model's parameters that
// reproduce them. The test holds generated days against the measured figures.
#pragma once

#include <array>

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
/// Lattice of the regional part: residuals of two places hang together up to about this far.
inline constexpr double kRegionKm = 10.0;
/// Of a device with spikes, the share of readings that is one.
inline constexpr double kSpikeShare = 0.03;

}  // namespace madang::simulation
