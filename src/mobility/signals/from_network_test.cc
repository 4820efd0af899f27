#include "mobility/signals/from_network.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "mobility/network/sumo_net.h"
#include "mobility/network/test_roads.h"
#include "mobility/signals/plan.h"

namespace madang::mobility::signals {
namespace {

using network::test::Drawing;
using network::test::four_arms;

/// A junction of four arms whose plan lets north and south go, then east and west.
class plan_of_roads : public testing::Test {
 protected:
  static network::Network drawn(Drawing const& drawing = {}) { return network::read_sumo_net(four_arms(drawing), "drawn").value(); }
  GroupIndex group_of(std::uint32_t head) const {
    auto const found = std::ranges::find_if(plan.groups, [&](Group const& g) { return std::ranges::count(g.heads, head) > 0; });
    return static_cast<GroupIndex>(found - plan.groups.begin());
  }
  Conflict between(std::uint32_t a, std::uint32_t b) const { return plan.conflict(group_of(a), group_of(b)); }

  network::Network roads = drawn();
  Plan plan = plan_of(roads, 0, {}).value();
};

TEST_F(plan_of_roads, has_a_phase_for_each_step_in_which_nothing_changes) {
  ASSERT_EQ(plan.phases.size(), 2U);
  EXPECT_EQ(letters_of(plan, plan.phases[0].aspects), "GGgrrrGGgrrr");
  EXPECT_EQ(letters_of(plan, plan.phases[1].aspects), "rrrGGgrrrGGg");
}

TEST_F(plan_of_roads, puts_heads_of_an_arm_that_are_never_told_apart_into_one_group) {
  EXPECT_EQ(group_of(0), group_of(1));
  EXPECT_NE(group_of(1), group_of(2));
  EXPECT_NE(group_of(1), group_of(7));
}

TEST_F(plan_of_roads, never_lets_ways_go_together_that_meet_and_that_its_source_keeps_apart) {
  EXPECT_EQ(between(1, 4), Conflict::kNever);
  EXPECT_EQ(between(2, 7), Conflict::kYield);
  EXPECT_TRUE(plan.gives_way[plan.at(group_of(2), group_of(7))]);
  EXPECT_FALSE(plan.gives_way[plan.at(group_of(7), group_of(2))]);
}

TEST_F(plan_of_roads, has_between_foes_the_yellow_and_the_time_of_all_red) {
  auto const careful = plan_of(roads, 0, {.yellow = Millis{4'000}, .all_red = Millis{1'500}}).value();
  EXPECT_EQ(careful.intergreen[careful.at(group_of(1), group_of(4))], 5'500);
}

TEST_F(plan_of_roads, gives_who_walks_the_time_that_the_crossing_takes) {
  auto const crossed = drawn({.steps = {{30, "GGgrrrGGgrrrr"}, {3, "yyyrrryyyrrrr"}, {30, "rrrGggrrrGGgG"}, {3, "rrryyyrrryyyr"}}, .crossing = true});
  auto const slow = plan_of(crossed, 0, {.walking_speed = 0.5}).value();
  auto const quick = plan_of(crossed, 0, {.walking_speed = 1.0}).value();
  auto const walks = [](Group const& g) { return g.users == Users::kPedestrians; };
  ASSERT_EQ(std::ranges::count_if(slow.groups, walks), 1);
  EXPECT_EQ(std::ranges::find_if(slow.groups, walks)->yellow, 2 * std::ranges::find_if(quick.groups, walks)->yellow);
}

TEST_F(plan_of_roads, goes_through_the_fixed_plan_in_the_time_that_it_takes) {
  ASSERT_EQ(plan.fixed.size(), 2U);
  EXPECT_EQ(plan.fixed[0].length, Millis{33'000});
  EXPECT_EQ(plan.fixed[1].phase, 1U);
}

TEST_F(plan_of_roads, keeps_apart_what_its_source_says_nothing_of) {
  auto silent = drawn();
  for (auto& movement : silent.movements) movement.foes.clear();
  plan = plan_of(silent, 0, {}).value();
  EXPECT_EQ(between(1, 4), Conflict::kNever);
  EXPECT_EQ(between(1, 7), Conflict::kNone) << "its own plan lets them go together";
}

TEST_F(plan_of_roads, is_refused_where_it_lets_nobody_go) {
  auto const refused = plan_of(drawn({.steps = {{30, "rrrrrrrrrrrr"}}}), 0, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "signal \"C\": its plan lets nobody go");
}

TEST_F(plan_of_roads, has_detectors_up_to_its_reach_and_one_way_for_each_turn) {
  auto const site = site_of(roads, 0, plan, {.reach = 100, .cell = 25, .exit_reach = 50}).value();
  ASSERT_EQ(site.approaches.size(), 4U);
  EXPECT_EQ(site.approaches[0].cells.size(), 4U);
  EXPECT_NEAR(site.approaches[0].reach, 100, 1);
  EXPECT_EQ(site.approaches[0].ways.size(), 3U);
  EXPECT_EQ(site.exits.size(), 4U);
}

TEST_F(plan_of_roads, senses_over_an_edge_of_less_than_a_metre) {
  auto const shortened = drawn({.short_edge = true});
  auto const site = site_of(shortened, 0, plan_of(shortened, 0, {}).value(), {}).value();
  auto const south = std::ranges::find(site.approaches, "sX_0", &Approach::lane);
  ASSERT_NE(south, site.approaches.end());
  EXPECT_GT(south->reach, 90);
  EXPECT_EQ(site.sensors[south->cells.front().sensor].lane, "sC_0");
}

}  // namespace
}  // namespace madang::mobility::signals
