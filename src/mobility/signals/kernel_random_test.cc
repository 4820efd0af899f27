#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mobility/signals/kernel.h"
#include "mobility/signals/plan.h"
#include "mobility/signals/proof.h"

namespace madang::mobility::signals {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
constexpr std::uint64_t kSteps = 200'000;
#else
constexpr std::uint64_t kSteps = 1'000'000;
#endif
constexpr std::uint64_t kPlans = 200;
constexpr Millis kTenth{100};

Millis rounded_up(Millis time) { return (time + kTenth - Millis{1}) / kTenth * kTenth; }

/// Goes to each phase in turn, and holds what was said of how long it takes against how long it took.
std::string wrong_forecast_of(std::uint64_t seed) {
  auto plan = random_plan(seed);
  for (auto& g : plan.groups) g.red_max = g.green_max = Millis{600'000};
  auto kernel = Kernel::start(plan, Millis{0}, kTenth * static_cast<int>(seed % 50));
  if (!kernel) return kernel.error().sentence;
  Millis now{0};
  for (PhaseIndex i = 0; i < 3 * plan.phases.size(); ++i) {
    auto const phase = static_cast<PhaseIndex>(i * (1 + seed % 7) % plan.phases.size());
    Wish const wish{.phase = phase, .called = std::vector<bool>(plan.groups.size())};
    auto const hurried = (seed + i) % 4 == 3;  // the next is wished for before this one stands
    for (auto few = hurried ? (seed + i) % 90 : 0; few > 0; --few) kernel->step(now += kTenth, wish);
    if (hurried) continue;
    auto const said = kernel->until(phase);
    auto const begin = now;
    do kernel->step(now += kTenth, wish);
    while (kernel->aspects() != plan.phases[phase].aspects && now - begin < Millis{600'000});
    auto const took = now - begin;
    if (took < said || took > rounded_up(said) + 4 * kTenth)
      return "seed " + std::to_string(seed) + ", phase " + plan.phases[phase].name + ": said " + std::to_string(said.count()) + " ms, took " + std::to_string(took.count());
    for (auto more = (seed + i) % 40; more > 0; --more) kernel->step(now += kTenth, wish);
  }
  return {};
}

TEST(kernel_random, breaks_no_rule_whatever_is_wished_for) {
  auto const report = prove_safety(20'261'201, kSteps);
  EXPECT_EQ(report.fault.value_or(""), "") << "seed " << report.seed;
  EXPECT_EQ(report.steps, kSteps);
  EXPECT_GT(report.greens, kSteps / 100);
  EXPECT_GT(report.restarts + report.flashes + report.jumps, kSteps / 4'000);
  EXPECT_LE(report.wait_most, 1.0);
}

TEST(kernel_random, takes_the_same_way_for_the_same_seed) {
  auto const once = prove_safety(7, 50'000);
  auto const again = prove_safety(7, 50'000);
  EXPECT_EQ(once.greens, again.greens);
  EXPECT_EQ(once.wait_most, again.wait_most);
}

TEST(kernel_random, is_where_it_was_wished_when_it_was_said) {
  for (std::uint64_t seed = 0; seed < kPlans; ++seed) EXPECT_EQ(wrong_forecast_of(seed), "");
}

TEST(kernel_random, is_given_plans_without_faults) {
  for (std::uint64_t seed = 0; seed < kPlans; ++seed) EXPECT_EQ(faults_of(random_plan(seed)), std::vector<std::string>{}) << "seed " << seed;
}

}  // namespace
}  // namespace madang::mobility::signals
