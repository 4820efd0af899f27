#include "mobility/signals/kernel.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "mobility/signals/test_junction.h"

namespace madang::mobility::signals {
namespace {

using drawn::flags;
using drawn::group;
using drawn::letters;
using drawn::phase;
using drawn::kAllRed;
using drawn::test_junction;

/// A kernel at the drawn junction that is stepped ten times a second.
struct kernel : testing::Test {
  Millis now{0};
  Kernel it = started(test_junction(), Millis{0});
  std::vector<bool> called = flags("");

  static Kernel started(Plan plan, Millis red_first) {
    auto made = Kernel::start(std::move(plan), Millis{0}, red_first);
    EXPECT_TRUE(made) << made.error().sentence;
    return *std::move(made);
  }
  void step(std::string_view wish, Millis length = Millis{100}) {
    now += length;
    it.step(now, {.phase = phase(wish), .called = called});
  }
  std::string after(Millis length, std::string_view wish) {
    for (auto const end = now + length; now < end;) step(wish);
    return letters(it.aspects());
  }
  /// Until a phase stands; the longest time there is where it never does.
  Millis stands_after(std::string_view wish) {
    auto const begin = now;
    do step(wish);
    while (!(it.stands() && it.phase() == phase(wish)) && now - begin < Millis{600'000});
    return now - begin;
  }
};

TEST_F(kernel, refuses_a_plan_with_a_fault) {
  auto plan = test_junction();
  plan.phases[0].aspects[group('E')] = Aspect::kGreen;
  EXPECT_FALSE(Kernel::start(plan, Millis{0}, Millis{0}));
}

TEST_F(kernel, begins_red_for_as_long_as_who_went_before_might_need) {
  EXPECT_EQ(after(Millis{4'900}, "only cars"), kAllRed);  // 1 and 3, on foot, need ten seconds
  EXPECT_EQ(after(Millis{5'000}, "only cars"), kAllRed);
  EXPECT_EQ(after(Millis{100}, "only cars"), "GrGrrrrrrrrrr");
}

TEST_F(kernel, begins_red_for_longer_where_that_is_asked_for) {
  it = started(test_junction(), Millis{30'000});
  EXPECT_EQ(after(Millis{29'900}, "only cars"), kAllRed);
  EXPECT_EQ(after(Millis{100}, "only cars"), "GrGrrrrrrrrrr");
}

TEST_F(kernel, stays_red_until_somebody_wishes) {
  EXPECT_EQ(after(Millis{60'000}, "no such phase"), kAllRed);
  EXPECT_EQ(it.phase(), kNoPhase);
}

TEST_F(kernel, keeps_the_least_green_then_yellow_then_all_red) {
  stands_after("only cars");
  EXPECT_EQ(after(Millis{6'900}, "east to left"), "GrGrrrrrrrrrr");
  EXPECT_EQ(after(Millis{100}, "east to left"), "yryrrrrrrrrrr");
  EXPECT_EQ(after(Millis{2'900}, "east to left"), "yryrrrrrrrrrr");
  EXPECT_EQ(after(Millis{100}, "east to left"), kAllRed);
  EXPECT_EQ(after(Millis{1'900}, "east to left"), kAllRed);
  EXPECT_EQ(after(Millis{100}, "east to left"), "rrrrrGrGrrrrr");
}

TEST_F(kernel, lets_go_on_those_that_both_phases_let_go) {
  stands_after("only cars");
  EXPECT_EQ(after(Millis{100}, "north and south"), "grgrgrgrrrrrr");
  EXPECT_EQ(after(Millis{5'000}, "north and south"), "grgrgrgrrrGrG");  // on foot only once who turned right without looking is gone
}

TEST_F(kernel, makes_who_yields_wait_until_nobody_walks_before_it_goes_without_yielding) {
  stands_after("north and south");
  after(Millis{7'000}, "north and south");
  EXPECT_EQ(after(Millis{100}, "only cars"), "grgryryrrryry");
  EXPECT_EQ(after(Millis{9'900}, "only cars"), "grgrrrrrrrrrr");
  EXPECT_EQ(after(Millis{100}, "only cars"), "GrGrrrrrrrrrr");
}

TEST_F(kernel, counts_red_from_when_it_is_seen) {
  auto plan = test_junction();
  plan.groups[group('N')].red_min = Millis{2'000};
  it = started(plan, Millis{0});
  stands_after("only cars");
  after(Millis{7'000}, "east to left");
  after(Millis{2'900}, "east to left");
  step("only cars", Millis{2'000});  // yellow stood for too long already: the step was late
  EXPECT_EQ(letters(it.aspects()), kAllRed);
  EXPECT_EQ(after(Millis{1'900}, "only cars"), "rrGrrrrrrrrrr");
  EXPECT_EQ(after(Millis{100}, "only cars"), "GrGrrrrrrrrrr");
}

TEST_F(kernel, shows_red_between_yellow_and_green_also_without_a_least_red) {
  auto plan = test_junction();
  plan.groups[group('N')].red_min = Millis{0};
  it = started(plan, Millis{0});
  stands_after("only cars");
  after(Millis{7'100}, "east to left");
  step("only cars", Millis{2'000});
  step("only cars", Millis{2'000});
  EXPECT_EQ(it.aspects()[group('N')], Aspect::kRed);
  step("only cars");
  EXPECT_EQ(it.aspects()[group('N')], Aspect::kGreen);
}

TEST_F(kernel, counts_no_more_of_a_step_than_two_seconds) {
  stands_after("only cars");
  step("east to left", Millis{3'600'000});
  EXPECT_EQ(letters(it.aspects()), "GrGrrrrrrrrrr");
  EXPECT_EQ(it.let_go_for(group('N')), Millis{2'000});
}

TEST_F(kernel, counts_nothing_while_the_clock_is_behind) {
  stands_after("only cars");
  step("east to left", Millis{-10'000});
  EXPECT_EQ(after(Millis{10'000}, "east to left"), "GrGrrrrrrrrrr");
  EXPECT_EQ(it.let_go_for(group('N')), Millis{0});
  EXPECT_EQ(after(Millis{7'000}, "east to left"), "yryrrrrrrrrrr");
}

TEST_F(kernel, lets_a_called_group_go_after_its_most_red_whatever_is_wished_for) {
  stands_after("only cars");
  called = flags("B");
  after(Millis{120'000} - it.waited_for(group('B')), "only cars");
  EXPECT_EQ(it.forced(), Forced::kRedMax);
  EXPECT_EQ(it.phase(), phase("bus"));
  EXPECT_EQ(it.aspects()[group('B')], Aspect::kGreen);  // nobody was in its way
  after(Millis{7'000}, "only cars");
  EXPECT_EQ(it.aspects()[group('B')], Aspect::kYellow);
  EXPECT_EQ(it.forced(), Forced::kNo);
}

TEST_F(kernel, goes_from_what_it_forced_to_what_it_forces_next_where_nobody_ever_wishes) {
  called = flags("Be");
  after(Millis{120'000}, "no such phase");
  EXPECT_EQ(it.phase(), phase("east and west"));
  EXPECT_EQ(after(Millis{30'000}, "no such phase"), "grgrgrrrGrGrG");
}

/// a and b never meet, and c, with a long yellow, meets nobody.
Plan three_groups() {
  Plan plan;
  for (std::uint32_t g = 0; g < 3; ++g) plan.groups.push_back({.id = std::string{"abc"[g]}, .users = Users::kVehicles, .heads = {g}, .green_min = Millis{1}});
  plan.groups[2].yellow = Millis{8'000};
  plan.conflicts = std::vector<Conflict>(9, Conflict::kNone);
  plan.conflicts[1] = plan.conflicts[3] = Conflict::kNever;
  plan.gives_way.resize(9);
  plan.intergreen = {0, 3'000, 0, 3'000, 0, 0, 0, 0, 0};
  plan.phases = {{.name = "b and c", .aspects = drawn::aspects_of("rGG")}, {.name = "a", .aspects = drawn::aspects_of("Grr")}};
  plan.fixed = {{.phase = 0, .length = Millis{20'000}}};
  plan.heads = 3;
  return plan;
}

TEST_F(kernel, ends_a_yellow_also_where_nobody_ever_wishes) {
  it = started(three_groups(), Millis{0});
  called = {false, true, true};
  EXPECT_EQ(after(Millis{120'000}, "no such phase"), "rGG");
  called = {true, false, false};
  EXPECT_EQ(after(Millis{60'000}, "no such phase"), "ryy");
  EXPECT_EQ(after(Millis{7'900}, "no such phase"), "Gry");
  EXPECT_EQ(after(Millis{100}, "no such phase"), "Grr");
}

TEST_F(kernel, ends_a_green_after_its_maximum_where_somebody_else_is_called) {
  stands_after("only cars");
  called = flags("e");
  after(Millis{60'000}, "only cars");
  EXPECT_EQ(it.forced(), Forced::kGreenMax);
  EXPECT_EQ(letters(it.aspects()), "yryrrrrrrrrrr");
  EXPECT_EQ(after(Millis{5'000}, "only cars"), "rgrgrgrgrGrGr");  // though nobody is in the way any longer, and the wish is another
}

TEST_F(kernel, rests_in_green_where_nobody_is_called) {
  stands_after("only cars");
  EXPECT_EQ(after(Millis{600'000}, "only cars"), "GrGrrrrrrrrrr");
}

TEST_F(kernel, makes_a_green_give_way_after_its_maximum_to_who_waits_on_foot) {
  stands_after("only cars");
  called = flags("2");
  EXPECT_EQ(after(Millis{59'900}, "only cars"), "GrGrrrrrrrrrr");
  after(Millis{5'100}, "only cars");
  EXPECT_EQ(it.aspects()[group('S')], Aspect::kYield);
  EXPECT_EQ(it.aspects()[group('2')], Aspect::kGreen);
}

TEST_F(kernel, takes_the_wish_for_what_serves_who_is_held_up) {
  stands_after("only cars");
  after(Millis{60'000}, "only cars");
  called = flags("e");
  step("east to left");
  EXPECT_EQ(it.forced(), Forced::kNo);
  EXPECT_EQ(it.phase(), phase("east to left"));
}

TEST_F(kernel, flashes_at_once_and_begins_red_again) {
  stands_after("only cars");
  it.flash();
  EXPECT_EQ(letters(it.aspects()), "ooooooooooooo");
  EXPECT_EQ(after(Millis{60'000}, "only cars"), "ooooooooooooo");
  it.resume(Millis{0});
  step("only cars", Millis{2'000});  // of which nobody knows how much came before
  EXPECT_EQ(letters(it.aspects()), kAllRed);
  EXPECT_EQ(after(Millis{9'900}, "only cars"), kAllRed);
  EXPECT_EQ(after(Millis{100}, "only cars"), "GrGrrrrrrrrrr");
}

TEST_F(kernel, flashes_for_a_step_at_least_so_that_no_green_ends_in_red_unseen) {
  stands_after("only cars");
  it.flash();
  it.resume(Millis{0});
  step("only cars");
  EXPECT_EQ(letters(it.aspects()), "ooooooooooooo");
  step("only cars");
  EXPECT_EQ(letters(it.aspects()), kAllRed);
}

TEST_F(kernel, flashes_on_where_somebody_wants_it_to_after_all) {
  it.flash();
  step("only cars");
  it.resume(Millis{0});
  it.flash();
  step("only cars");
  EXPECT_TRUE(it.flashes());
}

TEST_F(kernel, says_how_long_it_takes_to_another_phase) {
  stands_after("only cars");
  EXPECT_EQ(it.until(phase("only cars")), Millis{0});
  EXPECT_EQ(it.until(phase("east to left")), Millis{12'000});
  EXPECT_EQ(it.until(phase("north and south")), Millis{5'000});
  EXPECT_EQ(it.until(kNoPhase), Kernel::kLong);
}

}  // namespace
}  // namespace madang::mobility::signals
