#include "sensing/warning/warm_start.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "sensing/live/stations.h"
#include "sensing/rules.h"
#include "sensing/thing_properties.h"
#include "sensing/warning/signals.h"

namespace madang::sensing::warning {
namespace {

constexpr Millis kHour = std::chrono::hours{1};
constexpr Millis kReplay = std::chrono::hours{3};
constexpr std::size_t kReplayMax = 3'000'000;   // values; a larger city replays a shorter time
constexpr std::size_t kStreamsAtOnce = 2'000;

struct Value {
  Instant time;
  std::uint32_t stream = 0;
  float value = 0;
};

Result<void> teach_hours(storage::ObservationStore& store, Engine& engine, StreamNumbers const& numbers, Interval when) {
  std::vector<DatastreamId> ids;
  for (auto const& [id, number] : numbers) ids.push_back(id);
  std::ranges::sort(ids);
  std::map<Instant, std::vector<Engine::HourMean>> hours;
  for (std::size_t first = 0; first < ids.size(); first += kStreamsAtOnce) {
    auto const some = std::span(ids).subspan(first, std::min(kStreamsAtOnce, ids.size() - first));
    MADANG_TRY(auto const series, store.aggregate(some, when, {.step = kHour, .together = false}));
    for (auto const& one : series) {
      auto const number = numbers.at(one.datastream);
      for (auto const& bucket : one.buckets) {
        if (bucket.good > 0) hours[bucket.from].push_back({number, static_cast<float>(bucket.mean())});
      }
    }
  }
  for (auto const& [hour, means] : hours) engine.teach(hour, means);
  return {};
}

Result<std::vector<Value>> recent_values(storage::ObservationStore& store, StreamNumbers const& numbers, Interval when) {
  std::vector<Value> values;
  for (auto const& [id, number] : numbers) {
    MADANG_TRY(auto const read, store.read(id, when, {.limit = 10'000, .with_details = false}));
    for (auto const& o : read) {
      if (counts(o.quality.flag)) values.push_back({o.phenomenon_time, number, static_cast<float>(o.value)});
    }
    if (values.size() > kReplayMax) break;
  }
  std::ranges::sort(values, {}, &Value::time);
  return values;
}

}  // namespace

Result<void> add_streams(city::City const& city, Engine& engine, StreamNumbers& numbers) {
  std::set<std::string_view> wanted{"humidity"};
  for (auto const& rule : engine.rules().rules) wanted.insert(rule.channel);
  auto const index = build_station_index(city);
  for (auto const& [channel, streams] : index->by_channel) {
    if (!wanted.contains(base_channel(channel))) continue;
    for (auto const& ref : streams) {
      if (numbers.contains(ref.datastream)) continue;
      auto const& station = index->stations[ref.station];
      Stream s;
      s.datastream = ref.datastream;
      s.thing = ref.thing;
      s.channel = channel;
      s.placed = station.point.has_value();
      if (s.placed) s.place = *station.point;
      s.area = station.district;
      s.interval = ref.interval;
      s.square_metres = crowd_area(*station.thing).value_or(0);
      s.simulated = station.thing->simulated;
      MADANG_TRY(auto const number, engine.add(s));
      numbers.emplace(ref.datastream, number);
    }
  }
  return {};
}

Result<std::size_t> replay_past(storage::ObservationStore& store, Engine& engine, StreamNumbers const& numbers,
                                Instant now, Millis history) {
  Instant const recent = now - kReplay;
  auto const hour = [](Instant t) { return Instant{kHour * (t.time_since_epoch() / kHour)}; };
  Interval const past{hour(now - history), hour(recent)};
  if (past.from < past.to) MADANG_CHECK(teach_hours(store, engine, numbers, past));
  MADANG_TRY(auto const values, recent_values(store, numbers, {recent, now}));
  for (auto const& v : values) {
    // What is found in the past was told then, or is told again if it lasts.
    engine.advance(v.time);
    engine.observe(v.stream, v.time, static_cast<double>(v.value));
  }
  engine.retell();
  return values.size();
}

void adopt_open(situations::Situations const& situations, Engine& engine, StreamNumbers const& numbers) {
  for (auto const& open : situations.open_of(kSource)) {
    std::vector<std::uint32_t> streams;
    // The rule's own substance stands first; what else the cause raised is found again by the rules of its own.
    auto const& evidence = open->signal.evidence.streams;
    for (auto const& e : evidence) {
      auto const found = numbers.find(e.datastream);
      bool const own = e.role == "cause" && e.channel == evidence.front().channel;
      if (own && found != numbers.end()) streams.push_back(found->second);
    }
    engine.adopt(open->signal.key, open->signal.rule, open->signal.since, open->signal.severity, streams);
  }
}

}  // namespace madang::sensing::warning
