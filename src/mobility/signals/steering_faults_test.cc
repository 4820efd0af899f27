// The kernel, the ladder, both of its own ways to steer and the monitor together, while what is around them breaks.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "mobility/signals/ladder.h"
#include "mobility/signals/monitor.h"
#include "mobility/signals/test_junction.h"

namespace madang::mobility::signals {
namespace {

using drawn::flags;
using drawn::kGroups;
using drawn::test_junction;

constexpr Millis kHour{3'600'000};
constexpr Millis kTick{100};
constexpr std::string_view kAll = kGroups;

/// The drawn junction with people and cars that come by chance, steered by the ladder's rung; an adaptive wish is any phase at all.
struct steering_faults : testing::Test {
  Plan const plan = test_junction();
  Kernel kernel = *Kernel::start(plan, Millis{0}, Millis{5'000});
  Monitor monitor{plan};
  Ladder ladder;
  Actuated actuated;
  Health health{.approaches = 10};
  std::mt19937 random{12};
  Millis clock{0};
  std::vector<bool> stuck_on = flags("");
  std::vector<bool> dead = flags("");
  std::vector<bool> waiting = flags("");
  std::vector<bool> served = flags("");
  std::vector<Change> changes;

  void SetUp() override { monitor.watch(clock, kernel.aspects()); }
  std::vector<bool> sensed() {
    auto out = waiting;
    for (std::size_t g = 0; g < out.size(); ++g) out[g] = stuck_on[g] || (waiting[g] && !dead[g]);
    return out;
  }
  Wish wish() {
    switch (ladder.rung()) {
      case Rung::kAdaptive: return {.phase = static_cast<PhaseIndex>(random() % (plan.phases.size() + 2)), .called = sensed()};
      case Rung::kActuated: return actuated.step(kernel, sensed(), random() % 2 == 0 ? sensed() : flags(""));
      case Rung::kFixed:
      case Rung::kFlashing: break;
    }
    return {.phase = fixed_wish(plan, clock), .called = sensed()};
  }
  void come_and_go() {
    for (std::size_t g = 0; g < waiting.size(); ++g) {
      bool const goes = kernel.aspects()[g] == Aspect::kGreen || kernel.aspects()[g] == Aspect::kYield;
      if (goes && waiting[g]) served[g] = true;
      waiting[g] = goes ? random() % 20 == 0 : waiting[g] || random() % 300 == 0;
    }
  }
  void climb_or_fall(Millis passed) {
    health.monitor_complains = monitor.complaint().has_value();
    auto const change = ladder.step(health, passed);
    if (!change) return;
    changes.push_back(*change);
    if (change->to == Rung::kFlashing) kernel.flash();
    if (change->from == Rung::kFlashing) kernel.resume(Millis{5'000});
  }
  void step(Millis passed = kTick) {
    clock += passed;
    come_and_go();
    climb_or_fall(passed);
    kernel.step(clock, wish());
    monitor.watch(clock, kernel.aspects());
  }
  void run(Millis length) {
    for (auto left = length; left > Millis{0}; left -= kTick) step();
  }
  void restart() {
    kernel = *Kernel::start(plan, clock, Millis{0});
    monitor.begin_anew();
    monitor.watch(clock, kernel.aspects());
    ladder = Ladder{};
    actuated = Actuated{};
  }
  std::string complaint() { return monitor.complaint().value_or(""); }
};

TEST_F(steering_faults, none_leads_to_no_complaint_and_everybody_goes) {
  run(kHour);
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(ladder.rung(), Rung::kAdaptive);
  EXPECT_EQ(served, flags(kAll));
}

TEST_F(steering_faults, detectors_stuck_on_keep_nobody_from_going) {
  stuck_on = flags("NsB2");
  run(kHour);
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(served, flags(kAll));
}

TEST_F(steering_faults, dead_detectors_lead_to_the_fixed_plan_which_serves_all) {
  dead = flags(kAll);
  health.approaches_blind = 10;
  run(kHour);
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(ladder.rung(), Rung::kFixed);
  EXPECT_EQ(served, flags(kAll));
}

TEST_F(steering_faults, detectors_that_come_and_go_break_no_rule) {
  for (int minute = 0; minute < 60; ++minute) {
    stuck_on = flags(kAll.substr(random() % 13));
    dead = flags(kAll.substr(0, random() % 13));
    health.approaches_blind = static_cast<std::uint32_t>(random() % 11);
    run(Millis{60'000});
  }
  EXPECT_EQ(complaint(), "");
  EXPECT_GT(changes.size(), 10U);
}

TEST_F(steering_faults, a_lost_centre_is_survived_at_the_stop_lines) {
  run(Millis{300'000});
  health.centre_silent = Millis{60'000};
  run(kHour);
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(changes.back(), (Change{Rung::kAdaptive, Rung::kActuated, Reason::kCentre}));
  EXPECT_EQ(served, flags(kAll));
}

TEST_F(steering_faults, a_centre_that_is_lost_and_found_breaks_no_rule) {
  for (int i = 0; i < 30; ++i) {
    health.centre_silent = i % 2 == 0 ? Millis{60'000} : Millis{0};
    health.controller_silent = i % 3 == 0 ? Millis{6'000} : Millis{0};
    run(Millis{130'000});
  }
  EXPECT_EQ(complaint(), "");
}

TEST_F(steering_faults, a_clock_that_jumps_ahead_breaks_no_rule) {
  for (int i = 0; i < 600; ++i) {
    step(Millis{random() % 7'200'000});
    run(Millis{random() % 12'000});
  }
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(served, flags(kAll));
}

TEST_F(steering_faults, a_clock_that_jumps_back_breaks_no_rule) {
  for (int i = 0; i < 600; ++i) {
    step(-Millis{random() % 5'000});
    run(Millis{random() % 12'000});
  }
  EXPECT_EQ(complaint(), "");
}

TEST_F(steering_faults, late_and_uneven_steps_break_no_rule) {
  for (int i = 0; i < 20'000; ++i) step(Millis{random() % 1'900});
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(served, flags(kAll));
}

TEST_F(steering_faults, a_restart_in_any_phase_breaks_no_rule) {
  for (int i = 0; i < 400; ++i) {
    run(Millis{random() % 60'000});
    restart();
  }
  EXPECT_EQ(complaint(), "");
}

TEST_F(steering_faults, a_complaint_makes_all_flash_until_somebody_resets_it) {
  run(Millis{300'000});
  monitor.watch(clock, drawn::aspects_of("GGGGGGGGGGGGG"));  // heads that show what nobody told them
  run(Millis{60'000});
  EXPECT_EQ(changes.back().to, Rung::kFlashing);
  EXPECT_TRUE(kernel.flashes());
  monitor.begin_anew();
  ladder.reset();
  run(kHour);
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(ladder.rung(), Rung::kAdaptive);
}

}  // namespace
}  // namespace madang::mobility::signals
