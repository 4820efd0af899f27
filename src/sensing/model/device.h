// How one device follows its city: value = reference + offset + gain * (median - reference). Offset and gain are estimated
// value by value, together with what is not known about them, so a device can be asked from its first value on. Quality
// and early warning learn by this one estimator, each at its own pace: quality remembers for days, so that a drift does not
// become the usual, the early warning follows within one. Pure: no clock, no I/O.
#pragma once

#include <cstdint>

namespace madang::sensing {

/// Residuals of neighbouring hours hang together about so long (statistics of the published network).
inline constexpr double kWanderHours = 2.0;
/// Of devices from one another, in gain: PM2.5 by level in Seoul's published network.
inline constexpr double kGainDeviation = 0.4;
inline constexpr double kGainWalkPerDay = 0.01;

/// What all devices of a channel share.
struct DeviceTraits {
  enum class Learns : std::uint8_t { kOffset, kGain, kBoth };
  Learns learns = Learns::kOffset;
  double offset_deviation = 10;      ///< of devices from one another, before anything is known
  double gain_deviation = kGainDeviation;
  double gain_min = 0.1, gain_max = 5;
};

struct Device {
  float offset = 0;
  float gain = 1;
  float p_offset = 0, p_both = 0, p_gain = 0;  ///< variances and covariance of what is not known
};

/// A device that nothing is known about. What it shows at the reference beside the city comes of its zero and of its gain:
/// with `zero_deviation`, of its zero alone, a device that shows three times as much there is taken for one that shows three
/// times as much of all, and a haze is no excess of it.
[[nodiscard]] Device fresh_device(DeviceTraits const& traits);
[[nodiscard]] Device fresh_device(DeviceTraits const& traits, double zero_deviation, double reference);

/// `away`: the city's median less the reference; both for the value less the reference.
[[nodiscard]] inline double follows(Device const& d, double away) {
  return static_cast<double>(d.offset) + static_cast<double>(d.gain) * away;
}

/// By how much a device may age in a day: deviation of its offset and of its gain.
struct Ageing {
  double offset_per_day = 0;
  double gain_per_day = kGainWalkPerDay;
};
/// One value that lay `innovation` from what was expected, `days` after the one before. `noise`: variance of such a value,
/// times as many as hang together.
void learn_device(Device& d, DeviceTraits const& traits, double innovation, double away, double noise, Ageing ageing, double days);

/// So many values in a row say no more than one: they hang together.
[[nodiscard]] double values_together(double step_hours);
/// The ageing with which what is older than `memory_days` counts little.
[[nodiscard]] double ageing_for(double memory_days, double noise, double days);

}  // namespace madang::sensing
