#include "runtime/settings.h"

#include <gtest/gtest.h>

namespace madang::runtime {
namespace {

struct Lamp {
  std::int64_t watts = 60;
  double height = 4.5;
  bool smart = true;
  std::string name = "pole";

  Settings settings() {
    Settings s;
    s.declare(watts, {"lamp.watts", "How bright it may be.", "W", 1, 400});
    s.declare(height, {"lamp.height", "How high it hangs.", "m", 1, 30});
    s.declare(smart, {"lamp.smart", "Whether it dims by itself.", "", 0, 0});
    s.declare(name, {"lamp.name", "What people call it.", "", 0, 0});
    return s;
  }
};

TEST(settings, take_values_from_toml_and_keep_defaults_for_the_rest) {
  Lamp lamp;
  ASSERT_TRUE(lamp.settings().read("[lamp]\nwatts = 100\nname = \"가로등\"\n", "city.toml").has_value());
  EXPECT_EQ(lamp.watts, 100);
  EXPECT_EQ(lamp.name, "가로등");
  EXPECT_EQ(lamp.height, 4.5);
}

TEST(settings, name_file_line_and_the_nearest_key_of_a_typing_error) {
  Lamp lamp;
  auto const read = lamp.settings().read("[lamp]\n\nwats = 100\n", "city.toml");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().sentence, "city.toml:3:1: there is no key \"lamp.wats\"; did you mean \"lamp.watts\"?");
}

TEST(settings, refuse_a_value_out_of_bounds) {
  Lamp lamp;
  auto const read = lamp.settings().read("[lamp]\nwatts = 4000\n", "city.toml");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().sentence, "city.toml:2:1: \"lamp.watts\": 4000 is not within 1 to 400");
  EXPECT_EQ(lamp.watts, 60);
}

TEST(settings, refuse_a_value_of_the_wrong_kind) {
  Lamp lamp;
  EXPECT_FALSE(lamp.settings().read("[lamp]\nsmart = 1\n", "city.toml").has_value());
  EXPECT_FALSE(lamp.settings().read("[lamp]\nwatts = \"60\"\n", "city.toml").has_value());
}

TEST(settings, name_the_place_of_broken_toml) {
  Lamp lamp;
  auto const read = lamp.settings().read("[lamp\n", "city.toml");
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().sentence.substr(0, 12), "city.toml:1:");
}

TEST(settings, explain_a_section_of_several_modules_once) {
  Lamp lamp;
  std::int64_t poles = 7;
  std::string colour = "white";
  auto settings = lamp.settings();
  settings.declare(poles, {"street.poles", "How many there are.", "", 1, 400});
  settings.declare(colour, {"lamp.colour", "Of its light.", "", 0, 0});
  EXPECT_TRUE(settings.read(settings.explain(), "explained").has_value()) << settings.explain();
}

TEST(settings, explain_every_key_in_toml_that_reads_back) {
  Lamp lamp;
  auto settings = lamp.settings();
  auto const text = settings.explain();
  EXPECT_NE(text.find("# How bright it may be. Unit: W. Range: 1 to 400.\nwatts = 60\n"), std::string::npos);
  EXPECT_TRUE(settings.read(text, "explained").has_value());
}

}  // namespace
}  // namespace madang::runtime
