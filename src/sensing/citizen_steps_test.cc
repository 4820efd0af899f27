#include "sensing/citizen_steps.h"

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

TEST(perceived_temperature, follows_the_formula_of_the_weather_service) {
  // By hand: 33 °C and 60 % have a wet-bulb temperature of 26.69 °C.
  EXPECT_NEAR(*perceived_temperature(33, 60), 33.45, 0.05);
  EXPECT_LT(*perceived_temperature(33, 40), *perceived_temperature(33, 80));
}

TEST(perceived_temperature, says_nothing_in_the_cold) { EXPECT_EQ(perceived_temperature(8, 50), std::nullopt); }

TEST(heat_advice, changes_at_31_33_and_35_degrees) {
  EXPECT_EQ(heat_advice_key(std::nullopt), "public.heat_none");
  EXPECT_EQ(heat_advice_key(30.9), "public.heat_none");
  EXPECT_EQ(heat_advice_key(31), "public.heat_31");
  EXPECT_EQ(heat_advice_key(33), "public.heat_33");
  EXPECT_EQ(heat_advice_key(35), "public.heat_35");
}

}  // namespace
}  // namespace madang::sensing
