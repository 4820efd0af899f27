#include "mobility/signals/monitor.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mobility/signals/test_junction.h"

namespace madang::mobility::signals {
namespace {

using drawn::aspects_of;
using drawn::kAllRed;
using drawn::test_junction;

constexpr std::string_view kCars = "GrGrrrrrrrrrr";
constexpr std::string_view kCarsEnd = "yryrrrrrrrrrr";

/// The drawn junction seen ten times a second.
struct monitor : testing::Test {
  Monitor it{test_junction()};
  Millis now{1'000'000};

  std::string see(std::string_view shown, Millis later = Millis{100}) { return it.watch(now += later, aspects_of(shown)).value_or("well"); }
  std::string see_for(Millis length, std::string_view shown) {
    auto said = see(shown);
    for (auto seen = Millis{100}; seen < length; seen += Millis{100}) said = see(shown);
    return said;
  }
  /// Red until everybody may go, and then only cars.
  void drive() {
    see_for(Millis{10'100}, kAllRed);
    see_for(Millis{7'000}, kCars);
  }
};

TEST_F(monitor, says_nothing_of_a_circle_that_keeps_all_rules) {
  drive();
  see_for(Millis{3'000}, "grgrrrrrrrrrr");
  see_for(Millis{2'000}, "grgrrrrrrrrrr");
  see_for(Millis{7'000}, "grgrgrgrrrGrG");
  see_for(Millis{3'000}, "yryryryrrryry");
  see_for(Millis{5'000}, "rrrrrrrrrryry");
  see_for(Millis{2'000}, kAllRed);
  EXPECT_EQ(see_for(Millis{7'000}, "rgrgrgrgrGrGr"), "well");
}

TEST_F(monitor, sees_two_that_must_not_meet) {
  drive();
  EXPECT_EQ(see("GGGrrrrrrrrrr"), "group \"N\" is green while group \"E\" is green, and they must not meet");
}

TEST_F(monitor, sees_one_that_goes_while_the_other_is_still_yellow) {
  drive();
  see_for(Millis{2'900}, kCarsEnd);
  EXPECT_EQ(see("yryrrGrrrrrrr"), "group \"e\" is green while group \"N\" is yellow, and they must not meet");
}

TEST_F(monitor, sees_two_that_meet_while_neither_gives_way) {
  drive();
  EXPECT_EQ(see("GrGrGrrrrrrrr"), "group \"n\" is green without giving way while group \"S\" is green, and they meet");
}

TEST_F(monitor, sees_a_green_that_is_too_short) {
  see_for(Millis{10'100}, kAllRed);
  see_for(Millis{6'900}, kCars);
  EXPECT_EQ(see(kCarsEnd), "group \"N\" was green for 6900 ms, at least 7000 ms are said");
}

TEST_F(monitor, counts_a_green_on_where_it_begins_to_give_way) {
  see_for(Millis{10'100}, kAllRed);
  see_for(Millis{4'000}, kCars);
  see_for(Millis{3'000}, "grgrrrrrrrrrr");
  EXPECT_EQ(see(kCarsEnd), "well");
}

TEST_F(monitor, sees_that_yellow_is_missing) {
  drive();
  EXPECT_EQ(see(kAllRed), "group \"N\" went from green to red, 3000 ms of yellow are said");
}

TEST_F(monitor, sees_a_yellow_that_is_too_short) {
  drive();
  see_for(Millis{2'900}, kCarsEnd);
  EXPECT_EQ(see(kAllRed), "group \"N\" was yellow for 2900 ms, 3000 ms are said");
}

TEST_F(monitor, allows_a_yellow_until_the_first_look_after_its_time) {
  drive();
  EXPECT_EQ(see_for(Millis{3'000}, kCarsEnd), "well");
  EXPECT_EQ(see(kCarsEnd, Millis{1'000}), "well");
  EXPECT_EQ(see(kCarsEnd), "group \"N\" was yellow for 3900 ms at the last look and still is, 3000 ms are said");
}

TEST_F(monitor, sees_green_right_after_yellow) {
  drive();
  see_for(Millis{3'000}, kCarsEnd);
  EXPECT_EQ(see(kCars), "group \"N\" went from yellow to green without red");
}

TEST_F(monitor, sees_yellow_right_after_red) {
  see_for(Millis{10'100}, kAllRed);
  EXPECT_EQ(see("ryrrrrrrrrrrr"), "group \"E\" went from red to yellow");
}

TEST_F(monitor, sees_a_red_that_is_too_short) {
  drive();
  see_for(Millis{3'000}, kCarsEnd);
  see_for(Millis{900}, kAllRed);
  EXPECT_EQ(see("GrGrrrrrrrrrr"), "group \"N\" was red for 900 ms, at least 1000 ms are said");
}

TEST_F(monitor, sees_an_intergreen_that_is_too_short) {
  drive();
  see_for(Millis{3'000}, kCarsEnd);
  see_for(Millis{1'900}, kAllRed);
  EXPECT_EQ(see("rrrrrGrrrrrrr"), "group \"e\" became green 4900 ms after green of group \"N\" ended, 5000 ms are said");
}

TEST_F(monitor, sees_somebody_walk_before_those_are_gone_who_turned_without_giving_way) {
  drive();
  see_for(Millis{4'900}, "grgrrrrrrrrrr");
  EXPECT_EQ(see("grgrrrrrrrGrr"), "group \"2\" became green 4900 ms after green without giving way of group \"S\" ended, 5000 ms are said");
}

TEST_F(monitor, sees_somebody_turn_without_giving_way_before_those_are_gone_who_walked) {
  see_for(Millis{10'100}, kAllRed);
  see_for(Millis{7'000}, "rrgrrrrrrrGrr");
  see_for(Millis{8'000}, "rrgrrrrrrryrr");
  see_for(Millis{1'900}, "rrgrrrrrrrrrr");
  EXPECT_EQ(see("rrGrrrrrrrrrr"), "group \"S\" became green 9900 ms after green of group \"2\" ended, to which it gives way, 10000 ms are said");
}

TEST_F(monitor, takes_all_to_have_gone_until_it_begins) {
  see_for(Millis{10'000}, kAllRed);
  EXPECT_EQ(see(kCars, Millis{0}), "group \"N\" became green 9900 ms after green of group \"1\" ended, 10000 ms are said");
}

TEST_F(monitor, does_not_begin_with_anything_but_red) { EXPECT_EQ(see(kCars), "group \"N\" begins with green instead of red"); }

TEST_F(monitor, allows_all_to_flash_at_any_time_and_then_all_to_be_red) {
  drive();
  EXPECT_EQ(see_for(Millis{5'000}, "ooooooooooooo"), "well");
  EXPECT_EQ(see_for(Millis{10'100}, kAllRed), "well");
  EXPECT_EQ(see(kCars), "well");
}

TEST_F(monitor, sees_some_flash_and_not_all) {
  drive();
  EXPECT_EQ(see("oooooorrooooo"), "group \"N\" is flashing while group \"s\" is red");
}

TEST_F(monitor, sees_that_somebody_goes_right_after_all_flashed) {
  see("ooooooooooooo");
  EXPECT_EQ(see("rrrrrrrrrrrrG"), "group \"4\" begins with green instead of red");
}

TEST_F(monitor, begins_from_flashing_as_from_red) {
  see_for(Millis{60'000}, "ooooooooooooo");
  see_for(Millis{10'000}, kAllRed);
  EXPECT_NE(see(kCars, Millis{0}), "well");
}

TEST_F(monitor, takes_a_clock_that_goes_back_for_no_time) {
  see_for(Millis{10'100}, kAllRed);
  see(kCars);
  EXPECT_EQ(see(kCars, Millis{-60'000}), "well");
  see_for(Millis{60'000}, kCars);
  EXPECT_EQ(see(kCarsEnd), "group \"N\" was green for 100 ms, at least 7000 ms are said");
}

TEST_F(monitor, takes_a_clock_that_jumps_ahead_for_two_seconds) {
  see_for(Millis{10'100}, kAllRed);
  see(kCars);
  see(kCars, Millis{3'600'000});
  EXPECT_EQ(see(kCarsEnd), "group \"N\" was green for 2100 ms, at least 7000 ms are said");
}

TEST_F(monitor, stays_with_its_first_complaint_until_it_begins_anew) {
  drive();
  auto const first = see(kAllRed);
  EXPECT_EQ(see_for(Millis{60'000}, kAllRed), first);
  EXPECT_EQ(it.complaint(), first);
  it.begin_anew();
  EXPECT_EQ(see(kAllRed), "well");
}

TEST_F(monitor, wants_an_aspect_for_each_group) { EXPECT_EQ(see("rrr"), "3 aspects are shown for 13 groups"); }

TEST(monitor_of_a_broken_plan, never_says_that_all_is_well) {
  auto plan = test_junction();
  plan.intergreen.pop_back();
  Monitor it{plan};
  it.begin_anew();
  EXPECT_EQ(it.watch(Millis{0}, aspects_of(kAllRed)), "the plan's tables are not of one size, or name no group or more than 64");
}

TEST(monitor_of_a_broken_plan, lets_nobody_meet_where_nobody_gives_way) {
  auto plan = test_junction();
  plan.gives_way.assign(plan.gives_way.size(), false);
  Monitor it{plan};
  it.watch(Millis{0}, aspects_of(kAllRed));
  EXPECT_EQ(it.watch(Millis{100}, aspects_of("rrgrgrrrrrrrr")), "group \"S\" is green that gives way while group \"n\" is green that gives way, and they must not meet");
}

}  // namespace
}  // namespace madang::mobility::signals
