#include "sensing/warning/lateness.h"

#include <gtest/gtest.h>

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

struct warning_lateness : ::testing::Test {
  static constexpr DatastreamId kStream{7};
  Lateness lateness{15s};
  Instant now = *parse_instant("2026-11-26T05:00:00Z");
  /// A delivery each two minutes, or at another pace.
  void come(int times, Millis late, Millis every = 2min) {
    for (int n = 0; n < times; ++n) add(kStream, now += every, late);
  }
  void add(DatastreamId stream, Instant arrived, Millis late) { lateness.add(stream, 2min, {arrived, late, arrived - late}); }
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
  come(20, 15min);
  EXPECT_EQ(lateness.of(kStream), Millis{20min});
  come(5, 59min, 1h);
  EXPECT_EQ(lateness.of(kStream), Millis{75min});
  come(5, 28h, 24h);
  EXPECT_EQ(lateness.of(kStream), Millis{30h});
}

TEST_F(warning_lateness, is_little_moved_by_one_late_parcel) {
  come(30, 3s);
  come(1, 5h);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, is_not_moved_by_a_backlog_however_many_pieces_it_comes_in) {
  come(120, 3s);
  come(60, 16min, 500ms);
  come(5, 3s);
  come(60, 40min, 500ms);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, follows_what_lasts_for_an_hour) {
  come(120, 3s);
  come(5, 16min);
  EXPECT_EQ(lateness.of(kStream), Millis{0}) << "ten minutes";
  come(25, 16min);
  EXPECT_EQ(lateness.of(kStream), Millis{20min});
}

TEST_F(warning_lateness, is_the_same_for_neighbours_of_whom_one_was_late_for_a_while) {
  constexpr DatastreamId kNext{8};
  for (int n = 0; n < 300; ++n) {
    now += 2min;
    add(kStream, now, 3s);
    add(kNext, now, n % 60 < 4 ? Millis{8min} : Millis{3s});
  }
  EXPECT_EQ(lateness.of(kNext), lateness.of(kStream));
}

TEST_F(warning_lateness, never_follows_history_that_is_brought_in) {
  come(30, std::chrono::days{90});
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, is_that_of_the_live_values_as_soon_as_a_day_of_history_was_brought_in) {
  for (Millis behind = 24h; behind > 2min; behind -= 5min) {
    add(kStream, now += 1s, behind);
    EXPECT_EQ(lateness.of(kStream), Millis{0}) << "nor while it is brought in";
  }
  come(1, 2s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  come(30, 2s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, is_that_of_the_newest_delivery_where_a_read_past_has_no_other) {
  lateness.assume(kStream, 2min, {now, 20h, now - 4h});
  EXPECT_EQ(lateness.of(kStream), Millis{30h});
}

TEST_F(warning_lateness, is_not_moved_by_history_that_is_brought_in_beside_live_values) {
  come(10, 2s);
  for (int n = 0; n < 120; ++n) {
    add(kStream, now += 30s, 20h - n * 2min);
    add(kStream, now += 90s, 2s);
  }
  EXPECT_EQ(lateness.of(kStream), Millis{0});
}

TEST_F(warning_lateness, is_not_moved_by_a_short_stop_after_few_values) {
  come(3, 2s);
  add(kStream, now += 4min, 3min);
  add(kStream, now += 1s, 1min);
  come(3, 2s);
  EXPECT_EQ(lateness.of(kStream), Millis{0});
  EXPECT_EQ(lateness.take_changes(), 0U);
}

TEST_F(warning_lateness, is_that_of_an_hourly_parcel_that_is_judged_in_two_pieces) {
  for (int n = 0; n < 4; ++n) {
    now += 59min;
    lateness.add(kStream, 2min, {now, 60min, now - 30min});
    now += 1min;
    lateness.add(kStream, 2min, {now, 31min, now - 1min});
  }
  EXPECT_EQ(lateness.of(kStream), Millis{75min});
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
