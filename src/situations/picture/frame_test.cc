#include "situations/picture/frame.h"

#include <gtest/gtest.h>

#include "situations/picture/areas.h"
#include "situations/picture/labels.h"

namespace madang::situations {
namespace {

constexpr PictureSize kSize{400, 300};
constexpr LatLon kPlace{37.58, 126.88};

double pixels(web::markup::Point a, web::markup::Point b) { return std::hypot(a.x - b.x, a.y - b.y); }

TEST(map_frame, puts_what_is_seen_into_the_middle_with_north_up) {
  MapFrame const frame(std::vector{kPlace}, kSize, 30, 1000);
  EXPECT_NEAR(frame.at(kPlace).x, 200, 1e-6);
  EXPECT_NEAR(frame.at(kPlace).y, 150, 1e-6);
  EXPECT_LT(frame.at({kPlace.latitude + 0.001, kPlace.longitude}).y, 150);
  EXPECT_GT(frame.at({kPlace.latitude, kPlace.longitude + 0.001}).x, 200);
}

TEST(map_frame, makes_a_metre_as_long_in_both_directions) {
  MapFrame const frame(around(kPlace, 2000), kSize, 30, 800);
  auto const places = around(kPlace, 1000);
  auto const middle = frame.at(kPlace);
  EXPECT_NEAR(pixels(middle, frame.at(places[0])) * frame.metres_per_pixel(), 1000, 1);
  EXPECT_NEAR(pixels(middle, frame.at(places[1])) * frame.metres_per_pixel(), 1000, 1);
  EXPECT_NEAR(frame.metres_per_pixel(), 4000.0 / 240, 0.01);
}

TEST(map_frame, holds_all_that_is_to_be_seen_inside_its_margin) {
  std::vector<LatLon> const seen{{37.5, 126.8}, {37.52, 127.1}, {37.61, 126.95}};
  MapFrame const frame(seen, kSize, 30, 800);
  for (auto const& place : seen) {
    auto const at = frame.at(place);
    EXPECT_TRUE(at.x >= 29.9 && at.x <= 370.1 && at.y >= 29.9 && at.y <= 270.1) << at.x << " " << at.y;
  }
}

TEST(map_frame, crosses_the_date_line) {
  MapFrame const frame(std::vector<LatLon>{{-17, 179.95}, {-17, -179.95}}, kSize, 30, 800);
  EXPECT_LT(frame.metres_per_pixel(), 50);
  EXPECT_LT(frame.at({-17, 179.95}).x, frame.at({-17, -179.95}).x);
}

TEST(map_frame, of_nothing_or_of_a_pole_is_finite) {
  EXPECT_TRUE(std::isfinite(MapFrame({}, kSize, 30, 800).at(kPlace).x));
  EXPECT_TRUE(std::isfinite(MapFrame(around({90, 0}, 500), kSize, 30, 800).at({90, 12}).x));
}

TEST(map_frame, cuts_a_ring_to_the_box) {
  GeoBox const box{.south = 0, .west = 0, .north = 10, .east = 10};
  auto const part = clipped({{-5, -5}, {-5, 5}, {5, 5}, {5, -5}, {-5, -5}}, box);
  ASSERT_EQ(part.size(), 5U);
  EXPECT_EQ(part.front(), part.back());
  auto const cut = box_of({{part}}, 5);
  EXPECT_EQ(cut.south, 0);
  EXPECT_EQ(cut.north, 5);
  EXPECT_EQ(cut.east, 5);
  EXPECT_TRUE(clipped({{20, 20}, {20, 30}, {30, 30}, {20, 20}}, box).empty());
  EXPECT_EQ(clipped({{-9, -9}, {-9, 19}, {19, 19}, {19, -9}, {-9, -9}}, box).size(), 5U);
}

TEST(map_frame, has_a_round_scale) {
  EXPECT_EQ(scale_bar(730).text, "500 m");
  EXPECT_EQ(scale_bar(2600).text, "2 km");
  EXPECT_EQ(scale_bar(1000).text, "1 km");
  EXPECT_EQ(scale_bar(0.2).metres, 1);
}

city::AreaPtr square(int level, double west, double size = 0.01) {
  city::Area area;
  area.level = level;
  area.shape = {{{{37.5, west}, {37.5, west + size}, {37.5 + size, west + size}, {37.5 + size, west}, {37.5, west}}}};
  return std::make_shared<city::Area const>(area);
}

TEST(map_areas, are_the_finest_that_are_few_enough_and_the_coarse_ones_first) {
  MapFrame const frame(std::vector<LatLon>{{37.5, 126.9}, {37.52, 127.0}}, kSize, 30, 800);
  auto const seen = areas_in({square(2, 126.91), square(1, 126.9, 0.1), square(2, 126.95), square(2, 129)}, frame);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen.front().area->level, 1);
  EXPECT_EQ(seen.back().area->level, 2);
}

TEST(map_areas, that_are_too_many_give_way_to_the_coarser_ones) {
  MapFrame const frame(std::vector<LatLon>{{37.5, 126.9}, {37.52, 127.0}}, kSize, 30, 800);
  std::vector<city::AreaPtr> all{square(1, 126.9, 0.1)};
  for (int i = 0; i < 100; ++i) all.push_back(square(2, 126.9 + i * 0.001, 0.001));
  ASSERT_EQ(areas_in(all, frame).size(), 1U);
  all.erase(all.begin());
  EXPECT_EQ(areas_in(all, frame).size(), 60U);
}

TEST(map_areas, of_endless_detail_stay_small) {
  Ring ring;
  for (int i = 0; i < 50'000; ++i) {
    double const angle = 2 * std::numbers::pi * i / 50'000;
    double const wave = 0.02 + 0.004 * std::sin(angle * 997);
    ring.push_back({37.5 + wave * std::sin(angle), 127 + wave * std::cos(angle)});
  }
  city::Area area;
  area.shape = {{ring}};
  MapFrame const frame(ring, kSize, 30, 800);
  auto const seen = outline_in(std::make_shared<city::Area const>(area), frame, 300);
  EXPECT_FALSE(seen.path.empty());
  EXPECT_LT(seen.path.size(), 5'000U);
  EXPECT_NEAR(seen.middle.x, 200, 20);
}

TEST(map_labels, never_lie_on_each_other_or_outside) {
  LabelRoom room({0, 0, 100, 100});
  EXPECT_GT(room.beside({50, 50}, 5, 30, 14)->x, 50);
  EXPECT_LT(room.beside({50, 50}, 5, 30, 14)->x, 50);
  EXPECT_FALSE(room.beside({50, 50}, 5, 60, 14));
  EXPECT_FALSE(LabelRoom({0, 0, 20, 20}).beside({10, 10}, 5, 30, 14));
}

TEST(map_labels, go_above_what_is_taken) {
  LabelRoom room({0, 0, 100, 100});
  room.reserve({40, 48, 60, 52});
  EXPECT_LT(room.over({50, 50}, 30, 10)->y, 48);
}

TEST(map_labels, are_broken_at_spaces_and_inside_words_that_are_too_long) {
  EXPECT_EQ(wrapped("one two", 10, 500), (std::vector<std::string>{"one two"}));
  auto const lines = wrapped("one two three", 10, text_width("one two ", 10));
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1], "three");
  for (auto const& line : wrapped(std::string(200, 'x'), 10, 100)) EXPECT_LE(text_width(line, 10), 100);
  EXPECT_EQ(wrapped("미세먼지", 10, 20).size(), 2U);
}

}  // namespace
}  // namespace madang::situations
