#include "core/geo.h"

#include <gtest/gtest.h>

#include <limits>

namespace madang {
namespace {

constexpr LatLon kCityHall{37.5663, 126.9779};

TEST(distance_metres, is_zero_at_the_same_place) { EXPECT_EQ(distance_metres(kCityHall, kCityHall), 0); }

TEST(distance_metres, measures_a_degree_of_latitude) {
  EXPECT_NEAR(distance_metres({0, 0}, {1, 0}), 111'195, 1);
  EXPECT_NEAR(distance_metres({0, 0}, {0, 1}), 111'195, 1);
  EXPECT_NEAR(distance_metres({60, 0}, {60, 1}), 55'597, 5);
}

TEST(distance_metres, is_the_same_both_ways) {
  LatLon const busan{35.1796, 129.0756};
  EXPECT_DOUBLE_EQ(distance_metres(kCityHall, busan), distance_metres(busan, kCityHall));
  EXPECT_NEAR(distance_metres(kCityHall, busan), 325'000, 1'500);
}

TEST(distance_metres, crosses_the_date_line_the_short_way) { EXPECT_NEAR(distance_metres({0, 179.5}, {0, -179.5}), 111'195, 1); }

TEST(distance_metres, holds_at_the_other_end_of_the_earth) {
  EXPECT_NEAR(distance_metres({0, 0}, {0, 180}), kEarthRadius * std::numbers::pi, 1);
  EXPECT_NEAR(distance_metres({90, 0}, {-90, 0}), kEarthRadius * std::numbers::pi, 1);
}

TEST(is_on_earth, refuses_swapped_and_broken_coordinates) {
  EXPECT_TRUE(is_on_earth(kCityHall));
  EXPECT_TRUE(is_on_earth({-90, 180}));
  EXPECT_FALSE(is_on_earth({126.9779, 37.5663}));
  EXPECT_FALSE(is_on_earth({0, 180.1}));
  EXPECT_FALSE(is_on_earth({std::numeric_limits<double>::quiet_NaN(), 0}));
  EXPECT_FALSE(is_on_earth({0, std::numeric_limits<double>::infinity()}));
}

}  // namespace
}  // namespace madang
