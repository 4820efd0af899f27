#include "mobility/network/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mobility/network/sumo_net.h"
#include "mobility/network/test_roads.h"

namespace madang::mobility::network {
namespace {

using test::Drawing;
using test::DrawnStep;
using test::four_arms;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

Network drawn(Drawing const& drawing = {}) {
  auto network = read_sumo_net(four_arms(drawing), "drawn");
  EXPECT_TRUE(network) << network.error().sentence;
  return network ? *std::move(network) : Network{};
}

std::vector<std::string> faults_of_steps(std::vector<DrawnStep> steps, bool crossing = false) {
  return faults_of(drawn({.steps = std::move(steps), .crossing = crossing}));
}

TEST(network_checks, find_nothing_in_a_sound_junction) {
  EXPECT_THAT(faults_of(drawn()), IsEmpty());
  EXPECT_THAT(faults_of(drawn({.short_edge = true})), IsEmpty());
}

// Two streams merged under full green, and vehicles met.
TEST(network_checks, name_two_foes_that_are_green_at_once) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGGrrr"}, {3, "yyyrrryyyrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}}),
              ElementsAre(R"(signal "C", plan "0": step 0 shows green to heads 0 and 8, which meet (nC_0 to Cw_0, sC_0 to Cw_0))",
                          R"(signal "C", plan "0": step 0 shows green to heads 1 and 8, which meet (nC_0 to Cs_0, sC_0 to Cw_0))"));
}

// Ways to the right and to the left each waited for the other, and nobody went.
TEST(network_checks, name_two_greens_that_wait_for_each_other) {
  auto network = drawn({.steps = {{30, "GggrrrGggrrr"}, {3, "yyyrrryyyrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}}});
  EXPECT_THAT(faults_of(network), IsEmpty());
  network.movements[1].yields_to = {8};
  EXPECT_THAT(faults_of(network), ElementsAre(R"(signal "C", plan "0": step 0 lets heads 1 and 8 wait for each other (nC_0 to Cs_0, sC_0 to Cw_0))"));
}

// A crossing, or a way to the left, stayed red for ever.
TEST(network_checks, name_a_head_that_no_step_lets_go) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGrrrr"}, {3, "yyyrrryyrrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}}),
              ElementsAre(R"(signal "C", plan "0": no step lets head 8 go (sC_0 to Cw_0))"));
}

TEST(network_checks, let_a_head_go_by_flashing_or_after_a_stop) {
  EXPECT_THAT(faults_of_steps({{30, "OOoOOosssooo"}}), IsEmpty());
}

TEST(network_checks, name_a_green_that_turns_red_without_yellow) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGgrrr"}, {3, "yyrrrryyyrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}}),
              ElementsAre(R"(signal "C", plan "0": head 2 goes from green to red at step 1 without yellow)"));
}

TEST(network_checks, see_the_last_step_go_over_into_the_first) {
  EXPECT_THAT(faults_of_steps({{3, "yyyrrryyyrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}, {30, "GGgrrrGGgrrr"}}), IsEmpty());
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGgrrr"}, {3, "yyyrrryyyrrr"}, {30, "rrrGGgrrrGGg"}}),
              Contains(R"(signal "C", plan "0": head 3 goes from green to red at step 0 without yellow)"));
}

TEST(network_checks, name_a_yellow_that_is_too_short_over_all_its_steps) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGgrrr"}, {1, "yyyrrryyyrrr"}, {1, "ryyrrrryyrrr"}, {1, "rryrrrrryrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}}),
              ElementsAre(R"(signal "C", plan "0": head 0 shows yellow for 1000 ms, less than 3000)",
                          R"(signal "C", plan "0": head 1 shows yellow for 2000 ms, less than 3000)",
                          R"(signal "C", plan "0": head 6 shows yellow for 1000 ms, less than 3000)",
                          R"(signal "C", plan "0": head 7 shows yellow for 2000 ms, less than 3000)"));
}

// Plans that a program had made let a light go yellow and green again.
TEST(network_checks, name_a_yellow_that_goes_back_to_green) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGgrrr"}, {3, "yyyrrryyyrrr"}, {5, "rrgrrrrrgrrr"}, {3, "rryrrrrryrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}}),
              ElementsAre(R"(signal "C", plan "0": head 2 goes from yellow back to green at step 2)",
                          R"(signal "C", plan "0": head 8 goes from yellow back to green at step 2)"));
}

TEST(network_checks, name_a_step_of_no_length) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGgrrr"}, {3, "yyyrrryyyrrr"}, {0, "rrrrrrrrrrrr"}, {30, "rrrGGgrrrGGg"}, {3, "rrryyyrrryyy"}}),
              ElementsAre(R"(signal "C", plan "0": step 2 has no length)"));
}

TEST(network_checks, name_people_on_foot_who_have_no_time_to_clear) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrrGgrrrr"}, {3, "yyyrrryyyrrrr"}, {30, "rrrgGgrrrGGgG"}, {3, "rrryyyrrryyyG"}}, true),
              Contains(R"(signal "C", plan "0": at step 0 :C_w0_0 to :C_w1_0 has just begun to cross on foot and nC_0 to Cw_0 starts, with no time to clear)"));
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGgrrrr"}, {3, "yyyrrryyyrrrr"}, {20, "rrrgGgrrrGGgG"}, {10, "rrrgGgrrrGGgr"}, {3, "rrryyyrrryyyr"}}, true), IsEmpty());
}

TEST(network_checks, name_heads_that_let_nothing_go) {
  EXPECT_THAT(faults_of_steps({{30, "GGgrrrGGgrrrG"}, {3, "yyyrrryyyrrrG"}, {30, "rrrGGgrrrGGgG"}, {3, "rrryyyrrryyyG"}}),
              ElementsAre(R"(signal "C": head 12 lets nothing go)"));
  EXPECT_THAT(faults_of(drawn({.more = test::plan_text({{9, "r"}}, "spare")})), ElementsAre(R"(signal "spare" lets nothing go)"));
}

// Lights were grouped until ways that cross had one letter.
TEST(network_checks, name_foes_that_share_a_head) {
  auto network = drawn();
  network.signals[0].heads[1].push_back(4);
  EXPECT_THAT(faults_of(network), Contains(R"(signal "C": head 1 lets two ways go that meet, nC_0 to Cs_0 and eC_0 to Cw_0)"));
  EXPECT_THAT(faults_of(network), Contains(R"(signal "C": eC_0 to Cw_0 is let go by two heads)"));
}

TEST(network_checks, name_a_signal_whose_junction_has_no_table) {
  auto network = drawn();
  for (auto& movement : network.movements) movement.foes = movement.yields_to = {};
  EXPECT_THAT(faults_of(network), ElementsAre(R"(signal "C": junction "C" says of no movement which others it meets)"));
}

// A connection was taken out of the signal and drove on through the green of others.
TEST(network_checks, name_a_way_without_signal_that_does_not_yield_to_those_that_have_one) {
  auto network = drawn();
  network.movements[1].signal = kNone;
  network.signals[0].heads[1].clear();
  EXPECT_THAT(faults_of(network), Contains(R"(nC_0 to Cs_0 has no signal and does not yield to eC_0 to Cw_0, which signal "C" lets go)"));
  network.movements[1].yields_to = network.movements[1].foes;
  EXPECT_THAT(faults_of(network), Not(Contains(testing::HasSubstr("has no signal"))));
}

TEST(network_checks, name_foes_and_ways_to_yield_that_do_not_agree) {
  auto network = drawn();
  std::erase(network.movements[1].foes, 4U);
  network.movements[2].yields_to.push_back(0);
  auto const faults = faults_of(network);
  EXPECT_THAT(faults, Contains("eC_0 to Cw_0 has the foe nC_0 to Cs_0, which does not name it"));
  EXPECT_THAT(faults, Contains("nC_0 to Ce_0 yields to nC_0 to Cw_0, which is no foe of it"));
}

TEST(network_checks, name_a_link_that_leads_nowhere_and_from_nowhere) {
  EXPECT_THAT(faults_of(drawn({.more = test::road_text("alone", "n", "e")})), ElementsAre("link \"alone\" leads nowhere and from nowhere"));
}

TEST(network_checks, name_a_lane_that_ends_before_a_signal) {
  auto network = drawn();
  auto lane = network.lanes[network.movements[0].from];
  lane.id = "nC_1";
  network.links[lane.link].lanes.push_back(static_cast<LaneIndex>(network.lanes.size()));
  network.lanes.push_back(lane);
  network.into.emplace_back();
  network.out_of.emplace_back();
  EXPECT_THAT(faults_of(network), ElementsAre("lane \"nC_1\" ends before a signal and leads nowhere"));
}

TEST(network_checks, name_lanes_without_length_or_speed) {
  auto network = drawn();
  network.lanes[0].length = 0;
  network.lanes[1].speed_max = 0;
  EXPECT_THAT(faults_of(network), ElementsAre("lane \":C_0_0\" has no length", "lane \":C_1_0\" has no speed"));
}

TEST(network_checks, name_plans_that_do_not_fit_their_signal) {
  auto network = drawn();
  network.signals[0].plans[0].steps[0].state = "G";
  EXPECT_THAT(faults_of(network), ElementsAre(R"(signal "C", plan "0": has no steps, or one with another number of letters than heads)"));
  network.signals[0].plans.clear();
  EXPECT_THAT(faults_of(network), ElementsAre(R"(signal "C" has no plan)"));
}

}  // namespace
}  // namespace madang::mobility::network
