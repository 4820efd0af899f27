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

Alarm alarm(Family family, Instant at, std::set<std::uint32_t> nodes) {
  Alarm t;
  t.rule = "hot_spot";
  t.kind = "hot_spot";
  t.family = family;
  t.at = at;
  t.nodes = std::move(nodes);
  return t;
}

using LateOf = std::function<Millis(std::uint32_t)>;

Tally scored(std::vector<Event> const& events, std::vector<simulation::Fault> const& faults, std::vector<Alarm> const& all,
             LateOf late_of = {}) {
  return score({.events = events,
                .faults = faults,
                .serial = [](std::uint32_t) { return std::string("MD-1"); },
                .level_is_right = [](Alarm const&) { return true; },
                .step = kStep,
                .late_of = std::move(late_of),
                .days = 2},
               "test", all);
}

/// Large enough that it must be found, and long enough.
Event wide_plume(std::set<std::uint32_t> felt) {
  Event e = fire(60, std::move(felt));
  e.what = EventClass::kWide;
  e.about = 20;
  e.second = 40;
  e.steps_strong = 20;
  return e;
}

Alarm of_one_station(Alarm t) {
  t.kind = "unconfirmed";
  return t;
}

Alarm confirmed(Alarm t, Instant at) {
  t.confirmed_at = at;
  return t;
}

ClassTally const& wide(Tally const& t) { return t.of[static_cast<std::size_t>(EventClass::kWide)]; }
ClassTally const& fires(Tally const& t) { return t.of[static_cast<std::size_t>(EventClass::kFire)]; }

TEST(warning_score, finds_an_event_by_a_station_that_feels_it) {
  auto const t = scored({fire(9, {4, 5})}, {}, {alarm(Family::kWarmth, kStart + 2 * kStep, {5, 77})});
  EXPECT_EQ(fires(t).must, 1);
  EXPECT_EQ(fires(t).must_found, 1);
  EXPECT_EQ(fires(t).must_prompt, 1);
  EXPECT_EQ(t.false_alarms(), 0);
}

TEST(warning_score, counts_what_is_told_later_than_three_intervals_as_found_but_late) {
  auto const t = scored({fire(9, {4})}, {}, {alarm(Family::kWarmth, kStart + 6 * kStep, {4})});
  EXPECT_EQ(fires(t).must_found, 1);
  EXPECT_EQ(fires(t).must_prompt, 0);
  EXPECT_EQ(fires(t).delays, std::vector<double>{5});
}

Event later(Event e, Millis by) {
  e.happening.when.from += by;
  e.happening.when.to += by;
  e.last += by;
  e.strong_since += by;
  return e;
}

TEST(warning_score, counts_apart_what_is_missed_where_a_warning_of_the_same_kind_stands) {
  auto const first = wide_plume({4, 5});
  auto const told = confirmed(alarm(Family::kAir, kStart + 2 * kStep, {4, 5, 6}), kStart + 2 * kStep);
  auto const met = scored({first, later(wide_plume({5, 6}), std::chrono::minutes{25})}, {}, {told});
  EXPECT_EQ(wide(met).must_found, 1);
  EXPECT_EQ(met.one_with_another, 1);
  auto const untold = scored({first, later(wide_plume({5, 6}), std::chrono::minutes{25})}, {}, {});
  EXPECT_EQ(wide(untold).must, 2) << "the first was not told either";
  EXPECT_EQ(untold.one_with_another, 0);
  auto const elsewhere = scored({first, later(wide_plume({7, 8}), std::chrono::minutes{25})}, {}, {told});
  EXPECT_EQ(wide(elsewhere).must, 2);
  EXPECT_EQ(elsewhere.one_with_another, 0);
  auto const long_after = scored({first, later(wide_plume({5, 6}), std::chrono::minutes{60})}, {}, {told});
  EXPECT_EQ(wide(long_after).must, 2);
  EXPECT_EQ(long_after.one_with_another, 0);
}

TEST(warning_score, asks_who_told_the_event_before_for_as_many_as_who_missed_it) {
  std::vector<Event> const both{wide_plume({4, 5}), later(wide_plume({5, 6}), std::chrono::minutes{25})};
  auto const at = kStart + 2 * kStep;
  auto const told = scored(both, {}, {confirmed(alarm(Family::kAir, at, {4, 5}), at)});
  EXPECT_EQ(wide(told).must, wide(scored(both, {}, {})).must);
}

TEST(warning_score, takes_no_warning_for_standing_that_ended_before_or_was_confirmed_after) {
  std::vector<Event> const both{wide_plume({4, 5}), later(wide_plume({5, 6}), std::chrono::minutes{25})};
  auto over = confirmed(alarm(Family::kAir, kStart + 2 * kStep, {4, 5}), kStart + 2 * kStep);
  over.ended_at = kStart + std::chrono::minutes{20};
  auto const missed = scored(both, {}, {over});
  EXPECT_EQ(wide(missed).must, 2);
  EXPECT_EQ(missed.one_with_another, 0);
  auto const of_the_first_alone = confirmed(alarm(Family::kAir, kStart + 2 * kStep, {4}), kStart + 2 * kStep);
  EXPECT_EQ(scored(both, {}, {of_the_first_alone}).one_with_another, 0) << "at none of the second's stations";
  auto const late = confirmed(alarm(Family::kAir, kStart + 2 * kStep, {4, 5}), kStart + std::chrono::minutes{30});
  auto const found = scored(both, {}, {late});
  EXPECT_EQ(wide(found).must_found, 2) << "it was told of both";
  EXPECT_EQ(found.one_with_another, 0);
}

TEST(warning_score, asks_nothing_of_an_event_below_the_size_and_still_counts_it_by_band) {
  auto const t = scored({fire(3.6, {4})}, {}, {});
  EXPECT_EQ(fires(t).must, 0);
  EXPECT_EQ(fires(t).drawn[1], 1);
  EXPECT_EQ(fires(t).found[1], 0);
}

TEST(warning_score, calls_an_alarm_false_where_another_quantity_spoke_or_other_stations) {
  auto const t = scored({fire(9, {4})}, {},
                        {alarm(Family::kNoise, kStart + kStep, {4}), alarm(Family::kWarmth, kStart + kStep, {8})});
  EXPECT_EQ(t.false_alarms(), 2);
  EXPECT_DOUBLE_EQ(t.false_per_day(), 1);
  EXPECT_EQ(fires(t).must_found, 0);
}

TEST(warning_score, says_which_false_alarms_a_broken_device_made) {
  simulation::Fault const jump{.kind = simulation::FaultKind::kJump, .node = 8,
                               .channel = static_cast<int>(simulation::Channel::kTemperature),
                               .when = {kStart, kStart + std::chrono::hours{3}}, .size = 9};
  auto const t = scored({}, {jump}, {alarm(Family::kWarmth, kStart + kStep, {8}), alarm(Family::kWarmth, kStart + kStep, {9})});
  EXPECT_EQ(t.false_alarms(), 2);
  EXPECT_EQ(t.at_broken_devices, 1);
}

TEST(warning_score, knows_work_for_the_crew_from_an_alarm) {
  auto suspect = alarm(Family::kWarmth, kStart + kStep, {4});
  suspect.suspect = true;
  auto const t = scored({fire(9, {4})}, {}, {suspect});
  EXPECT_EQ(t.suspects_event, 1);
  EXPECT_EQ(t.false_alarms(), 0);
  EXPECT_EQ(fires(t).must_found, 0);
}

TEST(warning_score, counts_how_many_situations_one_cause_became) {
  auto const t = scored({fire(9, {4, 5})}, {}, {alarm(Family::kWarmth, kStart + kStep, {4}), alarm(Family::kWarmth, kStart + 2 * kStep, {5})});
  EXPECT_EQ(t.events_found, 1);
  EXPECT_EQ(t.situations_of_events, 2);
  EXPECT_EQ(t.events_told_once, 0);
}

TEST(warning_score, finds_a_wide_plume_by_a_confirmed_warning_only) {
  auto const notice = of_one_station(alarm(Family::kAir, kStart + 2 * kStep, {4}));
  auto const alone = scored({wide_plume({4, 5})}, {}, {notice});
  EXPECT_EQ(wide(alone).must, 1);
  EXPECT_EQ(wide(alone).must_told, 1);
  EXPECT_EQ(wide(alone).must_confirmed, 0);
  EXPECT_EQ(wide(alone).must_found, 0);
  EXPECT_EQ(alone.false_alarms(), 0) << "it said something true";

  auto const later = scored({wide_plume({4, 5})}, {}, {confirmed(notice, kStart + 5 * kStep)});
  EXPECT_EQ(wide(later).must_confirmed, 1);
  EXPECT_EQ(wide(later).must_found, 1);
  EXPECT_EQ(wide(later).delays, std::vector<double>{4}) << "from when others had confirmed it";
}

TEST(warning_score, finds_what_one_station_may_show_by_either) {
  auto const t = scored({fire(9, {4})}, {}, {of_one_station(alarm(Family::kWarmth, kStart + 2 * kStep, {4}))});
  EXPECT_EQ(fires(t).must_found, 1);
  EXPECT_EQ(fires(t).must_told, 1);
  EXPECT_EQ(fires(t).must_confirmed, 0);
}

TEST(warning_score, calls_a_notice_false_though_a_plume_came_there_hours_later) {
  auto const notice = confirmed(of_one_station(alarm(Family::kAir, kStart - std::chrono::hours{2}, {4})), kStart + 3 * kStep);
  auto const t = scored({wide_plume({4, 5})}, {}, {notice});
  EXPECT_EQ(wide(t).must_found, 1);
  EXPECT_EQ(t.false_alarms(), 1);
}

TEST(warning_score, finds_a_fire_by_what_spoke_of_smoke_before_from_when_it_spoke_of_heat_too) {
  auto smoke = confirmed(alarm(Family::kAir, kStart + kStep, {4}), kStart + kStep);
  EXPECT_EQ(fires(scored({fire(9, {4})}, {}, {smoke})).must_found, 0);
  smoke.also = {{Family::kWarmth, kStart + 3 * kStep}};
  auto const t = scored({fire(9, {4})}, {}, {smoke});
  EXPECT_EQ(fires(t).must_found, 1);
  EXPECT_EQ(fires(t).delays, std::vector<double>{2});
}

TEST(warning_score, waits_longer_only_for_what_late_stations_told) {
  auto const late_of = [](std::uint32_t node) { return node == 4 ? Millis{std::chrono::hours{1}} : Millis{0}; };
  auto const long_after = kStart + std::chrono::minutes{80};  // the fire lasted for twenty
  EXPECT_EQ(fires(scored({fire(9, {4, 5})}, {}, {alarm(Family::kWarmth, long_after, {4})}, late_of)).must_found, 1);
  auto const quick = scored({fire(9, {4, 5})}, {}, {alarm(Family::kWarmth, long_after, {5})}, late_of);
  EXPECT_EQ(fires(quick).must_found, 0) << "the other one is late, not this one";
  EXPECT_EQ(quick.false_alarms(), 1);
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
  EXPECT_EQ(rivals.alarms(0, 0, 2).size(), 1U);
  EXPECT_EQ(rivals.alarms(0, 0, 2).front().nodes, (std::set<std::uint32_t>{0, 1}));
  rivals.step(0, kStart + kStep, std::array<float, 4>{80, 80, 80, 10});
  rivals.step(0, kStart + 2 * kStep, std::array<float, 4>{80, 80, 80, 10});
  EXPECT_EQ(rivals.alarms(0, 0, 2).size(), 2U);
  EXPECT_TRUE(rivals.alarms(0, 0, 3).empty());  // 100 ug/m3
}

/// The fire ends twenty minutes after the start.
Alarm ended(Alarm t, Millis clear_after_start, situations::End why) {
  t.clear_at = kStart + clear_after_start;
  t.ended_by = why;
  return t;
}

TEST(warning_score, counts_from_the_end_of_an_event_until_its_confirmed_warning_is_cleared) {
  using std::chrono::minutes;
  auto const warning = confirmed(alarm(Family::kWarmth, kStart + 2 * kStep, {4}), kStart + 2 * kStep);
  auto const lone = of_one_station(alarm(Family::kWarmth, kStart + 2 * kStep, {4}));
  auto const t = scored({fire(9, {4, 5})}, {},
                        {ended(warning, minutes{32}, situations::End::kGone), ended(warning, minutes{15}, situations::End::kGone),
                         ended(warning, minutes{140}, situations::End::kUnheard), ended(lone, minutes{40}, situations::End::kGone), warning});
  EXPECT_EQ(t.clear_after, (std::vector<double>{12, -5}));
  EXPECT_EQ(t.ended_unheard, 1);
}

TEST(warning_score, counts_from_the_end_of_the_last_event_that_a_warning_was_of) {
  using std::chrono::minutes;
  auto next = fire(9, {4});
  next.happening.when = {kStart + minutes{30}, kStart + minutes{50}};
  next.last = next.happening.when.to;
  auto const warning = confirmed(alarm(Family::kWarmth, kStart + minutes{32}, {4}), kStart + minutes{32});
  auto const t = scored({fire(9, {4}), next}, {}, {ended(warning, minutes{60}, situations::End::kGone)});
  EXPECT_EQ(t.clear_after, std::vector<double>{10});
}

}  // namespace
}  // namespace madang::evaluation
