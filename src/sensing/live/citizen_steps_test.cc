#include "sensing/live/citizen_steps.h"

#include <gtest/gtest.h>

namespace madang::sensing {
namespace {

TEST(citizen_steps, end_where_the_air_quality_index_ends_them) {
  EXPECT_EQ(steps_of("pm25")[*step_of("pm25", 15)].key, "level.good");
  EXPECT_EQ(steps_of("pm25")[*step_of("pm25", 16)].key, "level.moderate");
  EXPECT_EQ(steps_of("pm10")[*step_of("pm10", 151)].key, "level.very_bad");
}

TEST(citizen_steps, hold_every_number) {
  EXPECT_EQ(step_of("temperature", -40), 0u);
  EXPECT_EQ(step_of("noise", 1e9), 3u);
}

TEST(citizen_steps, do_not_exist_for_other_channels) {
  EXPECT_TRUE(steps_of("vibration").empty());
  EXPECT_EQ(step_of("vibration", 1), std::nullopt);
}

}  // namespace
}  // namespace madang::sensing
