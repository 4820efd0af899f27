#include "sensing/warning/warm_start.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "sensing/means.h"
#include "sensing/quantities.h"
#include "sensing/rules.h"
#include "sensing/thing_properties.h"
#include "sensing/warning/inbox.h"
#include "sensing/warning/signals.h"
#include "sensing/warning/sight_words.h"

namespace madang::sensing::warning {
namespace {

constexpr Millis kHour = std::chrono::hours{1};
constexpr Millis kReplay = std::chrono::hours{3};
constexpr std::size_t kReplayMax = 3'000'000;   // values; a larger city replays a shorter time of each stream
constexpr std::size_t kReadMax = 10'000;        // of one stream
constexpr std::size_t kReadLeast = 30;
constexpr std::size_t kStreamsAtOnce = 2'000;
constexpr std::size_t kDeliveriesLeast = 4;     // fewer parcels of the last hours say little: those before are read as well ...
constexpr Millis kAlive = std::chrono::days{2};
constexpr Millis kParcelReaches = std::chrono::minutes{75};
constexpr Millis kParcels = std::chrono::hours{84};      // ... of so long, as far as ...
constexpr std::size_t kReadForPace = 1'000'000;          // ... all streams together have no more values
constexpr Millis kAdvanceEvery = std::chrono::seconds{1};  // asking each field for each value would take most of the time

struct Value {
  Instant time;
  DatastreamId stream;
  float value = 0;
  QualityFlag flag = QualityFlag::kUnknown;
};

struct Watched {
  DatastreamId id;
  Millis step{0};
};

template <typename Take>
void each_wanted(StationIndex const& index, RuleSet const& rules, Take const& take) {
  for (auto const& [channel, streams] : index.by_channel) {
    if (!is_wanted(channel, rules)) continue;
    for (auto const& ref : streams) take(channel, ref);
  }
}

/// Reads the last hours and learns from them how late their values came.
class Past {
 public:
  Past(storage::ObservationStore& store, Lateness& lateness) : store_(store), lateness_(lateness) {}

  /// At most `most` values, the newest: what is going on now is found in those.
  Result<void> read(Watched const& stream, Interval when, std::size_t most) {
    arrivals_.clear();
    MADANG_TRY(auto const read, store_.read(stream.id, when, {.limit = most, .skip = 0, .descending = true, .with_details = true}));
    if (read.size() == most) {
      MADANG_TRY(auto const all, store_.count(stream.id, when));
      left_out_ += all - std::min(all, most);
    }
    for (auto const& o : read) {
      if (!is_judged(o)) continue;
      values_.push_back({o.phenomenon_time, stream.id, static_cast<float>(o.value), o.quality.flag});
      arrivals_.push_back({o.received_at, o.phenomenon_time});
    }
    return {};
  }

  /// The same, and how late the stream delivers. Who delivers by the day may have said nothing of the last hours.
  Result<void> read_and_learn(Watched const& stream, Interval when, std::size_t most) {
    MADANG_CHECK(read(stream, when, most));
    bool const silent = arrivals_.empty();
    auto deliveries = deliveries_of(arrivals_);
    if (deliveries.size() < kDeliveriesLeast && room_for_pace_ > 0) {
      auto const limit = std::min(kReadMax, room_for_pace_);
      MADANG_TRY(auto const more, store_.read(stream.id, {when.to - kParcels, when.from}, {.limit = limit, .skip = 0, .descending = true, .with_details = false}));
      room_for_pace_ -= more.size();
      for (auto const& o : more)
        if (may_be_true(o.quality)) arrivals_.push_back({o.received_at, o.phenomenon_time});
      deliveries = deliveries_of(arrivals_);
    }
    for (auto const& d : deliveries) lateness_.add(stream.id, stream.step, d.arrived, d.times);
    if (!silent || deliveries.empty()) return {};
    // A parcel reaches up to its delivery; of a station that is dead the history ended before.
    auto const& [arrived, times] = deliveries.back();
    auto const [oldest, newest] = std::ranges::minmax(times);
    if (when.to - arrived <= kAlive && arrived - newest <= kParcelReaches) lateness_.assume(stream.id, stream.step, arrived - oldest);
    return {};
  }

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// Values that were not read because there are too many.
  [[nodiscard]] std::size_t left_out() const { return left_out_; }
  std::vector<Value>& in_order() {
    std::ranges::stable_sort(values_, {}, &Value::time);
    return values_;
  }

 private:
  storage::ObservationStore& store_;
  Lateness& lateness_;
  std::vector<Value> values_;
  std::vector<Arrival> arrivals_;  ///< of the stream that is read
  std::size_t left_out_ = 0;
  std::size_t room_for_pace_ = kReadForPace;
};

/// Of each stream the hours before those that are replayed.
Result<void> teach_hours(storage::ObservationStore& store, Engine& engine, StreamNumbers const& numbers, Interval when) {
  // Levels, directions and numbers are asked for apart: each has its own mean.
  std::map<Averaging, std::vector<DatastreamId>> by_averaging;
  for (auto const& [id, number] : numbers) by_averaging[averaging_of(engine.stream(number).channel, {})].push_back(id);
  std::map<Instant, std::vector<Engine::HourMean>> hours;
  for (auto& [averaging, ids] : by_averaging) {
    std::ranges::sort(ids);
    for (std::size_t first = 0; first < ids.size(); first += kStreamsAtOnce) {
      auto const some = std::span(ids).subspan(first, std::min(kStreamsAtOnce, ids.size() - first));
      MADANG_TRY(auto const means, read_hour_means(store, averaging, some, when));
      for (auto const& m : means) {
        auto const number = numbers.at(m.datastream);
        auto const replayed_from = when.to - engine.stream(number).lateness;
        if (m.hour + kHour <= replayed_from) hours[m.hour].push_back({number, static_cast<float>(m.mean)});
      }
    }
  }
  for (auto const& [hour, means] : hours) engine.teach(hour, means);
  return {};
}

/// What the sensor can say at most, in the rules' unit.
double most_of(city::City const& city, city::Datastream const& datastream, UnitConversion const& unit) {
  auto const range = channel_rules(city.sensor(datastream.sensor).get(), datastream);
  if (range.valid_min != 0 || range.valid_max != 0) return unit(range.valid_max);
  auto const* const info = quantity(base_channel(datastream.channel));
  return info == nullptr ? std::numeric_limits<double>::infinity() : info->valid_max;
}

}  // namespace

bool is_wanted(std::string_view channel, RuleSet const& rules) {
  auto const base = base_channel(channel);
  return base == kHumidity || std::ranges::find(rules.rules, base, &Rule::channel) != rules.rules.end();
}

Stream stream_of(Registered const& from, std::string const& channel, StreamRef const& ref) {
  auto const& station = *from.index.stations[ref.station];
  Stream s;
  s.datastream = ref.datastream;
  s.thing = ref.thing;
  s.channel = channel;
  s.placed = station.point.has_value();
  if (s.placed) s.place = *station.point;
  s.area = station.district;
  s.interval = ref.interval;
  s.lateness = from.lateness.of(ref.datastream);
  s.square_metres = crowd_area(*station.thing).value_or(0);
  s.simulated = station.thing->simulated;
  s.unit = ref.unit;
  auto const datastream = std::ranges::find(station.datastreams, ref.datastream, [](auto const& d) { return d->id; });
  if (datastream != station.datastreams.end()) s.value_most = most_of(from.city, **datastream, ref.unit);
  return s;
}

Result<std::size_t> add_streams(city::City const& city, Lateness const& lateness, Engine& engine, StreamNumbers& numbers) {
  auto const index = build_station_index(city);
  Result<std::size_t> crowded_out = 0;
  each_wanted(*index, engine.rules(), [&](std::string const& channel, StreamRef const& ref) {
    if (!crowded_out || numbers.contains(ref.datastream)) return;
    auto const number = engine.add(stream_of({city, *index, lateness}, channel, ref));
    if (number) numbers.emplace(ref.datastream, *number);
    else if (number.error().code == Code::kLimit) ++*crowded_out;
    else crowded_out = fail(number.error());
  });
  return crowded_out;
}

CrowdedOut crowded_out(StationIndex const& index, RuleSet const& rules, StreamNumbers const& numbers) {
  CrowdedOut found;
  each_wanted(index, rules, [&](std::string const& channel, StreamRef const& ref) {
    if (!numbers.contains(ref.datastream)) ++found[std::string{base_channel(channel)}];
  });
  return found;
}

bool is_judged(storage::StoredObservation const& o) { return may_be_true(o.quality) && is_measured(o); }

OnlyForeign only_foreign(city::City const& city, RuleSet const& rules) { return only_foreign(*build_station_index(city), rules); }

OnlyForeign only_foreign(StationIndex const& index, RuleSet const& rules) {
  std::set<std::string_view> wanted;
  for (auto const& rule : rules.rules) {
    if (!rule.enabled) continue;
    wanted.insert(rule.channel);
    if (rule.method == Method::kLevel && rule.measure == Measure::kHeat) wanted.insert(kHumidity);
  }
  // Simulated stations say nothing of real ones; where all of a quantity are simulated, they are the city.
  OnlyForeign real;
  OnlyForeign simulated;
  for (auto const& station : index.stations) {
    auto& foreign = station->thing->simulated ? simulated : real;
    for (auto const& d : station->datastreams) {
      auto const channel = base_channel(d->channel);
      if (d->fitted && wanted.contains(channel) && !to_quantity(d->channel, d->unit)) ++foreign[std::string{channel}];
    }
  }
  for (auto const& [channel, _] : real) simulated.erase(channel);
  for (auto const& [channel, streams] : index.by_channel) {
    std::string const quantity{base_channel(channel)};
    bool const some_real = std::ranges::any_of(streams, [&](StreamRef const& ref) { return !index.stations[ref.station]->thing->simulated; });
    simulated.erase(quantity);
    if (some_real) real.erase(quantity);
  }
  real.merge(simulated);
  return real;
}

Result<Replayed> warm_start(WarmStart const& needs, Engine& engine, StreamNumbers& numbers, Instant now, Millis history) {
  auto const hour = [](Instant t) { return Instant{kHour * (t.time_since_epoch() / kHour)}; };
  Instant const recent = hour(now - kReplay);
  std::vector<Watched> watched;
  each_wanted(*build_station_index(needs.city), engine.rules(),
              [&](std::string const&, StreamRef const& ref) { watched.push_back({ref.datastream, ref.interval}); });
  Past past(needs.store, needs.lateness);
  auto const most = std::clamp(kReplayMax / std::max<std::size_t>(1, watched.size()), kReadLeast, kReadMax);
  for (auto const& stream : watched) {
    if (needs.is_stopping()) return Replayed{};
    MADANG_CHECK(past.read_and_learn(stream, {recent, now}, most));
  }
  MADANG_TRY(auto const crowded_out, add_streams(needs.city, needs.lateness, engine, numbers));
  auto waiting = static_cast<std::size_t>(std::ranges::count_if(watched, [&](Watched const& w) { return needs.lateness.of(w.id) > Millis{0}; }));
  for (auto const& stream : watched) {
    auto const late = needs.lateness.of(stream.id);
    if (late <= Millis{0}) continue;
    auto const room = kReplayMax - std::min(kReplayMax, past.size());
    MADANG_CHECK(past.read(stream, {hour(recent - late), recent}, std::clamp(room / waiting--, kReadLeast, kReadMax)));
  }
  Interval const before{hour(now - history), recent};
  bool const known = needs.before != nullptr && engine.inherit(*needs.before);
  if (!known && before.from < before.to) MADANG_CHECK(teach_hours(needs.store, engine, numbers, before));
  auto const& values = past.in_order();
  Instant advanced = kInstantMin;
  for (auto const& v : values) {
    auto const number = numbers.find(v.stream);
    if (number == numbers.end()) continue;
    if (v.time - advanced >= kAdvanceEvery) {
      if (needs.is_stopping()) return Replayed{};
      // What is found in the past was told then, or is told again if it lasts.
      engine.advance(v.time);
      advanced = v.time;
    }
    engine.observe(number->second, v.time, static_cast<double>(v.value), v.flag);
  }
  engine.mark_open_unreported();
  return Replayed{values.size(), past.left_out(), crowded_out};
}

namespace {

std::vector<std::uint32_t> numbers_of(std::vector<DatastreamId> const& members, StreamNumbers const& numbers) {
  std::vector<std::uint32_t> streams;
  for (auto const member : members)
    if (auto const found = numbers.find(member); found != numbers.end()) streams.push_back(found->second);
  return streams;
}

/// Where a Situation of an older Madang does not name them: all of its channel.
std::vector<DatastreamId> shown_of(situations::Signal const& signal, std::string_view channel) {
  std::vector<DatastreamId> shown;
  for (auto const& e : signal.evidence.streams)
    if (e.role == "cause" && base_channel(e.channel) == channel) shown.push_back(e.datastream);
  return shown;
}

/// Every part goes on in its own detector, with its own stations.
std::vector<Continued::Part> adopt_parts(situations::Situation const& s, Before::Stood stood, Engine& engine, StreamNumbers const& numbers) {
  std::vector<Continued::Part> parts;
  auto const& signal = s.signal;
  // The score that was told is that of the part that spoke for all.
  auto const score_of = [&](std::string const& rule) { return rule == signal.rule ? signal.evidence.score : 0; };
  auto const adopt = [&](std::string const& key, std::string const& rule, Instant since, situations::Severity severity,
                         std::vector<DatastreamId> const& members) {
    return engine.adopt({.key = key, .rule = rule, .since = since, .severity = severity, .streams = numbers_of(members, numbers),
                         .seen = stood == Before::Stood::kCleared ? shown_until(s) : s.seen_at, .stood = stood,
                         .simulated = signal.simulated, .score = score_of(rule)});
  };
  for (auto const& q : signal.facts.quantities) {
    auto const members = q.members.empty() ? shown_of(signal, q.channel) : q.members;
    parts.push_back({q.part, q.channel, q.name, adopt(q.part, q.rule, q.since, q.severity, members)});
  }
  if (!parts.empty()) return parts;
  // Of an older Madang, without facts: the rule's own substance stands first.
  auto const channel = signal.evidence.streams.empty() ? std::string_view{} : base_channel(signal.evidence.streams.front().channel);
  parts.push_back({signal.key, std::string{channel}, {}, adopt(signal.key, signal.rule, signal.since, signal.severity, shown_of(signal, channel))});
  return parts;
}

}  // namespace

Instant shown_until(situations::Situation const& s) {
  // Where nobody has measured that it is over, it was last seen then.
  bool const is_measured = s.clear_since && (situations::is_open(s.state) || s.ended_by == situations::End::kGone);
  Instant const reported = is_measured ? *s.clear_since : s.seen_at;
  Instant newest;
  for (auto const& q : s.signal.facts.quantities) newest = std::max(newest, q.at);
  for (auto const& stream : s.signal.evidence.streams)
    if (!stream.values.empty()) newest = std::max(newest, stream.values.back().time);
  return newest > Instant{} ? std::min(newest, reported) : reported;
}

bool Continued::goes_on() const {
  return std::ranges::any_of(parts, [](Part const& p) { return p.adoption == Adoption::kGoesOn; });
}

std::vector<Continued> adopt_all(situations::Situations const& situations, Engine& engine, StreamNumbers const& numbers) {
  std::vector<Continued> all;
  for (auto const& open : situations.open_of(kSource)) {
    if (open->signal.kind == kBlindKind) continue;
    all.push_back({open, open->clear_since ? Before::Stood::kCleared : Before::Stood::kOpen, {}});
  }
  for (auto const& settled : situations.settled_of(kSource))
    if (settled->signal.kind != kBlindKind) all.push_back({settled, Before::Stood::kSettled, {}});
  std::ranges::stable_sort(all, {}, [](Continued const& c) { return std::pair(c.stood, c.situation->raised_at); });
  for (auto& each : all) each.parts = adopt_parts(*each.situation, each.stood, engine, numbers);
  return all;
}

}  // namespace madang::sensing::warning
