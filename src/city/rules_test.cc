#include "city/rules.h"

#include <gmock/gmock.h>

#include "city/limits.h"
#include "runtime/shipped.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;

TEST(serial, is_one_level_of_a_topic) {
  EXPECT_TRUE(check_serial("V02Q1940612"));
  EXPECT_TRUE(check_serial("강남-3"));
  EXPECT_FALSE(check_serial("a/b"));
  EXPECT_FALSE(check_serial("a+"));
  EXPECT_FALSE(check_serial("#"));
  EXPECT_FALSE(check_serial("$SYS"));
  EXPECT_FALSE(check_serial("a\nb"));
  EXPECT_EQ(check_serial(std::string(kSerialMax + 1, 'a')).error().code, Code::kLimit);
}

TEST(thing, needs_properties_that_are_an_object) {
  Thing thing;
  thing.serial = "A-1";
  thing.properties = R"({"a":[1,2]})";
  EXPECT_TRUE(check(thing));
  thing.properties = "[1]";
  EXPECT_THAT(check(thing).error().sentence, HasSubstr("properties"));
  thing.properties = "{\"a\":}";
  EXPECT_FALSE(check(thing));
}

TEST(location, lies_on_earth) {
  Location location;
  location.point = LatLon{37.5, 127};
  EXPECT_TRUE(check(location));
  location.point = LatLon{127, 37.5};
  EXPECT_THAT(check(location).error().sentence, HasSubstr("latitude 127"));
}

TEST(sensor, has_channels_that_make_sense) {
  Sensor sensor;
  sensor.channels = {{"pm25", 0.1, 0, 0, 500, {-999}, true}};
  EXPECT_TRUE(check(sensor));
  sensor.channels[0].scale = 0;
  EXPECT_THAT(check(sensor).error().sentence, HasSubstr("channels/pm25: a scale of 0"));
  sensor.channels[0].scale = 1;
  sensor.channels[0].valid_min = 600;
  EXPECT_THAT(check(sensor).error().sentence, HasSubstr("valid_min is above valid_max"));
  sensor.channels[0] = {"pm25", 1, 0, 0, 500, std::vector<double>(kSentinelsPerChannelMax, -999), true};
  EXPECT_TRUE(check(sensor));
  sensor.channels[0].sentinels.push_back(-998);
  EXPECT_THAT(check(sensor).error().sentence, HasSubstr("channels/pm25/sentinels: 65 numbers that mean \"no value\" are above 64"));
}

TEST(datastream, has_an_interval_that_is_not_negative) {
  Datastream datastream;
  EXPECT_TRUE(check(datastream));
  datastream.interval = Millis{-1};
  EXPECT_FALSE(check(datastream));
}

TEST(password, is_counted_in_characters) {
  EXPECT_TRUE(check_password("열글자나되는비밀번호"));
  EXPECT_FALSE(check_password("아홉글자의비밀번호"));
  EXPECT_EQ(check_password(std::string(kPasswordMax + 1, 'a')).error().code, Code::kLimit);
}

TEST(name, falls_back_to_english_and_then_to_any) {
  Name const both{{{"en", "Gangnam"}, {"ko", "강남"}}};
  Name const korean{{{"ko", "강남"}}};
  EXPECT_EQ(both.in("ko"), "강남");
  EXPECT_EQ(both.in("fr"), "Gangnam");
  EXPECT_EQ(korean.in("en"), "강남");
  EXPECT_EQ(Name{}.in("en"), "");
}

TEST(registry_refusals, name_kinds_of_entries_in_the_readers_language) {
  auto const& texts = runtime::shipped_messages();
  EXPECT_EQ(texts.text("ko", "refusal.registry.none", {{"kind", std::string{"observed_property"}}, {"id", std::string{"7"}}}), "바꿀 수 있는 관측 항목 7번이 없습니다");
  for (auto const* key : {"refusal.registry.registered_elsewhere", "refusal.registry.changed_elsewhere"})
    EXPECT_THAT(texts.text("ko", key, {{"kind", std::string{"datastream"}}, {"id", std::string{"7"}}}), ::testing::HasSubstr("다른 프로그램이 채널"));
}

}  // namespace
}  // namespace madang::city
