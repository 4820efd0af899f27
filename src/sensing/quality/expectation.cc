#include "sensing/quality/expectation.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace madang::sensing {
namespace {

constexpr Millis kUnlearnedFor = std::chrono::hours{3};  ///< from its first value to the first that taught: its past was not learned
constexpr double kOutlierSpreads = 4;     ///< what lies further away teaches no more than this
constexpr double kSpreadShare = 0.002;    ///< of one value in the spread: of 500 values
constexpr std::uint16_t kSpreadOfMost = 1'000;
constexpr double kLineGainMin = 0.2, kLineGainMax = 5;
constexpr double kRatioMax = 100;         ///< of a channel that follows in proportion
constexpr double kNoiseSpreads = 5;       ///< of a value that lies as far off as it may
constexpr double kOffsetSpreads = 50;     ///< of devices from one another, before anything is known
constexpr double kRatioDeviation = 10;
constexpr double kFaintShare = 0.02;      ///< of the city's mean: where it says less its noise is no smaller
using Days = std::chrono::duration<double, std::ratio<86'400>>;
constexpr double kCusumHold = 3;          ///< from here on nothing is learned, so that a drift is not taken for the usual
constexpr double kCusumTop = 15;          ///< so that a mended sensor is believed again within days
constexpr double kDeviationMin = 0.25;    ///< of the bias limit: no daily bias is steadier
constexpr double kDayMost = 4;            ///< deviations: no single day is a drift
constexpr std::uint32_t kDayValuesMin = 8;
constexpr double kShiftOfLimit = 1.5;     ///< of what the bias may move, at once
constexpr double kShiftSpreads = 6;
constexpr std::uint8_t kShiftBack = 3;    ///< so many values back: it is over
constexpr Millis kShiftAtMost = std::chrono::days{3};
constexpr double kRecentShare = 1.0 / 12; ///< of one value among those of two hours

bool is_ready(Expectation const& e, Instant when) {
  return e.updates >= kModelReadyUpdates && when - e.first >= kModelReadyAfter;
}

DeviceTraits device_traits(QuantityLimits const& limits) {
  using Learns = DeviceTraits::Learns;
  bool const line = limits.follows == Follows::kLinear;
  bool const ratio = limits.follows == Follows::kProportional;
  return {.learns = line ? Learns::kBoth : ratio ? Learns::kGain : Learns::kOffset,
          .offset_deviation = kOffsetSpreads * limits.spread_min,
          .gain_deviation = ratio ? kRatioDeviation : kGainDeviation,
          .gain_min = line ? kLineGainMin : 0,
          .gain_max = line ? kLineGainMax : kRatioMax};
}

double expectation_at(Expectation const& e, double city) {
  double const reference = e.reference;
  return reference + follows(e.device, city - reference);
}

/// One step of the estimator that the early warning uses too; what is older than kModelMemory counts little.
void learn_device(Expectation& e, QuantityLimits const& limits, double innovation, double city, Millis since) {
  double const days = Days{std::max(since, kModelStep)}.count();
  double const one = kNoiseSpreads * limits.spread_min;
  double noise = one * one * values_together(days * 24);
  Ageing ageing{.offset_per_day = ageing_for(Days{kModelMemory}.count(), noise, days)};
  if (limits.follows == Follows::kProportional) {
    // As the ratio of both means: where there is more of it, it scatters more.
    double const usual = std::max(static_cast<double>(e.mean_city), limits.spread_min);
    ageing.gain_per_day = ageing.offset_per_day / usual;
    noise *= std::max(city / usual, kFaintShare);
  }
  sensing::learn_device(e.device, device_traits(limits), innovation, city - static_cast<double>(e.reference), noise, ageing, days);
}

double hours_between(Instant a, Instant b) { return static_cast<double>((b - a).count()) / 3'600'000.0; }

/// The factor that explains it best; -1: none does.
int factor_of(double value, double expected) {
  double const ratio = value / expected;
  if (ratio <= 0) return -1;
  int best = -1;
  double least = kScaleTolerance;
  for (std::size_t i = 0; i < kUnitFactors.size(); ++i) {
    double const off = std::abs(std::log(ratio / kUnitFactors[i]));
    if (off >= least) continue;
    least = off;
    best = static_cast<int>(i);
  }
  return best;
}

bool same_factor(int a, int b) {
  return a >= 0 && b >= 0 && std::abs(std::log(kUnitFactors[static_cast<std::size_t>(a)] / kUnitFactors[static_cast<std::size_t>(b)])) < kScaleTolerance;
}

/// So much the own bias may move.
double bias_limit(Stream const& stream) {
  double const limit = stream.limits->bias;
  if (stream.limits->follows == Follows::kAdditive) return limit;
  return std::max(limit, kDriftOfLevel * static_cast<double>(stream.state.expectation.mean_own));
}

/// A drift comes slowly. What lies far away from one value to the next is another unit, a plume, a device that was moved: for
/// as long as it lasts, at most for days, it counts for no drift and teaches nothing.
bool is_shifted(Stream const& stream, BiasWatch& b, Instant when, double residual) {
  if (b.shift != 0) {
    bool const back = (residual - static_cast<double>(b.recent)) / static_cast<double>(b.shift) < 0.5;
    b.back = back ? static_cast<std::uint8_t>(b.back + 1) : std::uint8_t{0};
    if (b.back < kShiftBack && when - b.shifted < kShiftAtMost) return true;
    if (b.back < kShiftBack) b.recent = static_cast<float>(residual);
    b.shift = 0;
    b.back = 0;
    return false;
  }
  double const far = std::max(kShiftOfLimit * bias_limit(stream), kShiftSpreads * spread_of(stream));
  if (std::abs(residual - static_cast<double>(b.recent)) <= far) {
    b.recent += static_cast<float>(kRecentShare * (residual - static_cast<double>(b.recent)));
    return false;
  }
  if (std::abs(residual) < std::abs(static_cast<double>(b.recent))) {  // mended
    b.recent = static_cast<float>(residual);
    return false;
  }
  b.shift = static_cast<float>(residual - static_cast<double>(b.recent));
  b.shifted = when;
  return true;
}

/// A day is over.
void close_day(Stream& stream, Instant when) {
  auto& b = stream.state.bias;
  double const limit = bias_limit(stream);
  double const daily = static_cast<double>(b.sum) / b.count;
  double const deviation = std::max(static_cast<double>(b.deviation), kDeviationMin * limit);
  double const z = std::clamp(daily / deviation, -kDayMost, kDayMost);
  b.last = static_cast<float>(daily);
  b.up = static_cast<float>(std::clamp(static_cast<double>(b.up) + z - kCusumSlack, 0.0, kCusumTop));
  b.down = static_cast<float>(std::clamp(static_cast<double>(b.down) - z - kCusumSlack, 0.0, kCusumTop));
  double const highest = std::max(b.up, b.down);
  if (b.days < 10'000) ++b.days;
  if (highest < kCusumHold) {
    double const weight = 1.0 / std::min<int>(b.days, 14);
    b.deviation += static_cast<float>(weight * (1.25 * std::abs(daily) - static_cast<double>(b.deviation)));
  }
  bool const drifting = b.days >= kDriftDaysMin && highest > kCusumAlarm && std::abs(daily) > limit;
  if (drifting && !b.drifting) b.since = when;
  // It ends only when the sum has gone, not when one day looks better.
  b.drifting = drifting || (b.drifting && highest > kCusumHold);
}

}  // namespace

double spread_of(Stream const& stream) {
  return std::max(static_cast<double>(stream.state.expectation.spread), stream.limits->spread_min);
}

std::optional<double> expected_value(Stream const& stream, double city_median, Instant when) {
  auto const& e = stream.state.expectation;
  if (stream.limits->follows == Follows::kNothing || !is_ready(e, when)) return std::nullopt;
  return expectation_at(e, city_median);
}

bool knows_less_than_it_saw(Stream const& stream) {
  auto const& s = stream.state;
  auto const& e = s.expectation;
  if (stream.limits->follows == Follows::kNothing || is_ready(e, s.newest)) return false;
  bool const seen = s.count >= kModelReadyUpdates && s.newest - s.first >= kModelReadyAfter;
  return seen && (e.updates == 0 || e.first - s.first >= kUnlearnedFor);
}

void learn(Stream& stream, double city_median, Judged const& v) {
  auto& e = stream.state.expectation;
  auto const& limits = *stream.limits;
  if (limits.follows == Follows::kNothing) return;
  auto const& b = stream.state.bias;
  if (std::max(b.up, b.down) > kCusumHold || (b.shift != 0 && v.time - b.shifted < kShiftAtMost)) return;
  if (e.updates > 0 && v.time - e.updated < std::max(kModelStep, stream.interval / 2)) return;
  if (e.updates == 0) {
    e.first = e.updated = v.time;
    e.device = fresh_device(device_traits(limits));
    e.reference = limits.follows == Follows::kLinear ? static_cast<float>(city_median) : 0;
  }
  auto const step = e.updates == 0 ? Millis{0} : v.time - e.updated;
  double const weight = std::min(1.0, std::max(Days{step} / Days{kModelMemory}, 1.0 / (e.updates + 1.0)));
  double innovation = v.value - expectation_at(e, city_median);
  if (is_ready(e, v.time)) {
    double const most = kOutlierSpreads * spread_of(stream);
    innovation = std::clamp(innovation, -most, most);
    double const share = std::max({weight, kSpreadShare, 1.0 / (e.spread_of + 1.0)});
    e.spread += static_cast<float>(share * (std::abs(innovation) - static_cast<double>(e.spread)));
  } else if (e.updates > 4) {
    e.spread += static_cast<float>((std::abs(innovation) - static_cast<double>(e.spread)) / std::min(e.updates, 50U));
  }
  e.mean_city += static_cast<float>(weight * (city_median - static_cast<double>(e.mean_city)));
  e.mean_own += static_cast<float>(weight * (v.value - static_cast<double>(e.mean_own)));
  learn_device(e, limits, innovation, city_median, step);
  e.updated = v.time;
  if (e.updates < 1'000'000) ++e.updates;
  if (e.spread_of < kSpreadOfMost) ++e.spread_of;
}

namespace {

void forget_factor(StreamState& s) {
  s.factor = -1;
  s.factor_streak = s.factor_misses = s.factor_strays = 0;
  s.wrong_scale = false;
}

/// Comes at once, as a wrong unit does; a drift or a sensor that is stuck comes slowly into any distance.
bool comes_at_once(Stream const& stream, double distance, Residual before, Instant when) {
  if (when - before.at > stream.gap()) return true;
  return std::abs(before.value) < distance / 2;
}

/// The factor is known or suspected: does this value say so too?
Quality follow_factor(Stream& stream, int factor, bool fits_again, Judged const& v, std::vector<Revision>& later) {
  auto& s = stream.state;
  auto const wrong = opinion(QualityFlag::kFail, QualityTest::kScale);
  if (fits_again) {
    s.factor_misses = static_cast<std::uint8_t>(s.factor_misses + 1);
    if (!s.wrong_scale || s.factor_misses >= kScaleMisses) forget_factor(s);
    return s.wrong_scale ? wrong : kGoodValue;
  }
  s.factor_misses = 0;
  auto& tally = same_factor(factor, s.factor) ? s.factor_streak : s.factor_strays;
  if (tally < 200) ++tally;
  bool const stands = s.still_count > kScaleValues;
  bool const sure = !stands && s.factor_streak >= kScaleValues && s.factor_streak > 2 * s.factor_strays &&
                    hours_between(s.factor_since, v.time) >= stream.limits->scale_hours;
  if (sure && !s.wrong_scale) {
    later.push_back({stream.id, {s.factor_since, v.time}, wrong, false});
    s.wrong_scale = true;
    s.bias.sum = 0;
    s.bias.count = 0;
  }
  return s.wrong_scale ? wrong : kGoodValue;
}

}  // namespace

Quality judge_scale(Stream& stream, double expected, Residual before, Judged const& v, std::vector<Revision>& later) {
  auto& s = stream.state;
  auto const& limits = *stream.limits;
  // Too small to tell: night for ultraviolet, calm for wind. What was found before still holds.
  if (limits.scale_floor <= 0 || expected < limits.scale_floor)
    return s.wrong_scale ? opinion(QualityFlag::kFail, QualityTest::kScale) : kGoodValue;
  double const distance = std::abs(v.value - expected);
  bool const far = distance > 6 * spread_of(stream);
  if (!far && s.factor < 0) return kGoodValue;
  int const factor = far ? factor_of(v.value, expected) : -1;
  if (s.factor >= 0) {
    double const ratio = v.value / expected;
    double const half = std::abs(std::log(kUnitFactors[static_cast<std::uint8_t>(s.factor)])) / 2;
    return follow_factor(stream, factor, !far || (ratio > 0 && std::abs(std::log(ratio)) < half), v, later);
  }
  if (factor < 0 || s.still_count > kScaleValues || !comes_at_once(stream, distance, before, v.time)) return kGoodValue;
  forget_factor(s);
  s.factor = static_cast<std::int8_t>(factor);
  s.factor_streak = 1;
  s.factor_since = v.time;
  return kGoodValue;
}

bool counts_for_drift(Stream const& stream, Judged const& v) {
  return stream.limits->bias > 0 && v.time - stream.state.bias.counted >= kModelStep - stream.interval / 2;
}

Quality drift_so_far(Stream const& stream) {
  return stream.state.bias.drifting ? opinion(QualityFlag::kSuspect, QualityTest::kDrift) : kGoodValue;
}

Quality judge_drift(Stream& stream, Judged const& v, double residual) {
  auto& b = stream.state.bias;
  b.counted = v.time;
  if (v.time >= b.day_end) {
    bool const daily = stream.interval >= std::chrono::hours{3};
    if (b.count >= (daily ? 1U : kDayValuesMin)) close_day(stream, v.time);
    b.day_end = std::chrono::floor<std::chrono::days>(v.time) + std::chrono::days{1};
    b.count = 0;
    b.sum = 0;
  }
  if (is_shifted(stream, b, v.time, residual)) return drift_so_far(stream);
  ++b.count;
  b.sum += static_cast<float>(residual);
  return drift_so_far(stream);
}

}  // namespace madang::sensing
