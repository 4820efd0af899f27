#include "sensing/warning/budget.h"

#include <gtest/gtest.h>

namespace madang::sensing::warning {
namespace {

constexpr Millis kTwoMinutes = std::chrono::minutes{2};

TEST(alarm_budget, raises_the_threshold_for_fewer_alarms_and_for_more_stations) {
  double const usual = threshold_for(Method::kPersistence, 0.5, 850, kTwoMinutes);
  EXPECT_GT(threshold_for(Method::kPersistence, 0.25, 850, kTwoMinutes), usual);
  EXPECT_GT(threshold_for(Method::kPersistence, 0.5, 1700, kTwoMinutes), usual);
}

TEST(alarm_budget, changes_the_threshold_over_its_whole_range) {
  for (auto const method : {Method::kNeighbours, Method::kPersistence, Method::kSurge}) {
    double before = threshold_for(method, 0.04, 850, kTwoMinutes);
    for (int alarms_per_day = 2; alarms_per_day <= 50; ++alarms_per_day) {
      double const now = threshold_for(method, 0.04 * alarms_per_day, 850, kTwoMinutes);
      EXPECT_LT(now, before) << name_of(method) << " at " << alarms_per_day;
      before = now;
    }
  }
}

TEST(alarm_budget, counts_occasions_and_not_only_stations) {
  using namespace std::chrono_literals;
  EXPECT_DOUBLE_EQ(threshold_for(Method::kNeighbours, 0.2, 3'000, 60min), threshold_for(Method::kNeighbours, 0.2, 100, 2min));
  EXPECT_GT(threshold_for(Method::kNeighbours, 0.2, 850, 10s), threshold_for(Method::kNeighbours, 0.2, 850, 2min));
}

TEST(flood_guard, leaves_the_threshold_alone_while_alarms_are_within_reason) {
  FloodGuard guard;
  for (int n = 0; n < 25; ++n) guard.add(Instant{std::chrono::hours{n}}, 40);
  EXPECT_EQ(guard.guard(15, 1, Instant{std::chrono::hours{26}}), 15);
}

TEST(flood_guard, lets_only_the_highest_through_in_a_flood_and_forgets_it) {
  FloodGuard guard;
  for (int n = 0; n < 1000; ++n) guard.add(Instant{std::chrono::minutes{n}}, 15 + n % 40);
  double const high = guard.guard(15, 1, Instant{std::chrono::hours{17}});
  EXPECT_GT(high, 45);
  EXPECT_EQ(guard.guard(15, 1, Instant{std::chrono::days{9}}), 15);
}

}  // namespace
}  // namespace madang::sensing::warning
