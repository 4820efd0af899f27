#include "sensing/warning/baseline.h"

#include <algorithm>
#include <cmath>

namespace madang::sensing::warning {
namespace {

// How the estimate behaves; times in hours.
constexpr double kOffsetWalkPerDay = 0.7;     // in plan.spread: a device ages
constexpr double kFirstDoubt = 2.5;           // an unknown device is trusted this much less at first
constexpr double kClip = 3.0;                 // deviations: what is farther off counts only so much
constexpr double kTail = 1.645;               // the 90th percentile of |x|, in deviations
constexpr double kProfileUnits = 16.0;        // of the plan's spread
constexpr double kDaysOfDoubt = 3.0;          // shrinkage of the hours of the day
constexpr double kWeeksOfDoubt = 3.0;         // and of the week
constexpr std::uint8_t kWeeksMax = 12;        // after so many a profile follows at 1/12
constexpr double kKnownOffset = 0.5;          // doubt about the offset, as share of how far residuals wander
constexpr double kSlowlyTimes = 6;            // so much longer the recent level takes in a doubtful time
constexpr std::uint8_t kDaysMax = 40;
constexpr double kZeroShare = 0.4;            // of a bias; the rest grows with the level (PM2.5 in Seoul's published network: 4 of 10)

double shrunk(double known, double doubt) { return known / (known + doubt); }

double slot_of(HourProfile const& p, std::size_t hour) {
  std::size_t const of_day = hour % kHoursOfDay;
  double const day = p.of_day[of_day] * shrunk(p.days[of_day], kDaysOfDoubt);
  return day + p.of_week[hour] * shrunk(p.weeks[hour], kWeeksOfDoubt);
}

/// Between the middles of two hours, so that it does not jump when the clock strikes.
double hour_part(HourProfile const& p, BaselinePlan const& plan, double hour) {
  double const at = std::fmod(hour - 0.5 + kHoursOfWeek, kHoursOfWeek);
  auto const before = static_cast<std::size_t>(at) % kHoursOfWeek;
  double const share = at - std::floor(at);
  double const part = (1 - share) * slot_of(p, before) + share * slot_of(p, (before + 1) % kHoursOfWeek);
  return part * plan.spread / kProfileUnits;
}

void add_to(std::int16_t& slot, std::uint8_t& count, std::uint8_t count_max, double residual_units) {
  if (count < count_max) ++count;
  double const next = slot + (residual_units - slot) / count;
  slot = static_cast<std::int16_t>(std::lround(std::clamp(next, -32'000.0, 32'000.0)));
}

/// The hour is over: its mean residual (without the hour's own part) goes into the profile.
void close_hour(Baseline& b, HourProfile& p, BaselinePlan const& plan) {
  if (b.hour_count == 0 || b.hour >= kHoursOfWeek) return;
  // While the device's offset is hardly known, the hour would take it for its own.
  if (b.device.p_offset > kKnownOffset * b.wide * b.wide) {
    b.hour_sum = 0;
    b.hour_count = 0;
    return;
  }
  double const units = b.hour_sum / static_cast<float>(b.hour_count) / plan.spread * kProfileUnits;
  std::size_t const of_day = b.hour % kHoursOfDay;
  double const day_before = p.of_day[of_day];
  add_to(p.of_day[of_day], p.days[of_day], kDaysMax, units);
  add_to(p.of_week[b.hour], p.weeks[b.hour], kWeeksMax, units - day_before);
  b.hour_sum = 0;
  b.hour_count = 0;
}

/// Moves an estimate of the 90th percentile of |x| so that a tenth of what comes lies above it.
void track(float& deviation, double x, double rate) {
  double const quantile = deviation * kTail;
  double const next = quantile * (1 + rate * (std::abs(x) > quantile ? 0.9 : -0.1));
  deviation = static_cast<float>(next / kTail);
}

DeviceTraits device_traits(BaselinePlan const& plan) {
  return {.learns = plan.gain ? DeviceTraits::Learns::kBoth : DeviceTraits::Learns::kOffset, .offset_deviation = plan.bias};
}

void learn_device(Baseline& b, BaselinePlan const& plan, double innovation, double city, double noise) {
  Ageing const ageing{.offset_per_day = kOffsetWalkPerDay * plan.spread};
  sensing::learn_device(b.device, device_traits(plan), innovation, city, noise, ageing, plan.step_hours / 24);
}

/// Only now is it known about where the city lies.
void start_with(Baseline& b, BaselinePlan const& plan, double reference) {
  if (b.seen == 0 && plan.gain) b.device = fresh_device(device_traits(plan), kZeroShare * plan.bias, reference);
}

}  // namespace

Baseline fresh_baseline(BaselinePlan const& plan) {
  Baseline b;
  b.device = fresh_device(device_traits(plan));
  b.spread = static_cast<float>(kFirstDoubt * plan.spread);
  b.wide = static_cast<float>(kFirstDoubt * 2 * plan.spread);
  return b;
}

Expectation expect(Baseline const& b, HourProfile const& profile, BaselinePlan const& plan, double city,
                   double reference, double hour) {
  Expectation e;
  double const c = city - reference;
  e.usual = reference + follows(b.device, c) + hour_part(profile, plan, hour);
  // What it did lately fades while it is not looked at.
  double const kept = std::exp(-b.frozen * plan.step_hours / (kWanderHours * 4));
  e.expected = e.usual + b.level * kept;
  double const spread = std::max<double>(b.spread, plan.spread_min);
  double const wander = 1 - std::exp(-2 * b.frozen * plan.step_hours / kWanderHours);
  double const moved = city - b.level_city;
  double variance = spread * spread + b.wide * b.wide * wander + b.device.p_gain * moved * moved;
  if (b.seen == 0) variance += b.device.p_offset + b.device.p_gain * c * c;
  e.deviation = std::sqrt(variance);
  return e;
}

void learn(Baseline& b, HourProfile& profile, BaselinePlan const& plan, double value, double city, double reference,
           double hour) {
  if (b.hour != static_cast<std::uint8_t>(hour)) {
    close_hour(b, profile, plan);
    b.hour = static_cast<std::uint8_t>(hour);
  }
  start_with(b, plan, reference);
  Expectation const e = expect(b, profile, plan, city, reference, hour);
  double const c = city - reference;
  double const wide = std::max<double>(b.wide, plan.spread_min);
  learn_device(b, plan, value - e.usual, c, wide * wide * values_together(plan.step_hours));

  double const memory = b.seen == 0 ? 1 : 1 - std::exp(-plan.step_hours / plan.memory_hours);
  double const clip = kClip * e.deviation;
  double const residual = value - e.usual;
  double const step = b.seen == 0 ? residual : std::clamp(value - e.expected, -clip, clip);
  b.level = static_cast<float>(b.seen == 0 ? residual : e.expected - e.usual + memory * step);
  b.level_city = static_cast<float>(b.level_city + memory * (city - b.level_city));
  b.hour_sum += static_cast<float>(std::clamp(residual + hour_part(profile, plan, hour), -kClip * 2 * wide, kClip * 2 * wide));
  ++b.hour_count;
  // Quick at first, then slow: a tenth a step down to about a day's values.
  double const rate = std::max(0.4 / (1 + b.seen * 0.1), 0.004);
  if (b.seen > 0) track(b.spread, value - e.expected, rate);
  track(b.wide, residual, std::min(rate, 0.02));
  b.frozen = 0;
  if (b.seen < 0xFFFF'FFFF) ++b.seen;
}

void follow_slowly(Baseline& b, BaselinePlan const& plan, Expectation const& e, double value) {
  double const memory = 1 - std::exp(-plan.step_hours / (plan.memory_hours * kSlowlyTimes));
  double const clip = kClip * e.deviation;
  b.level = static_cast<float>(e.expected - e.usual + memory * std::clamp(value - e.expected, -clip, clip));
}

void learn_hour(Baseline& b, HourProfile& profile, BaselinePlan const& plan, double mean, double city, double reference,
                double hour) {
  start_with(b, plan, reference);
  Expectation const e = expect(b, profile, plan, city, reference, hour);
  double const wide = std::max<double>(b.wide, plan.spread_min);
  double const residual = mean - e.usual;
  learn_device(b, plan, residual, city - reference, wide * wide * 2 * kWanderHours);
  b.hour_sum = static_cast<float>(std::clamp(residual + hour_part(profile, plan, hour), -kClip * 2 * wide, kClip * 2 * wide));
  b.hour_count = 1;
  b.hour = static_cast<std::uint8_t>(hour);
  close_hour(b, profile, plan);
  b.hour = 255;
  b.level = static_cast<float>(residual);
  b.level_city = static_cast<float>(city);
  if (b.seen > 0) track(b.wide, residual, 0.05);
  if (b.seen == 0) b.seen = 1;
}

}  // namespace madang::sensing::warning
