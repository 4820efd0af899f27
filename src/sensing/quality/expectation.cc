#include "sensing/quality/expectation.h"

#include <algorithm>
#include <cmath>

namespace madang::sensing {
namespace {

constexpr Quality kGoodValue = opinion(QualityFlag::kGood, QualityTest::kNone);
constexpr double kOutlierSpreads = 4;     ///< what lies further away teaches no more than this
constexpr double kGainMin = 0.2, kGainMax = 5;
constexpr double kPriorSpreads = 5;       ///< how firmly a line through the means is believed at first
constexpr double kCusumHold = 3;          ///< from here on nothing is learned, so that a drift is not taken for the usual
constexpr double kCusumTop = 15;          ///< so that a mended sensor is believed again within days
constexpr double kDeviationMin = 0.25;    ///< of the bias limit: no daily bias is steadier
constexpr std::uint32_t kDayValuesMin = 8;

bool is_ready(Expectation const& e, Instant when) {
  return e.updates >= kModelReadyUpdates && when - e.first >= kModelReadyAfter;
}

double spread_of(Stream const& stream) {
  return std::max(static_cast<double>(stream.state.expectation.spread), stream.limits->spread_min);
}

double expectation_at(QuantityLimits const& limits, Expectation const& e, double city) {
  double const own = e.mean_own;
  double const away = city - static_cast<double>(e.mean_city);
  if (limits.follows == Follows::kAdditive) return own + away;
  double const ratio = e.mean_city > 1e-6F ? own / static_cast<double>(e.mean_city) : 1;
  if (limits.follows == Follows::kProportional) return own + std::max(0.0, ratio) * away;
  double const prior = kPriorSpreads * kPriorSpreads * limits.spread_min * limits.spread_min;
  double const gain = (static_cast<double>(e.covariance) + prior * std::clamp(ratio, kGainMin, kGainMax)) /
                      (static_cast<double>(e.variance) + prior);
  return own + std::clamp(gain, kGainMin, kGainMax) * away;
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

/// A day is over.
void close_day(Stream& stream, Instant when) {
  auto& b = stream.state.bias;
  double limit = stream.limits->bias;
  if (stream.limits->follows != Follows::kAdditive)
    limit = std::max(limit, kDriftOfLevel * static_cast<double>(stream.state.expectation.mean_own));
  double const daily = static_cast<double>(b.sum) / b.count;
  double const deviation = std::max(static_cast<double>(b.deviation), kDeviationMin * limit);
  double const z = daily / deviation;
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

std::optional<double> expected_value(Stream const& stream, double city_median, Instant when) {
  auto const& e = stream.state.expectation;
  if (stream.limits->follows == Follows::kNothing || !is_ready(e, when)) return std::nullopt;
  return expectation_at(*stream.limits, e, city_median);
}

void learn(Stream& stream, double city_median, Judged const& v) {
  auto& e = stream.state.expectation;
  if (stream.limits->follows == Follows::kNothing) return;
  if (std::max(stream.state.bias.up, stream.state.bias.down) > kCusumHold) return;
  if (e.updates > 0 && v.time - e.updated < std::max(kModelStep, stream.interval / 2)) return;
  if (e.updates == 0) e.first = v.time;
  double own = v.value;
  double const memory = static_cast<double>(kModelMemory.count());
  double const step = e.updates == 0 ? 0 : static_cast<double>((v.time - e.updated).count());
  double const weight = std::min(1.0, std::max(step / memory, 1.0 / (e.updates + 1.0)));
  if (is_ready(e, v.time)) {
    double const expected = expectation_at(*stream.limits, e, city_median);
    double const most = kOutlierSpreads * spread_of(stream);
    double const away = std::clamp(v.value - expected, -most, most);
    own = expected + away;
    e.spread += static_cast<float>(std::max(weight, 0.002) * (std::abs(away) - static_cast<double>(e.spread)));
  } else if (e.updates > 4) {
    double const away = std::abs(v.value - expectation_at(*stream.limits, e, city_median));
    e.spread += static_cast<float>((away - static_cast<double>(e.spread)) / std::min(e.updates, 50U));
  }
  double const from_city = city_median - static_cast<double>(e.mean_city);
  double const from_own = own - static_cast<double>(e.mean_own);
  if (e.updates > 0) {
    e.variance = static_cast<float>((1 - weight) * (static_cast<double>(e.variance) + weight * from_city * from_city));
    e.covariance = static_cast<float>((1 - weight) * (static_cast<double>(e.covariance) + weight * from_city * from_own));
  }
  e.mean_city += static_cast<float>(weight * from_city);
  e.mean_own += static_cast<float>(weight * from_own);
  e.updated = v.time;
  if (e.updates < 1'000'000) ++e.updates;
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
  ++b.count;
  b.sum += static_cast<float>(residual);
  return drift_so_far(stream);
}

}  // namespace madang::sensing
