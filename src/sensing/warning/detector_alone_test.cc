// What one station shows alone, in networks of every size and pace.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>
#include <tuple>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;
using What = Finding::What;

constexpr int kSpeaking = 36;

/// Thermometers, of which the first 36 speak; the others make the network as large as it is.
struct Thermometers {
  Engine engine{shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}};
  std::vector<Finding> findings;
  Millis step;
  int now = 0;

  Thermometers(Millis length, int streams) : step(length) {
    for (int i = 0; i < streams; ++i) {
      Stream s;
      s.datastream = DatastreamId{100 + i};
      s.thing = ThingId{1 + i};
      s.channel = "temperature";
      s.interval = length;
      s.place = {37.5 + i / 200 * 0.0036, 127 + i % 200 * 0.0045};
      s.placed = true;
      EXPECT_TRUE(engine.add(s).has_value());
    }
  }
  /// The first one shows more and more, up to `more_most`.
  void run(int steps, double more_by_step, double more_most) {
    for (int n = 1; n <= steps; ++n, ++now) {
      Instant const when = kStart + step * now;
      for (int i = 0; i < kSpeaking; ++i) {
        double const more = i == 0 ? std::min(more_most, more_by_step * n) : 0;
        engine.observe(static_cast<std::uint32_t>(i), when, 8 + 0.1 * tremble_(random_) + more);
      }
      for (auto& f : engine.advance(when + step)) findings.push_back(std::move(f));
    }
  }
  [[nodiscard]] std::size_t notices() const {
    std::set<std::string> keys;
    for (auto const& f : findings)
      if (f.what == What::kUnconfirmed) keys.insert(f.key);
    return keys.size();
  }
  [[nodiscard]] double threshold() const { return engine.detector("hot_spot", step)->threshold(); }

 private:
  std::mt19937 random_{7};
  std::normal_distribution<double> tremble_{0, 1};
};

Rule hot_spot() {
  auto const rules = shipped_rules().rules;
  return *std::ranges::find(rules, "hot_spot", &Rule::id);
}

struct lone_fire_of_any_city : ::testing::TestWithParam<std::tuple<Millis, int>> {};

TEST_P(lone_fire_of_any_city, of_five_degrees_is_told_as_soon_as_chance_is_ruled_out) {
  auto const [step, streams] = GetParam();
  Thermometers city(step, streams);
  city.run(150, 0, 0);
  ASSERT_TRUE(city.findings.empty());
  double const each = hot_spot().step_most - hot_spot().slack;
  // An hour after the last usual value it is less sure what is usual: a value counts for less then.
  int const doubt = step >= 60min ? 1 : 0;
  auto const needed = std::max(2, static_cast<int>(std::ceil(city.threshold() / each))) + doubt;
  city.run(needed, 5, 5);
  EXPECT_EQ(city.notices(), 1U) << "within " << needed << " values";
}

TEST_P(lone_fire_of_any_city, is_not_what_swells_as_weather_does) {
  auto const [step, streams] = GetParam();
  Thermometers city(step, streams);
  city.run(150, 0, 0);
  // From half of what is worth a word to what is dangerous alone it takes longer than nine minutes and three values.
  double const values = std::max(3.0, std::chrono::duration<double, std::milli>(10min) / step + 1);
  city.run(60, (hot_spot().excess_alone - hot_spot().excess_min / 2) / (values + 1), 5.5);
  EXPECT_EQ(city.notices(), 0U);
}

INSTANTIATE_TEST_SUITE_P(all, lone_fire_of_any_city,
                         ::testing::Combine(::testing::Values(1min, 2min, 5min, 10min, 15min, 60min),
                                            ::testing::Values(100, 850, 1'340, 1'500, 5'000, 20'000)),
                         [](auto const& p) {
                           return std::to_string(std::get<0>(p.param) / 1min) + "_minutes_" + std::to_string(std::get<1>(p.param)) + "_streams";
                         });

/// Dust, of which one station shows something alone.
struct DustCity : DrawnCity {
  DustCity() : DrawnCity("pm25") {}
  /// The air goes up and down each day, and the device shows `share` of it.
  void learn_share(double share) {
    run(4 * 720, [share](double x, double y, int step) {
      double const more = haze(step);
      return more + (x == 800 && y == 800 ? (share - 1) * (20 + more) : 0);
    });
    findings.clear();
  }
  /// A plume of so much at that station alone.
  void run_plume(int steps, double share, double plume) {
    run(steps, [=](double x, double y, int step) {
      double const more = haze(step);
      return more + (x == 800 && y == 800 ? share * plume + (share - 1) * (20 + more) : 0);
    });
  }

 private:
  static double haze(int step) { return 12 + 12 * std::sin(step * 2 * 3.14159265 / 720); }
};

TEST(lone_plume, is_not_what_swells_for_longer_than_nine_minutes) {
  DustCity city;
  city.learn();
  city.run(60, [](double x, double y, int step) { return x == 800 && y == 800 ? std::min(66.0, 3.0 * (step - 360)) : 0; });
  EXPECT_TRUE(city.keys(What::kUnconfirmed).empty());
}

TEST(lone_plume, is_told_of_a_device_that_shows_less_than_is_in_the_air) {
  DustCity city;
  city.learn_share(0.65);
  city.run_plume(3, 0.65, 64);
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 1U) << "42 of 64";
}

TEST(lone_plume, is_not_overlooked_because_an_offset_is_taken_for_a_gain) {
  DustCity city;
  auto const high = [](double plume) { return only(8 + plume, 800, 800); };
  city.run(360, high(0));
  city.findings.clear();
  city.run(3, high(56));
  EXPECT_EQ(city.keys(What::kUnconfirmed).size(), 1U);
}

TEST(lone_fire, that_cools_while_it_is_made_sure_of_is_told) {
  Thermometers city(2min, 850);
  city.run(150, 0, 0);
  ASSERT_TRUE(city.findings.empty());
  for (double const warmth : {6.2, 4.2, 3.2, 1.0}) city.run(1, warmth, warmth);
  EXPECT_EQ(city.notices(), 1U);
}

TEST(lone_fire, is_told_where_the_air_wanders_within_hours) {
  Thermometers city(2min, 850);
  double hours = 0;
  auto const wander = [&hours] { return 1.2 * std::sin((hours += 1.0 / 30) * 2 * 3.14159265 / 4); };
  for (int n = 0; n < 330; ++n) city.run(1, wander(), 2);
  EXPECT_EQ(city.notices(), 0U);
  for (double const warmth : {3.0, 6.0, 5.5, 4.3, 3.1}) city.run(1, wander() + warmth, 10);
  EXPECT_EQ(city.notices(), 1U);
}

TEST(lone_fire, is_no_value_that_is_back_at_once) {
  Thermometers city(2min, 850);
  city.run(150, 0, 0);
  for (double const warmth : {9.0, 1.0, 0.5, 0.0, 0.0}) city.run(1, warmth, warmth);
  EXPECT_EQ(city.notices(), 0U);
}

}  // namespace
}  // namespace madang::sensing::warning
