#include "city/area_index.h"

#include <gmock/gmock.h>

#include "city/geometry.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;

Ring square(double south, double west, double side) {
  return {{south, west}, {south, west + side}, {south + side, west + side}, {south + side, west}, {south, west}};
}

std::shared_ptr<Area const> area(std::int64_t id, int level, MultiPolygon shape) {
  Area made;
  made.id = AreaId{id};
  made.code = std::to_string(id);
  made.level = level;
  made.shape = std::move(shape);
  return std::make_shared<Area const>(std::move(made));
}

TEST(area_index, knows_nothing_when_it_is_empty) {
  EXPECT_EQ(AreaIndex{}.at({37, 127}), AreaId{});
  EXPECT_EQ(AreaIndex{}.find(AreaId{1}), nullptr);
}

TEST(area_index, prefers_the_deepest_level_and_then_the_smallest) {
  AreaIndex const index({area(1, 1, {{square(0, 0, 10)}}), area(2, 2, {{square(2, 2, 6)}}),
                         area(3, 2, {{square(3, 3, 1)}})});
  EXPECT_EQ(index.at({1, 1}), AreaId{1});
  EXPECT_EQ(index.at({6, 6}), AreaId{2});
  EXPECT_EQ(index.at({3.5, 3.5}), AreaId{3});
  EXPECT_EQ(index.at({3.5, 3.5}, 1), AreaId{1});
  EXPECT_EQ(index.at({11, 1}), AreaId{});
}

TEST(area_index, sees_holes_and_islands) {
  AreaIndex const index({area(1, 1, {{square(0, 0, 10), square(4, 4, 2)}, {square(20, 20, 1)}})});
  EXPECT_EQ(index.at({5, 5}), AreaId{});
  EXPECT_EQ(index.at({3, 5}), AreaId{1});
  EXPECT_EQ(index.at({20.5, 20.5}), AreaId{1});
  EXPECT_EQ(index.at({15, 15}), AreaId{});
}

TEST(area_index, gives_a_point_on_a_shared_border_to_exactly_one) {
  AreaIndex const index({area(1, 1, {{square(0, 0, 1)}}), area(2, 1, {{square(0, 1, 1)}}),
                         area(3, 1, {{square(1, 0, 1)}}), area(4, 1, {{square(1, 1, 1)}})});
  EXPECT_EQ(index.at({0.5, 1}), AreaId{2});
  EXPECT_EQ(index.at({1, 0.5}), AreaId{3});
  EXPECT_EQ(index.at({1, 1}), AreaId{4});
}

TEST(geometry, leaves_a_valid_shape_as_it_is) {
  MultiPolygon const shape = {{square(0, 0, 1)}};
  EXPECT_EQ(repaired(shape), shape);
}

TEST(geometry, cuts_a_bow_tie_in_two) {
  MultiPolygon const bow_tie = {{{{0, 0}, {1, 1}, {1, 0}, {0, 1}, {0, 0}}}};
  auto const shape = repaired(bow_tie);
  ASSERT_TRUE(shape) << shape.error().sentence;
  EXPECT_EQ(shape->size(), 2u);
  EXPECT_TRUE(contains(*shape, {0.9, 0.5}));
  EXPECT_FALSE(contains(*shape, {0.5, 0.9}));
}

TEST(geometry, refuses_a_shape_without_an_area) {
  MultiPolygon const line = {{{{0, 0}, {1, 1}, {0, 0}, {0, 0}}}};
  auto const shape = repaired(line);
  ASSERT_FALSE(shape);
  EXPECT_THAT(shape.error().sentence, HasSubstr("cannot be repaired"));
}

TEST(geometry, finds_a_point_inside_even_a_horseshoe) {
  MultiPolygon const horseshoe = {
      {{{0, 0}, {0, 10}, {10, 10}, {10, 9}, {1, 9}, {1, 1}, {10, 1}, {10, 0}, {0, 0}}}};
  auto const inside = interior_point(horseshoe);
  ASSERT_TRUE(inside);
  EXPECT_TRUE(contains(horseshoe, *inside));
}

}  // namespace
}  // namespace madang::city
