// A level is one thing of all stations of its place, at whatever steps and paces they deliver.
#include "sensing/warning/levels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>

#include "sensing/warning/engine.h"
#include "sensing/warning/rules.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;
using What = Finding::What;

Instant const kMorning = *parse_instant("2026-11-23T00:00:00Z");  // nine in Seoul
constexpr Millis kStepOfLevels = 2min;

/// Some stations of one kind and pace.
struct Group {
  std::string channel;
  int stations = 2;
  double value = 0;
  Millis interval{kStepOfLevels};
  Millis lateness{0};
  AreaId area{1};
  bool speaks = true;
  bool simulated = false;
  std::vector<std::uint32_t> streams = {};
};

struct CityOfLevels {
  Engine engine{shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}};
  std::vector<Group> groups;
  std::vector<Finding> findings;
  int step = 0;

  explicit CityOfLevels(std::vector<Group> all) : groups(std::move(all)) {
    int thing = 0;
    for (auto& group : groups) {
      for (int i = 0; i < group.stations; ++i) {
        Stream s;
        s.datastream = DatastreamId{100 + thing};
        s.thing = ThingId{++thing};
        s.channel = group.channel;
        s.interval = group.interval;
        s.lateness = group.lateness;
        s.area = group.area;
        s.simulated = group.simulated;
        group.streams.push_back(engine.add(s).value());
      }
    }
  }
  /// Every value comes when its step is over, or as much later as its group is late.
  void run(Millis how_long) {
    for (auto const until = step + how_long / kStepOfLevels; step < until; ++step) {
      Instant const now = kMorning + kStepOfLevels * (step + 1);
      for (auto const& group : groups) {
        Instant const when = now - group.interval - group.lateness * 4 / 5;
        bool const due = millis_of(now) % group.interval.count() == 0;
        for (auto const stream : group.streams)
          if (due && group.speaks) engine.observe(stream, when, group.value);
      }
      for (auto& f : engine.advance(now)) findings.push_back(std::move(f));
    }
  }
  [[nodiscard]] std::vector<std::string> keys(What what) const {
    std::vector<std::string> found;
    for (auto const& f : findings)
      if (f.what == what && std::ranges::find(found, f.key) == found.end()) found.push_back(f.key);
    return found;
  }
};

using Keys = std::vector<std::string>;

TEST(warning_levels, hear_two_stations_at_each_of_two_paces_as_four) {
  CityOfLevels city({{"noise", 2, 72}, {"noise", 2, 72, kStepOfLevels, 5min}});
  city.run(2h);
  EXPECT_EQ(city.keys(What::kRaise), Keys{"noise_day:area:1"});
  for (auto& group : city.groups) group.value = 50;
  city.run(2h);
  EXPECT_EQ(city.keys(What::kClear), Keys{"noise_day:area:1"});
}

/// Of what stands in this Area: was it told as one of simulated stations?
std::optional<bool> told_as_simulated(CityOfLevels const& city, std::string_view key) {
  std::optional<bool> told;
  for (auto const& f : city.findings)
    if (f.what == What::kRaise && f.key == key) told = f.simulated;
  return told;
}

Group group_of(int stations, AreaId area, bool is_simulated) {
  Group group{"noise", stations, 72};
  group.area = area;
  group.simulated = is_simulated;
  return group;
}

TEST(warning_levels, are_no_exercise_because_of_one_simulated_station_among_real_ones) {
  CityOfLevels city({group_of(4, AreaId{1}, false), group_of(1, AreaId{1}, true), group_of(3, AreaId{2}, true)});
  city.run(2h);
  EXPECT_EQ(told_as_simulated(city, "noise_day:area:1"), false);
  EXPECT_EQ(told_as_simulated(city, "noise_day:simulated:area:2"), true) << "each district by those that stand in it";
}

TEST(warning_levels, of_an_exercise_are_not_what_real_stations_measure_in_the_same_place) {
  CityOfLevels city({group_of(3, AreaId{1}, false), group_of(2, AreaId{1}, true), group_of(2, AreaId{2}, false), group_of(3, AreaId{2}, true)});
  city.groups[0].value = 50;
  city.run(2h);
  EXPECT_EQ(city.keys(What::kRaise), Keys{"noise_day:simulated:area:2"}) << "two stations are none, whoever stands beside them";
}

TEST(warning_levels, of_real_stations_are_told_beside_more_simulated_ones_where_nothing_happens) {
  CityOfLevels city({group_of(3, AreaId{1}, false), group_of(20, AreaId{1}, true)});
  city.groups[1].value = 50;
  city.run(2h);
  EXPECT_EQ(city.keys(What::kRaise), Keys{"noise_day:area:1"});
  EXPECT_EQ(told_as_simulated(city, "noise_day:area:1"), false);
}

TEST(warning_levels, count_no_simulated_station_that_is_silent_or_retired) {
  CityOfLevels silent({group_of(3, AreaId{1}, false), group_of(4, AreaId{1}, true)});
  silent.groups[1].speaks = false;
  silent.run(2h);
  EXPECT_EQ(told_as_simulated(silent, "noise_day:area:1"), false);

  CityOfLevels retired({group_of(3, AreaId{1}, false), group_of(4, AreaId{1}, true)});
  for (auto& group : retired.groups) group.value = 50;
  retired.run(1h);
  for (auto const stream : retired.groups[1].streams) retired.engine.remove(stream);
  retired.groups[1].speaks = false;
  retired.groups[0].value = 72;
  retired.run(2h);
  EXPECT_EQ(told_as_simulated(retired, "noise_day:area:1"), false);
}

TEST(warning_levels, hear_stations_that_differ_in_step_and_in_delivery_together) {
  CityOfLevels hourly({{"noise", 2, 72}, {"noise_hourly", 2, 72, 1h}});
  hourly.run(4h);
  EXPECT_EQ(hourly.keys(What::kRaise), Keys{"noise_day:area:1"});

  CityOfLevels parcels({{"noise", 1, 72}, {"noise", 1, 72, kStepOfLevels, 5min}, {"noise", 1, 72, kStepOfLevels, 75min}});
  parcels.run(4h);
  EXPECT_EQ(parcels.keys(What::kRaise), Keys{"noise_day:area:1"});
}

TEST(warning_levels, stand_in_the_middle_of_all_that_are_heard_together) {
  CityOfLevels city({{"noise", 1, 120}, {"noise", 1, 50}, {"noise", 2, 50, kStepOfLevels, 5min}});
  city.run(3h);
  EXPECT_TRUE(city.keys(What::kRaise).empty()) << "one of four is loud";
}

TEST(warning_levels, need_three_stations_and_count_one_that_delivers_twice_once) {
  CityOfLevels city({{"noise", 1, 72}, {"noise", 1, 72, kStepOfLevels, 5min}});
  Stream again = city.engine.stream(0);
  again.datastream = DatastreamId{900};
  again.channel = "noise_hourly";
  again.interval = 1h;
  city.groups.push_back({"noise_hourly", 0, 72, 1h, 0min, AreaId{1}, true, false, {city.engine.add(again).value()}});
  city.run(4h);
  EXPECT_TRUE(city.keys(What::kRaise).empty());
}

TEST(warning_levels, wait_for_nobody_where_enough_deliver_at_once) {
  CityOfLevels city({{"noise", 3, 72}, {"noise", 2, 72, kStepOfLevels, 75min}});
  city.run(1h);
  EXPECT_EQ(city.keys(What::kRaise), Keys{"noise_day:area:1"});
}

TEST(warning_levels, feel_heat_with_humidity_that_comes_at_another_pace) {
  CityOfLevels late_humidity({{"temperature", 3, 36}, {"humidity", 3, 65, kStepOfLevels, 5min}});
  late_humidity.run(2h);
  EXPECT_EQ(late_humidity.keys(What::kRaise), Keys{"heat:area:1"});

  CityOfLevels late_warmth({{"temperature", 3, 36, kStepOfLevels, 5min}, {"humidity", 3, 65}});
  late_warmth.run(2h);
  EXPECT_EQ(late_warmth.keys(What::kRaise), Keys{"heat:area:1"});
}

TEST(warning_levels, call_a_city_what_its_districts_are_at_several_paces) {
  std::vector<Group> groups;
  for (int area = 1; area <= 4; ++area)
    groups.push_back({"noise", 3, 72, kStepOfLevels, area <= 2 ? Millis{0} : Millis{5min}, AreaId{area}});
  CityOfLevels city(groups);
  city.run(3h);
  auto const raised = city.keys(What::kRaise);
  EXPECT_EQ(std::ranges::count(raised, "noise_day:city"), 1);
  for (auto& group : city.groups) group.value = 50;
  city.run(3h);
  auto over = city.keys(What::kClear);
  EXPECT_EQ(std::ranges::count(over, "noise_day:city"), 1);
  EXPECT_EQ(over.size(), raised.size());
}

TEST(warning_levels, see_haze_by_few_stations_at_each_of_two_paces) {
  CityOfLevels town({{"pm25", 3, 90}, {"pm25", 3, 90, kStepOfLevels, 5min}});
  town.run(2h);
  EXPECT_EQ(town.keys(What::kRaise), Keys{"pm25_haze:city"});
}

TEST(warning_levels, do_not_take_the_few_that_are_left_in_an_outage_for_the_city) {
  CityOfLevels city({{"pm25", 40, 10}, {"pm25", 3, 10}, {"pm25", 3, 90, kStepOfLevels, 5min}});
  city.run(2h);
  city.groups[0].speaks = false;
  city.groups[1].value = 90;
  city.run(90min);
  EXPECT_TRUE(city.keys(What::kRaise).empty());
}

TEST(warning_levels, end_as_unheard_where_values_have_come_with_too_many_gaps_for_hours) {
  CityOfLevels city({{"pm25", 4, 90}, {"pm25", 4, 90}});
  city.run(2h);
  ASSERT_EQ(city.keys(What::kRaise), Keys{"pm25_haze:city"});
  auto const patchy = [&city](Millis how_long) {
    for (auto const until = city.step + how_long / kStepOfLevels; city.step < until;) {
      city.groups[1].speaks = city.step % 2 == 0;
      city.run(kStepOfLevels);
    }
  };
  patchy(1h);
  EXPECT_TRUE(city.keys(What::kClear).empty());
  patchy(3h);
  ASSERT_EQ(city.keys(What::kClear), Keys{"pm25_haze:city"});
  auto const over = std::ranges::find(city.findings, What::kClear, &Finding::what);
  EXPECT_EQ(over->over, Finding::Over::kSilent);
}

TEST(warning_levels, borrow_no_value_from_outside_their_hours) {
  CityOfLevels city({{"noise_hourly", 3, 64, 1h}});  // by day, until ten in the evening
  city.run(13h);
  city.groups[0].speaks = false;
  city.run(4h);
  EXPECT_EQ(std::ranges::count(city.keys(What::kRaise), "noise_night:area:1"), 0);

  CityOfLevels loud({{"noise_hourly", 3, 64, 1h}});
  loud.run(16h);
  EXPECT_EQ(std::ranges::count(loud.keys(What::kRaise), "noise_night:area:1"), 1) << "where it is as loud by night";
}

}  // namespace
}  // namespace madang::sensing::warning
