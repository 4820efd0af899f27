// An engine that takes another one's place, because rules or paces of delivery have changed, knows what that one knew.
#include <gtest/gtest.h>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;
using What = Finding::What;

/// Temperatures: devices differ by half a degree and tremble by a tenth.
struct RebuiltCity : DrawnCity {
  explicit RebuiltCity(Millis lateness = {}) : DrawnCity("temperature", 6, shipped_rules(), 0.12, lateness) { usual = 8; }
};

Field2 warm_middle(double degrees) {
  return [=](double x, double y, int) { return x == 800 && y == 800 ? degrees : 0; };
}

/// Reads the shown past of `before` again, as a server does that starts.
void replay(DrawnCity const& before, Engine& engine) {
  std::vector<std::tuple<Instant, std::uint32_t, double>> values;
  for (std::uint32_t i = 0; i < before.engine.size(); ++i)
    for (auto const& v : before.engine.recent(i)) values.emplace_back(v.time, i, v.value);
  std::ranges::sort(values);
  for (auto const& [when, stream, value] : values) {
    engine.advance(when);
    engine.observe(stream, when, value);
  }
  engine.advance(kStart + kStep * before.now());
  engine.mark_open_unreported();
}

/// One more step of all stations, judged by the engine that took the place.
std::vector<Finding> next_step(DrawnCity& before, Engine& engine, Field2 const& excess, Millis wait) {
  Instant const when = kStart + kStep * before.now();
  for (int i = 0; i < 36; ++i) {
    double const more = excess ? excess(before.x(i), before.y(i), before.now()) : 0;
    engine.observe(static_cast<std::uint32_t>(i), when, before.next_value(i, more));
  }
  return engine.advance(when + kStep + wait);
}

struct paces : ::testing::TestWithParam<Millis> {};

TEST_P(paces, keep_what_is_usual_for_a_station) {
  RebuiltCity before;
  before.learn(1'000);
  RebuiltCity after(GetParam());
  EXPECT_TRUE(after.engine.inherit(before.engine));
  replay(before, after.engine);
  auto const* was = before.engine.detector("hot_spot", kStep);
  auto const* is = after.engine.detector("hot_spot", kStep);
  EXPECT_EQ(is->knowledge().known, 36U);
  for (std::uint32_t i = 0; i < 36; ++i) {
    EXPECT_NEAR(is->expectation(i).expected, was->expectation(i).expected, 0.1);
    EXPECT_NEAR(is->expectation(i).deviation, was->expectation(i).deviation, 1e-3);
  }
}

TEST_P(paces, confirm_by_the_next_value_what_one_value_has_begun_to_show) {
  RebuiltCity before;
  before.learn();
  before.run(1, warm_middle(6));
  ASSERT_TRUE(before.findings.empty());
  RebuiltCity after(GetParam());
  ASSERT_TRUE(after.engine.inherit(before.engine));
  replay(before, after.engine);
  auto const found = next_step(before, after.engine, warm_middle(6), GetParam());
  EXPECT_EQ(std::ranges::count(found, What::kUnconfirmed, &Finding::what), 1);
}

TEST_P(paces, do_not_count_a_value_twice_that_is_read_again) {
  RebuiltCity before;
  before.learn();
  before.run(1, warm_middle(25));
  RebuiltCity after(GetParam());
  ASSERT_TRUE(after.engine.inherit(before.engine));
  replay(before, after.engine);
  EXPECT_TRUE(next_step(before, after.engine, {}, GetParam()).empty());
}

INSTANTIATE_TEST_SUITE_P(engine_inherit, paces, ::testing::Values(Millis{0}, Millis{5min}),
                         [](auto const& p) { return p.param > Millis{0} ? "late" : "at_once"; });

/// `is` takes the place of `was`, which has told this.
void take_over(DrawnCity const& city, Engine const& was, Engine& is, Finding const& told) {
  ASSERT_TRUE(is.inherit(was));
  replay(city, is);
  ASSERT_EQ(is.adopt({.key = told.key, .rule = "pm25_plume", .since = told.since, .severity = told.severity, .streams = told.streams, .seen = told.at}),
            Adoption::kGoesOn);
}

TEST(engine_inherit, ends_what_is_back_however_often_all_is_judged_anew) {
  DrawnCity city("pm25"), once("pm25"), twice("pm25");
  city.learn();
  city.run(10, cloud(90, 800, 800));
  Finding const told = *std::ranges::find(city.findings.rbegin(), city.findings.rend(), What::kRaise, &Finding::what);
  city.run(3);
  take_over(city, city.engine, once.engine, told);
  EXPECT_EQ(std::ranges::count(next_step(city, once.engine, {}, {}), What::kClear, &Finding::what), 0);
  city.run(1);
  take_over(city, once.engine, twice.engine, told);
  EXPECT_EQ(std::ranges::count(next_step(city, twice.engine, {}, {}), What::kClear, &Finding::what), 1) << "the fifth usual value of all";
}

TEST(engine_inherit, does_not_count_the_end_of_a_cause_anew) {
  DrawnCity before("pm25");
  before.learn();
  auto const broken = only(60, 800, 800);
  before.run(10, [&](double x, double y, int step) { return cloud(90, 800, 800)(x, y, step) + broken(x, y, step); });
  before.run(13, broken);
  Finding const told = *std::ranges::find(before.findings.rbegin(), before.findings.rend(), What::kRaise, &Finding::what);
  ASSERT_TRUE(before.keys(What::kClear).empty()) << "one holds it alone, not for long enough yet";

  DrawnCity after("pm25");
  take_over(before, before.engine, after.engine, told);
  bool over = false;
  for (int n = 0; n < 12 && !over; ++n) {
    auto const found = next_step(before, after.engine, broken, {});
    over = std::ranges::count(found, What::kClear, &Finding::what) > 0;
    before.run(1, broken);
  }
  EXPECT_TRUE(over) << "within twenty minutes since all others were back, not within those after the rebuild or a day";
}

TEST(engine_inherit, knows_nothing_of_a_rule_that_has_changed_and_says_so) {
  RebuiltCity before;
  before.learn();
  auto rules = shipped_rules();
  for (auto& rule : rules.rules)
    if (rule.id == "hot_spot") rule.excess_min = 7;
  DrawnCity after("temperature", 6, rules, 0.12);
  EXPECT_FALSE(after.engine.inherit(before.engine));
  EXPECT_EQ(after.engine.detector("hot_spot", kStep)->knowledge().known, 0U);
}

TEST(engine_inherit, knows_nothing_of_a_stream_that_is_new_and_says_so) {
  RebuiltCity before;
  before.learn();
  RebuiltCity after;
  Stream s = after.engine.stream(0);
  s.datastream = DatastreamId{999};
  s.thing = ThingId{999};
  ASSERT_TRUE(after.engine.add(s).has_value());
  EXPECT_FALSE(after.engine.inherit(before.engine));
}

}  // namespace
}  // namespace madang::sensing::warning
