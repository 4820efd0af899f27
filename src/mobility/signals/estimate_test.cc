#include "mobility/signals/estimate.h"

#include <gtest/gtest.h>

namespace madang::mobility::signals {
namespace {

/// One lane with two areas of 25 m, a loop at the stop line and one before the areas, and two ways with a loop behind each.
class estimate : public testing::Test {
 protected:
  enum : SensorIndex { kNear, kFar, kStop, kEntrance, kLeftLoop, kRightLoop, kLeftArea, kSensors };
  static Site one_lane() {
    Site site;
    site.sensors.resize(kSensors);
    Approach lane{.lane = "a", .reach = 50, .cells = {{.sensor = kNear, .near = 0, .far = 25}, {.sensor = kFar, .near = 25, .far = 50}}, .stop_loop = kStop,
                  .entrance_loops = {kEntrance}, .ways = {{.group = 0, .exit = 0, .share = 0.5F, .gives_way_to = {}}, {.group = 1, .exit = 1, .share = 0.5F, .gives_way_to = {}}}};
    site.approaches.push_back(lane);
    site.exits = {{.lane = "left", .areas = {kLeftArea}, .room = 4, .loops = {kLeftLoop}}, {.lane = "right", .areas = {}, .room = 4, .loops = {kRightLoop}}};
    return site;
  }
  void update(int seconds = 1) {
    for (int i = 0; i < seconds; ++i) it.update(readings, shown, 1);
  }

  Site site = one_lane();
  Estimate it{site};
  std::vector<Reading> readings = std::vector<Reading>(kSensors, Reading{.valid = true});
  std::vector<Aspect> shown{Aspect::kRed, Aspect::kRed};
};

TEST_F(estimate, has_who_stands_now_and_who_comes_when_its_speed_brings_it) {
  readings[kNear] = {.vehicles = 2, .standing = 2, .speed = 0, .valid = true};
  readings[kFar] = {.vehicles = 1, .standing = 0, .speed = 12.5, .valid = true};
  update();
  ASSERT_EQ(it.lane(0).vehicles.size(), 3U);
  EXPECT_TRUE(it.lane(0).vehicles[1].stands);
  EXPECT_NEAR(it.lane(0).vehicles[2].at, 2.75, 0.05) << "37.5 m, a little quicker than it is";
}

TEST_F(estimate, expects_one_that_has_just_started_to_gain_speed) {
  readings[kFar] = {.vehicles = 1, .standing = 0, .speed = 0.5, .valid = true};
  update();
  EXPECT_NEAR(it.lane(0).vehicles[0].at, 6.7, 0.2);
}

TEST_F(estimate, believes_no_detector_that_says_nothing) {
  for (auto& reading : readings) reading = {.vehicles = 5, .standing = 5};
  update();
  EXPECT_FALSE(it.lane(0).seen);
  EXPECT_TRUE(it.lane(0).vehicles.empty());
}

TEST_F(estimate, counts_nobody_twice_where_a_lane_parts_into_two) {
  site.approaches.push_back(site.approaches[0]);
  site.approaches[0].cells[1].among = site.approaches[1].cells[1].among = 2;
  site.approaches[1].cells[1].turn = 1;
  Estimate both{site};
  readings[kFar] = {.vehicles = 3, .standing = 3, .speed = 0, .valid = true};
  both.update(readings, shown, 1);
  EXPECT_EQ(both.lane(0).vehicles.size(), 2U);
  EXPECT_EQ(both.lane(1).vehicles.size(), 1U);
}

TEST_F(estimate, learns_where_vehicles_turn_to_from_what_comes_into_the_exits) {
  shown = {Aspect::kGreen, Aspect::kGreen};
  readings[kStop].vehicles = 0.5;
  readings[kLeftLoop].vehicles = 0.45F;
  readings[kRightLoop].vehicles = 0.05F;
  update(600);
  EXPECT_GT(it.share(0, 0), 0.8);
  EXPECT_NEAR(it.share(0, 0) + it.share(0, 1), 1, 1e-4);
}

TEST_F(estimate, learns_how_quickly_a_queue_gets_away) {
  shown = {Aspect::kGreen, Aspect::kGreen};
  readings[kNear] = {.vehicles = 4, .standing = 0, .speed = 5, .valid = true};
  readings[kStop].vehicles = 0.4F;
  update(600);
  EXPECT_NEAR(it.lane(0).headway, 2.45, 0.06);
}

TEST_F(estimate, knows_of_a_queue_that_goes_on_beyond_what_is_seen) {
  readings[kEntrance].vehicles = 0.2F;
  update(600);
  readings[kEntrance].vehicles = 0;
  readings[kFar] = {.vehicles = 3, .standing = 3, .speed = 0, .valid = true};
  update(30);
  EXPECT_NEAR(it.lane(0).hidden, 6, 0.5);
  readings[kFar] = {.valid = true};
  update();
  EXPECT_EQ(it.lane(0).hidden, 0);
}

TEST_F(estimate, takes_the_first_one_for_stuck_only_where_its_lane_goes) {
  readings[kNear] = {.vehicles = 1, .standing = 1, .speed = 0, .valid = true};
  update(10);
  EXPECT_EQ(it.lane(0).stuck_for, 0);
  shown = {Aspect::kGreen, Aspect::kRed};
  update(10);
  EXPECT_GT(it.lane(0).stuck_for, 5);
}

TEST_F(estimate, takes_an_exit_for_blocked_where_it_is_full_and_hardly_moves) {
  readings[kLeftArea] = {.vehicles = 3, .standing = 1, .speed = 8, .valid = true};
  update();
  EXPECT_FALSE(it.is_blocked(0));
  readings[kLeftArea] = {.vehicles = 3, .standing = 3, .speed = 0, .valid = true};
  update();
  EXPECT_TRUE(it.is_blocked(0));
}

}  // namespace
}  // namespace madang::mobility::signals
