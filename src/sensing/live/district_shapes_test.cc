#include "sensing/live/district_shapes.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace madang::sensing {
namespace {

city::Area square(std::int64_t id, double west) {
  Ring const ring{{0, west}, {0, west + 1}, {1, west + 1}, {1, west}, {0, west}};
  city::Area area;
  area.id = AreaId{id};
  area.shape = {{ring}};
  return area;
}

TEST(district_shapes, share_one_frame_with_north_up) {
  auto const left = square(1, 0);
  auto const right = square(2, 1);
  std::array<city::Area const*, 2> const areas{&left, &right};

  auto const drawn = draw_districts(areas, 200);

  EXPECT_EQ(drawn.width, 200);
  EXPECT_NEAR(drawn.height, 100, 1);
  ASSERT_EQ(drawn.shapes.size(), 2u);
  EXPECT_EQ(drawn.shapes[0].path, "M0 100L100 100L100 0L0 0Z");
  EXPECT_EQ(drawn.shapes[1].path, "M100 100L200 100L200 0L100 0Z");
  EXPECT_EQ(drawn.shapes[1].x, 150);
  EXPECT_EQ(drawn.shapes[1].y, 50);
}

TEST(district_shapes, leave_out_points_that_nobody_would_see) {
  Ring circle;
  for (int i = 0; i <= 3600; ++i) {
    double const turn = radians(i / 10.0);
    circle.push_back({std::sin(turn), std::cos(turn)});
  }
  city::Area area;
  area.id = AreaId{1};
  area.shape = {{circle}};
  std::array<city::Area const*, 1> const areas{&area};

  auto const drawn = draw_districts(areas, 300);

  ASSERT_EQ(drawn.shapes.size(), 1u);
  EXPECT_LT(drawn.shapes[0].path.size(), 500u);
  EXPECT_GT(drawn.shapes[0].path.size(), 100u);
}

TEST(district_shapes, of_no_areas_draw_nothing) { EXPECT_EQ(draw_districts({}, 300).width, 0); }

}  // namespace
}  // namespace madang::sensing
