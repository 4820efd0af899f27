#include "mobility/signals/ladder.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mobility/signals/test_junction.h"

namespace madang::mobility::signals {
namespace {

using drawn::flags;
using drawn::group;
using drawn::phase;
using drawn::test_junction;

constexpr Millis kSecond{1'000};

Health with_blind(std::uint32_t approaches) { return {.approaches = 10, .approaches_blind = approaches}; }

/// A ladder that is stepped each second.
struct ladder : testing::Test {
  Ladder it;

  std::optional<Change> after(int seconds, Health const& health) {
    std::optional<Change> last;
    for (int s = 0; s < seconds; ++s) last = it.step(health, kSecond);
    return last;
  }
  void climb() { after(120, with_blind(0)); }
};

TEST_F(ladder, begins_with_the_fixed_plan_and_climbs_a_rung_after_each_minute_of_health) {
  EXPECT_EQ(it.rung(), Rung::kFixed);
  EXPECT_EQ(after(59, with_blind(0)), std::nullopt);
  EXPECT_EQ(after(1, with_blind(0)), (Change{Rung::kFixed, Rung::kActuated, Reason::kHealthy}));
  EXPECT_EQ(after(60, with_blind(0)), (Change{Rung::kActuated, Rung::kAdaptive, Reason::kHealthy}));
  EXPECT_EQ(after(600, with_blind(0)), std::nullopt);
}

TEST_F(ladder, falls_at_once_as_far_as_blind_approaches_make_it) {
  climb();
  EXPECT_EQ(after(1, with_blind(4)), std::nullopt);
  EXPECT_EQ(after(1, with_blind(5)), (Change{Rung::kAdaptive, Rung::kActuated, Reason::kDetectors}));
  EXPECT_EQ(after(1, with_blind(8)), (Change{Rung::kActuated, Rung::kFixed, Reason::kDetectors}));
}

TEST_F(ladder, falls_two_rungs_in_one_step) {
  climb();
  EXPECT_EQ(after(1, with_blind(10)), (Change{Rung::kAdaptive, Rung::kFixed, Reason::kDetectors}));
}

TEST_F(ladder, falls_where_the_centre_is_silent) {
  climb();
  EXPECT_EQ(after(1, {.centre_silent = Millis{30'000}}), std::nullopt);
  EXPECT_EQ(after(1, {.centre_silent = Millis{30'001}}), (Change{Rung::kAdaptive, Rung::kActuated, Reason::kCentre}));
}

TEST_F(ladder, falls_where_the_controller_is_late) {
  climb();
  EXPECT_EQ(after(1, {.controller_silent = Millis{5'001}}), (Change{Rung::kAdaptive, Rung::kActuated, Reason::kLate}));
}

TEST_F(ladder, climbs_only_as_far_as_is_allowed) {
  after(600, with_blind(5));
  EXPECT_EQ(it.rung(), Rung::kActuated);
}

TEST_F(ladder, climbs_only_after_health_without_a_break) {
  climb();
  after(1, with_blind(5));
  after(59, with_blind(0));
  after(1, with_blind(5));
  EXPECT_EQ(after(59, with_blind(0)), std::nullopt);
  EXPECT_EQ(after(1, with_blind(0)), (Change{Rung::kActuated, Rung::kAdaptive, Reason::kHealthy}));
}

TEST_F(ladder, does_not_climb_on_a_clock_that_jumps) {
  it.step(with_blind(0), Millis{3'600'000});
  it.step(with_blind(0), Millis{-3'600'000});
  EXPECT_EQ(after(57, with_blind(0)), std::nullopt);
  EXPECT_NE(after(1, with_blind(0)), std::nullopt);
}

TEST_F(ladder, flashes_after_a_complaint_until_somebody_resets_it) {
  climb();
  EXPECT_EQ(after(1, {.monitor_complains = true}), (Change{Rung::kAdaptive, Rung::kFlashing, Reason::kMonitor}));
  EXPECT_EQ(after(3'600, with_blind(0)), std::nullopt);
  it.reset();
  EXPECT_EQ(after(1, {.monitor_complains = true}), std::nullopt);
  EXPECT_EQ(after(1, with_blind(0)), (Change{Rung::kFlashing, Rung::kFixed, Reason::kReset}));
}

TEST_F(ladder, forgets_a_reset_that_came_before_the_complaint) {
  it.reset();
  after(1, with_blind(0));
  after(1, {.monitor_complains = true});
  EXPECT_EQ(after(10, with_blind(0)), std::nullopt);
  EXPECT_EQ(it.rung(), Rung::kFlashing);
}

TEST(fixed_wish, goes_round_through_the_steps) {
  auto const plan = test_junction();  // six steps of twenty seconds
  EXPECT_EQ(fixed_wish(plan, Millis{0}), 0U);
  EXPECT_EQ(fixed_wish(plan, Millis{19'999}), 0U);
  EXPECT_EQ(fixed_wish(plan, Millis{20'000}), 1U);
  EXPECT_EQ(fixed_wish(plan, Millis{119'999}), 5U);
  EXPECT_EQ(fixed_wish(plan, Millis{120'000}), 0U);
}

TEST(fixed_wish, begins_at_its_offset) {
  auto const plan = test_junction();
  EXPECT_EQ(fixed_wish(plan, Millis{0}, Millis{20'000}), 5U);
  EXPECT_EQ(fixed_wish(plan, Millis{20'000}, Millis{20'000}), 0U);
  EXPECT_EQ(fixed_wish(plan, Millis{0}, Millis{-20'000}), 1U);
  EXPECT_EQ(fixed_wish(plan, Millis{-1}), 5U);
}

/// The drawn junction steered by who is at its stop lines, ten times a second. It begins in "north and south", the first step.
struct actuated : testing::Test {
  Kernel kernel = *Kernel::start(test_junction(), Millis{0}, Millis{0});
  Actuated it;
  Millis now{0};

  std::string_view after(Millis length, std::string_view called, std::string_view extended = "") {
    for (auto const end = now + length; now < end;) kernel.step(now += Millis{100}, it.step(kernel, flags(called), flags(extended)));
    return drawn::kPhases[kernel.phase()].name;
  }
};

TEST_F(actuated, rests_in_green_where_nobody_calls) {
  EXPECT_EQ(after(Millis{600'000}, ""), "north and south");
  EXPECT_TRUE(kernel.stands());
}

TEST_F(actuated, keeps_the_least_green_before_it_goes_on) {
  after(Millis{10'100}, "");
  EXPECT_EQ(after(Millis{6'900}, "E"), "north and south");
  EXPECT_EQ(after(Millis{200}, "E"), "east and west");
}

TEST_F(actuated, leaves_out_phases_that_nobody_calls) {
  after(Millis{20'000}, "");
  EXPECT_EQ(after(Millis{200}, "e"), "east and west");
  after(Millis{30'000}, "");
  EXPECT_EQ(after(Millis{200}, "B"), "bus");
}

TEST_F(actuated, goes_to_a_left_turn_of_its_own_where_those_who_give_way_still_wait) {
  after(Millis{20'000}, "");
  EXPECT_EQ(after(Millis{200}, "n"), "north to left");
}

TEST_F(actuated, stays_while_a_green_is_extended) {
  after(Millis{10'100}, "");
  EXPECT_EQ(after(Millis{40'000}, "E", "N"), "north and south");
  EXPECT_EQ(after(Millis{200}, "E"), "east and west");
}

TEST_F(actuated, stays_no_longer_than_the_most_green) {
  after(Millis{10'100}, "");
  // Who walks beside them began at five seconds and is in the way of who calls: at 65 the kernel lets that no longer be.
  EXPECT_EQ(after(Millis{54'800}, "E", "N"), "north and south");
  EXPECT_EQ(after(Millis{200}, "E", "N"), "east and west");
}

TEST_F(actuated, serves_all_in_the_order_of_the_plan_where_all_call) {
  after(Millis{10'100}, "");
  EXPECT_EQ(after(Millis{7'200}, "NESWneswB1234"), "bus");
  EXPECT_EQ(after(Millis{20'000}, "NESWneswB1234"), "north to left");
}

TEST_F(actuated, goes_on_from_what_a_maximum_forced) {
  after(Millis{10'100}, "");
  for (auto const end = now + Millis{60'000}; now < end;) kernel.step(now += Millis{100}, {.phase = phase("north and south"), .called = flags("E")});
  EXPECT_EQ(kernel.forced(), Forced::kGreenMax);
  EXPECT_EQ(after(Millis{60'000}, "E"), "east and west");
  EXPECT_EQ(kernel.forced(), Forced::kNo);
}

}  // namespace
}  // namespace madang::mobility::signals
