#include "sensing/quality/warm_up.h"

#include <algorithm>
#include <functional>
#include <map>

#include "sensing/means.h"
#include "sensing/reporting.h"

namespace madang::sensing {
namespace {

using storage::Observation;

constexpr Millis kRawWindow = std::chrono::hours{26};
constexpr Millis kMeansWindow = std::chrono::days{14};
constexpr int kCoarseValues = 60;
constexpr std::size_t kSliceValues = 500'000;
constexpr std::size_t kStreamsAtOnce = 2'000;
constexpr std::size_t kLagsRead = 16;

Millis shortest(std::span<StreamPlan const* const> plans) {
  Millis least = std::chrono::days{366};
  for (auto const* plan : plans) least = std::min(least, plan->interval);
  return std::max(least, Millis{1'000});
}

/// Long enough for some hundred thousand values, and a whole number of steps.
Millis slice_length(std::span<StreamPlan const* const> plans) {
  auto const step = std::max(shortest(plans), Millis{std::chrono::minutes{2}});
  auto const steps = std::max<std::size_t>(1, kSliceValues / std::max<std::size_t>(1, plans.size()));
  return std::min<Millis>(step * static_cast<std::int64_t>(steps), std::chrono::days{4'000});
}

Result<void> learn_means(QualityEngine& engine, storage::ObservationStore& store,
                         std::span<StreamPlan const* const> plans, Interval when) {
  std::map<Instant, std::vector<Observation>> hours;
  std::vector<DatastreamId> ids;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    ids.push_back(plans[i]->id);
    if (ids.size() < kStreamsAtOnce && i + 1 < plans.size()) continue;
    MADANG_TRY(auto const means, read_hour_means(store, averaging_of(plans[i]->channel, {}), ids, when));
    ids.clear();
    for (auto const& m : means) {
      auto const middle = m.hour + std::chrono::minutes{30};
      hours[m.hour].push_back({m.datastream, middle, m.mean, middle, {}});
    }
  }
  for (auto& [from, values] : hours) engine.judge(values);
  return {};
}

/// How late the values up to `newest` were by which the clock was not told to be wrong: the least of some, for the first ones of a clock
/// that falls behind were not told yet either.
Result<Millis> usual_lag(storage::ObservationStore& store, DatastreamId stream, Instant newest) {
  MADANG_TRY(auto const values, store.read(stream, {kInstantMin, newest + Millis{1}}, {.limit = kLagsRead, .skip = 0, .descending = true, .with_details = false}));
  std::optional<Millis> least;
  for (auto const& o : values) {
    bool const is_trusted = o.quality.reason != static_cast<std::uint8_t>(QualityTest::kClock) && o.phenomenon_time <= o.received_at;
    if (is_trusted) least = std::min(least.value_or(Millis::max()), o.received_at - o.phenomenon_time);
  }
  return least.value_or(Millis{0});
}

/// Of a device that fell silent before all that is read here, it is still known when it was last heard of; and of one whose
/// last word was dated in the future, or was judged to come of a clock that is behind, that its clock is wrong.
Result<void> remember_last_words(QualityEngine& engine, storage::ObservationStore& store, std::span<StreamPlan const> plans,
                                 Instant until) {
  std::vector<DatastreamId> ids;
  for (auto const& plan : plans) ids.push_back(plan.id);
  MADANG_TRY(auto const latest, store.latest(ids));
  MADANG_TRY(auto const newest, store.newest(ids, trusted_times()));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    auto const& o = latest[i];
    if (!o.id) continue;
    engine.note_sign_of_life(ids[i], std::min(sign_of_life_at(o.phenomenon_time, o.received_at, o.quality), until));
    auto const& trusted = newest[i].trusted;
    bool const last_word = !trusted.id || trusted.received_at < o.received_at;
    bool const was_behind = o.quality.rule_version != 0 && o.quality.reason == static_cast<std::uint8_t>(QualityTest::kClock);
    bool const is_wrong = was_behind || o.phenomenon_time > o.received_at + kClockAhead;
    if (!last_word || !is_wrong) continue;
    MADANG_TRY(auto const usual, trusted.id ? usual_lag(store, ids[i], trusted.phenomenon_time) : Result<Millis>{Millis{0}});
    engine.remember_clock(ids[i], o.phenomenon_time, o.received_at, usual);
  }
  return {};
}

}  // namespace

std::vector<std::vector<StreamPlan const*>> by_channel(std::span<StreamPlan const> plans) {
  std::map<std::pair<std::string_view, bool>, std::vector<StreamPlan const*>> channels;
  for (auto const& plan : plans) channels[{plan.channel, plan.simulated}].push_back(&plan);
  std::vector<std::vector<StreamPlan const*>> out;
  out.reserve(channels.size());
  for (auto& [channel, all] : channels) out.push_back(std::move(all));
  return out;
}

namespace {

Instant slice_begin(Instant when, Millis length) {
  return Instant{Millis{when.time_since_epoch().count() / length.count() * length.count()}};
}

/// Of the first value in this time; the end of it when there is none.
Result<Instant> first_time(storage::ObservationStore& store, std::span<StreamPlan const* const> plans, Interval when) {
  Instant first = when.to;
  for (auto const* plan : plans) {
    if (when.from >= first) break;
    MADANG_TRY(auto const one, store.read(plan->id, {when.from, first}, {.limit = 1, .skip = 0, .descending = false, .with_details = false}));
    if (!one.empty()) first = one[0].phenomenon_time;
  }
  return first;
}

}  // namespace

Result<void> each_slice(storage::ObservationStore& store, std::span<StreamPlan const* const> plans, Interval when,
                        bool numbers_only, TakeValues const& take) {
  // Where the values begin and end, so that centuries without any are not walked through.
  Interval span{kInstantMax, kInstantMin};
  for (auto const* plan : plans)
    for (bool const descending : {false, true}) {
      MADANG_TRY(auto const one, store.read(plan->id, when, {.limit = 1, .skip = 0, .descending = descending, .with_details = false}));
      if (one.empty()) break;
      span.from = std::min(span.from, one[0].phenomenon_time);
      span.to = std::max(span.to, one[0].phenomenon_time + Millis{1});
    }
  auto const length = slice_length(plans);
  std::vector<Observation> values;
  auto const first = slice_begin(span.from, length);
  for (auto from = std::min(first, span.from); from < span.to; from += length) {
    values.clear();
    Interval const slice{std::max(from, when.from), std::min(from + length, when.to)};
    for (auto const* plan : plans) {
      MADANG_TRY(auto const read, store.read(plan->id, slice, {.limit = SIZE_MAX, .skip = 0, .descending = false, .with_details = numbers_only}));
      for (auto const& o : read)
        if (is_number(o)) values.push_back(o);
    }
    std::ranges::stable_sort(values, {}, &Observation::phenomenon_time);
    if (!values.empty()) {
      MADANG_CHECK(take(values));
      continue;
    }
    // One value dated far ahead must not make this walk through the years between.
    MADANG_TRY(auto const next, first_time(store, plans, {slice.to, span.to}));
    from = std::max(from, slice_begin(next, length) - length);
  }
  return {};
}

Result<void> warm_up(QualityEngine& engine, storage::ObservationStore& store, std::span<StreamPlan const> plans,
                     Instant until, LearningProgress const& progress) {
  auto const channels = by_channel(plans);
  std::size_t learned = 0;
  for (auto const& channel : channels) {
    auto const coarse = shortest(channel) >= std::chrono::hours{1};
    Millis const window = coarse ? shortest(channel) * kCoarseValues : kRawWindow;
    if (!coarse) MADANG_CHECK(learn_means(engine, store, channel, {until - kMeansWindow, until - window}));
    for (auto const* plan : channel) engine.forget_means(plan->id);
    MADANG_CHECK(each_slice(store, channel, {until - window, until}, false, [&engine](std::vector<Observation>& values) {
      for (auto& o : values)
        if (o.quality.rule_version != 0) o.quality = {};
      engine.judge(values);
      return Result<void>{};
    }));
    (void)engine.take_revisions();
    if (progress) progress(++learned, channels.size());
  }
  engine.forget_counts();
  return remember_last_words(engine, store, plans, until);
}

namespace {

/// So many of a channel tell its median well enough.
constexpr std::size_t kSample = 200;

/// Those of one channel from which its streams among `streams` can be learned; none: it has none of them.
void add_needed(std::span<StreamPlan const* const> channel, std::set<DatastreamId> const& streams, std::vector<StreamPlan>& out) {
  std::vector<LatLon> places;
  bool any = false;
  for (auto const* plan : channel) {
    if (!streams.contains(plan->id)) continue;
    any = true;
    if (plan->place) places.push_back(*plan->place);
  }
  if (!any) return;
  auto const every = channel.size() / kSample + 1;
  for (std::size_t i = 0; i < channel.size(); ++i) {
    auto const& plan = *channel[i];
    auto const is_near = [&plan](LatLon place) { return distance_metres(*plan.place, place) <= kNeighbourMetres; };
    bool const needed = i % every == 0 || streams.contains(plan.id) || (plan.place && std::ranges::any_of(places, is_near));
    if (needed) out.push_back(plan);
  }
}

}  // namespace

Result<std::map<DatastreamId, StreamState>> learn_anew(storage::ObservationStore& store, std::span<StreamPlan const> all,
                                                       std::set<DatastreamId> const& streams, Instant until) {
  std::vector<StreamPlan> needed;
  for (auto const& channel : by_channel(all)) add_needed(channel, streams, needed);
  QualityEngine engine;
  for (auto const& plan : needed) engine.plan(plan);
  engine.find_neighbours();
  MADANG_CHECK(warm_up(engine, store, needed, until));
  std::map<DatastreamId, StreamState> learned;
  for (auto const id : streams)
    if (auto const* stream = engine.find(id)) learned.emplace(id, stream->state);
  return learned;
}

}  // namespace madang::sensing
