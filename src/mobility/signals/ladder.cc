#include "mobility/signals/ladder.h"

#include <algorithm>

#include "mobility/signals/limits.h"

namespace madang::mobility::signals {
namespace {

struct Highest {
  Rung rung = Rung::kAdaptive;
  Reason reason = Reason::kHealthy;
};

/// The best rung that is allowed, and what keeps it from a better one.
Highest highest_of(Health const& health, LadderLimits const& limits) {
  Highest highest;
  auto const at_most = [&](Rung rung, bool broken, Reason reason) {
    if (broken && rung < highest.rung) highest = {rung, reason};
  };
  auto const blind = [&](std::uint32_t percent) {
    return std::uint64_t{health.approaches_blind} * 100 > std::uint64_t{health.approaches} * percent;
  };
  at_most(Rung::kFlashing, health.monitor_complains, Reason::kMonitor);
  at_most(Rung::kFixed, blind(limits.actuated_blind_percent), Reason::kDetectors);
  at_most(Rung::kActuated, blind(limits.adaptive_blind_percent), Reason::kDetectors);
  at_most(Rung::kActuated, health.centre_silent > limits.centre_silent, Reason::kCentre);
  at_most(Rung::kActuated, health.controller_silent > limits.controller_silent, Reason::kLate);
  return highest;
}

bool serves(Plan const& plan, std::vector<Aspect> const& shown, PhaseIndex phase, std::vector<bool> const& called) {
  auto const& wanted = plan.phases[phase].aspects;
  for (GroupIndex g = 0; g < shown.size(); ++g) {
    bool const better = (wanted[g] == Aspect::kGreen && shown[g] != Aspect::kGreen) || (wanted[g] == Aspect::kYield && shown[g] == Aspect::kRed);
    if (better && (g >= called.size() || called[g])) return true;
  }
  return false;
}

/// Whether a group of what stands is still to go: its least green is not over, or it is extended and its most green is not.
bool holds(Kernel const& kernel, std::vector<bool> const& extended) {
  auto const& shown = kernel.aspects();
  for (GroupIndex g = 0; g < shown.size(); ++g) {
    if (shown[g] != Aspect::kGreen && shown[g] != Aspect::kYield) continue;
    auto const& times = kernel.plan().groups[g];
    bool const longer = g < extended.size() && extended[g];
    if (kernel.let_go_for(g) < (longer ? times.green_max : times.green_min)) return true;
  }
  return false;
}

}  // namespace

std::optional<Change> Ladder::step(Health const& health, Millis passed) {
  auto const highest = highest_of(health, limits_);
  if (highest.rung < rung_) return move(highest.rung, highest.reason);
  if (rung_ == Rung::kFlashing) {
    if (!reset_ || health.monitor_complains) return std::nullopt;
    return move(Rung::kFixed, Reason::kReset);
  }
  reset_ = false;
  healthy_ = highest.rung > rung_ ? healthy_ + std::clamp(passed, Millis{0}, kStepMax) : Millis{0};
  if (highest.rung == rung_ || healthy_ < limits_.climb_after) return std::nullopt;
  return move(static_cast<Rung>(static_cast<std::uint8_t>(rung_) + 1), Reason::kHealthy);
}

Change Ladder::move(Rung to, Reason reason) {
  Change const change{.from = rung_, .to = to, .reason = reason};
  rung_ = to;
  healthy_ = Millis{0};
  reset_ = false;
  return change;
}

PhaseIndex fixed_wish(Plan const& plan, Millis since_begin, Millis offset) {
  Millis cycle{0};
  for (auto const& step : plan.fixed) cycle += step.length;
  auto left = (since_begin % cycle - offset % cycle) % cycle;
  if (left < Millis{0}) left += cycle;
  for (auto const& step : plan.fixed) {
    if (left < step.length) return step.phase;
    left -= step.length;
  }
  return plan.fixed.back().phase;
}

Wish Actuated::step(Kernel const& kernel, std::vector<bool> const& called, std::vector<bool> const& extended) {
  auto const& plan = kernel.plan();
  auto const steps = plan.fixed.size();
  place_ %= steps;
  // What a maximum forced is where the circle goes on from.
  for (std::size_t i = 0; kernel.forced() != Forced::kNo && i < steps; ++i) {
    auto const place = (place_ + i) % steps;
    if (plan.fixed[place].phase != kernel.phase()) continue;
    place_ = place;
    break;
  }
  bool const is_there = kernel.stands() && kernel.phase() == plan.fixed[place_].phase;
  if (!is_there || holds(kernel, extended)) return {.phase = plan.fixed[place_].phase, .called = called};
  for (std::size_t i = 1; i < steps; ++i) {
    auto const place = (place_ + i) % steps;
    if (!serves(plan, kernel.aspects(), plan.fixed[place].phase, called)) continue;
    place_ = place;
    break;
  }
  return {.phase = plan.fixed[place_].phase, .called = called};
}

}  // namespace madang::mobility::signals
