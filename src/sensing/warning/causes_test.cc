// One name while a cause lasts, and the onset that was told, whatever a restart reads again.
#include "sensing/warning/causes.h"

#include <gtest/gtest.h>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using What = Finding::What;

Finding const& newest(DrawnCity const& city, What what) {
  return *std::ranges::find(city.findings.rbegin(), city.findings.rend(), what, &Finding::what);
}

TEST(warning_causes, begin_after_a_replay_when_they_rose_and_not_with_what_was_over_before) {
  DrawnCity city("noise");
  city.usual = 50;
  city.learn();
  city.run(15, only(25, 800, 800));
  city.run(8);
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  int const again = city.now();
  city.run(6, only(25, 800, 800));
  EXPECT_LT(newest(city, What::kRaise).since, kStart + kStep * again) << "it came back soon: the same one, for who heard of it";

  city.engine.retell();
  city.run(1, only(25, 800, 800));
  EXPECT_EQ(newest(city, What::kRaise).since, kStart + kStep * again);
}

TEST(warning_causes, keep_the_name_of_before_a_restart_when_they_meet_one_that_began_earlier) {
  DrawnCity city("pm25", 12);
  city.learn();
  auto const west = cloud(60, 400, 400);
  auto const both = [&](double x, double y, int step) { return west(x, y, step) + cloud(60, 3'600, 400)(x, y, step); };
  city.run(5, west);
  city.run(4, both);
  ASSERT_EQ(city.keys(What::kRaise).size(), 2U);
  auto const& east = newest(city, What::kRaise);
  Finding const younger = city.findings.back().since > city.findings.front().since ? city.findings.back() : east;
  ASSERT_EQ(city.engine.adopt({.key = "pm25_plume:77:1", .rule = "pm25_plume", .since = younger.since, .severity = younger.severity,
                               .streams = younger.streams, .seen = younger.at}),
            Adoption::kGoesOn);
  city.findings.clear();
  city.run(6, [&](double x, double y, int step) { return both(x, y, step) + cloud(60, 2'000, 400)(x, y, step) + cloud(60, 1'200, 400)(x, y, step) + cloud(60, 2'800, 400)(x, y, step); });
  EXPECT_EQ(newest(city, What::kRaise).key, "pm25_plume:77:1");
  ASSERT_EQ(city.keys(What::kClear).size(), 1U);
  EXPECT_EQ(newest(city, What::kClear).over, Finding::Over::kJoined);
  EXPECT_NE(newest(city, What::kClear).key, "pm25_plume:77:1");
}

}  // namespace
}  // namespace madang::sensing::warning
