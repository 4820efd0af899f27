// What people are told at the end of a cause: never that it is over while a station still measures some of it.
#include <gtest/gtest.h>

#include "sensing/warning/test_watched_city.h"

namespace madang::sensing::warning {
namespace {

using Ended = std::vector<std::pair<std::string, situations::End>>;

TEST(reporter_threads, says_at_the_end_that_one_station_still_shows_it_and_not_that_it_is_over) {
  WatchedCity city;
  city.watch_usual();
  city.more[12] = city.more[13] = 45;
  city.run(10, 0);
  ASSERT_EQ(city.keys().size(), 1U);
  auto const key = *city.keys().begin();
  city.more.erase(13);
  city.run(20, 0);
  EXPECT_TRUE(city.cleared().empty());
  EXPECT_EQ(city.ended(), (Ended{{key, situations::End::kUnconfirmed}}));
  city.ingest->stop();
}

TEST(reporter_threads, remembers_to_the_end_of_a_cause_that_one_station_still_shows_a_part_of_it) {
  WatchedCity city(true);
  city.watch_usual();
  city.more[12] = city.more[13] = 25;
  city.run(10, 0);
  ASSERT_EQ(city.keys().size(), 1U);
  auto const key = *city.keys().begin();
  city.more_dust[13] = -50;
  city.run(20, 0);
  EXPECT_TRUE(city.ended().empty()) << "PM2.5 is confirmed still";
  city.more.clear();
  city.more_dust = {{12, 50}};
  city.run(10, 0);
  EXPECT_TRUE(city.cleared().empty()) << "PM10 is where it was";
  EXPECT_EQ(city.ended(), (Ended{{key, situations::End::kUnconfirmed}}));
  city.ingest->stop();
}

TEST(reporter_threads, remembers_over_other_rules_that_one_station_still_shows_a_part) {
  WatchedCity city(true);
  city.watch_usual();
  city.more[12] = city.more[13] = 25;
  city.run(10, 0);
  city.more_dust[13] = -50;
  city.run(20, 0);
  ASSERT_EQ(city.keys().size(), 1U);
  auto const key = *city.keys().begin();
  auto rules = shipped_rules();
  ++rules.version;
  city.warning->use(rules);
  city.run(2, 0);
  city.more.clear();
  city.more_dust = {{12, 50}};
  city.run(10, 0);
  EXPECT_TRUE(city.cleared().empty()) << "PM10 is where it was";
  EXPECT_EQ(city.ended(), (Ended{{key, situations::End::kUnconfirmed}}));
  city.ingest->stop();
}

TEST(reporter_threads, knows_after_a_restart_by_the_timeline_that_one_station_still_shows_a_part) {
  KeptCity city(true);
  city.watch_usual();
  city.more[12] = city.more[13] = 25;
  city.run(10, 0);
  city.more_dust[13] = -50;
  city.run(20, 0);
  city.restart_all();
  city.more.clear();
  city.more_dust = {{12, 50}};
  city.run(10, 0);
  auto const told = city.plumes(false);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front()->ended_by, situations::End::kUnconfirmed) << "PM10 is where it was";
  city.ingest->stop();
}

TEST(reporter_threads, says_as_usual_where_the_rest_is_measured_back_and_a_part_says_what_it_said_all_day) {
  WatchedCity city(true);
  city.watch_usual();
  city.more_dust[12] = city.more_dust[13] = 50;
  city.run(500, 0);
  ASSERT_EQ(city.keys().size(), 1U);
  auto const key = *city.keys().begin();
  city.more[12] = city.more[13] = 25;
  city.more_dust.clear();
  city.run(245, 0);
  EXPECT_TRUE(city.ended().empty()) << "PM2.5 rose later";
  city.more.clear();
  city.more_dust = {{12, 50}, {13, 50}};
  city.run(10, 0);
  EXPECT_TRUE(city.cleared().empty()) << "PM10 is where it was";
  EXPECT_EQ(city.ended(), (Ended{{key, situations::End::kUsual}}));
  city.ingest->stop();
}

}  // namespace
}  // namespace madang::sensing::warning
