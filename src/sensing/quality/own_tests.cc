#include "sensing/quality/own_tests.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sensing/limits.h"
#include "sensing/reporting.h"
#include "sensing/rules.h"

namespace madang::sensing {
namespace {

constexpr double kMinute = 60'000;

double minutes_between(Instant a, Instant b) {
  return static_cast<double>(std::min(b - a, kRateMinutesMax).count()) / kMinute;
}

double change_limit(QuantityLimits const& limits, Instant a, Instant b) {
  return limits.spike + limits.rate * minutes_between(a, b);
}

/// The Sensor's own number for "no value", or one that everybody uses and that this one cannot measure.
bool is_no_value(Stream const& stream, double sent) {
  if (stream.sentinels != nullptr && is_sentinel(*stream.sentinels, sent)) return true;
  if (sent > kSentinelsBelow) return false;
  double const value = stream.unit(sent);
  bool const ranged = stream.valid_min != 0 || stream.valid_max != 0;
  if (ranged && value >= stream.valid_min && value <= stream.valid_max) return false;
  return std::ranges::any_of(kSentinels, [sent](double s) { return std::abs(sent - s) < 1e-3; });
}

void accept(StreamState& s, Judged const& v) {
  if (s.level_values > 0) ++s.level_values;
  if (s.level_values > kBurstValuesMax) s.level_values = 0;
  s.accepted = static_cast<float>(v.value);
  s.accepted_at = v.time;
  s.jumps = 0;
}

/// The value that jumped turned out to be this.
void revise_jump(Stream const& stream, Quality quality, std::vector<Revision>& later) {
  auto const at = stream.state.jump_at;
  later.push_back({stream.id, {at, at + Millis{1}}, quality, true});
}

Quality spike_of(QuantityLimits const& limits, double size) {
  return opinion(size > limits.spike_fail ? QualityFlag::kFail : QualityFlag::kSuspect, QualityTest::kSpike);
}

bool is_absent(Stream const& stream, double value) {
  for (std::size_t i = 0; i < stream.absent_count; ++i)
    if (std::abs(value - static_cast<double>(stream.absent_codes[i])) < 1e-6 * (1 + std::abs(value))) return true;
  return false;
}

/// Only ever what an absent instrument reads.
bool never_measured(Stream const& stream, Instant now) {
  auto const& s = stream.state;
  if (s.count < kStillValuesMin || now - s.first + stream.interval < kNotFittedAfter) return false;
  double const stray = stream.stray_allowed ? kNotFittedStray : 0;
  return s.absent >= (1 - stray) * s.count;
}

}  // namespace

Quality judge_alone(Stream const& stream, double sent) {
  if (!std::isfinite(sent)) return opinion(QualityFlag::kFail, QualityTest::kSyntax);
  if (!stream.fitted) return opinion(QualityFlag::kMissing, QualityTest::kNotFitted);
  if (is_no_value(stream, sent)) return opinion(QualityFlag::kMissing, QualityTest::kSentinel);
  double const value = stream.unit(sent);
  bool const ranged = stream.valid_min != 0 || stream.valid_max != 0;
  if (ranged && (value < stream.valid_min || value > stream.valid_max))
    return opinion(QualityFlag::kFail, QualityTest::kGrossRange);
  if (value < stream.limits->city_min || value > stream.limits->city_max)
    return opinion(QualityFlag::kSuspect, QualityTest::kGrossRange);
  return kGoodValue;
}

Quality judge_clock(Stream& stream, Judged const& v) {
  auto& s = stream.state;
  auto const lag = (v.received - v.time).count();
  s.last_sign_of_life = std::max(s.last_sign_of_life, sign_of_life_at(v.time, v.received, {}));
  if (lag < -kClockAhead.count()) {
    if (!s.clock_wrong) s.clock_since = v.received;
    s.clock_wrong = true;
    s.lag_last = lag;
    return opinion(QualityFlag::kSuspect, v.time > v.received + kFutureMax ? QualityTest::kTiming : QualityTest::kClock);
  }
  auto const tolerance = std::max(kClockBehindMin, stream.interval * kGapIntervals).count();
  if (s.lag_usual < 0 || lag <= s.lag_usual + tolerance) {
    // The usual delay falls at once and rises slowly.
    s.lag_usual = s.lag_usual < 0 || lag < s.lag_usual ? std::max<std::int64_t>(lag, 0) : s.lag_usual + (lag - s.lag_usual) / 32;
    s.clock_streak = 0;
    s.clock_wrong = false;
    return kGoodValue;
  }
  // A parcel of old values comes at once and catches up; a clock stays behind by the same time.
  bool const same = std::abs(lag - s.lag_last) <= stream.interval.count() / 2 &&
                    v.received - s.received_last >= stream.interval / 2;
  s.clock_streak = same ? static_cast<std::uint8_t>(std::min(s.clock_streak + 1, 200)) : std::uint8_t{1};
  s.lag_last = lag;
  s.received_last = v.received;
  bool const wrong = s.clock_streak >= kClockValues;
  if (wrong && !s.clock_wrong) s.clock_since = v.received;
  s.clock_wrong = wrong;
  if (!wrong) return kGoodValue;
  return opinion(QualityFlag::kSuspect, QualityTest::kClock);
}

namespace {

/// Two values agree: a new level, not a spike.
void accept_level(StreamState& s, Judged const& v) {
  s.level_before = s.accepted;
  s.level_from = s.jump_at;
  s.level_values = 0;
  accept(s, v);
  s.level_values = 2;
}

/// Back where it was after two or three values far away, within minutes: they were a burst. An hour far away is weather.
bool ends_burst(Stream const& stream, Judged const& v, std::vector<Revision>& later) {
  auto const& s = stream.state;
  if (s.level_values == 0 || v.time - s.level_from > kBurstMax) return false;
  double const before = s.level_before;
  double const size = std::abs(static_cast<double>(s.accepted) - before);
  if (size <= stream.limits->spike_fail || std::abs(v.value - before) > change_limit(*stream.limits, s.level_from, v.time)) return false;
  later.push_back({stream.id, {s.level_from, v.time}, spike_of(*stream.limits, size), false});
  return true;
}

}  // namespace

Quality judge_change(Stream& stream, Judged const& v, std::vector<Revision>& later) {
  auto& s = stream.state;
  auto const& limits = *stream.limits;
  if (v.time - s.accepted_at > stream.gap()) {  // also the first: nothing to compare with
    accept(s, v);
    return kGoodValue;
  }
  if (std::abs(v.value - static_cast<double>(s.accepted)) <= change_limit(limits, s.accepted_at, v.time)) {
    if (s.jumps > 0) {
      double const middle = (static_cast<double>(s.accepted) + v.value) / 2;
      revise_jump(stream, spike_of(limits, std::abs(static_cast<double>(s.jump) - middle)), later);
    }
    accept(s, v);
    return kGoodValue;
  }
  if (s.jumps == 0 && ends_burst(stream, v, later)) {
    s.level_values = 0;
    accept(s, v);
    return kGoodValue;
  }
  if (s.jumps > 0) {
    if (std::abs(v.value - static_cast<double>(s.jump)) <= change_limit(limits, s.jump_at, v.time)) {
      revise_jump(stream, kGoodValue, later);
      accept_level(s, v);
      return kGoodValue;
    }
    // Twice away to the same side is a steep rise, as of a fire: no spike, and doubtful until it settles.
    bool const rising = (v.value - static_cast<double>(s.accepted)) * static_cast<double>(s.jump - s.accepted) > 0;
    if (!rising) revise_jump(stream, spike_of(limits, std::abs(static_cast<double>(s.jump - s.accepted))), later);
  }
  auto const jumps = s.jumps + 1;
  if (jumps >= kJumpsAccepted) {
    accept(s, v);
  } else {
    s.jumps = static_cast<std::uint8_t>(jumps);
    s.jump = static_cast<float>(v.value);
    s.jump_at = v.time;
  }
  return opinion(QualityFlag::kSuspect, QualityTest::kRate);
}

Quality judge_stillness(Stream& stream, Judged const& v, std::optional<double> city, std::vector<Revision>& later) {
  auto& s = stream.state;
  auto const& limits = *stream.limits;
  if (s.count++ == 0) s.first = v.time;
  if (is_absent(stream, v.value)) ++s.absent;
  bool const was_fitted = !s.not_fitted;
  s.not_fitted = stream.absent_count > 0 && never_measured(stream, v.time);
  if (s.not_fitted) {
    auto const quality = opinion(QualityFlag::kMissing, QualityTest::kNotFitted);
    if (was_fitted) later.push_back({stream.id, {s.first, v.time}, quality, false});
    return quality;
  }
  // As floats on both sides: 50.1 is not what it was once it has been one.
  bool const moved = s.still_count == 0 || std::abs(static_cast<float>(v.value) - s.still) > static_cast<float>(limits.still);
  // What happened in a gap nobody knows: its time does not count.
  if (s.still_count > 0 && v.time - s.newest > stream.gap()) s.still_since += v.time - s.newest - stream.interval;
  if (moved) {
    s.still = static_cast<float>(v.value);
    s.still_since = v.time;
    s.still_count = 0;
    s.stuck = false;
  }
  ++s.still_count;
  double hours = limits.still_hours;
  if (is_at_rest(limits, v.value)) {
    // A sound device can rest where the air is clean; one that never said anything else need not be given so much.
    double const haze = s.still_count == s.count ? limits.rest_city : kRestCityMoved * limits.rest_city;
    hours = city && *city > haze ? 2 * limits.still_hours : limits.rest_hours;
  }
  double const stood = static_cast<double>((v.time - s.still_since + stream.interval).count()) / (60 * kMinute);
  if (s.still_count < kStillValuesMin || stood < hours) return kGoodValue;
  auto const quality = opinion(QualityFlag::kSuspect, QualityTest::kFlatLine);
  if (!s.stuck) {
    later.push_back({stream.id, {s.still_since, v.time}, quality, false});
    s.bias.sum = 0;  // what a stuck sensor read says nothing about its drift
    s.bias.count = 0;
  }
  s.stuck = true;
  return stood >= hours * kStillFailFactor ? opinion(QualityFlag::kFail, QualityTest::kFlatLine) : quality;
}

void count_share(Share& share, bool bad, Instant when, double weight, double limit) {
  if (share.values < std::numeric_limits<std::uint16_t>::max()) ++share.values;
  share.share += static_cast<float>(((bad ? 1.0 : 0.0) - static_cast<double>(share.share)) * weight);
  double const high = std::max(limit, kShareValuesMin * weight);
  if (!share.high && static_cast<double>(share.share) > high) {
    share.high = true;
    share.since = when;
  } else if (share.high && static_cast<double>(share.share) < high / 2) {
    share.high = false;
  }
}

double share_so_far(Share const& share, double weight) {
  double const seen = 1 - std::pow(1 - weight, share.values);
  return seen > 0 ? std::min(1.0, static_cast<double>(share.share) / seen) : 0;
}

double share_weight(Millis interval) {
  return 1 / std::clamp(static_cast<double>(Millis{std::chrono::days{1}} / interval), 10.0, 720.0);
}

}  // namespace madang::sensing
