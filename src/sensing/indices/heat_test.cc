#include "sensing/indices/heat.h"

#include <gtest/gtest.h>

#include <array>

namespace madang::sensing::indices {
namespace {

TEST(wet_bulb, of_20_degrees_at_50_percent_is_13_7) {
  // The worked example of Stull (2011), section 2.
  EXPECT_NEAR(wet_bulb(20.0_celsius, 50.0_percent).value, 13.7, 0.05);
}

// KMA's own description of the formula: about 55 % of humidity feels as the thermometer says, and ten percent more or
// less of it by about one degree more or less (기상자료개방포털, 체감온도).
TEST(perceived_temperature, is_the_air_temperature_at_about_55_percent) {
  EXPECT_NEAR(perceived_temperature(33.0_celsius, 55.0_percent)->value, 33.0, 0.5);
}

TEST(perceived_temperature, rises_by_about_one_degree_with_ten_percent_of_humidity) {
  auto const damp = perceived_temperature(33.0_celsius, 65.0_percent)->value;
  auto const dry = perceived_temperature(33.0_celsius, 55.0_percent)->value;
  EXPECT_NEAR(damp - dry, 1.0, 0.3);
}

TEST(perceived_temperature, says_nothing_on_cool_days) {
  EXPECT_EQ(perceived_temperature(19.9_celsius, 90.0_percent), std::nullopt);
}

TEST(heat_level, begins_at_31_33_35_and_38) {
  EXPECT_EQ(heat_level(30.9_celsius), HeatLevel::kNone);
  EXPECT_EQ(heat_level(31.0_celsius), HeatLevel::kAttention);
  EXPECT_EQ(heat_level(33.0_celsius), HeatLevel::kCaution);
  EXPECT_EQ(heat_level(37.9_celsius), HeatLevel::kWarning);
  EXPECT_EQ(heat_level(38.0_celsius), HeatLevel::kDanger);
  EXPECT_EQ(heat_level(std::nullopt), HeatLevel::kNone);
  EXPECT_EQ(begins_at(HeatLevel::kCaution), 33.0_celsius);
  EXPECT_EQ(name_of(HeatLevel::kDanger), "danger");
}

TEST(heat_advisory, needs_two_days_in_a_row) {
  std::array const one{34.0_celsius};
  std::array const broken{34.0_celsius, 32.9_celsius, 36.0_celsius};
  std::array const two{30.0_celsius, 33.0_celsius, 36.0_celsius};
  std::array const hot{35.0_celsius, 35.2_celsius};
  EXPECT_EQ(heat_advisory(one), HeatAdvisory::kNone);
  EXPECT_EQ(heat_advisory(broken), HeatAdvisory::kNone);
  EXPECT_EQ(heat_advisory(two), HeatAdvisory::kAdvisory);
  EXPECT_EQ(heat_advisory(hot), HeatAdvisory::kWarning);
}

}  // namespace
}  // namespace madang::sensing::indices
