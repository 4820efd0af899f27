#include "sensing/readings/latest_board.h"

#include <gtest/gtest.h>

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

constexpr DatastreamId kStream{7};

struct latest_board : ::testing::Test {
  LatestBoard board;
  Instant const start = *parse_instant("2026-11-24T05:30:00Z");
  std::int64_t count = 0;

  /// A value that was measured `late` before it came.
  void arrive(Millis since_start, Millis late = 1s) {
    storage::StoredObservation o;
    o.id = ObservationId{++count};
    o.datastream = kStream;
    o.received_at = start + since_start;
    o.phenomenon_time = o.received_at - late;
    o.value = 20;
    o.quality = {QualityFlag::kGood, 0, 1};
    board.put(std::span(&o, 1));
  }
  [[nodiscard]] LatestValue latest() const { return board.find(std::span(&kStream, 1)).front(); }
};

TEST_F(latest_board, learns_the_pace_of_who_delivers_by_the_hour) {
  for (auto const hour : {0h, 1h, 2h}) arrive(hour);
  EXPECT_EQ(latest().pace, 1h);
  EXPECT_EQ(report_state(latest(), 2min, start + 3h), ReportState::kReporting);
  arrive(2h + 40min);
  EXPECT_EQ(latest().pace, 40min) << "the shorter of the last two";
}

TEST_F(latest_board, keeps_the_pace_through_a_delivery_of_many_messages) {
  for (auto const hour : {0h, 1h, 2h}) arrive(hour);
  for (auto after = 1s; after < 14min; after += 20s) arrive(2h + after);
  EXPECT_EQ(latest().pace, 1h);
}

TEST_F(latest_board, forgets_the_pace_of_parcels_when_a_source_goes_on_without_a_pause) {
  for (auto const hour : {0h, 1h, 2h}) arrive(hour);
  for (auto after = 1s; after < 17min; after += 20s) arrive(2h + after);
  EXPECT_EQ(latest().pace, 0h);
  EXPECT_EQ(report_state(latest(), 2min, start + 2h + 30min), ReportState::kLate) << "two outages made no slow source of it";
}

TEST_F(latest_board, learns_no_pace_from_history_that_is_loaded) {
  for (auto const minute : {0min, 2min, 4min}) arrive(minute);
  for (auto const after : {10h, 20h}) arrive(after, 24h * 365);
  EXPECT_EQ(latest().pace, 2min);
  EXPECT_EQ(latest().heard, start + 4min);
  EXPECT_EQ(report_state(latest(), 2min, start + 20h), ReportState::kLate);
}

TEST_F(latest_board, takes_a_sign_of_life_for_no_value) {
  board.mark_heard(kStream, start);
  EXPECT_EQ(latest().heard, start);
  EXPECT_FALSE(board.find(kStream));
  board.mark_heard(kStream, start - 1h);
  EXPECT_EQ(latest().heard, start) << "the newest one counts";
}

}  // namespace
}  // namespace madang::sensing
