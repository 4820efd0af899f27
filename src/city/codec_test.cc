#include "city/codec.h"

#include <gtest/gtest.h>

namespace madang::city {
namespace {

TEST(codec, brings_a_name_back) {
  Name const name{{{"en", "Say \"hi\""}, {"ko", "안녕\n"}}};
  EXPECT_EQ(json_of(name), R"({"en":"Say \"hi\"","ko":"안녕\n"})");
  EXPECT_EQ(name_of_json(json_of(name)), name);
  EXPECT_EQ(name_of_json("{}"), Name{});
}

TEST(codec, brings_channels_back) {
  std::vector<Channel> const channels = {{"pm25", 0.1, -40, 0, 500, {65535, -999.5}, true},
                                         {"wind", 1, 0, 0, 0, {}, false}};
  EXPECT_EQ(channels_of_json(json_of(channels)), channels);
}

TEST(codec, brings_a_unit_and_a_scope_back) {
  Unit const unit{"degree Celsius", "°C", "Cel"};
  std::vector<std::string> const serials = {"A-1", "\"B\""};
  EXPECT_EQ(unit_of_json(json_of(unit)), unit);
  EXPECT_EQ(texts_of_json(json_of(serials)), serials);
}

TEST(codec, says_corrupt_for_what_it_did_not_write) {
  EXPECT_EQ(name_of_json("[]").error().code, Code::kCorrupt);
  EXPECT_EQ(name_of_json(R"({"en":1})").error().code, Code::kCorrupt);
  EXPECT_EQ(texts_of_json(R"(["a",2])").error().code, Code::kCorrupt);
  EXPECT_EQ(channels_of_json("").error().code, Code::kCorrupt);
}

TEST(codec, knows_an_object) {
  EXPECT_TRUE(is_json_object("{}"));
  EXPECT_TRUE(is_json_object(R"( {"a": 1} )"));
  EXPECT_FALSE(is_json_object("{} {}"));
  EXPECT_FALSE(is_json_object("null"));
}

}  // namespace
}  // namespace madang::city
