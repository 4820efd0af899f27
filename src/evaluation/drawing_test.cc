#include "evaluation/drawing.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace madang::evaluation {
namespace {

constexpr Interval kWhen{Instant{std::chrono::hours{490'000}}, Instant{std::chrono::hours{490'240}}};

simulation::CityPlan const& city() {
  static simulation::CityPlan const plan = simulation::make_city_plan({.seed = 3, .nodes = 300});
  return plan;
}

/// Played at whole steps of two minutes.
std::vector<Event> played(std::uint64_t seed) {
  auto events = draw_events(city(), {.seed = seed, .when = {kWhen.from, kWhen.from + std::chrono::hours{48}}});
  std::vector<Instant> reports(city().nodes.size());
  std::vector<std::uint32_t> feeling;
  for (auto& e : events) {
    for (Instant t = e.happening.when.from; t < e.last; t += std::chrono::minutes{2}) {
      std::ranges::fill(reports, t);
      feel(e, city(), t, {.reports = reports, .arrivals = reports, .in_time = kInstantMax}, feeling);
    }
  }
  return events;
}

/// A crowd as large as it must be at several stations, whose values come `late` after each report.
Event crowd_told_after(Millis late) {
  Event e;
  e.what = EventClass::kCrowd;
  e.about = 300;
  e.happening = {.kind = simulation::HappeningKind::kCrowd, .place = city().nodes[0].place, .when = {kWhen.from, kWhen.from + std::chrono::hours{1}}};
  e.happening.size = 4'000;
  e.happening.radius = 0.5;
  std::vector<Instant> reports(city().nodes.size());
  std::vector<Instant> arrivals(reports.size());
  std::vector<std::uint32_t> feeling;
  for (Instant t = kWhen.from; t < e.happening.when.to; t += std::chrono::minutes{2}) {
    std::ranges::fill(reports, t);
    std::ranges::fill(arrivals, t + late);
    feel(e, city(), t, {.reports = reports, .arrivals = arrivals, .in_time = t + std::chrono::minutes{2}}, feeling);
  }
  return e;
}

TEST(drawn_events, cannot_be_known_before_a_gateway_has_delivered) {
  auto const at_once = crowd_told_after(std::chrono::seconds{2});
  auto const late = crowd_told_after(std::chrono::minutes{15});
  ASSERT_GT(at_once.steps_strong, 0);
  EXPECT_EQ(late.steps_strong, at_once.steps_strong);
  EXPECT_EQ(late.strong_since, at_once.strong_since + std::chrono::minutes{15});
}

double share_above(std::vector<Event> const& events, EventClass what) {
  int all = 0;
  int above = 0;
  for (auto const& e : events) {
    if (e.what != what) continue;
    ++all;
    above += e.size() >= e.about ? 1 : 0;
  }
  return static_cast<double>(above) / all;
}

TEST(drawn_events, are_the_same_for_the_same_seed_and_others_for_another) {
  DrawOptions const options{.seed = 7, .when = kWhen};
  auto const a = draw_events(city(), options);
  auto const b = draw_events(city(), options);
  auto const same = [](Event const& x, Event const& y) {
    return x.happening.when == y.happening.when && x.happening.size == y.happening.size && x.what == y.what;
  };
  ASSERT_FALSE(a.empty());
  EXPECT_TRUE(std::ranges::equal(a, b, same));
  EXPECT_FALSE(same(draw_events(city(), {.seed = 8, .when = kWhen})[0], a[0]));
}

TEST(drawn_events, lie_on_both_sides_of_what_must_be_found) {
  std::vector<Event> events;
  for (std::uint64_t const seed : {2, 4, 6}) std::ranges::move(played(seed), std::back_inserter(events));
  for (std::size_t c = 0; c < kEventClasses; ++c) {
    auto const what = static_cast<EventClass>(c);
    EXPECT_GT(share_above(events, what), 0.25) << name_of(what);
    EXPECT_LT(share_above(events, what), 0.8) << name_of(what);
  }
}

TEST(drawn_events, have_fires_that_a_neighbour_feels_weakly) {
  auto const events = played(2);
  double strongest = 0;
  double second = 0;
  for (auto const& e : events) {
    if (e.what != EventClass::kFire) continue;
    strongest += e.first;
    second += e.second;
  }
  EXPECT_GT(strongest, 0);
  EXPECT_LT(second, 0.7 * strongest);
}

TEST(drawn_faults, have_a_device_of_their_own_inside_the_time) {
  auto const faults = draw_faults(3, 80, 60, kWhen);
  std::vector<std::size_t> nodes;
  for (auto const& f : faults) {
    nodes.push_back(f.node);
    EXPECT_GE(f.when.from, kWhen.from);
    EXPECT_LE(f.when.to, kWhen.to);
  }
  ASSERT_EQ(nodes.size(), 60U);
  std::ranges::sort(nodes);
  EXPECT_EQ(std::ranges::adjacent_find(nodes), nodes.end());
}

TEST(drawn_faults, lie_on_both_sides_of_the_size_they_are_drawn_around) {
  auto const faults = draw_faults(5, 900, 800, kWhen);
  for (auto const kind : {simulation::FaultKind::kSilence, simulation::FaultKind::kStuck, simulation::FaultKind::kSpikes,
                          simulation::FaultKind::kDrift, simulation::FaultKind::kClock, simulation::FaultKind::kJump}) {
    auto const all = std::ranges::count(faults, kind, &simulation::Fault::kind);
    auto const large = std::ranges::count_if(faults, [&](auto const& f) { return f.kind == kind && simulation::relative_size(f) >= 1; });
    EXPECT_NEAR(static_cast<double>(large) / static_cast<double>(all), 0.5, 0.17) << simulation::name_of(kind);
  }
}

TEST(bands, say_where_a_size_lies_beside_the_one_it_is_drawn_around) {
  EXPECT_EQ(band_of(0.5), 0U);
  EXPECT_EQ(band_of(0.7), 1U);
  EXPECT_EQ(band_of(1), 2U);
  EXPECT_EQ(band_of(1.99), 3U);
  EXPECT_EQ(band_of(2), 4U);
}

}  // namespace
}  // namespace madang::evaluation
