#include "sensing/warning/imported_history.h"

#include <gtest/gtest.h>

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

struct imported_history : ::testing::Test {
  ImportedHistory history;
  Instant now = *parse_instant("2026-11-26T05:00:00Z");
  Engine::Sight dust{.channel = "pm25", .step = 1min, .streams = 1'000, .accepted = 0, .late = 0, .speaking = 1'000, .known = 0};
  Engine::Sight noise{.channel = "noise", .step = 10s, .streams = 10, .accepted = 0, .late = 0, .speaking = 10, .known = 10};

  /// A quarter of a minute later, with so many more late values.
  bool detect(std::uint64_t dust_late, std::uint64_t noise_late = 0) {
    now += 15s;
    dust.late += dust_late;
    noise.late += noise_late;
    return history.detect(now, std::vector{dust, noise});
  }
};

TEST_F(imported_history, is_read_when_no_more_of_it_comes) {
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(detect(5'000));
  EXPECT_TRUE(detect(0));
  EXPECT_FALSE(detect(0)) << "once";
}

TEST_F(imported_history, is_read_though_a_part_of_the_network_is_always_late) {
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(detect(5'000, 3));
  EXPECT_TRUE(detect(200, 3));
}

TEST_F(imported_history, is_read_though_another_quantity_is_never_in_time) {
  noise.known = 0;
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(detect(5'000, 20));
  EXPECT_TRUE(detect(0, 20));
}

TEST_F(imported_history, is_waited_for_by_others_that_it_would_help) {
  noise.known = 0;
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(detect(5'000, 0));
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(detect(0, 1'000));
  EXPECT_TRUE(detect(0, 0));
}

TEST_F(imported_history, is_not_wanted_where_the_usual_values_are_known) {
  dust.known = 600;
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(detect(5'000));
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(detect(0));
}

TEST_F(imported_history, is_no_history_when_a_few_values_came_late) {
  for (int n = 0; n < 20; ++n) EXPECT_FALSE(detect(200));
}

TEST_F(imported_history, is_read_again_after_a_while_when_more_came_and_a_new_engine_counts) {
  EXPECT_FALSE(detect(100'000));
  EXPECT_TRUE(detect(0));
  dust.late = 0;
  EXPECT_FALSE(detect(50'000));
  EXPECT_FALSE(detect(0)) << "it was read a moment ago";
  now += ImportedHistory::kReadEvery;
  EXPECT_TRUE(detect(0));
}

}  // namespace
}  // namespace madang::sensing::warning
