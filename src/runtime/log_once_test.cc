#include "runtime/log_once.h"

#include <gtest/gtest.h>

namespace madang::runtime {
namespace {

Tick at(int seconds) { return Tick{} + std::chrono::seconds{seconds}; }

TEST(log_once, lets_each_reason_of_each_source_through_once) {
  LogOnce once;
  EXPECT_TRUE(once.first("POLE-1", "pm25: not a number near byte 17", at(0)));
  EXPECT_FALSE(once.first("POLE-1", "pm25: not a number near byte 23", at(1)));
  EXPECT_TRUE(once.first("POLE-1", "pm10: not a number near byte 23", at(1)));
  EXPECT_TRUE(once.first("POLE-2", "pm25: not a number near byte 17", at(1)));
}

TEST(log_once, says_it_again_after_a_day) {
  LogOnce once;
  EXPECT_TRUE(once.first("POLE-1", "no clock", at(0)));
  EXPECT_TRUE(once.first("POLE-1", "no clock", at(0) + kLoggedAgainAfter));
}

TEST(log_once, bounds_the_reasons_of_one_source) {
  LogOnce once;
  std::size_t let_through = 0;
  for (char c = 'a'; c <= 'z'; ++c) let_through += once.first("POLE-1", std::string(1, c), at(0)) ? 1U : 0U;
  EXPECT_EQ(let_through, kLoggedReasonsMax);
}

TEST(log_rate, holds_back_above_its_rate_and_says_how_many) {
  LogRate rate{2, 1};
  EXPECT_EQ(rate.admit(at(0)), 0U);
  EXPECT_EQ(rate.admit(at(0)), 0U);
  EXPECT_EQ(rate.admit(at(0)), std::nullopt);
  EXPECT_EQ(rate.admit(at(0)), std::nullopt);
  EXPECT_EQ(rate.admit(at(1)), 2U);
}

}  // namespace
}  // namespace madang::runtime
