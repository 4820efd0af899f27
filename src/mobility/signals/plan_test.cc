#include "mobility/signals/plan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mobility/signals/test_junction.h"

namespace madang::mobility::signals {
namespace {

using drawn::group;
using drawn::phase;
using drawn::test_junction;
using Sentences = std::vector<std::string>;

std::size_t pair_of(Plan const& plan, char a, char b) { return plan.at(group(a), group(b)); }

TEST(plan, of_a_drawn_junction_has_no_faults) { EXPECT_EQ(faults_of(test_junction()), Sentences{}); }

TEST(plan, without_anything_names_all_that_is_missing) {
  EXPECT_EQ(faults_of(Plan{}), (Sentences{"there are no groups", "there are no phases", "there are no heads", "there are no steps of the fixed plan"}));
}

TEST(plan, with_tables_of_another_size_is_refused) {
  auto plan = test_junction();
  plan.intergreen.pop_back();
  plan.phases[0].aspects.pop_back();
  EXPECT_EQ(faults_of(plan), (Sentences{"conflicts, who gives way and intergreens are tables of 13 by 13 groups",
                                        "phase \"north and south\" names 12 aspects for 13 groups"}));
}

TEST(plan, names_each_time_that_is_too_short_or_too_long) {
  auto plan = test_junction();
  plan.groups[0].green_min = Millis{0};
  plan.groups[1].green_max = Millis{6'000};
  plan.groups[2].red_max = Millis{600'001};
  EXPECT_EQ(faults_of(plan), (Sentences{"group \"N\": least green of 0 ms is not within 1 and 600000 ms",
                                        "group \"E\": most green of 6000 ms is not within 7000 and 600000 ms",
                                        "group \"S\": most red of 600001 ms is not within 1000 and 600000 ms"}));
}

TEST(plan, gives_each_head_to_one_group_at_most) {
  auto plan = test_junction();
  plan.groups[0].heads = {1};
  plan.groups[2].heads = {13};
  plan.groups[3].heads.clear();
  EXPECT_EQ(faults_of(plan), (Sentences{"head 1 belongs to two groups", "group \"S\": there is no head 13", "group \"W\" has no head"}));
}

TEST(plan, conflicts_the_same_both_ways) {
  auto plan = test_junction();
  plan.conflicts[pair_of(plan, 'N', 'E')] = Conflict::kNone;
  EXPECT_EQ(faults_of(plan), Sentences{"groups \"N\" and \"E\" conflict one way only"});
}

TEST(plan, lets_no_group_conflict_with_itself) {
  auto plan = test_junction();
  plan.conflicts[pair_of(plan, 'N', 'N')] = Conflict::kNever;
  EXPECT_EQ(faults_of(plan).front(), "group \"N\" conflicts with itself");
}

TEST(plan, says_of_two_that_meet_which_gives_way) {
  auto plan = test_junction();
  plan.gives_way[pair_of(plan, 'n', 'S')] = false;
  EXPECT_EQ(faults_of(plan).front(), "groups \"S\" and \"n\" meet: exactly one of them gives way");
  plan.gives_way[pair_of(plan, 'n', 'S')] = plan.gives_way[pair_of(plan, 'S', 'n')] = true;
  EXPECT_EQ(faults_of(plan).front(), "groups \"S\" and \"n\" meet: exactly one of them gives way");
}

TEST(plan, keeps_an_intergreen_at_least_as_long_as_the_yellow) {
  auto plan = test_junction();
  plan.intergreen[pair_of(plan, '1', 'N')] = 7'999;
  EXPECT_EQ(faults_of(plan), Sentences{"from \"1\" to \"N\" pass 7999 ms, less than the yellow of 8000 ms or more than 600000 ms"});
}

TEST(plan, refuses_a_phase_in_which_two_meet_that_must_not) {
  auto plan = test_junction();
  plan.phases[0].aspects[group('E')] = Aspect::kYield;
  EXPECT_EQ(faults_of(plan).front(), "phase \"north and south\": \"N\" and \"E\" must not go together");
}

TEST(plan, refuses_a_phase_in_which_neither_gives_way) {
  auto plan = test_junction();
  plan.phases[0].aspects[group('n')] = Aspect::kGreen;
  EXPECT_EQ(faults_of(plan).front(), "phase \"north and south\": \"S\" and \"n\" must not go together");
}

TEST(plan, refuses_a_phase_that_shows_yellow) {
  auto plan = test_junction();
  plan.phases[5].aspects[group('B')] = Aspect::kYellow;
  EXPECT_EQ(faults_of(plan), Sentences{"phase \"only cars\": group \"B\" is neither red nor lets go"});
}

TEST(plan, lets_each_group_go_in_some_phase) {
  auto plan = test_junction();
  plan.phases[phase("bus")].aspects[group('B')] = Aspect::kRed;
  EXPECT_EQ(faults_of(plan), Sentences{"no phase lets group \"B\" go"});
}

TEST(plan, checks_the_steps_of_the_fixed_plan) {
  auto plan = test_junction();
  plan.fixed = {{.phase = 6, .length = Millis{0}}};
  EXPECT_EQ(faults_of(plan), (Sentences{"the fixed plan names phase 6 of 6", "a step of the fixed plan takes 0 ms, not within 1 and 600000 ms"}));
}

TEST(plan, writes_a_letter_for_each_head) {
  auto plan = test_junction();
  plan.heads = 14;
  EXPECT_EQ(letters_of(plan, drawn::aspects_of("GgrygoGGGGyyr")), "GgrygoGGGGrrrr");
}

}  // namespace
}  // namespace madang::mobility::signals
