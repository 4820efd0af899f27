#include "runtime/jobs.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

namespace madang::runtime {
namespace {

void wait_until(std::function<bool()> const& condition) {
  for (int i = 0; i < 10'000 && !condition(); ++i) std::this_thread::sleep_for(Millis{1});
}

TEST(jobs, run_again_and_again_after_failures_and_exceptions) {
  Metrics metrics;
  std::atomic<int> runs = 0;
  Jobs jobs(metrics);
  jobs.every(Millis{1}, "flaky", [&]() -> Result<void> {
    int const run = ++runs;
    if (run == 1) return fail(Code::kUnavailable, "away");
    if (run == 2) throw std::runtime_error("broken");
    return {};
  });
  wait_until([&] { return runs >= 4; });
  jobs.stop();
  EXPECT_GE(runs, 4);
  EXPECT_NE(metrics.text().find("madang_runtime_job_failures_total{job=\"flaky\"} 2"), std::string::npos);
}

TEST(jobs, stop_at_once_in_the_middle_of_a_long_period) {
  Metrics metrics;
  std::atomic<int> runs = 0;
  Jobs jobs(metrics);
  jobs.every(std::chrono::hours{1}, "hourly", [&]() -> Result<void> {
    ++runs;
    return {};
  });
  wait_until([&] { return runs == 1; });
  jobs.stop();
  EXPECT_EQ(runs, 1);
}

}  // namespace
}  // namespace madang::runtime
