#include "sensing/warning/level_mean.h"

#include <gtest/gtest.h>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

TEST(level_mean, averages_sound_as_energy) {
  LevelMean mean(30min, 60, true);
  mean.add(0, 40);
  mean.add(1, 70);
  EXPECT_NEAR(mean.at(1).value(), 67.0, 0.01);
}

TEST(level_mean, is_none_of_less_than_three_quarters_of_its_time) {
  LevelMean mean(2min, 60, false);
  for (int n = 0; n < 22; ++n) mean.add(n, 10);
  EXPECT_FALSE(mean.at(29).has_value());
  mean.add(29, 10);
  EXPECT_EQ(mean.at(29), 10.0);
}

TEST(level_mean, leaves_out_what_is_older_than_its_time) {
  LevelMean mean(2min, 60, false);
  for (int n = 0; n < 30; ++n) mean.add(n, 100);
  for (int n = 30; n < 60; ++n) mean.add(n, 10);
  EXPECT_EQ(mean.at(59), 10.0);
}

/// Nine stations of one district that say `level` at each step from 20:00 local on; what is found, with its time.
std::vector<Finding> evening(std::string const& zone, Instant from, Millis step, int steps, std::function<double(Instant)> const& level) {
  Engine engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone(zone)});
  for (int i = 0; i < 9; ++i) {
    Stream s;
    s.thing = ThingId{i + 1};
    s.channel = "noise";
    s.area = AreaId{1};
    s.interval = step;
    EXPECT_TRUE(engine.add(s).has_value());
  }
  std::vector<Finding> found;
  for (int n = 0; n < steps; ++n) {
    Instant const when = from + step * n;
    for (std::uint32_t i = 0; i < 9; ++i) engine.observe(i, when, level(when) + 0.01 * i + 0.001 * (n % 7));
    for (auto& f : engine.advance(when + step))
      if (f.key == "noise_night:area:1") found.push_back(std::move(f));
  }
  return found;
}

TEST(night_level, judges_no_value_of_before_the_night) {
  // Seoul: 22:00 is 13:00 UTC. Loud until then, quiet afterwards.
  Instant const night = *parse_instant("2026-11-23T13:00:00Z");
  auto const found = evening("Asia/Seoul", night - 2h, 2min, 120, [&](Instant t) { return t < night ? 64.0 : 45.0; });
  EXPECT_TRUE(found.empty());
}

TEST(night_level, is_told_when_the_night_itself_is_loud_and_ends_with_it) {
  Instant const night = *parse_instant("2026-11-23T13:00:00Z");
  auto const found = evening("Asia/Seoul", night - 2h, 2min, 60 + 241 + 30, [&](Instant) { return 58.0; });
  ASSERT_FALSE(found.empty());
  EXPECT_GE(found.front().at, night + 44min);
  EXPECT_LE(found.front().at, night + 60min);
  EXPECT_EQ(found.back().what, Finding::What::kClear);
  EXPECT_NEAR(static_cast<double>((found.back().at - night) / 1min), 480, 4);
}

TEST(night_level, of_no_hours_is_never_judged) {
  RuleSet rules = shipped_rules();
  std::erase_if(rules.rules, [](Rule const& rule) { return rule.id != "noise_night"; });
  rules.rules.front().hour_from = rules.rules.front().hour_to = 22;
  DrawnCity city("noise", 3, rules);
  city.usual = 90;
  city.run(720);
  EXPECT_TRUE(city.findings.empty());
}

TEST(night_level, leaves_out_an_hour_that_is_half_day_in_zones_of_half_hours) {
  // Kolkata: 22:00 is 16:30 UTC, so the step of 16:00 UTC is half of the day. Loud in it, quiet afterwards.
  Instant const mixed = *parse_instant("2026-11-23T16:00:00Z");
  auto const found = evening("Asia/Kolkata", mixed - 4h, 1h, 9, [&](Instant t) { return t <= mixed ? 70.0 : 45.0; });
  EXPECT_TRUE(found.empty());
}

}  // namespace
}  // namespace madang::sensing::warning
