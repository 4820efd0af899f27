#include "evaluation/signals/trip_score.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace madang::evaluation::signals {
namespace {

constexpr std::array<double, 4> kFour{4, 1, 3, 2};

TEST(trip_score, adds_the_wait_before_departure_to_the_time_lost) {
  std::array<Trip, 2> const trips{Trip{.type = "car", .time_loss = 10, .depart_delay = 5}, Trip{.type = "car", .time_loss = 30, .depart_delay = 15}};
  EXPECT_DOUBLE_EQ(score_trips(trips, {}).all.delay, 30);
}

TEST(trip_score, counts_who_never_found_room_among_those_delayed_but_not_among_those_on_the_road) {
  std::array<Trip, 2> const trips{Trip{.type = "car", .time_loss = 10, .waiting = 8, .stops = 2},
                                  Trip{.type = "car", .depart_delay = 90, .inserted = false, .arrived = false}};
  auto const score = score_trips(trips, {});
  EXPECT_DOUBLE_EQ(score.all.delay, 50);
  EXPECT_DOUBLE_EQ(score.all.waiting, 8);
  EXPECT_DOUBLE_EQ(score.all.stops, 2);
  EXPECT_EQ(score.never, 1U);
  EXPECT_EQ(score.inserted, 1U);
  EXPECT_EQ(score.completed, 1U);
}

TEST(trip_score, counts_who_is_still_on_the_road_as_inserted_only) {
  std::array<Trip, 1> const trips{Trip{.type = "car", .arrived = false}};
  auto const score = score_trips(trips, {});
  EXPECT_EQ(score.inserted, 1U);
  EXPECT_EQ(score.completed, 0U);
  EXPECT_EQ(score.never, 0U);
}

TEST(trip_score, keeps_buses_and_each_type_apart) {
  std::array<Trip, 3> const trips{Trip{.type = "car", .time_loss = 10}, Trip{.type = "line", .time_loss = 40}, Trip{.type = "line", .time_loss = 60}};
  auto const score = score_trips(trips, {"line"});
  EXPECT_EQ(score.buses.vehicles, 2U);
  EXPECT_DOUBLE_EQ(score.buses.delay, 50);
  EXPECT_DOUBLE_EQ(score.by_type.at("car").delay, 10);
  EXPECT_EQ(score.by_type.at("line").vehicles, 2U);
}

TEST(trip_score, of_nobody_is_zero) {
  auto const score = score_trips({}, {});
  EXPECT_EQ(score.all.vehicles, 0U);
  EXPECT_EQ(score.all.delay, 0);
}

TEST(standing_vehicle, is_on_the_same_lane_within_a_cars_length) {
  Standpoints const earlier{{"still", {"a", 10}}, {"crept", {"a", 20}}, {"moved", {"a", 30}}, {"turned", {"a", 40}}, {"left", {"a", 50}}};
  Standpoints const later{{"still", {"a", 10}}, {"crept", {"a", 24.9}}, {"moved", {"a", 35.1}}, {"turned", {"b", 40}}, {"came", {"a", 50}}};
  EXPECT_EQ(count_standing(earlier, later), 2U);
}

TEST(gridlock, begins_with_ten_vehicles_that_do_not_move_up) {
  EXPECT_FALSE(is_gridlocked(9));
  EXPECT_TRUE(is_gridlocked(10));
}

TEST(spread, gives_mean_median_and_what_nine_tenths_do_not_exceed) {
  auto const spread = spread_of({kFour.begin(), kFour.end()});
  EXPECT_DOUBLE_EQ(spread.mean, 2.5);
  EXPECT_DOUBLE_EQ(spread.median, 2.5);
  EXPECT_DOUBLE_EQ(spread.p90, 4);
  EXPECT_NEAR(spread.deviation, 1.2909944487, 1e-9);
}

TEST(spread, takes_the_ninth_of_ten) {
  EXPECT_DOUBLE_EQ(spread_of({1, 2, 3, 4, 5, 6, 7, 8, 9, 100}).p90, 9);
}

TEST(spread, of_one_value_has_no_deviation) {
  auto const spread = spread_of({7});
  EXPECT_EQ(spread.median, 7);
  EXPECT_EQ(spread.p90, 7);
  EXPECT_EQ(spread.deviation, 0);
}

TEST(spread, of_nothing_is_no_number) {
  EXPECT_TRUE(std::isnan(spread_of({}).mean));
}

}  // namespace
}  // namespace madang::evaluation::signals
