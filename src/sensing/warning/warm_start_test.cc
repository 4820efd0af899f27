// How far what was told before a restart reaches, by the time of its values.
#include "sensing/warning/warm_start.h"

#include <gtest/gtest.h>

#include "sensing/test_city.h"
#include "sensing/warning/rules.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

Instant const kNoon = *parse_instant("2026-11-26T03:00:00Z");

/// Of a gateway that delivers an hour late: the newest value is of noon, and at one it was reported gone.
situations::Situation reported_late() {
  situations::Situation s;
  s.signal.facts.quantities.push_back({.part = "a", .channel = "pm25"});
  s.signal.facts.quantities.back().at = kNoon - 2min;
  s.signal.evidence.streams.emplace_back();
  s.signal.evidence.streams.back().values = {{kNoon - 4min, 30}, {kNoon, 25}};
  s.seen_at = kNoon + 58min;
  s.clear_since = kNoon + 60min;
  return s;
}

TEST(warm_start, takes_for_the_end_of_what_was_told_the_time_of_its_values) {
  EXPECT_EQ(shown_until(reported_late()), kNoon) << "what rises there half an hour later is new";
}

TEST(warm_start, takes_for_the_end_of_what_was_told_no_later_time_than_the_report) {
  auto s = reported_late();
  s.signal.evidence.streams.back().values.back().time = kNoon + 24h;
  EXPECT_EQ(shown_until(s), kNoon + 60min) << "a clock may be ahead";
  s.state = situations::State::kResolved;
  s.ended_by = situations::End::kUnheard;
  EXPECT_EQ(shown_until(s), kNoon + 58min) << "nobody measured that it was over";
  s.signal.evidence.streams.clear();
  s.signal.facts.quantities.clear();
  EXPECT_EQ(shown_until(s), kNoon + 58min);
}

TEST(warm_start, knows_what_each_sensor_can_say_at_most_in_the_unit_of_the_rules) {
  TestCity city;
  auto thing = city.station("N1", kWest, {});
  auto warm = city.datastream("temperature");
  warm.datastream.unit = {"degree Fahrenheit", "°F", ""};
  warm.sensor.channels = {{"temperature", 1, 0, -40, 185, {}, true}};
  thing.datastreams = {warm, city.datastream("no2")};
  ASSERT_TRUE(city.city->add_thing(thing));
  Engine engine{shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}};
  StreamNumbers numbers;
  ASSERT_TRUE(add_streams(*city.city, engine, numbers));
  auto const most = [&](std::string_view channel) { return engine.stream(numbers.at(city.stream("N1", channel))).value_most; };
  EXPECT_NEAR(most("temperature"), 85, 1e-9);
  EXPECT_EQ(most("no2"), quantity("no2")->valid_max) << "where the sensor states no range";
}

}  // namespace
}  // namespace madang::sensing::warning
