#include "sensing/live/past_answers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

struct past_answers : testing::Test {
  runtime::ManualClock clock{parse_instant("2026-11-24T05:30:00Z").value()};
  PastAnswers answers{clock};
  std::atomic<int> computed = 0;
  Instant const at = clock.now() - 1h;

  Result<PastAnswers::Answer> get(std::string_view channel, Instant when, std::uint64_t version = 1) {
    return answers.get(channel, when, version, [&]() -> Result<QuantityNow> {
      QuantityNow out;
      out.count = static_cast<std::size_t>(++computed);
      return out;
    });
  }
};

TEST_F(past_answers, are_computed_once_for_the_same_moment_until_they_are_old_or_the_registry_changed) {
  EXPECT_EQ((*get("pm25", at))->count, 1U);
  EXPECT_EQ((*get("pm25", at))->count, 1U);
  EXPECT_EQ((*get("noise", at))->count, 2U);
  EXPECT_EQ((*get("pm25", at + 1min))->count, 3U);
  EXPECT_EQ((*get("pm25", at, 2))->count, 4U);
  clock.advance(kPastAnswersAge);
  EXPECT_EQ((*get("pm25", at))->count, 5U);
  for (std::size_t i = 0; i < kPastAnswersMax; ++i) (void)get("pm25", at - 1min * static_cast<int>(i + 1));
  auto const before = computed.load();
  (void)get("pm25", at);
  EXPECT_EQ(computed, before + 1) << "only the newest are kept";
}

TEST_F(past_answers, keep_no_error) {
  auto const broken = answers.get("pm25", at, 1, []() -> Result<QuantityNow> { return fail(Code::kUnavailable, "disk"); });
  EXPECT_EQ(broken.error().code, Code::kUnavailable);
  EXPECT_TRUE(get("pm25", at));
}

TEST_F(past_answers, let_nobody_wait_while_one_is_computed) {
  std::latch begun(1);
  std::latch end(1);
  (void)get("noise", at);
  std::jthread slow([&] {
    EXPECT_TRUE(answers.get("pm25", at, 1, [&]() -> Result<QuantityNow> {
      begun.count_down();
      end.wait();
      return QuantityNow{};
    }));
  });
  begun.wait();
  EXPECT_EQ((*get("noise", at))->count, 1U) << "what is known is answered";
  EXPECT_EQ((*get("pm25", at - 1h))->count, 2U) << "no turn is waited for: the queue of such questions gives one at a time";
  end.count_down();
  slow.join();
  EXPECT_EQ((*get("pm25", at))->count, 0U) << "as it was computed meanwhile";
}

TEST_F(past_answers, are_kept_for_so_many_stations_together) {
  PastAnswers few(clock, 10);
  auto const of = [&](Instant when, std::size_t stations) {
    return few.get("pm25", when, 1, [&]() -> Result<QuantityNow> {
      ++computed;
      QuantityNow out;
      out.values.resize(stations);
      return out;
    });
  };
  (void)of(at, 4);
  (void)of(at + 1min, 6);
  (void)of(at, 4);
  EXPECT_EQ(computed, 2) << "both have room";
  (void)of(at + 2min, 1);
  (void)of(at + 1min, 6);
  EXPECT_EQ(computed, 3);
  (void)of(at, 4);
  EXPECT_EQ(computed, 4) << "the oldest went";
  (void)of(at + 3min, 20);
  (void)of(at + 3min, 20);
  EXPECT_EQ(computed, 5) << "the newest stays, however large";
  (void)of(at + 2min, 1);
  EXPECT_EQ(computed, 6);
  clock.advance(kPastAnswersAge);
  (void)of(at, 4);
  (void)of(at + 1min, 6);
  (void)of(at, 4);
  EXPECT_EQ(computed, 8) << "what went for its age weighs nothing";
}

}  // namespace
}  // namespace madang::sensing
