#include "sensing/quality/engine.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <ranges>
#include <utility>

#include "sensing/quality/expectation.h"
#include "sensing/quality/own_tests.h"
#include "sensing/quantities.h"
#include "sensing/reporting.h"

namespace madang::sensing {
namespace {

/// Half of the steps whose medians are open at once, where steps are the shortest.
constexpr Millis kJudgedTogether = std::chrono::hours{1};
constexpr std::int64_t kStepsTogether = CityMedian::kStepsOpen / 2;

/// What the channel reads where its instrument is missing. Where zero is an everyday value only a flat line can tell.
void set_absent_codes(Stream& stream, std::string_view channel) {
  stream.stray_allowed = channel.starts_with("wind_") || channel.starts_with("gust_") || channel.starts_with("globe_");
  bool const zero_is_natural = stream.limits->city_min <= 0 && stream.limits->rest_low >= 0;
  stream.absent_count = 0;
  auto const add = [&stream](double sent) { stream.absent_codes[stream.absent_count++] = static_cast<float>(stream.unit(sent)); };
  if (stream.stray_allowed || !zero_is_natural) add(0);
  if (channel.starts_with("globe_")) add(kAbsentGlobe);
}

Instant minute_of(storage::Observation const& o) { return std::chrono::floor<std::chrono::minutes>(o.phenomenon_time); }

bool is_foreign(Quality quality) { return quality.rule_version == 0 && quality.flag != QualityFlag::kUnknown; }

bool is_test(Quality quality, QualityTest test) { return quality.reason == static_cast<std::uint8_t>(test); }

bool is_bad_value(Quality q) {
  return is_test(q, QualityTest::kGrossRange) || is_test(q, QualityTest::kSentinel) || is_test(q, QualityTest::kScale);
}

bool is_doubtful(Quality q) { return is_test(q, QualityTest::kRate) || is_test(q, QualityTest::kNeighbour); }

/// A neighbour that is off in the same direction, by more than it is by itself.
bool feels_a_part(Stream const& neighbour, double own) {
  double const theirs = static_cast<double>(neighbour.state.residual);
  return theirs * own > 0 && std::abs(theirs) > std::max(kFeltSpreads * spread_of(neighbour), kFeltShare * std::abs(own));
}

/// What a neighbour is off by was measured at about this time: neither long before it nor, where a parcel came late, after it.
bool speaks_of(Stream const& neighbour, Stream const& stream, Instant time) {
  return std::chrono::abs(time - neighbour.state.residual_at) <= 2 * stream.interval;
}

/// Nothing but when it was heard, and how its clock goes, holds of values that are other values now.
StreamState with_clock_of(StreamState const& s, StreamState values) {
  values.last_sign_of_life = s.last_sign_of_life;
  values.clock_wrong = s.clock_wrong;
  values.clock_streak = s.clock_streak;
  values.clock_since = s.clock_since;
  values.lag_usual = s.lag_usual;
  values.lag_last = s.lag_last;
  values.received_last = s.received_last;
  return values;
}

}  // namespace

std::uint32_t QualityEngine::place_of(DatastreamId stream) const {
  auto const index = static_cast<std::size_t>(stream.value());
  return index < places_.size() ? places_[index] : kNone;
}

bool QualityEngine::knows(DatastreamId stream) const { return place_of(stream) != kNone; }

bool QualityEngine::is_measured(DatastreamId stream) const {
  auto const place = place_of(stream);
  return place != kNone && !streams_[place].limits->channel.empty();
}

Stream const* QualityEngine::find(DatastreamId stream) const {
  auto const place = place_of(stream);
  return place == kNone ? nullptr : &streams_[place];
}

/// A simulated station feels nothing of what stands in the air: it has no part in the median of real ones, nor they in its.
std::uint32_t QualityEngine::group_of(StreamPlan const& plan, Millis interval) {
  auto const [found, made] = groups_.try_emplace({plan.channel, plan.simulated}, static_cast<std::uint32_t>(medians_.size()));
  if (made) medians_.emplace_back(std::max(interval, Millis{std::chrono::minutes{2}}));
  return found->second;
}

void QualityEngine::note_sign_of_life(DatastreamId id, Instant when) {
  auto const place = place_of(id);
  if (place == kNone) return;
  auto& last = streams_[place].state.last_sign_of_life;
  if (last == kInstantMin) last = when;
}

void QualityEngine::expect_all() {
  for (auto& stream : streams_) stream.is_new = false;
}

void QualityEngine::expect_since(DatastreamId id, Instant registered_at) {
  auto const place = place_of(id);
  if (place == kNone) return;
  streams_[place].known_since = registered_at;
  streams_[place].is_new = true;
}

void QualityEngine::remember_clock(DatastreamId id, Instant phenomenon_time, Instant received_at, Millis lag_usual) {
  auto const place = place_of(id);
  if (place == kNone) return;
  auto& s = streams_[place].state;
  auto const lag = (received_at - phenomenon_time).count();
  if (lag >= 0) {
    if (s.clock_wrong) return;
    // So late as now it was for as long as the store was read: that is not how it should be.
    s.lag_usual = lag_usual.count();
    s.clock_streak = kClockValues;
    s.received_last = received_at;
  }
  s.clock_wrong = true;
  s.clock_since = received_at;
  s.lag_last = lag;
  s.last_sign_of_life = std::max(s.last_sign_of_life, received_at);
}

std::uint32_t QualityEngine::place_for(DatastreamId id, Instant known_since) {
  auto const index = static_cast<std::size_t>(id.value());
  if (index >= places_.size()) places_.resize(std::max(index + 1, places_.size() * 2), kNone);
  if (auto const away = out_of_service_.extract(id); !away.empty()) {
    streams_[away.mapped()].in_service = true;
    return places_[index] = away.mapped();
  }
  places_[index] = static_cast<std::uint32_t>(streams_.size());
  streams_.emplace_back().known_since = known_since;
  points_.emplace_back();
  return places_[index];
}

void QualityEngine::retire(DatastreamId id) {
  auto const place = place_of(id);
  if (place == kNone) return;
  places_[static_cast<std::size_t>(id.value())] = kNone;
  out_of_service_.emplace(id, place);
  streams_[place].in_service = false;
  streams_[place].neighbours = {};
  if (points_[place]) changed_places_.push_back(*points_[place]);
  points_[place].reset();
}

void QualityEngine::retire_others(std::span<StreamPlan const> plans) {
  std::vector<bool> planned(places_.size(), false);
  for (auto const& plan : plans)
    if (static_cast<std::size_t>(plan.id.value()) < planned.size()) planned[static_cast<std::size_t>(plan.id.value())] = true;
  for (std::size_t id = 0; id < planned.size(); ++id)
    if (!planned[id] && places_[id] != kNone) retire(DatastreamId{static_cast<std::int64_t>(id)});
}

void QualityEngine::plan(StreamPlan const& plan, Instant known_since) {
  MADANG_ASSERT(plan.id.value() > 0 && plan.id.value() <= storage::kDatastreamMax);
  bool const is_known = knows(plan.id);
  auto const place = is_known ? place_of(plan.id) : place_for(plan.id, known_since);
  auto& stream = streams_[place];
  stream.id = plan.id;
  stream.thing = plan.thing;
  // In a unit that is none of the quantity's nothing can be said about it but what holds for every number.
  auto const* limits = plan.foreign ? &limits_table::kUnknownQuantity : &limits_of(plan.channel);
  bool const says_else = stream.limits != limits || stream.unit != plan.unit || stream.simulated != plan.simulated;
  if (says_else && stream.state.newest != kInstantMin) {
    stream.state = with_clock_of(stream.state, {});
    forgotten_.insert(plan.id);
  }
  bool const has_neighbours = limits->neighbour > 0 || stream.limits->neighbour > 0;
  if (has_neighbours && (points_[place] != plan.place || says_else)) {
    if (points_[place]) changed_places_.push_back(*points_[place]);
    if (plan.place) changed_places_.push_back(*plan.place);
  }
  stream.limits = limits;
  stream.unit = plan.unit;
  stream.simulated = plan.simulated;
  stream.interval = std::max(plan.interval, Millis{1'000});
  stream.share_weight = share_weight(stream.interval);
  stream.group = group_of(plan, stream.interval);
  bool const ranged = plan.valid_min != 0 || plan.valid_max != 0;
  stream.valid_min = ranged ? plan.unit(plan.valid_min) : 0;
  stream.valid_max = ranged ? plan.unit(plan.valid_max) : 0;
  auto const* info = quantity(plan.channel);
  if (!ranged && !plan.foreign && info != nullptr) {
    stream.valid_min = info->valid_min;
    stream.valid_max = info->valid_max;
  }
  stream.sentinels = sentinels_.share(plan.sentinels);
  stream.fitted = plan.fitted;
  set_absent_codes(stream, plan.channel);
  points_[place] = plan.place;
  if (!plan.place) stream.neighbours = {};
}

void QualityEngine::restore(DatastreamId id, StreamState const& learned) {
  auto const place = place_of(id);
  if (place == kNone || forgotten_.contains(id)) return;
  auto& state = streams_[place].state;
  auto const newest = std::max(state.newest, learned.newest);
  state = with_clock_of(state, learned);
  state.newest = newest;
}

void QualityEngine::restore_expectation(DatastreamId id, StreamState const& learned) {
  auto const place = place_of(id);
  if (place == kNone || forgotten_.contains(id)) return;
  auto& state = streams_[place].state;
  if (learned.expectation.updates <= state.expectation.updates) return;
  state.expectation = learned.expectation;
  state.bias = learned.bias;
  if (learned.residual_at <= state.residual_at) return;
  state.residual = learned.residual;
  state.residual_at = learned.residual_at;
}

std::set<DatastreamId> QualityEngine::find_unlearned(std::size_t begin, std::size_t count) const {
  std::set<DatastreamId> found;
  for (std::size_t i = begin; i < std::min(begin + count, streams_.size()); ++i)
    if (streams_[i].in_service && knows_less_than_it_saw(streams_[i])) found.insert(streams_[i].id);
  return found;
}

std::vector<Site> QualityEngine::sites() const {
  std::vector<Site> found;
  for (std::uint32_t i = 0; i < streams_.size(); ++i) {
    auto const& stream = streams_[i];
    if (points_[i] && stream.limits->neighbour > 0) found.push_back({i, stream.group, stream.thing, *points_[i]});
  }
  return found;
}

void QualityEngine::set_neighbours(std::span<Site const> sites, std::span<Neighbours const> found) {
  for (std::size_t i = 0; i < sites.size(); ++i) streams_[sites[i].number].neighbours = found[i];
}

void QualityEngine::find_neighbours() {
  changed_places_.clear();
  auto const all = sites();
  set_neighbours(all, neighbours_of(all));
}

void QualityEngine::count(Quality quality) {
  auto& of = counts_.by_test[std::min<std::size_t>(quality.reason, kQualityTests - 1)];
  if (quality.flag == QualityFlag::kSuspect) ++of[0];
  if (quality.flag == QualityFlag::kFail) ++of[1];
  if (quality.flag == QualityFlag::kMissing) ++of[2];
}

void QualityEngine::prefetch(std::span<storage::Observation const> values, Turns turns, std::size_t n) const {
  constexpr std::size_t kAhead = 4;
  constexpr std::size_t kLine = 64;
  if (n + kAhead >= turns.size()) return;
  auto const place = place_of(values[turns[n + kAhead]].datastream);
  if (place == kNone) return;
  auto const* bytes = reinterpret_cast<char const*>(&streams_[place]);
  for (std::size_t at = 0; at < sizeof(Stream); at += kLine) __builtin_prefetch(bytes + at);
}

/// A parcel may come station by station: neighbours are held against each other at the same time, whoever of them came first. Of a minute
/// the order stays in which they came, so that the seconds by which clocks differ cost nothing.
void QualityEngine::put_in_order_of_time(std::span<storage::Observation const> values) {
  MADANG_ASSERT(values.size() < UINT32_MAX);
  in_time_.resize(values.size());
  std::iota(in_time_.begin(), in_time_.end(), std::uint32_t{0});
  if (std::ranges::is_sorted(values, {}, &storage::Observation::phenomenon_time) || std::ranges::is_sorted(values, {}, minute_of)) return;
  // Beside each other they are sorted in half the time.
  minutes_.clear();
  for (auto const i : in_time_) minutes_.emplace_back(minute_of(values[i]), i);
  std::ranges::stable_sort(minutes_, {}, &std::pair<Instant, std::uint32_t>::first);
  std::ranges::copy(minutes_ | std::views::values, in_time_.begin());
}

void QualityEngine::judge(std::span<storage::Observation> values, std::span<bool const> skip) {
  counts_.judged += values.size();
  put_in_order_of_time(values);
  for (Turns turns = in_time_; !turns.empty();) {
    auto const some = count_together(values, turns);
    judge_together(values, skip, turns.first(some));
    turns = turns.subspan(some);
  }
}

/// The medians of some steps are open at once: of a longer time no value would meet that of its own. Of several channels the one with the
/// shortest steps counts.
std::size_t QualityEngine::count_together(std::span<storage::Observation const> values, Turns turns) const {
  auto const minute = [values](std::uint32_t i) { return minute_of(values[i]); };
  auto const count_until = [&](Millis after) {
    return static_cast<std::size_t>(std::ranges::upper_bound(turns, minute(turns.front()) + after, {}, minute) - turns.begin());
  };
  auto const together = [](CityMedian const& median) { return std::max(kJudgedTogether, kStepsTogether * median.step()); };
  auto most = kJudgedTogether, least = Millis::max();
  for (auto const& median : medians_) {
    most = std::max(most, together(median));
    least = std::min(least, together(median));
  }
  auto count = count_until(most);
  for (std::size_t n = 0; n < count && least < most; ++n) {
    auto const place = place_of(values[turns[n]].datastream);
    if (place == kNone || together(medians_[streams_[place].group]) >= most) continue;
    most = together(medians_[streams_[place].group]);
    count = count_until(most);
  }
  return count;
}

void QualityEngine::judge_together(std::span<storage::Observation> values, std::span<bool const> skip, Turns turns) {
  auto const skipped = [&skip](std::size_t i) { return i < skip.size() && skip[i]; };
  alone_.resize(turns.size());
  for (std::size_t n = 0; n < turns.size(); ++n) {
    auto const& o = values[turns[n]];
    auto const place = place_of(o.datastream);
    if (place == kNone) continue;
    // What is no number is a sign of life all the same.
    bool const is_skipped = skipped(turns[n]);
    if (is_skipped) streams_[place].state.last_sign_of_life = std::max(streams_[place].state.last_sign_of_life, sign_of_life_at(o.phenomenon_time, o.received_at, o.quality));
    if (is_skipped || is_foreign(o.quality)) continue;
    auto const& stream = streams_[place];
    alone_[n] = judge_alone(stream, o.value);
    bool const timely = o.phenomenon_time <= o.received_at + kClockAhead && !stream.state.clock_wrong;
    if (alone_[n].flag == QualityFlag::kGood && timely && stream.limits->follows != Follows::kNothing)
      medians_[stream.group].add(o.phenomenon_time, stream.unit(o.value));
  }
  for (std::size_t n = 0; n < turns.size(); ++n) {
    prefetch(values, turns, n);
    auto& o = values[turns[n]];
    auto const place = place_of(o.datastream);
    if (place == kNone || skipped(turns[n]) || is_foreign(o.quality)) continue;
    auto& stream = streams_[place];
    auto const quality = judge_one(stream, {o.phenomenon_time, stream.unit(o.value), o.received_at}, alone_[n]);
    count(quality);
    bool const knows_nothing = stream.limits->channel.empty() && stream.valid_min == 0 && stream.valid_max == 0;
    if (quality.flag == QualityFlag::kGood && knows_nothing) continue;
    o.quality = o.quality.rule_version == 0 ? quality : worse(o.quality, quality);
  }
  if (revisions_.size() > kRevisionsMax) {
    revisions_dropped_ += revisions_.size() - kRevisionsMax;
    revisions_.erase(revisions_.begin(), revisions_.end() - static_cast<std::ptrdiff_t>(kRevisionsMax));
  }
}

Quality QualityEngine::judge_one(Stream& stream, Judged const& v, Quality alone) {
  auto& s = stream.state;
  Quality quality = worse(alone, judge_clock(stream, v));
  if (v.time > v.received + kClockAhead) return quality;
  if (v.time <= s.newest) {
    ++counts_.late;
    return quality;
  }
  if (s.newest != kInstantMin && v.time - s.newest > stream.gap()) ++counts_.gaps;
  if (alone.flag != QualityFlag::kMissing) {
    quality = worse(quality, judge_stillness(stream, v, city_at_rest(stream, v), revisions_));
    // In another unit everything jumps.
    if (alone.flag == QualityFlag::kGood && s.factor_streak < kScaleValues) quality = worse(quality, judge_change(stream, v, revisions_));
    if (!s.clock_wrong) quality = worse(quality, judge_in_city(stream, v, quality.flag == QualityFlag::kGood));
  }
  s.newest = v.time;
  count_share(s.out_of_range, is_bad_value(quality), v.time, stream.share_weight, kShareBad);
  count_share(s.suspect, is_doubtful(quality), v.time, stream.share_weight, kShareSuspect);
  return quality;
}

std::optional<double> QualityEngine::city_at_rest(Stream const& stream, Judged const& v) {
  auto const& limits = *stream.limits;
  if (limits.rest_city >= limits_table::kNever || !is_at_rest(limits, v.value)) return std::nullopt;
  return medians_[stream.group].at(v.time);
}

Quality QualityEngine::judge_in_city(Stream& stream, Judged const& v, bool good) {
  if (stream.limits->follows == Follows::kNothing) return kGoodValue;
  auto const median = medians_[stream.group].at(v.time);
  if (!median) return kGoodValue;
  Quality quality = kGoodValue;
  if (auto const expected = expected_value(stream, *median, v.time)) {
    auto& s = stream.state;
    Residual const before{static_cast<double>(s.residual), s.residual_at};
    s.residual = static_cast<float>(v.value - *expected);
    s.residual_at = v.time;
    if (s.wrong_scale || !is_felt_near_by(stream, v)) quality = judge_scale(stream, *expected, before, v, revisions_);
    // A value that looks like another unit teaches nothing until it is known what it is.
    good = good && s.factor < 0;
    if (good) quality = worse(quality, judge_neighbours(stream, v));
    if (good && quality.flag == QualityFlag::kGood) quality = judge_drift_here(stream, v);
  }
  if (good && !is_test(quality, QualityTest::kScale)) learn(stream, *median, v);
  return quality;
}

bool QualityEngine::is_felt_near_by(Stream const& stream, Judged const& v) const {
  double const own = static_cast<double>(stream.state.residual);
  if (std::abs(own) <= kFeltSpreads * spread_of(stream)) return false;  // nothing that a unit could explain
  for (std::size_t i = 0; i < stream.neighbours.count; ++i) {
    auto const& other = streams_[stream.neighbours.numbers[i]];
    if (speaks_of(other, stream, v.time) && feels_a_part(other, own)) return true;
  }
  return false;
}

std::optional<double> QualityEngine::residual_near_by(Stream const& stream, Judged const& v) const {
  std::array<double, kNeighboursKept> around{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < stream.neighbours.count; ++i) {
    auto const& other = streams_[stream.neighbours.numbers[i]];
    if (speaks_of(other, stream, v.time)) around[count++] = static_cast<double>(other.state.residual);
  }
  if (count < kNeighboursMin) return std::nullopt;
  auto const middle = around.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(around.begin(), middle, around.begin() + static_cast<std::ptrdiff_t>(count));
  return *middle;
}

Quality QualityEngine::judge_drift_here(Stream& stream, Judged const& v) const {
  if (!counts_for_drift(stream, v)) return drift_so_far(stream);
  double const shared = residual_near_by(stream, v).value_or(0);
  return judge_drift(stream, v, static_cast<double>(stream.state.residual) - kSharedByNeighbours * shared);
}

Quality QualityEngine::judge_neighbours(Stream const& stream, Judged const& v) const {
  double const limit = stream.limits->neighbour;
  double const own = static_cast<double>(stream.state.residual);
  if (limit <= 0 || std::abs(own) <= std::max(limit, kNeighbourSpreads * spread_of(stream))) return kGoodValue;
  std::size_t speaking = 0;
  for (std::size_t i = 0; i < stream.neighbours.count; ++i) {
    auto const& other = streams_[stream.neighbours.numbers[i]];
    if (!speaks_of(other, stream, v.time)) continue;
    ++speaking;
    // Nearer to a fire there is more of its smoke: who shows a part of it says that it is in the air.
    if (std::abs(own - static_cast<double>(other.state.residual)) <= limit || feels_a_part(other, own)) return kGoodValue;
  }
  return speaking < kNeighboursMin ? kGoodValue : opinion(QualityFlag::kSuspect, QualityTest::kNeighbour);
}

bool replaces(Revision const& revision, Quality stored) {
  if (is_foreign(stored)) return false;
  if (is_test(stored, QualityTest::kRate)) return revision.better || gravity(revision.quality.flag) > gravity(stored.flag);
  return !revision.better && gravity(revision.quality.flag) > gravity(stored.flag);
}

void QualityEngine::forget_means(DatastreamId id) {
  constexpr std::uint16_t kOfMeans = 5;
  auto const place = place_of(id);
  if (place == kNone) return;
  auto& s = streams_[place].state;
  s.expectation.spread_of = std::min(s.expectation.spread_of, kOfMeans);
  s.lag_usual = -1;
  s.clock_streak = 0;
  s.clock_wrong = false;
}

std::vector<Revision> QualityEngine::take_revisions() { return std::exchange(revisions_, {}); }

}  // namespace madang::sensing
