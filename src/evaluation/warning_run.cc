#include "evaluation/warning_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <set>

#include "sensing/warning/warning.h"

namespace madang::evaluation {
namespace {

using simulation::HappeningKind;

constexpr Millis kStep = std::chrono::minutes{2};
constexpr Millis kFirstQuiet = std::chrono::hours{12};  // learning before anything happens
constexpr Millis kLate = std::chrono::minutes{20};      // an alarm after the end still belongs to its event
constexpr double kLoudLeast = 10, kCrowdLeast = 300;
constexpr int kLoudStepsLeast = 5;
constexpr double kMillisPerDay = 86'400'000;

Instant start_of(std::uint64_t seed) {
  // Spread over the year; midnight in the city.
  return *parse_instant("2026-01-04T15:00:00Z") + std::chrono::days{(seed * 37) % 330};
}

HappeningKind kind_of(Watched what) {
  switch (what) {
    case Watched::kAir: return HappeningKind::kPlume;
    case Watched::kNoise: return HappeningKind::kLoud;
    case Watched::kPeople: return HappeningKind::kCrowd;
  }
  return HappeningKind::kPlume;
}

/// A number that looks random, of a fault and a time (the finaliser of splitmix64).
std::uint64_t scattered(std::uint64_t fault, std::int64_t time) {
  std::uint64_t x = fault * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(time);
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

struct Play {
  RunOptions options;
  simulation::CityPlan plan;
  Interval when;
  std::vector<Event> events;
  std::vector<DeviceFault> faults;
  std::vector<simulation::Happening> active;  ///< what the readings are told
  std::vector<std::unique_ptr<Watcher>> watchers;
  std::vector<std::vector<Alarm>> alarms;     ///< of each watcher

  explicit Play(RunOptions const& o)
      : options(o), plan(simulation::make_city_plan({.seed = o.seed * 1000 + 3, .nodes = o.stations})) {
    Instant const from = start_of(o.seed);
    when = {from, from + Millis{static_cast<std::int64_t>(o.days * kMillisPerDay)}};
    DrawOptions draw;
    draw.seed = o.seed;
    draw.when = {from + kFirstQuiet, when.to - std::chrono::hours{4}};
    events = draw_events(plan, draw);
    faults = draw_faults(plan, draw);
    make_watchers();
  }

  void make_watchers() {
    watchers.push_back(make_ours(plan, kStep, options.alarms_per_day, 0));
    std::array const grids{kLimitsAir, kLimitsNoise, kLimitsPeople};
    for (std::size_t c = 0; c < kWatchedCount; ++c) {
      for (double const limit : grids[c]) watchers.push_back(make_threshold(plan, kStep, static_cast<Watched>(c), limit));
      for (double const z : kLimitsZ) watchers.push_back(make_robust_z(plan, kStep, static_cast<Watched>(c), z));
    }
    for (double const h : kFixedThresholds) watchers.push_back(make_ours(plan, kStep, options.alarms_per_day, h));
    alarms.resize(watchers.size());
  }

  void run();
  void break_devices(Instant t, std::array<std::vector<float>, kWatchedCount>& values, std::vector<double>& held);
};

void Play::run() {
  simulation::ReadingOptions wanted{.happenings = true, .faults = false};
  wanted.climate = false;
  wanted.given = &active;
  simulation::Readings readings(plan, wanted);
  simulation::Reading reading;
  std::array<std::vector<float>, kWatchedCount> values;
  for (auto& v : values) v.resize(plan.nodes.size());
  std::vector<double> held(faults.size(), 0);
  for (Instant t = when.from; t < when.to; t += kStep) {
    active.clear();
    auto const conditions = simulation::conditions_at(plan.seed, t);
    for (auto& e : events) {
      if (t < e.happening.when.from || t >= e.last) continue;
      active.push_back(e.happening);
      feel(e, plan, t, conditions);
    }
    for (std::size_t i = 0; i < plan.nodes.size(); ++i) {
      readings.read(i, t, reading);
      for (std::size_t c = 0; c < kWatchedCount; ++c) values[c][i] = static_cast<float>(reading.value(kWatchedChannels[c]));
    }
    break_devices(t, values, held);
    for (std::size_t w = 0; w < watchers.size(); ++w) {
      for (std::size_t c = 0; c < kWatchedCount; ++c) {
        for (auto& a : watchers[w]->step(t, static_cast<Watched>(c), values[c])) alarms[w].push_back(std::move(a));
      }
    }
  }
}

void Play::break_devices(Instant t, std::array<std::vector<float>, kWatchedCount>& values, std::vector<double>& held) {
  for (std::size_t n = 0; n < faults.size(); ++n) {
    auto const& f = faults[n];
    if (!f.when.contains(t)) continue;
    float& value = values[f.channel == simulation::Channel::kPm25 ? 0 : 1][f.node];
    if (t < f.when.from + kStep) held[n] = static_cast<double>(value);
    auto const broken = broken_value(f, static_cast<double>(value), held[n], t, scattered(n, millis_of(t)));
    value = broken ? static_cast<float>(*broken) : std::numeric_limits<float>::quiet_NaN();
  }
}

bool belongs(Alarm const& a, Event const& e) {
  // A crowd is heard as well as seen.
  bool const heard = a.what == Watched::kNoise && e.happening.kind == HappeningKind::kCrowd;
  if ((e.happening.kind != kind_of(a.what) && !heard) || a.at < e.happening.when.from || a.at > e.last + kLate) return false;
  return std::ranges::any_of(a.nodes, [&](std::uint32_t n) { return e.felt.contains(n); });
}

bool belongs(Alarm const& a, DeviceFault const& f) {
  bool const channel = (f.channel == simulation::Channel::kPm25) == (a.what == Watched::kAir);
  return channel && a.what != Watched::kPeople && a.at >= f.when.from && a.at <= f.when.to + kLate &&
         std::ranges::count(a.nodes, f.node) > 0;
}

double steps_between(Instant from, Instant to) {
  return std::max(0.0, static_cast<double>((to - from).count()) / static_cast<double>(kStep.count()));
}

void count_event(Event const& e, Instant found, Tally& t) {
  bool const seen = found != Instant{};
  switch (e.happening.kind) {
    case HappeningKind::kPlume: {
      std::array<double, 4> const from{5, 10, 20, 40};
      for (std::size_t b = 4; b-- > 0;) {
        if (e.second_peak < from[b]) continue;
        ++t.plumes[b];
        t.plumes_found[b] += seen ? 1 : 0;
        break;
      }
      if (e.steps_strong * (kStep / std::chrono::minutes{1}) < kStrongMinutes) return;
      ++t.strong;
      t.strong_found += seen ? 1 : 0;
      if (seen) t.delays.push_back(steps_between(e.strong_since, found));
      return;
    }
    case HappeningKind::kLoud:
      if (e.second_peak < kLoudLeast || e.happening.when.length() < kStep * kLoudStepsLeast) return;
      ++t.loud;
      t.loud_found += seen ? 1 : 0;
      if (seen) t.loud_delays.push_back(steps_between(e.happening.when.from, found));
      return;
    case HappeningKind::kCrowd:
      if (e.second_peak < kCrowdLeast) return;
      ++t.crowds;
      t.crowds_found += seen ? 1 : 0;
      if (seen) t.crowd_delays.push_back(steps_between(e.happening.when.from, found));
      return;
  }
}

Tally judge(Play const& play, std::size_t w) {
  Tally t;
  t.name = play.watchers[w]->describe();
  t.days = play.options.days;
  std::vector<Instant> found(play.events.size());
  std::set<std::size_t> suspected;
  for (auto const& a : play.alarms[w]) {
    bool matched = false;
    for (std::size_t e = 0; e < play.events.size(); ++e) {
      if (!belongs(a, play.events[e])) continue;
      matched = true;
      bool const own = play.events[e].happening.kind == kind_of(a.what);
      if (own && !a.suspect && (found[e] == Instant{} || a.at < found[e])) found[e] = a.at;
    }
    auto const fault = std::ranges::find_if(play.faults, [&](DeviceFault const& f) { return belongs(a, f); });
    bool const broken = fault != play.faults.end();
    if (a.suspect) {
      t.suspects_true += broken ? 1 : 0;
      t.suspects_event += !broken && matched ? 1 : 0;
      t.suspects_nothing += !broken && !matched ? 1 : 0;
      if (broken) suspected.insert(static_cast<std::size_t>(fault - play.faults.begin()));
    } else if (!matched) {
      t.false_alarms[static_cast<std::size_t>(a.what)] += 1;
      t.faults_as_events[static_cast<std::size_t>(a.what)] += broken ? 1 : 0;
    }
  }
  for (std::size_t e = 0; e < play.events.size(); ++e) count_event(play.events[e], found[e], t);
  for (std::size_t f = 0; f < play.faults.size(); ++f) {
    auto const kind = play.faults[f].kind;
    if (play.faults[f].channel != simulation::Channel::kPm25 || (kind != Breakdown::kJump && kind != Breakdown::kDrift)) continue;
    ++t.faults;
    t.faults_suspected += suspected.contains(f) ? 1 : 0;
  }
  return t;
}

}  // namespace

void Tally::add(Tally const& o) {
  if (name.empty()) name = o.name;
  days += o.days;
  for (std::size_t c = 0; c < kWatchedCount; ++c) {
    false_alarms[c] += o.false_alarms[c];
    faults_as_events[c] += o.faults_as_events[c];
  }
  for (std::size_t b = 0; b < plumes.size(); ++b) {
    plumes[b] += o.plumes[b];
    plumes_found[b] += o.plumes_found[b];
  }
  strong += o.strong;
  strong_found += o.strong_found;
  delays.insert(delays.end(), o.delays.begin(), o.delays.end());
  loud += o.loud;
  loud_found += o.loud_found;
  loud_delays.insert(loud_delays.end(), o.loud_delays.begin(), o.loud_delays.end());
  crowds += o.crowds;
  crowds_found += o.crowds_found;
  crowd_delays.insert(crowd_delays.end(), o.crowd_delays.begin(), o.crowd_delays.end());
  suspects_true += o.suspects_true;
  suspects_event += o.suspects_event;
  suspects_nothing += o.suspects_nothing;
  faults += o.faults;
  faults_suspected += o.faults_suspected;
}

double Tally::false_per_day() const {
  double sum = 0;
  for (double const f : false_alarms) sum += f;
  return days > 0 ? sum / days : 0;
}

std::vector<Tally> run_seed(RunOptions const& options, std::string& notes) {
  Play play(options);
  play.run();
  std::vector<Tally> tallies;
  tallies.reserve(play.watchers.size());
  for (std::size_t w = 0; w < play.watchers.size(); ++w) tallies.push_back(judge(play, w));
  notes = fmt::format("seed {}: {} events, {} faults from {}; {}", options.seed, play.events.size(), play.faults.size(),
                      format_instant(play.when.from), play.watchers.front()->describe());
  return tallies;
}

}  // namespace madang::evaluation
