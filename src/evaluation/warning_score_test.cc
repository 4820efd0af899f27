#include "evaluation/warning_score.h"

#include <gtest/gtest.h>

#include "evaluation/rivals.h"

namespace madang::evaluation {
namespace {

constexpr Instant kStart{std::chrono::hours{490'000}};
constexpr Millis kStep = std::chrono::minutes{2};

Event fire(double degrees, std::set<std::uint32_t> felt) {
  Event e;
  e.what = EventClass::kFire;
  e.about = 5;
  e.happening.kind = simulation::HappeningKind::kFire;
  e.happening.when = {kStart, kStart + std::chrono::minutes{20}};
  e.last = e.happening.when.to;
  e.first = degrees;
  e.felt = std::move(felt);
  e.strong_since = kStart + kStep;
  e.steps_strong = 8;
  return e;
}

Told told(Family family, Instant at, std::set<std::uint32_t> nodes) {
  Told t;
  t.rule = "hot_spot";
  t.kind = "hot_spot";
  t.family = family;
  t.at = at;
  t.nodes = std::move(nodes);
  return t;
}

Tally scored(std::vector<Event> const& events, std::vector<simulation::Fault> const& faults, std::vector<Told> const& all) {
  return score({.events = events,
                .faults = faults,
                .serial = [](std::uint32_t) { return std::string("MD-1"); },
                .level_is_right = [](Told const&) { return true; },
                .step = kStep,
                .days = 2},
               "test", all);
}

ClassTally const& fires(Tally const& t) { return t.of[static_cast<std::size_t>(EventClass::kFire)]; }

TEST(warning_score, finds_an_event_by_a_station_that_feels_it) {
  auto const t = scored({fire(9, {4, 5})}, {}, {told(Family::kWarmth, kStart + 2 * kStep, {5, 77})});
  EXPECT_EQ(fires(t).must, 1);
  EXPECT_EQ(fires(t).must_found, 1);
  EXPECT_EQ(fires(t).must_prompt, 1);
  EXPECT_EQ(t.false_alarms(), 0);
}

TEST(warning_score, counts_what_is_told_later_than_three_intervals_as_found_but_late) {
  auto const t = scored({fire(9, {4})}, {}, {told(Family::kWarmth, kStart + 6 * kStep, {4})});
  EXPECT_EQ(fires(t).must_found, 1);
  EXPECT_EQ(fires(t).must_prompt, 0);
  EXPECT_EQ(fires(t).delays, std::vector<double>{5});
}

TEST(warning_score, asks_nothing_of_an_event_below_the_size_and_still_counts_it_by_band) {
  auto const t = scored({fire(3.6, {4})}, {}, {});
  EXPECT_EQ(fires(t).must, 0);
  EXPECT_EQ(fires(t).drawn[1], 1);
  EXPECT_EQ(fires(t).found[1], 0);
}

TEST(warning_score, calls_an_alarm_false_where_another_quantity_spoke_or_other_stations) {
  auto const t = scored({fire(9, {4})}, {},
                        {told(Family::kNoise, kStart + kStep, {4}), told(Family::kWarmth, kStart + kStep, {8})});
  EXPECT_EQ(t.false_alarms(), 2);
  EXPECT_DOUBLE_EQ(t.false_per_day(), 1);
  EXPECT_EQ(fires(t).must_found, 0);
}

TEST(warning_score, says_which_false_alarms_a_broken_device_made) {
  simulation::Fault const jump{.kind = simulation::FaultKind::kJump, .node = 8,
                               .channel = static_cast<int>(simulation::Channel::kTemperature),
                               .when = {kStart, kStart + std::chrono::hours{3}}, .size = 9};
  auto const t = scored({}, {jump}, {told(Family::kWarmth, kStart + kStep, {8}), told(Family::kWarmth, kStart + kStep, {9})});
  EXPECT_EQ(t.false_alarms(), 2);
  EXPECT_EQ(t.at_broken_devices, 1);
}

TEST(warning_score, knows_work_for_the_crew_from_an_alarm) {
  auto suspect = told(Family::kWarmth, kStart + kStep, {4});
  suspect.suspect = true;
  auto const t = scored({fire(9, {4})}, {}, {suspect});
  EXPECT_EQ(t.suspects_event, 1);
  EXPECT_EQ(t.false_alarms(), 0);
  EXPECT_EQ(fires(t).must_found, 0);
}

TEST(warning_score, counts_how_many_situations_one_cause_became) {
  auto const t = scored({fire(9, {4, 5})}, {}, {told(Family::kWarmth, kStart + kStep, {4}), told(Family::kWarmth, kStart + 2 * kStep, {5})});
  EXPECT_EQ(t.events_found, 1);
  EXPECT_EQ(t.situations_of_events, 2);
  EXPECT_EQ(t.events_told_once, 0);
}

TEST(rivals, confirm_by_a_neighbour_or_by_lasting_and_group_what_stands_together) {
  auto plan = simulation::make_city_plan({.seed = 3, .nodes = 300});
  plan.nodes.resize(4);
  plan.nodes[0].place = {0, 0};
  plan.nodes[1].place = {0.5, 0};
  plan.nodes[2].place = {9, 0};
  plan.nodes[3].place = {-9, 0};
  Rivals rivals(plan, kStep);
  rivals.step(0, kStart, std::array<float, 4>{80, 80, 80, 10});  // two neighbours, and one alone
  EXPECT_EQ(rivals.told(0, 0, 2).size(), 1U);
  EXPECT_EQ(rivals.told(0, 0, 2).front().nodes, (std::set<std::uint32_t>{0, 1}));
  rivals.step(0, kStart + kStep, std::array<float, 4>{80, 80, 80, 10});
  rivals.step(0, kStart + 2 * kStep, std::array<float, 4>{80, 80, 80, 10});
  EXPECT_EQ(rivals.told(0, 0, 2).size(), 2U);
  EXPECT_TRUE(rivals.told(0, 0, 3).empty());  // 100 ug/m3
}

}  // namespace
}  // namespace madang::evaluation
