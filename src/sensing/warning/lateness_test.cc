#include "sensing/warning/lateness.h"

#include <gtest/gtest.h>

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

struct warning_lateness : ::testing::Test {
  static constexpr DatastreamId kStream{7};
  Lateness lateness{15s};
  void come(int times, Millis late) {
    for (int n = 0; n < times; ++n) lateness.add(kStream, 2min, late);
  }
};

TEST_F(warning_lateness, is_none_for_who_delivers_at_once) {
  come(50, 3s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
  EXPECT_EQ(lateness.of(DatastreamId{8}), Millis{0});
}

TEST_F(warning_lateness, covers_three_minutes_a_quarter_an_hour_and_a_day) {
  come(1, 3min);
  EXPECT_EQ(lateness.of(kStream), Millis{5min});
  come(10, 15min);
  EXPECT_EQ(lateness.of(kStream), Millis{20min});
  come(10, 59min);
  EXPECT_EQ(lateness.of(kStream), Millis{75min});
  come(10, 28h);
  EXPECT_EQ(lateness.of(kStream), Millis{30h});
}

TEST_F(warning_lateness, is_little_moved_by_one_late_parcel) {
  come(30, 3s);
  come(1, 5h);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, never_follows_history_that_is_brought_in) {
  come(30, std::chrono::days{90});
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, goes_back_when_values_come_at_once_again) {
  come(5, 3min);
  (void)lateness.take_changes();
  come(100, 2s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 1U);
}

}  // namespace
}  // namespace madang::sensing::warning
