#include "mobility/signals/controller.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mobility/network/sumo_net.h"
#include "mobility/network/test_roads.h"
#include "mobility/signals/from_network.h"
#include "mobility/signals/monitor.h"
#include "mobility/signals/plan.h"

namespace madang::mobility::signals {
namespace {

constexpr std::string_view kNorthSouth = "GGgrrrGGgrrr", kEastWest = "rrrGGgrrrGGg";

/// A junction of four arms of one lane each, with what its detectors say put in by hand.
class controller : public testing::Test {
 protected:
  static Plan drawn_plan(network::Network const& roads) { return plan_of(roads, 0, {.red_max = Millis{60'000}}).value(); }

  Approach const& arm(std::string_view lane) const { return *std::ranges::find(site.approaches, lane, &Approach::lane); }
  void put(std::string_view lane, std::size_t cell, Reading reading) { readings[arm(lane).cells[cell].sensor] = reading; }
  void stand(std::string_view lane, float vehicles) { put(lane, 0, {.vehicles = vehicles, .standing = vehicles, .speed = 0, .valid = true}); }
  /// One after the other, as far as is seen.
  void flow(std::string_view lane) {
    for (std::size_t cell = 0; cell < 4; ++cell) put(lane, cell, {.vehicles = 1, .standing = 0, .speed = 12, .valid = true});
  }
  std::string after(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      now += Millis{1'000};
      wish = it.decide(kernel, readings, 1);
      kernel.step(now, wish);
      if (auto broken = monitor.watch(now, kernel.aspects())) ADD_FAILURE() << *broken;
    }
    return letters_of(kernel.plan(), kernel.aspects());
  }

  network::Network roads = network::read_sumo_net(network::test::four_arms(), "drawn").value();
  Plan plan = drawn_plan(roads);
  Site site = site_of(roads, 0, plan, {}).value();
  Kernel kernel = Kernel::start(plan, Millis{0}, Millis{3'000}).value();
  Controller it{plan, site};
  Monitor monitor{plan};
  std::vector<Reading> readings = std::vector<Reading>(site.sensors.size(), Reading{.valid = true});
  Millis now{0};
  Wish wish;

  void SetUp() override { monitor.watch(now, kernel.aspects()); }
};

TEST_F(controller, lets_those_go_who_wait_where_nobody_else_is) {
  EXPECT_EQ(after(20), kNorthSouth);
  stand("eC_0", 2);
  EXPECT_EQ(after(8), kEastWest);
}

TEST_F(controller, rests_where_it_is_while_nobody_comes) {
  stand("wC_0", 1);
  after(20);
  stand("wC_0", 0);
  EXPECT_EQ(after(300), kEastWest);
}

TEST_F(controller, lets_a_queue_get_away_before_a_shorter_one_that_waits) {
  stand("nC_0", 3);
  put("nC_0", 1, {.vehicles = 3, .standing = 3, .speed = 0, .valid = true});
  stand("eC_0", 1);
  EXPECT_EQ(after(12), kNorthSouth);
  EXPECT_EQ(it.last().phase, 0U);
  EXPECT_LT(it.last().cost, it.last().cost_rival);
}

TEST_F(controller, leaves_nobody_waiting_beyond_the_most_red_however_many_others_come) {
  flow("nC_0");
  flow("sC_0");
  after(20);
  stand("eC_0", 1);
  bool was_let_go = false;
  for (int i = 0; i < 75; ++i) was_let_go = after(1) == kEastWest || was_let_go;
  EXPECT_TRUE(was_let_go);
}

TEST_F(controller, changes_for_nobody_who_could_not_go_on) {
  after(20);
  stand("eC_0", 3);
  for (auto const& exit : site.exits)
    for (auto const area : exit.areas) readings[area] = {.vehicles = 7, .standing = 7, .speed = 0, .valid = true};
  flow("nC_0");
  auto const shown = after(20);
  EXPECT_EQ(shown, kNorthSouth);
}

TEST_F(controller, lets_a_lane_go_whose_area_at_the_stop_line_is_dead) {
  put("eC_0", 0, {});
  bool was_let_go = false;
  for (int i = 0; i < 90; ++i) was_let_go = after(1) == kEastWest || was_let_go;
  EXPECT_TRUE(was_let_go);
}

TEST_F(controller, calls_everybody_where_it_sees_nobody) {
  for (auto& reading : readings) reading.valid = false;
  after(5);
  EXPECT_EQ(std::ranges::count(wish.called, true), static_cast<std::ptrdiff_t>(plan.groups.size()));
}

}  // namespace
}  // namespace madang::mobility::signals
