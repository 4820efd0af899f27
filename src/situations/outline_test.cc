#include "situations/outline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace madang::situations {
namespace {

Ring circle(int places, double radius, LatLon middle = {37.5, 127}) {
  Ring ring;
  for (int i = 0; i < places; ++i) {
    double const angle = 2 * std::numbers::pi * i / places;
    ring.push_back({middle.latitude + radius * std::sin(angle), middle.longitude + radius * std::cos(angle)});
  }
  ring.push_back(ring.front());
  return ring;
}

std::size_t places(std::vector<Ring> const& rings) {
  std::size_t count = 0;
  for (auto const& ring : rings) count += ring.size();
  return count;
}

TEST(outline, of_a_simple_shape_is_the_shape) {
  auto const square = Ring{{37, 126}, {37, 127}, {38, 127}, {38, 126}, {37, 126}};
  EXPECT_EQ(outline_of({{square}}, 200), std::vector<Ring>{square});
}

TEST(outline, of_many_places_stays_closed_and_within_the_limit) {
  auto const rings = outline_of({{circle(5'000, 0.1)}}, 200);
  ASSERT_EQ(rings.size(), 1u);
  EXPECT_LE(rings[0].size(), 200u);
  EXPECT_GT(rings[0].size(), 20u);
  EXPECT_EQ(rings[0].front(), rings[0].back());
}

TEST(outline, leaves_holes_out_and_puts_the_largest_first) {
  auto const rings = outline_of({{circle(50, 0.01, {36, 126})}, {circle(50, 0.2), circle(20, 0.05)}}, 200);
  ASSERT_EQ(rings.size(), 2u);
  EXPECT_NEAR(rings[0].front().latitude, 37.5, 0.3);
  EXPECT_NEAR(rings[1].front().latitude, 36, 0.1);
}

TEST(outline, of_many_islands_keeps_the_largest) {
  MultiPolygon islands;
  for (int i = 0; i < 100; ++i) islands.push_back({circle(30, 0.001 * (i + 1), {30.0 + i * 0.3, 127})});
  auto const rings = outline_of(islands, 200);
  EXPECT_LE(places(rings), 200u);
  EXPECT_NEAR(rings[0].front().latitude, 30 + 99 * 0.3, 0.2);
}

TEST(outline, closes_an_open_ring_and_skips_what_has_no_area) {
  auto const rings = outline_of({{Ring{{37, 126}, {37, 127}, {38, 127}}}, {Ring{{1, 1}, {2, 2}}}, {}}, 200);
  ASSERT_EQ(rings.size(), 1u);
  EXPECT_EQ(rings[0].size(), 4u);
  EXPECT_TRUE(outline_of({}, 200).empty());
}

}  // namespace
}  // namespace madang::situations
