#include "sensing/readings/payload.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/limits.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;

struct Payload : testing::Test {
  TestCity t;
  PayloadDecoder decoder{*t.city, &t.metrics};
  Instant now = t.clock.now();

  Payload() { t.add("N1", kWest, {"pm25", "temperature", "noise", "wind_speed"}); }

  std::string sentence(std::string_view payload) {
    auto const batch = decoder.decode("N1", payload, now);
    EXPECT_FALSE(batch.has_value());
    return batch ? "" : batch.error().sentence;
  }
};

TEST_F(Payload, gives_one_observation_for_each_channel) {
  auto const batch = must(decoder.decode("N1", R"({"time":"2026-11-24T05:29:00Z","pm25":12.3,"temperature":-4.1})", now));
  ASSERT_EQ(batch.observations.size(), 2u);
  EXPECT_EQ(batch.observations[0].datastream, t.stream("N1", "pm25"));
  EXPECT_EQ(batch.observations[0].value, 12.3);
  EXPECT_EQ(format_instant(batch.observations[0].phenomenon_time), "2026-11-24T05:29:00Z");
  EXPECT_EQ(batch.observations[0].received_at, now);
  EXPECT_EQ(batch.observations[0].quality.flag, QualityFlag::kGood);
  EXPECT_EQ(batch.observations[1].value, -4.1);
}

TEST_F(Payload, takes_the_time_that_follows_the_channels) {
  auto const batch = must(decoder.decode("N1", R"({"pm25":1,"time":"2026-11-24T14:29:00+09:00"})", now));
  EXPECT_EQ(format_instant(batch.observations[0].phenomenon_time), "2026-11-24T05:29:00Z");
}

TEST_F(Payload, without_a_time_is_of_now) {
  auto const batch = must(decoder.decode("N1", R"({"pm25":1})", now));
  EXPECT_EQ(batch.observations[0].phenomenon_time, now);
}

TEST_F(Payload, skips_null_and_sentinels) {
  auto const batch = must(decoder.decode("N1", R"({"pm25":null,"temperature":-999,"noise":51})", now));
  ASSERT_EQ(batch.observations.size(), 1u);
  EXPECT_EQ(batch.observations[0].datastream, t.stream("N1", "noise"));
}

TEST_F(Payload, flags_what_lies_outside_the_range) {
  auto const batch = must(decoder.decode("N1", R"({"temperature":353.4})", now));
  EXPECT_EQ(batch.observations[0].quality.flag, QualityFlag::kFail);
}

TEST_F(Payload, suspects_a_clock_that_runs_years_ahead) {
  auto const batch = must(decoder.decode("N1", R"({"time":"2032-01-01T00:00:00Z","pm25":3})", now));
  EXPECT_EQ(batch.observations[0].quality.flag, QualityFlag::kSuspect);
}

TEST_F(Payload, names_an_unknown_channel) { EXPECT_THAT(sentence(R"({"pm99":1})"), HasSubstr("pm99")); }

TEST_F(Payload, names_the_channel_that_is_not_a_number) {
  EXPECT_THAT(sentence(R"({"temperature":"warm"})"), HasSubstr("temperature"));
}

TEST_F(Payload, names_the_channel_given_twice) { EXPECT_THAT(sentence(R"({"pm25":1,"pm25":2})"), HasSubstr("pm25")); }

TEST_F(Payload, names_the_column_of_a_bad_time) {
  EXPECT_THAT(sentence(R"({"time":"yesterday","pm25":2})"), HasSubstr("column"));
}

TEST_F(Payload, refuses_text_that_is_cut_off) { EXPECT_THAT(sentence(R"({"pm25":1,)"), HasSubstr("payload")); }
TEST_F(Payload, refuses_what_follows_the_object) { EXPECT_THAT(sentence(R"({"pm25":1} {})"), HasSubstr("more follows")); }
TEST_F(Payload, refuses_an_object_without_channels) { EXPECT_THAT(sentence("{}"), HasSubstr("no channel")); }
TEST_F(Payload, refuses_an_array) { EXPECT_THAT(sentence("[1]"), HasSubstr("payload")); }

TEST_F(Payload, refuses_more_bytes_than_the_limit) {
  auto const batch = decoder.decode("N1", std::string(kPayloadBytesMax + 1, ' '), now);
  ASSERT_FALSE(batch.has_value());
  EXPECT_EQ(batch.error().code, Code::kLimit);
}

TEST_F(Payload, of_an_unknown_serial_is_not_found) {
  auto const batch = decode_device_payload(*t.city, "N2", R"({"pm25":1})", now);
  ASSERT_FALSE(batch.has_value());
  EXPECT_EQ(batch.error().code, Code::kNotFound);
}

TEST_F(Payload, sees_a_channel_that_was_added_meanwhile) {
  ASSERT_FALSE(decoder.decode("N1", R"({"humidity":50})", now).has_value());
  must(t.city->add_datastream(t.city->thing_of_serial("N1")->id, TestCity::datastream("humidity")));
  EXPECT_TRUE(decoder.decode("N1", R"({"humidity":50})", now).has_value());
}

TEST_F(Payload, leaves_unknown_channels_out_where_the_thing_says_so) {
  auto thing = TestCity::station("N3", kWest, {"pm25"});
  thing.thing.properties = R"({"ignoreUnknownChannels":true})";
  must(t.city->add_thing(thing));
  auto const batch = must(decoder.decode("N3", R"({"battery":{"volt":[3.3]},"pm25":7})", now));
  ASSERT_EQ(batch.observations.size(), 1u);
  EXPECT_EQ(batch.observations[0].value, 7);
}

}  // namespace
}  // namespace madang::sensing
