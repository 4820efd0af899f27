// madang evaluate warning|quality --data DIR --truth FILE: what a stored city says of what really happened in it.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>

#include "evaluation/evaluation.h"
#include "evaluation/quality_score.h"
#include "evaluation/stored_city.h"
#include "evaluation/truth_file.h"
#include "evaluation/warning_score.h"
#include "evaluation/warning_table.h"
#include "runtime/metrics.h"
#include "sensing/quantities.h"
#include "situations/situations.h"

namespace madang::evaluation {
namespace {

using simulation::Truth;

constexpr double kPlumeReach = 2.5;   // km from its source; the wind is not in the file
constexpr double kNoiseReach = 0.8;
constexpr double kRadii = 3;          // of a crowd, a fire, a leak
constexpr Millis kStep{120'000};
constexpr double kSpikeShare = 0.6;   // of a spike's size above the values around it: this reading was touched
constexpr std::size_t kAround = 5;    // values before and after

struct Station {
  ThingId thing;
  std::string serial;
  simulation::Point place;
  bool placed = false;
};

struct Stations {
  std::vector<Station> all;
  std::map<std::string, std::size_t> by_serial;
  std::map<ThingId, std::size_t> by_thing;
};

Stations stations_of(city::City const& city) {
  Stations s;
  constexpr std::size_t kPage = 1'000;
  for (std::size_t skip = 0;; skip += kPage) {
    auto const page = city.things({.top = kPage, .skip = skip, .descending = false});
    for (auto const& thing : page.entities) {
      Station station{.thing = thing->id, .serial = thing->serial, .place = {}};
      for (auto const& l : city.locations_of(thing->id)) {
        if (!l->point || station.placed) continue;
        station.place = simulation::in_plane(*l->point);
        station.placed = true;
      }
      s.by_serial.emplace(station.serial, s.all.size());
      s.by_thing.emplace(station.thing, s.all.size());
      s.all.push_back(std::move(station));
    }
    if (page.entities.size() < kPage) return s;
  }
}

double reach_of(Truth const& t) {
  if (t.kind == "plume") return kPlumeReach;
  return t.kind == "noise_event" ? kNoiseReach : kRadii * t.radius_km;
}

std::optional<EventClass> class_of(Truth const& t) {
  if (t.kind == "plume") return t.effect.peak_second >= simulation::kPairStrong ? EventClass::kWide : EventClass::kSharp;
  if (t.kind == "noise_event") return EventClass::kNoise;
  if (t.kind == "crowd_surge") return EventClass::kCrowd;
  if (t.kind == "fire") return EventClass::kFire;
  if (t.kind == "leak") return EventClass::kLeak;
  return std::nullopt;
}

double about_of(EventClass what, Truth const& t) {
  constexpr std::array<double, kEventClasses> kAbout{20, 60, 5, 1, 10, 300};
  if (what != EventClass::kLeak) return kAbout[static_cast<std::size_t>(what)];
  for (auto const& gas : simulation::leaking_gases()) {
    if (sensing::city_node_quantities()[simulation::index_of(gas.channel)].channel == t.channel) return gas.about;
  }
  return 1;
}

std::vector<Event> events_of(std::vector<Truth> const& truths, Stations const& stations) {
  std::vector<Event> events;
  for (auto const& t : truths) {
    auto const what = class_of(t);
    if (!what) continue;
    Event e;
    e.what = *what;
    e.about = about_of(*what, t);
    e.happening.place = simulation::in_plane(t.place);
    e.happening.when = t.when;
    e.last = t.when.to + (t.kind == "plume" ? kBlowsAway : Millis{0});
    e.first = t.effect.peak;
    e.second = t.effect.peak_second;
    e.strong_since = t.when.from;
    e.steps_strong = static_cast<int>(t.effect.pair_minutes * 60'000 / static_cast<double>(kStep.count()));
    for (std::size_t n = 0; n < stations.all.size(); ++n) {
      auto const& s = stations.all[n];
      if (s.placed && simulation::distance(s.place, e.happening.place) <= reach_of(t)) e.felt.insert(static_cast<std::uint32_t>(n));
    }
    events.push_back(std::move(e));
  }
  return events;
}

std::vector<simulation::Fault> faults_of(std::vector<Truth> const& truths, Stations const& stations) {
  auto const node = [&](std::string const& serial) -> std::optional<std::size_t> {
    auto const found = stations.by_serial.find(serial);
    return found == stations.by_serial.end() ? std::nullopt : std::optional(found->second);
  };
  std::vector<simulation::Fault> faults;
  for (auto const& t : truths) {
    if (auto const fault = fault_of(t, node)) faults.push_back(*fault);
  }
  return faults;
}

/// All Situations that were ever raised, as they were last reported.
Result<std::vector<Alarm>> alarms_in(StoredCity& stored, Stations const& stations) {
  runtime::Metrics metrics;
  MADANG_TRY(auto const situations, situations::Situations::open(
                                        {.records = *stored.records, .city = *stored.city, .clock = stored.clock, .metrics = metrics}, {}));
  std::vector<Alarm> alarms;
  std::optional<SituationId> before;
  while (true) {
    situations::ListQuery query{.limit = 500};
    query.before = before;
    MADANG_TRY(auto const page, situations->list(query));
    if (page.empty()) return alarms;
    for (auto const& s : page) {
      Alarm one = alarm_of(*s, s->raised_at);
      one.ended_at = s->ended_at;
      MADANG_TRY(auto const timeline, situations->timeline(s->id));
      auto const confirmed = std::ranges::find(timeline, situations::Entry::Kind::kConfirmed, &situations::Entry::kind);
      if (confirmed != timeline.end()) one.confirmed_at = confirmed->at;
      for (auto const& stream : s->signal.evidence.streams) {
        auto const at = stations.by_thing.find(stream.thing);
        if (stream.role != "cause" || at == stations.by_thing.end()) continue;
        one.nodes.insert(static_cast<std::uint32_t>(at->second));
        one.also.try_emplace(family_of_channel(stream.channel), one.at);
      }
      alarms.push_back(std::move(one));
      before = s->id;
    }
  }
}

Interval span_of(std::vector<Truth> const& truths) {
  Interval span{kInstantMax, kInstantMin};
  for (auto const& t : truths) {
    span.from = std::min(span.from, t.when.from);
    span.to = std::max(span.to, t.when.to);
  }
  return span;
}

Result<int> score_happenings(StoredCity& stored, std::vector<Truth> const& truths) {
  auto const stations = stations_of(*stored.city);
  auto const events = events_of(truths, stations);
  auto const faults = faults_of(truths, stations);
  MADANG_TRY(auto const alarms, alarms_in(stored, stations));
  auto const hazy = [&](Alarm const& t) {
    if (t.kind != "haze") return true;  // of heat and noise levels the file says nothing
    return std::ranges::any_of(truths, [&](Truth const& truth) { return truth.kind == "haze" && truth.when.contains(t.at); });
  };
  auto const span = span_of(truths);
  double const days = static_cast<double>(span.length().count()) / 86'400'000.0;
  auto const tally = score({.events = events,
                            .faults = faults,
                            .serial = [&](std::uint32_t n) { return stations.all[n].serial; },
                            .level_is_right = hazy,
                            .step = kStep,
                            .days = days},
                           "stored", alarms);
  fmt::print("{} happenings and {} faults from {} to {}; {} situations\n\n", events.size(), faults.size(), format_instant(span.from),
             format_instant(span.to), alarms.size());
  print_warning_table({tally});
  print_false_alarms(tally);
  for (auto const& note : tally.notes) fmt::print("  {}\n", note);
  return 0;
}

/// The readings that stand out of those around them by about a spike's size.
std::set<Instant> touched_of(simulation::Fault const& fault, std::vector<storage::StoredObservation> const& values) {
  std::set<Instant> touched;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (fault.kind == simulation::FaultKind::kSentinel) {
      if (values[i].value == fault.size) touched.insert(values[i].phenomenon_time);
      continue;
    }
    std::vector<double> around;
    for (std::size_t j = i - std::min(i, kAround); j < std::min(values.size(), i + kAround + 1); ++j) around.push_back(values[j].value);
    std::ranges::nth_element(around, around.begin() + static_cast<std::ptrdiff_t>(around.size() / 2));
    if (values[i].value - around[around.size() / 2] >= kSpikeShare * fault.size) touched.insert(values[i].phenomenon_time);
  }
  return touched;
}

/// One fault of a device at most; silence has no values to be flagged. Devices with more are left out.
std::vector<simulation::Fault> single_faults(std::vector<simulation::Fault> all, std::set<std::size_t>& left_out) {
  std::erase_if(all, [](auto const& f) { return f.kind == simulation::FaultKind::kSilence; });
  std::map<std::size_t, int> count;
  for (auto const& f : all) ++count[f.node];
  std::erase_if(all, [&](auto const& f) {
    if (count[f.node] == 1) return false;
    left_out.insert(f.node);
    return true;
  });
  return all;
}

Result<int> score_flags(StoredCity& stored, std::vector<Truth> const& truths) {
  auto const stations = stations_of(*stored.city);
  std::set<std::size_t> left_out;
  auto const faults = single_faults(faults_of(truths, stations), left_out);
  auto const span = span_of(truths);
  std::map<std::size_t, std::set<Instant>> touched;
  std::map<std::pair<DatastreamId, Instant>, Quality> flags;
  auto const quantities = sensing::city_node_quantities();
  QualityScore score(faults, stations.all.size(),
                     {.stored = [&](DatastreamId stream, Instant when) { return flags[{stream, when}]; },
                      .touched = [&](simulation::Fault const& f, Instant when) { return touched[f.node].contains(when); }});
  for (std::size_t n = 0; n < stations.all.size(); ++n) {
    if (left_out.contains(n)) continue;
    for (auto const& d : stored.city->datastreams_of(stations.all[n].thing)) {
      auto const channel = std::ranges::find(quantities, std::string_view(d->channel), &sensing::QuantityInfo::channel);
      if (channel == quantities.end()) continue;
      auto const c = static_cast<std::size_t>(channel - quantities.begin());
      MADANG_TRY(auto const values, stored.store->read(d->id, span, {.limit = SIZE_MAX, .with_details = false}));
      auto const fault = std::ranges::find(faults, n, &simulation::Fault::node);
      if (fault != faults.end() && fault->channel == static_cast<int>(c)) touched[n] = touched_of(*fault, values);
      flags.clear();
      for (auto const& o : values) {
        flags[{o.datastream, o.phenomenon_time}] = o.quality;
        score.count_value(n, c, o.phenomenon_time, o);
      }
      score.settle(kInstantMax);
    }
  }
  score.finish();
  fmt::print("{} values of {} stations from {} to {}, {} faults ({} devices with several are left out)\n\n", score.values, stations.all.size(),
             format_instant(span.from), format_instant(span.to), faults.size(), left_out.size());
  fmt::print("{:<12}{:>10}{:>10}{:>22}{:>22}\n", "fault", "alarms", "right", "from its size: found", "smaller: found");
  for (std::size_t k = 1; k < simulation::kFaultKinds; ++k) {
    auto const& s = score.of[k];
    fmt::print("{:<12}{:>10}{:>10}{:>22}{:>22}\n", simulation::name_of(static_cast<simulation::FaultKind>(k)), s.alarms, s.right,
               fmt::format("{} of {}", s.found[1], s.faults[1]), fmt::format("{} of {}", s.found[0], s.faults[0]));
  }
  for (auto const& note : score.notes) fmt::print("  {}\n", note);
  return 0;
}

Result<int> score_all(TruthOptions const& o) {
  MADANG_TRY(auto const truths, read_truth(o.truth));
  if (truths.empty()) return fail(Code::kInvalid, fmt::format("{}: holds no line", o.truth.string()));
  MADANG_TRY(auto const stored, open_stored_city(o.data, o.records_address));
  return o.quality ? score_flags(*stored, truths) : score_happenings(*stored, truths);
}

}  // namespace

int evaluate_truth(TruthOptions const& options) {
  auto const done = score_all(options);
  if (done) return *done;
  fmt::print(stderr, "madang evaluate: {}\n", done.error().sentence);
  return 2;
}

}  // namespace madang::evaluation
