#include "sensing/settings.h"

#include <gtest/gtest.h>

namespace madang::sensing {
namespace {

TEST(sensing_settings, choose_the_indices_of_the_city) {
  Settings settings;
  settings.air_index = "eaqi";
  settings.noise_zone = "roadside_c";
  settings.crowd_severe = 4.5;
  auto const shown = settings.shown_indices();
  ASSERT_TRUE(shown.has_value());
  EXPECT_EQ(shown->air, indices::AirScale::kEaqi);
  EXPECT_EQ(shown->noise_zone, indices::NoiseZone::kRoadsideC);
  EXPECT_EQ(shown->crowd.severe, CrowdDensity{4.5});
}

TEST(sensing_settings, refuse_indices_that_do_not_exist) {
  Settings settings;
  settings.air_index = "best";
  EXPECT_EQ(settings.shown_indices().error().sentence, "'best' is none of cai, aqi, eaqi, who, none");
  settings.air_index = "none";
  settings.noise_zone = "quiet";
  EXPECT_FALSE(settings.shown_indices().has_value());
  settings.noise_zone = "general_a";
  settings.crowd_alert = 9;
  EXPECT_FALSE(settings.shown_indices().has_value());
}

TEST(sensing_settings, refuse_with_file_and_line_when_the_settings_are_read) {
  Settings ours;
  runtime::Settings settings;
  ours.declare(settings);
  auto const read = settings.read("[indices]\nair = \"cai\"\nnoise_zone = \"quiet\"\n", "city.toml");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().sentence, "city.toml:3:1: \"indices.noise_zone\": 'quiet' is none of general_a, general_b, general_c, "
                                   "general_d, roadside_ab, roadside_c, roadside_d");
}

}  // namespace
}  // namespace madang::sensing
