#include "evaluation/drawing.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <optional>
#include <random>
#include <utility>

namespace madang::evaluation {
namespace {

using simulation::Happening;
using simulation::HappeningKind;

constexpr double kMillisPerMinute = 60'000;
constexpr double kStreetLevel = 50;  // dB(A), as simulation::strength_at has it
constexpr double kSmallest = 0.4;    // times `about`
constexpr int kTries = 60;           // until a place is found where somebody notices

/// What a class is drawn from.
struct Recipe {
  HappeningKind kind;
  double about;
  double largest;       ///< times `about`
  double source_max;    ///< no such happening is larger at its source
  double minutes_min, minutes_max;
  double aside;         ///< km from a station, deviation
  double felt_from;
};
constexpr std::array<Recipe, kEventClasses> kRecipes{
    Recipe{HappeningKind::kPlume, 20, 7, 600, 15, 70, 0.2, 3},
    Recipe{HappeningKind::kPlume, 60, 5, 600, 6, 25, 0.08, 5},
    Recipe{HappeningKind::kFire, 5, 5, 60, 8, 30, 0.05, 1},
    Recipe{HappeningKind::kLeak, 1, 5, 20, 60, 220, 0.15, 0.25},
    Recipe{HappeningKind::kLoud, 10, 3, 105, 10, 60, 0.1, 3},
    Recipe{HappeningKind::kCrowd, 300, 6, 4000, 60, 220, 0.15, 40}};

Recipe const& recipe_of(EventClass what) { return kRecipes[static_cast<std::size_t>(what)]; }

Millis minutes_of(double minutes) { return Millis{static_cast<std::int64_t>(minutes * kMillisPerMinute)}; }

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  double between(double low, double high) { return std::uniform_real_distribution<double>{low, high}(engine_); }
  /// Evenly on a logarithmic scale.
  double spread(double low, double high) { return std::exp(between(std::log(low), std::log(high))); }
  double bell(double deviation) { return std::normal_distribution<double>{0, deviation}(engine_); }
  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>{0, n - 1}(engine_); }
  std::mt19937_64& engine() { return engine_; }

 private:
  std::mt19937_64 engine_;
};

/// At the strongest and the second strongest station.
struct Pair {
  double first = 0, second = 0;
  void add(double strength) {
    if (strength > first) second = std::exchange(first, strength);
    else second = std::max(second, strength);
  }
};

Pair pair_at(Happening const& h, simulation::CityPlan const& plan, Instant when) {
  auto const conditions = simulation::conditions_at(plan.seed, when);
  Pair pair;
  for (auto const& node : plan.nodes) pair.add(simulation::strength_at(h, node.place, when, conditions));
  return pair;
}

Happening place(EventClass what, simulation::CityPlan const& plan, Interval when, Dice& dice) {
  auto const& recipe = recipe_of(what);
  Happening h;
  h.kind = recipe.kind;
  auto const& near = plan.nodes[dice.below(plan.nodes.size())].place;
  h.place = {near.x + dice.bell(recipe.aside), near.y + dice.bell(recipe.aside)};
  auto const room = static_cast<double>(when.length().count());
  Instant const from = when.from + Millis{static_cast<std::int64_t>(dice.between(0, 1) * room)};
  h.when = {from, from + minutes_of(dice.between(recipe.minutes_min, recipe.minutes_max))};
  if (what == EventClass::kFire) h.radius = dice.between(0.1, 0.25);
  if (what == EventClass::kLeak) h.radius = dice.between(0.3, 0.8);
  if (what == EventClass::kCrowd) h.radius = dice.between(0.15, 0.4);
  return h;
}

/// Makes it so large that the class's station has `wanted` of it. False: nobody would notice, or it would be larger
/// than such things are.
bool fit(EventClass what, Happening& h, simulation::CityPlan const& plan, double wanted) {
  auto const& recipe = recipe_of(what);
  auto const at = h.when.from + Millis{h.when.length() * (what == EventClass::kFire ? 2 : 3) / 4};
  bool const loud = what == EventClass::kNoise;
  h.size = loud ? 80 : 1;
  auto const pair = pair_at(h, plan, at);
  double const there = what == EventClass::kWide ? pair.second : pair.first;
  if (there <= (loud ? 0.5 : 0.03)) return false;
  if (loud) {
    auto const level_for = [](double excess) { return kStreetLevel + 10 * std::log10(std::pow(10, excess / 10) - 1); };
    h.size += level_for(wanted) - level_for(there);
  } else {
    h.size = wanted / there;
  }
  return h.size <= recipe.source_max * (what == EventClass::kLeak ? wanted : 1);
}

Event draw_event(EventClass what, simulation::CityPlan const& plan, Interval when, Dice& dice, bool large) {
  auto const& recipe = recipe_of(what);
  Event e;
  e.what = what;
  e.about = recipe.about;
  int channel = -1;
  if (what == EventClass::kLeak) {
    auto const& gases = simulation::leaking_gases();
    auto const& gas = gases[dice.below(gases.size())];
    channel = static_cast<int>(gas.channel);
    e.about = gas.about;
  }
  double const wanted = e.about * (large ? dice.spread(1, recipe.largest) : dice.spread(kSmallest, 1));
  for (int n = 0; n < kTries; ++n) {
    e.happening = place(what, plan, when, dice);
    e.happening.channel = channel;
    // Half an hour at two stations needs a source that lasts as long, and the time until the smoke is there.
    if (what == EventClass::kWide && large) e.happening.when.to = e.happening.when.from + minutes_of(dice.between(38, 70));
    if (fit(what, e.happening, plan, wanted)) break;
  }
  e.last = e.happening.when.to + (recipe.kind == HappeningKind::kPlume ? kBlowsAway : Millis{0});
  return e;
}

double felt_from(Event const& event) {
  auto const from = recipe_of(event.what).felt_from;
  return event.what == EventClass::kLeak ? from * event.about : from;
}

}  // namespace

std::string_view name_of(EventClass what) {
  constexpr std::array<std::string_view, kEventClasses> kNames{"wide plume", "sharp plume", "fire", "leak", "noise", "crowd"};
  return kNames[static_cast<std::size_t>(what)];
}

std::vector<Event> draw_events(simulation::CityPlan const& plan, DrawOptions const& o) {
  Dice dice(o.seed * 7919 + 17);
  double const days = static_cast<double>(o.when.length().count()) / 86'400'000.0;
  std::vector<Event> events;
  for (std::size_t c = 0; c < kEventClasses; ++c) {
    auto const count = std::lround(o.per_day[c] * days);
    for (std::int64_t n = 0; n < count; ++n) {
      events.push_back(draw_event(static_cast<EventClass>(c), plan, o.when, dice, n % 2 == 0));
    }
  }
  std::ranges::sort(events, {}, [](Event const& e) { return e.happening.when.from; });
  return events;
}

std::vector<simulation::Fault> draw_faults(std::uint64_t seed, std::size_t nodes, std::size_t count, Interval when) {
  Dice dice(seed * 104'729 + 5);
  std::vector<std::size_t> order(nodes);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::shuffle(order, dice.engine());
  std::vector<simulation::Fault> faults;
  for (std::size_t n = 0; n < std::min(count, nodes); ++n) {
    auto const kind = static_cast<simulation::FaultKind>(n % simulation::kFaultKinds);
    auto fault = simulation::draw_fault(kind, order[n], when.from, dice.engine()());
    auto const room = std::max<std::int64_t>(0, (when.length() - fault.when.length()).count());
    Millis const later{static_cast<std::int64_t>(dice.between(0, 1) * static_cast<double>(room))};
    fault.when = {fault.when.from + later, std::min(fault.when.to + later, when.to)};
    faults.push_back(fault);
  }
  return faults;
}

void feel(Event& event, simulation::CityPlan const& plan, Instant step, Deliveries const& deliveries,
          std::vector<std::uint32_t>& feeling) {
  auto const conditions = simulation::conditions_at(plan.seed, step);
  Pair pair;
  std::vector<Instant> strong_come;  // arrivals of values as large as the class must have
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) {
    double const strength = simulation::strength_at(event.happening, plan.nodes[i].place, deliveries.reports[i], conditions);
    if (strength <= 0) continue;
    pair.add(strength);
    if (strength >= event.about) strong_come.push_back(deliveries.arrivals[i]);
    if (strength < felt_from(event)) continue;
    event.felt.insert(i);
    feeling.push_back(i);
  }
  event.first = std::max(event.first, pair.first);
  event.second = std::max(event.second, pair.second);
  std::size_t const needed = event.what == EventClass::kWide ? 2 : 1;
  if (strong_come.size() < needed) return;
  std::ranges::nth_element(strong_come, strong_come.begin() + static_cast<std::ptrdiff_t>(needed - 1));
  Instant const come = strong_come[needed - 1];
  Instant const known = come <= deliveries.in_time ? step : come;
  if (event.steps_strong++ == 0 || known < event.strong_since) event.strong_since = known;
}

std::size_t band_of(double relative) {
  constexpr std::array kEnds{0.7, 1.0, 1.4, 2.0};
  return static_cast<std::size_t>(std::ranges::upper_bound(kEnds, relative) - kEnds.begin());
}

std::string_view name_of_band(std::size_t band) {
  constexpr std::array<std::string_view, kBands> kNames{"below 0.7", "0.7 to 1", "1 to 1.4", "1.4 to 2", "2 and more"};
  return kNames[band];
}

}  // namespace madang::evaluation
