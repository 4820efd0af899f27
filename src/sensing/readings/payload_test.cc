#include "sensing/readings/payload.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/limits.h"
#include "sensing/quality/tests.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;

struct Payload : testing::Test {
  TestCity t;
  PayloadDecoder decoder{*t.city, &t.metrics};
  Instant now = t.clock.now();

  Payload() { t.add("N1", kWest, {"pm25", "temperature", "noise", "wind_speed"}); }

  Result<storage::Batch> stored(std::string_view serial, std::string_view payload, Instant at) {
    MADANG_TRY(auto message, decoder.decode(serial, payload, at));
    return std::move(message.batch);
  }
  DecodedMessage read(std::string_view payload) { return must(decoder.decode("N1", payload, now)); }
  std::string sentence(std::string_view payload) {
    auto const batch = decoder.decode("N1", payload, now);
    EXPECT_FALSE(batch.has_value());
    return batch ? "" : batch.error().sentence;
  }
};

TEST_F(Payload, gives_one_observation_for_each_channel) {
  auto const batch = must(stored("N1", R"({"time":"2026-11-24T05:29:00Z","pm25":12.3,"temperature":-4.1})", now));
  ASSERT_EQ(batch.observations.size(), 2u);
  EXPECT_EQ(batch.observations[0].datastream, t.stream("N1", "pm25"));
  EXPECT_EQ(batch.observations[0].value, 12.3);
  EXPECT_EQ(format_instant(batch.observations[0].phenomenon_time), "2026-11-24T05:29:00Z");
  EXPECT_EQ(batch.observations[0].received_at, now);
  EXPECT_EQ(batch.observations[0].quality.flag, QualityFlag::kGood);
  EXPECT_EQ(batch.observations[1].value, -4.1);
}

TEST_F(Payload, keeps_its_plan_of_a_device_until_the_registry_says_something_else_of_that_device) {
  t.add("N2", kEast, {"pm25"});
  auto const first = decoder.plan_of("N1");
  auto const other = decoder.plan_of("N2");
  t.add("N3", kEast, {"pm25"});
  EXPECT_EQ(decoder.plan_of("N1"), first);
  auto edited = *t.city->datastream(t.stream("N2", "pm25"));
  edited.channel = "pm10";
  ASSERT_TRUE(t.city->write([&](city::Writer& w) { return w.edit(edited); }, "test"));
  EXPECT_EQ(decoder.plan_of("N1"), first);
  EXPECT_NE(decoder.plan_of("N2"), other);
  EXPECT_NE(decoder.plan_of("N2")->made_at, other->made_at);
  EXPECT_EQ(decoder.plan_of("N2")->channels.at(0).name, "pm10");
  must(t.city->add_datastream(t.city->thing_of_serial("N1")->id, TestCity::datastream("humidity")));
  EXPECT_EQ(must(stored("N1", R"({"humidity":40})", now)).observations.size(), 1u);
}

TEST_F(Payload, takes_the_time_that_follows_the_channels) {
  auto const batch = must(stored("N1", R"({"pm25":1,"time":"2026-11-24T14:29:00+09:00"})", now));
  EXPECT_EQ(format_instant(batch.observations[0].phenomenon_time), "2026-11-24T05:29:00Z");
}

TEST_F(Payload, without_a_time_is_of_now) {
  auto const batch = must(stored("N1", R"({"pm25":1})", now));
  EXPECT_EQ(batch.observations[0].phenomenon_time, now);
}

TEST_F(Payload, keeps_messages_without_a_time_apart_that_come_in_one_millisecond) {
  std::vector<Instant> times;
  for (int i = 0; i < 3; ++i) times.push_back(must(stored("N1", R"({"pm25":1})", now)).observations.at(0).phenomenon_time);
  EXPECT_EQ(times, (std::vector{now, now + Millis{1}, now + Millis{2}}));
  EXPECT_EQ(must(stored("N1", R"({"pm25":1})", now + Millis{500})).observations.at(0).phenomenon_time, now + Millis{500});
}

TEST_F(Payload, skips_null_and_keeps_a_sentinel_as_no_value) {
  auto const batch = must(stored("N1", R"({"pm25":null,"temperature":-999,"noise":51})", now));
  ASSERT_EQ(batch.observations.size(), 2u);
  EXPECT_EQ(batch.observations[0].datastream, t.stream("N1", "temperature"));
  EXPECT_EQ(batch.observations[0].quality, opinion(QualityFlag::kMissing, QualityTest::kSentinel));
  EXPECT_EQ(batch.observations[1].datastream, t.stream("N1", "noise"));
}

TEST_F(Payload, flags_what_lies_outside_the_range) {
  auto const batch = must(stored("N1", R"({"temperature":353.4})", now));
  EXPECT_EQ(batch.observations[0].quality.flag, QualityFlag::kFail);
}

TEST_F(Payload, keeps_all_channels_but_the_bad_one) {
  for (auto const* bad : {"nan", "NaN", "-Infinity", "\"nan\"", "\"\"", "null", "\"warm\"", "{\"v\":1}", "[1,{\"x\":nan}]", "1e999",
                          "0x1F", "--", "1.2.3", "\"1,5\""}) {
    auto const message = read(fmt::format(R"({{"pm25":12.5,"temperature":{},"noise":51}})", bad));
    ASSERT_EQ(message.batch.observations.size(), 2U) << bad;
    EXPECT_EQ(message.batch.observations[0].value, 12.5);
    EXPECT_EQ(message.batch.observations[1].value, 51);
    EXPECT_EQ(message.aside.faults() + message.aside.missing, 1U) << bad;
  }
}

TEST_F(Payload, says_what_it_set_aside_and_counts_it) {
  auto const message = read(R"({"pm25":12.5,"temperature":"warm","rssi":-70,"battery":{"volt":3.3}})");
  EXPECT_EQ(message.batch.observations.size(), 1U);
  EXPECT_EQ(message.aside.unreadable, 1U);
  EXPECT_EQ(message.aside.unknown, 2U);
  EXPECT_EQ(message.aside.why, "temperature: a number expected, not the text \"warm\"");
  EXPECT_THAT(t.metrics.text(), HasSubstr("madang_sensing_values_set_aside_total{reason=\"unknown_channel\"} 2"));
  EXPECT_THAT(t.metrics.text(), HasSubstr("madang_sensing_values_set_aside_total{reason=\"unreadable\"} 1"));
}

TEST_F(Payload, keeps_999_of_1000_channels_with_one_bad) {
  auto thing = TestCity::station("WIDE", kWest, {"pm25"});
  auto const first = thing.datastreams.front();
  thing.datastreams.clear();
  std::string payload = "{";
  for (int i = 0; i < 1'000; ++i) {
    auto d = first;
    d.datastream.channel = fmt::format("c{}", i);
    thing.datastreams.push_back(d);
    payload += fmt::format("{}\"c{}\":{}", i == 0 ? "" : ",", i, i == 500 ? "nan" : std::to_string(i));
  }
  must(t.city->add_thing(thing));

  auto const batch = must(stored("WIDE", payload + "}", now));

  ASSERT_EQ(batch.observations.size(), 999U);
  EXPECT_EQ(batch.observations[998].value, 999);
}

TEST_F(Payload, takes_the_last_of_a_channel_named_twice) {
  auto const message = read(R"({"pm25":1,"noise":50,"pm25":2})");
  ASSERT_EQ(message.batch.observations.size(), 2U);
  EXPECT_EQ(message.batch.observations[0].value, 2);
  EXPECT_EQ(message.aside.repeated, 1U);
}

TEST_F(Payload, takes_numbers_in_text_unless_the_thing_forbids_them) {
  EXPECT_EQ(read(R"({"pm25":"12.5","temperature":" +21.4"})").batch.observations.at(1).value, 21.4);
  auto thing = TestCity::station("N4", kWest, {"pm25"});
  thing.thing.properties = R"({"numbersInText":false})";
  must(t.city->add_thing(thing));
  EXPECT_FALSE(decoder.decode("N4", R"({"pm25":"12.5"})", now).has_value());
}

TEST_F(Payload, takes_numbers_as_devices_print_them) {
  auto const batch = must(stored("N1", R"({"pm25":+16,"temperature":.5,"noise":051})", now));
  ASSERT_EQ(batch.observations.size(), 3U);
  EXPECT_EQ(batch.observations[0].value, 16);
  EXPECT_EQ(batch.observations[1].value, 0.5);
  EXPECT_EQ(batch.observations[2].value, 51);
}

TEST_F(Payload, takes_true_of_a_switch_and_of_nothing_that_is_measured) {
  auto thing = t.station("SWITCH-1", kWest, {"pm25"});
  auto door = t.datastream("noise");
  door.datastream.channel = "door";
  thing.datastreams.push_back(std::move(door));
  must(t.city->add_thing(thing));
  auto const message = must(stored("SWITCH-1", R"({"pm25":true,"door":true})", now));
  ASSERT_EQ(message.observations.size(), 1u);
  EXPECT_EQ(message.observations[0].datastream, t.stream("SWITCH-1", "door"));
  EXPECT_EQ(message.observations[0].value, 1);
  EXPECT_THAT(stored("SWITCH-1", R"({"pm25":false})", now).error().sentence, HasSubstr("pm25: a number expected, not false"));
}

TEST_F(Payload, takes_a_whole_number_of_many_digits) {
  EXPECT_EQ(read(R"({"wind_speed":12345678901234567890123})").batch.observations.at(0).value, 12345678901234567890123.0);
}

TEST_F(Payload, takes_the_wrapping_off_the_object) {
  using namespace std::string_literals;
  for (auto const& text : {"\xEF\xBB\xBF{\"pm25\":15.5}"s, "{\"pm25\":15.5}\0"s, "{\"pm25\":15.5}\r\n"s, "{\"pm25\":15.5}\0\0\n\0"s})
    EXPECT_EQ(read(text).batch.observations.at(0).value, 15.5);
}

TEST_F(Payload, of_nothing_but_missing_values_is_no_fault) {
  EXPECT_TRUE(read(R"({"pm25":nan,"noise":null,"temperature":""})").batch.observations.empty());
}

TEST_F(Payload, reads_the_times_of_devices) {
  for (auto const* time : {R"("2026-11-24T14:29:00+0900")", R"("2026-11-24 05:29:00z")", "1795498140", "1795498140000",
                           R"("1795498140")", "1.79549814e9"}) {
    auto const message = read(fmt::format(R"({{"time":{},"pm25":1}})", time));
    EXPECT_EQ(format_instant(message.batch.observations.at(0).phenomenon_time), "2026-11-24T05:29:00Z") << time;
    EXPECT_EQ(message.batch.observations[0].quality.flag, QualityFlag::kGood);
    EXPECT_FALSE(message.dated_by_arrival);
  }
}

TEST_F(Payload, reads_a_time_without_a_zone_by_the_zone_of_the_thing) {
  EXPECT_THAT(sentence(R"({"time":"2026-11-24T14:29:00","pm25":1})"), HasSubstr("names no zone"));
  auto thing = TestCity::station("N5", kWest, {"pm25"});
  thing.thing.properties = R"({"timeZone":"Asia/Seoul"})";
  must(t.city->add_thing(thing));
  auto const batch = must(stored("N5", R"({"time":"2026-11-24T14:29:00","pm25":1})", now));
  EXPECT_EQ(format_instant(batch.observations.at(0).phenomenon_time), "2026-11-24T05:29:00Z");
}

TEST_F(Payload, suspects_a_clock_that_was_never_set) {
  for (auto const* time : {R"("1970-01-01T00:00:05Z")", R"("2000-01-01T00:00:00Z")", "12345", R"("0001-01-01T00:00:00Z")"}) {
    auto const batch = must(stored("N1", fmt::format(R"({{"time":{},"pm25":1}})", time), now));
    EXPECT_EQ(batch.observations.at(0).quality.flag, QualityFlag::kSuspect) << time;
    EXPECT_EQ(batch.observations[0].quality.reason, static_cast<std::uint8_t>(QualityTest::kClock)) << time;
    EXPECT_GE(batch.observations[0].phenomenon_time, kInstantMin);
  }
}

TEST_F(Payload, takes_the_time_of_arrival_where_the_thing_says_so) {
  auto thing = TestCity::station("N6", kWest, {"pm25"});
  thing.thing.properties = R"({"useArrivalTime":"unset"})";
  must(t.city->add_thing(thing));
  thing = TestCity::station("N7", kWest, {"pm25"});
  thing.thing.properties = R"({"useArrivalTime":"always"})";
  must(t.city->add_thing(thing));

  auto const unset = must(decoder.decode("N6", R"({"time":"1970-01-01T00:00:05Z","pm25":1})", now));
  EXPECT_EQ(unset.batch.observations.at(0).phenomenon_time, now);
  EXPECT_EQ(unset.batch.observations[0].quality.flag, QualityFlag::kGood);
  EXPECT_TRUE(unset.dated_by_arrival);
  auto const set = must(decoder.decode("N6", R"({"time":"2026-11-24T05:29:00Z","pm25":1})", now));
  EXPECT_EQ(format_instant(set.batch.observations.at(0).phenomenon_time), "2026-11-24T05:29:00Z");
  auto const always = must(decoder.decode("N7", R"({"time":"yesterday","pm25":1})", now));
  EXPECT_EQ(always.batch.observations.at(0).phenomenon_time, now);
}

TEST_F(Payload, suspects_a_clock_that_runs_years_ahead) {
  auto const batch = must(stored("N1", R"({"time":"2032-01-01T00:00:00Z","pm25":3})", now));
  EXPECT_EQ(batch.observations[0].quality.flag, QualityFlag::kSuspect);
}

TEST_F(Payload, names_an_unknown_channel) { EXPECT_THAT(sentence(R"({"pm99":1})"), HasSubstr("pm99")); }

TEST_F(Payload, names_the_channel_that_is_not_a_number) {
  EXPECT_THAT(sentence(R"({"temperature":"warm"})"), HasSubstr("temperature"));
}

TEST_F(Payload, names_the_column_of_a_bad_time) {
  EXPECT_THAT(sentence(R"({"time":"yesterday","pm25":2})"), HasSubstr("column"));
}

TEST_F(Payload, refuses_text_that_is_cut_off) { EXPECT_THAT(sentence(R"({"pm25":1,)"), HasSubstr("payload")); }
TEST_F(Payload, refuses_what_follows_the_object) { EXPECT_THAT(sentence(R"({"pm25":1} {})"), HasSubstr("more follows")); }
TEST_F(Payload, refuses_an_object_without_channels) { EXPECT_THAT(sentence("{}"), HasSubstr("no channel")); }
TEST_F(Payload, refuses_a_list_without_objects) {
  EXPECT_THAT(sentence("[1]"), HasSubstr("element 1: an object expected"));
  EXPECT_THAT(sentence("[]"), HasSubstr("an empty list"));
  EXPECT_THAT(sentence(R"([{"pm25":1},)"), HasSubstr("payload"));
  EXPECT_THAT(sentence(R"([{"pm25":1}] {})"), HasSubstr("payload"));
}

TEST_F(Payload, takes_a_list_of_what_a_device_kept_while_it_was_offline) {
  auto const message = read(R"([{"time":"2026-11-24T05:20:00Z","pm25":1,"noise":50},{"pm25":2,"time":1795498200},7,
    {"time":"soon","pm25":3},{"pm25":4,"rssi":-70,"time":"2026-11-24T05:22:00Z"},{"pm25":null,"time":"2026-11-24T05:23:00Z"}])");
  auto const& values = message.batch.observations;
  ASSERT_EQ(values.size(), 4u);
  EXPECT_EQ(values[0].value, 1);
  EXPECT_EQ(format_instant(values[1].phenomenon_time), "2026-11-24T05:20:00Z");
  EXPECT_EQ(values[2].value, 2);
  EXPECT_EQ(values[2].phenomenon_time, instant_of_millis(1'795'498'200'000));
  EXPECT_EQ(values[3].value, 4);
  EXPECT_EQ(format_instant(values[3].phenomenon_time), "2026-11-24T05:22:00Z");
  EXPECT_EQ(message.aside.unknown, 1u);
  EXPECT_EQ(message.aside.unreadable, 2u);
  EXPECT_EQ(message.aside.missing, 1u);
  EXPECT_EQ(message.aside.why, "element 3: an object expected");
  EXPECT_FALSE(message.dated_by_arrival);
}

TEST_F(Payload, keeps_the_elements_of_a_list_without_times_apart) {
  auto const message = read(R"([{"pm25":1},{"pm25":2}])");
  ASSERT_EQ(message.batch.observations.size(), 2u);
  EXPECT_LT(message.batch.observations[0].phenomenon_time, message.batch.observations[1].phenomenon_time);
  EXPECT_TRUE(message.dated_by_arrival);
}

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
  auto const batch = must(stored("N3", R"({"battery":{"volt":[3.3]},"pm25":7})", now));
  ASSERT_EQ(batch.observations.size(), 1u);
  EXPECT_EQ(batch.observations[0].value, 7);
}

TEST_F(Payload, keeps_words_where_the_datastream_takes_them) {
  auto door = TestCity::station("D1", kWest, {"pm25", "status"});
  door.datastreams[1].datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation";
  must(t.city->add_thing(std::move(door)));
  auto const words = [this](std::string_view payload) {
    std::vector<std::pair<std::uint32_t, std::string>> out;
    for (auto const& [place, detail] : must(stored("D1", payload, now)).details) out.emplace_back(place, detail.result);
    return out;
  };
  using Words = std::vector<std::pair<std::uint32_t, std::string>>;
  EXPECT_EQ(words(R"({"pm25":1,"status":"open"})"), (Words{{1, "open"}}));
  EXPECT_EQ(words(R"({"status":"unknown","pm25":1})"), (Words{{0, "unknown"}})) << "a word like any other here";
  EXPECT_EQ(words(R"({"status":"open","pm25":1,"status":"shut"})"), (Words{{0, "shut"}})) << "the last one counts";
  EXPECT_EQ(words(R"([{"pm25":1,"status":"open"},{"status":"shut"}])"), (Words{{1, "open"}, {2, "shut"}}));
  EXPECT_EQ(words(R"({"status":"","pm25":1})"), Words{});
  EXPECT_EQ(must(stored("D1", R"({"status":""})", now)).observations.size(), 0u);
  for (auto const* given : {"3", "true", "-999"}) {
    auto const batch = must(stored("D1", std::string{R"({"pm25":1,"status":)"} + given + "}", now));
    ASSERT_EQ(batch.observations.size(), 1u) << given;
    EXPECT_EQ(batch.observations[0].datastream, t.stream("D1", "pm25"));
  }
  EXPECT_EQ(stored("D1", R"({"status":3})", now).error().sentence, "status: a text expected by the Datastream's observationType, not 3");
}

}  // namespace
}  // namespace madang::sensing
