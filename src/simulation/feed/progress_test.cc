#include "simulation/feed/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::simulation {
namespace {

using testing::HasSubstr;

/// The last line of something that stands at `done` of 1,000 and has made `made`.
std::string last_line(std::uint64_t done, std::uint64_t made) {
  runtime::SystemClock const clock;
  testing::internal::CaptureStdout();
  Progress(clock, "history", "values", 1'000).finish(done, made);
  return testing::internal::GetCapturedStdout();
}

TEST(progress, ends_at_a_hundred_though_not_all_that_was_done_made_something) {
  EXPECT_THAT(last_line(1'000, 980), HasSubstr("history      100 %  980 values, "));
}

TEST(progress, counts_of_all_where_each_makes_one) {
  EXPECT_THAT(last_line(500, 500), HasSubstr("history       50 %  500 of 1,000 values, "));
}

TEST(progress, says_a_hundred_only_of_all) {
  EXPECT_THAT(last_line(999, 990), HasSubstr(" 99 %  990 values, "));
}

}  // namespace
}  // namespace madang::simulation
