#include "sensing/model/device.h"

#include <algorithm>
#include <cmath>

namespace madang::sensing {
namespace {

constexpr double kClip = 3;  // deviations: what is farther off counts only so much

float square_of(double x) { return static_cast<float>(x * x); }

}  // namespace

Device fresh_device(DeviceTraits const& traits) {
  Device d;
  if (traits.learns != DeviceTraits::Learns::kGain) d.p_offset = square_of(traits.offset_deviation);
  if (traits.learns != DeviceTraits::Learns::kOffset) d.p_gain = square_of(traits.gain_deviation);
  return d;
}

Device fresh_device(DeviceTraits const& traits, double zero_deviation, double reference) {
  Device d = fresh_device(traits);
  if (traits.learns != DeviceTraits::Learns::kBoth) return d;
  d.p_offset = square_of(zero_deviation) + square_of(reference * traits.gain_deviation);
  d.p_both = static_cast<float>(reference) * square_of(traits.gain_deviation);
  return d;
}

void learn_device(Device& d, DeviceTraits const& traits, double innovation, double away, double noise, Ageing ageing, double days) {
  bool const has_offset = traits.learns != DeviceTraits::Learns::kGain;
  bool const has_gain = traits.learns != DeviceTraits::Learns::kOffset;
  double const p00 = has_offset ? static_cast<double>(d.p_offset) + ageing.offset_per_day * ageing.offset_per_day * days : 0;
  double const p01 = d.p_both;
  double const p11 = has_gain ? static_cast<double>(d.p_gain) + ageing.gain_per_day * ageing.gain_per_day * days : 0;
  double const total = p00 + 2 * away * p01 + away * away * p11 + noise;
  if (total <= 0) return;
  double const clip = kClip * std::sqrt(total);
  double const e = std::clamp(innovation, -clip, clip);
  double const k0 = (p00 + away * p01) / total;
  double const k1 = (p01 + away * p11) / total;
  d.offset = static_cast<float>(static_cast<double>(d.offset) + k0 * e);
  d.gain = static_cast<float>(std::clamp(static_cast<double>(d.gain) + k1 * e, traits.gain_min, traits.gain_max));
  d.p_offset = static_cast<float>(std::max(0.0, p00 - k0 * (p00 + away * p01)));
  d.p_both = static_cast<float>(p01 - k0 * (p01 + away * p11));
  d.p_gain = static_cast<float>(std::max(0.0, p11 - k1 * (p01 + away * p11)));
}

double values_together(double step_hours) { return std::max(1.0, 2 * kWanderHours / step_hours); }

double ageing_for(double memory_days, double noise, double days) { return std::sqrt(noise * days) / memory_days; }

}  // namespace madang::sensing
