#include "situations/reach.h"

#include <gtest/gtest.h>

#include <cmath>

namespace madang::situations {
namespace {

/// A square of about 1.1 km by 0.9 km with a hole in its middle, and a small one far in the east.
MultiPolygon ground() {
  auto const square = [](LatLon corner, double size) {
    auto const [lat, lon] = corner;
    return Ring{{lat, lon}, {lat, lon + size}, {lat + size, lon + size}, {lat + size, lon}, {lat, lon}};
  };
  return {{square({37.50, 127.00}, 0.01), square({37.504, 127.004}, 0.002)}, {square({37.50, 127.10}, 0.001)}};
}

TEST(reach, is_nothing_inside_and_the_way_to_the_border_elsewhere) {
  EXPECT_EQ(metres_to(ground(), {37.501, 127.001}), 0);
  EXPECT_EQ(metres_to(ground(), {37.5005, 127.1005}), 0) << "in its other part";
  EXPECT_NEAR(metres_to(ground(), {37.509, 126.99}), 882, 3);
  EXPECT_NEAR(metres_to(ground(), {37.505, 127.005}), 88, 2) << "in its hole";
  EXPECT_TRUE(std::isinf(metres_to({}, {37.5, 127})));
}

TEST(reach, across_is_the_way_to_the_farthest_corner) {
  EXPECT_NEAR(metres_across(ground(), {37.50, 127.00}), 8911, 5);
  EXPECT_EQ(metres_across({}, {37.5, 127}), 0);
}

}  // namespace
}  // namespace madang::situations
