#include "evaluation/warning_events.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <random>

namespace madang::evaluation {
namespace {

using simulation::Happening;
using simulation::HappeningKind;

constexpr double kMillisPerMinute = 60'000;
constexpr Millis kAfter = std::chrono::minutes{40};  // what a plume needs to blow away
constexpr double kStreetLevel = 50;                  // dB(A) without the event, about
constexpr int kTries = 60;                           // until a drawn plume is of the wanted class

Millis minutes_of(double minutes) { return Millis{static_cast<std::int64_t>(minutes * kMillisPerMinute)}; }

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  double between(double low, double high) { return std::uniform_real_distribution<double>{low, high}(engine_); }
  double bell(double deviation) { return std::normal_distribution<double>{0, deviation}(engine_); }
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(engine_); }

 private:
  std::mt19937_64 engine_;
};

Happening draw_happening(HappeningKind kind, simulation::CityPlan const& plan, Interval when, Dice& dice) {
  Happening h;
  h.kind = kind;
  auto const& near = plan.nodes[dice.below(plan.nodes.size())].place;
  h.place = {near.x + dice.bell(0.2), near.y + dice.bell(0.2)};
  Instant const from = when.from + Millis{static_cast<std::int64_t>(dice.between(0, 1) * static_cast<double>(when.length().count()))};
  double minutes = 0;
  switch (kind) {
    case HappeningKind::kPlume:
      minutes = dice.between(5, 60);
      h.size = std::exp(dice.between(std::log(8.0), std::log(150.0)));
      break;
    case HappeningKind::kLoud:
      minutes = dice.between(10, 60);
      h.size = dice.between(72, 95);
      break;
    case HappeningKind::kCrowd:
      minutes = dice.between(60, 220);
      h.size = dice.between(300, 1800);
      h.radius = dice.between(0.15, 0.4);
      break;
  }
  h.when = {from, from + minutes_of(minutes)};
  return h;
}

/// How strong a plume is with its second node at the middle of its time.
double second_strength(Happening const& plume, simulation::CityPlan const& plan) {
  Instant const middle = plume.when.from + plume.when.length() / 2;
  auto const conditions = simulation::conditions_at(plan.seed, middle);
  double first = 0;
  double second = 0;
  for (auto const& node : plan.nodes) {
    double const excess = simulation::plume_at(plume, node.place, middle, conditions);
    if (excess > first) {
      second = first;
      first = excess;
    } else {
      second = std::max(second, excess);
    }
  }
  return second;
}

/// Half of the plumes are of the class that the floors are about: strong at two nodes for long.
Happening draw_plume(simulation::CityPlan const& plan, Interval when, Dice& dice, bool strong) {
  Happening plume;
  for (int n = 0; n < kTries; ++n) {
    plume = draw_happening(HappeningKind::kPlume, plan, when, dice);
    if (!strong) return plume;
    if (plume.when.length() < minutes_of(kStrongMinutes + 8)) plume.when.to = plume.when.from + minutes_of(dice.between(40, 60));
    if (second_strength(plume, plan) >= kStrong) return plume;
  }
  return plume;
}

double strength_at(Happening const& h, simulation::Point p, Instant when, simulation::Conditions const& conditions) {
  switch (h.kind) {
    case HappeningKind::kPlume: return simulation::plume_at(h, p, when, conditions);
    case HappeningKind::kLoud: {
      double const level = simulation::loudness_at(h, p, when);
      return level > 0 ? 10 * std::log10(1 + std::pow(10, (level - kStreetLevel) / 10)) : 0;
    }
    case HappeningKind::kCrowd: return h.size * simulation::crowd_at(h, p, when);
  }
  return 0;
}

double felt_from(HappeningKind kind) {
  switch (kind) {
    case HappeningKind::kPlume: return kFeltPlume;
    case HappeningKind::kLoud: return kFeltNoise;
    case HappeningKind::kCrowd: return kFeltCrowd;
  }
  return 0;
}

}  // namespace

std::vector<Event> draw_events(simulation::CityPlan const& plan, DrawOptions const& o) {
  Dice dice(o.seed * 7919 + 17);
  double const days = static_cast<double>(o.when.length().count()) / 86'400'000.0;
  std::vector<Event> events;
  auto const add = [&](double per_day, auto const& draw) {
    for (int n = 0; n < std::lround(per_day * days); ++n) {
      Event e;
      e.happening = draw(n);
      e.last = e.happening.when.to + (e.happening.kind == HappeningKind::kPlume ? kAfter : Millis{0});
      events.push_back(std::move(e));
    }
  };
  add(o.plumes_per_day, [&](int n) { return draw_plume(plan, o.when, dice, n % 2 == 0); });
  add(o.loud_per_day, [&](int) { return draw_happening(HappeningKind::kLoud, plan, o.when, dice); });
  add(o.crowds_per_day, [&](int) { return draw_happening(HappeningKind::kCrowd, plan, o.when, dice); });
  std::ranges::sort(events, {}, [](Event const& e) { return e.happening.when.from; });
  return events;
}

std::vector<DeviceFault> draw_faults(simulation::CityPlan const& plan, DrawOptions const& o) {
  Dice dice(o.seed * 104'729 + 5);
  double const days = static_cast<double>(o.when.length().count()) / 86'400'000.0;
  std::vector<DeviceFault> faults;
  for (int n = 0; n < std::lround(o.faults_per_day * days); ++n) {
    DeviceFault f;
    f.kind = static_cast<Breakdown>(n % 5);
    f.node = static_cast<std::uint32_t>(dice.below(plan.nodes.size()));
    f.channel = dice.between(0, 1) < 0.6 ? simulation::Channel::kPm25 : simulation::Channel::kNoise;
    Instant const from = o.when.from + Millis{static_cast<std::int64_t>(dice.between(0, 1) * static_cast<double>(o.when.length().count()))};
    f.when = {from, from + minutes_of(dice.between(60, 1440))};
    bool const air = f.channel == simulation::Channel::kPm25;
    switch (f.kind) {
      case Breakdown::kStuck: f.size = 0; break;
      case Breakdown::kSpikes: f.size = air ? dice.between(30, 300) : dice.between(10, 30); break;
      case Breakdown::kDrift:
      case Breakdown::kJump: f.size = air ? dice.between(20, 80) : dice.between(10, 20); break;
      case Breakdown::kSentinel: f.size = -999; break;
    }
    faults.push_back(f);
  }
  std::ranges::sort(faults, {}, [](DeviceFault const& f) { return f.when.from; });
  return faults;
}

void feel(Event& event, simulation::CityPlan const& plan, Instant when, simulation::Conditions const& conditions) {
  double first = 0;
  double second = 0;
  int strong = 0;
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) {
    double const excess = strength_at(event.happening, plan.nodes[i].place, when, conditions);
    if (excess <= 0) continue;
    strong += excess >= kStrong ? 1 : 0;
    if (excess >= felt_from(event.happening.kind)) event.felt.insert(i);
    if (excess > first) {
      second = first;
      first = excess;
    } else {
      second = std::max(second, excess);
    }
  }
  bool const pair = event.happening.kind == HappeningKind::kPlume;
  event.second_peak = std::max(event.second_peak, pair ? second : first);
  if (strong < (pair ? 2 : 1)) return;
  if (event.steps_strong++ == 0) event.strong_since = when;
}

std::optional<double> broken_value(DeviceFault const& f, double value, double held, Instant when, std::uint64_t draw) {
  double const share = static_cast<double>((when - f.when.from).count()) / static_cast<double>(f.when.length().count());
  switch (f.kind) {
    case Breakdown::kStuck: return held;
    case Breakdown::kSpikes: return draw % 100 < 4 ? value + f.size : value;
    case Breakdown::kDrift: return value + share * f.size;
    case Breakdown::kJump: return value + f.size;
    case Breakdown::kSentinel: return std::nullopt;
  }
  return value;
}

}  // namespace madang::evaluation
