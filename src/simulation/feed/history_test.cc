#include "simulation/feed/history.h"

#include <gtest/gtest.h>

namespace madang::simulation {
namespace {

using namespace std::chrono_literals;

TEST(history_step, is_what_the_stations_promise_so_that_hours_are_complete) {
  EXPECT_EQ(history_step(60s, 24h, 1100), 60s);
  EXPECT_EQ(history_step(30s, 24h, 100'000), 30s);
  EXPECT_EQ(history_step(20s, 24h, 40), 20s) << "few values, though often";
}

TEST(history_step, is_two_minutes_where_there_would_be_more_values_than_anybody_waits_for) {
  EXPECT_EQ(history_step(20s, 24h, 1100), 2min);
  EXPECT_EQ(history_step(500ms, 3h, 30), 2min);
}

}  // namespace
}  // namespace madang::simulation
