#include "sensing/readings/broker_mapping.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;

constexpr std::string_view kBrokerMapping = R"([broker]
host = "mqtt.city.example"
port = 8883
tls = true

[[topic]]
filter = "city/{serial}/obs"

[[topic]]
filter = "lora/+/up"
payload = "json"
serial = "/device/id"
time = "/rx/at"
time_format = "unix_seconds"
[topic.channels]
pm25 = { path = "/data/0/pm" }
temperature = { path = "/data/0/t", scale = 0.1, offset = -100 }
)";

std::string sentence(std::string_view toml) {
  auto const mapping = BrokerMapping::parse(toml, "m.toml");
  EXPECT_FALSE(mapping.has_value());
  return mapping ? "" : mapping.error().sentence;
}

struct Mapping : testing::Test {
  TestCity t;
  PayloadDecoder decoder{*t.city, nullptr};
  BrokerMapping mapping = must(BrokerMapping::parse(kBrokerMapping, "m.toml"));

  Mapping() { t.add("N1", kWest, {"pm25", "temperature"}); }
  Result<storage::Batch> decode(std::string_view topic, std::string_view payload) {
    auto const* rule = mapping.rule_of(topic);
    if (rule == nullptr) return fail(Code::kNotFound, "no rule");
    MADANG_TRY(auto message, decode_mapped(*rule, topic, payload, decoder, t.clock.now()));
    return std::move(message.batch);
  }
};

TEST_F(Mapping, subscribes_with_a_plus_in_the_place_of_the_serial) {
  ASSERT_EQ(mapping.client.subscriptions.size(), 2u);
  EXPECT_EQ(mapping.client.subscriptions[0].first, "city/+/obs");
  EXPECT_EQ(mapping.client.subscriptions[0].second, 1);
  EXPECT_EQ(mapping.client.port, 8883);
}

TEST_F(Mapping, reads_madang_payloads_by_the_serial_of_the_topic) {
  auto const batch = must(decode("city/N1/obs", R"({"pm25":9})"));
  EXPECT_EQ(batch.observations.at(0).datastream, t.stream("N1", "pm25"));
}

TEST_F(Mapping, reads_paths_units_and_times_of_foreign_json) {
  auto const batch = must(decode("lora/gw7/up",
                                 R"({"device":{"id":"N1"},"rx":{"at":1795498200.5},"data":[{"pm":12,"t":1215}]})"));
  ASSERT_EQ(batch.observations.size(), 2u);
  EXPECT_EQ(batch.observations[0].value, 12);
  EXPECT_NEAR(batch.observations[1].value, 21.5, 1e-9);
  EXPECT_EQ(millis_of(batch.observations[0].phenomenon_time), 1'795'498'200'500);
}

TEST_F(Mapping, leaves_out_what_is_absent_or_null) {
  auto const batch = must(decode("lora/gw7/up", R"({"device":{"id":"N1"},"rx":{"at":1795498200},"data":[{"pm":null}]})"));
  EXPECT_TRUE(batch.observations.empty());
}

TEST_F(Mapping, names_the_path_that_is_wrong) {
  EXPECT_THAT(decode("lora/gw7/up", R"({"device":{"id":"N1"},"rx":{},"data":[]})").error().sentence, HasSubstr("/rx/at"));
  EXPECT_THAT(decode("lora/gw7/up", R"({"rx":{"at":1}})").error().sentence, HasSubstr("/device/id"));
  EXPECT_EQ(decode("lora/gw7/up", R"({"device":{"id":"N9"},"rx":{"at":1}})").error().code, Code::kNotFound);
  EXPECT_THAT(decode("lora/gw7/up", R"({"device":{"id":"N1"},"rx":{"at":1},"data":[{"pm":"x"}]})").error().sentence,
              HasSubstr("/data/0/pm"));
}

TEST_F(Mapping, dates_by_its_arrival_what_knows_no_time) {
  for (auto const* time : {"null", "\"\"", "\"nan\""}) {
    auto const message = must(decode_mapped(*mapping.rule_of("lora/gw7/up"), "lora/gw7/up",
                                            fmt::format(R"({{"device":{{"id":"N1"}},"rx":{{"at":{}}},"data":[{{"pm":1}}]}})", time), decoder, t.clock.now()));
    ASSERT_EQ(message.batch.observations.size(), 1u) << time;
    EXPECT_EQ(message.batch.observations[0].received_at, t.clock.now());
    EXPECT_TRUE(message.dated_by_arrival) << time << ": a retained one is passed over";
  }
}

TEST_F(Mapping, takes_the_last_of_a_name_that_stands_there_twice_and_says_so) {
  auto const message = must(decode_mapped(*mapping.rule_of("lora/gw7/up"), "lora/gw7/up",
                                          R"({"device":{"id":"N1"},"rx":{"at":1795498200},"data":[{"pm":1,"t":1215,"pm":2}]})", decoder, t.clock.now()));
  ASSERT_EQ(message.batch.observations.size(), 2u);
  EXPECT_EQ(message.batch.observations[0].value, 2);
  EXPECT_EQ(message.aside.repeated, 1u);
  EXPECT_EQ(message.aside.why, "/data/0/pm: named twice; the last one counts");
}

TEST_F(Mapping, finds_names_that_are_empty_or_hold_a_slash) {
  auto const made = must(BrokerMapping::parse("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"x/{serial}\"\npayload = \"json\"\n"
                                              "channels.pm25.path = \"//a~1b\"\nchannels.temperature.path = \"/DS18B20-1/T~0\"\n", "m.toml"));
  auto const batch = must(decode_mapped(made.rules[0], "x/N1", R"({"":{"a/b":3},"DS18B20-1":{"T~":4}})", decoder, t.clock.now())).batch;
  ASSERT_EQ(batch.observations.size(), 2u);
  EXPECT_EQ(batch.observations[0].value + batch.observations[1].value, 7);
}

TEST_F(Mapping, keeps_words_where_the_datastream_takes_them) {
  auto door = TestCity::station("D1", kWest, {"status"});
  door.datastreams[0].datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation";
  must(t.city->add_thing(std::move(door)));
  auto const made = must(BrokerMapping::parse("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"x/{serial}\"\npayload = \"json\"\n"
                                              "channels.status.path = \"/s\"\n[[topic]]\nfilter = \"y/{serial}\"\npayload = \"value\"\nchannel = \"status\"\n", "m.toml"));
  auto const word = [&](std::size_t rule, std::string_view topic, std::string_view payload) {
    auto const batch = must(decode_mapped(made.rules[rule], topic, payload, decoder, t.clock.now())).batch;
    return batch.details.empty() ? "none" : batch.details[0].second.result;
  };
  EXPECT_EQ(word(0, "x/D1", R"({"s":"open"})"), "open");
  EXPECT_EQ(word(1, "y/D1", "open"), "open");
  EXPECT_EQ(word(1, "y/D1", "ON"), "ON");
  EXPECT_EQ(word(1, "y/D1", "\"shut\""), "shut");
  for (auto const* given : {"3", "true"})
    EXPECT_EQ(decode_mapped(made.rules[0], "x/D1", fmt::format(R"({{"s":{}}})", given), decoder, t.clock.now()).error().sentence,
              fmt::format("/s: a text expected by the Datastream's observationType, not {}", given));
}

TEST_F(Mapping, reads_a_value_in_quotes_and_names_what_is_no_json) {
  auto const made = must(BrokerMapping::parse("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"y/{serial}\"\npayload = \"value\"\nchannel = \"pm25\"\n", "m.toml"));
  auto const value = [&](std::string_view payload) { return decode_mapped(made.rules[0], "y/N1", payload, decoder, t.clock.now()); };
  EXPECT_EQ(must(value("\"21.5\"")).batch.observations.at(0).value, 21.5);
  EXPECT_EQ(must(value("\"unavailable\"")).batch.observations.size(), 0u);
  EXPECT_THAT(decode("lora/gw7/up", "\x1F\x8B\x08garbage").error().sentence, HasSubstr("payload: is packed with gzip"));
  for (auto const* scalar : {"12", "\"N1\"", "true", "warm"})
    EXPECT_THAT(decode("lora/gw7/up", scalar).error().sentence, HasSubstr("payload: a JSON object or list expected")) << scalar;
}

TEST_F(Mapping, has_no_rule_for_another_topic) { EXPECT_EQ(mapping.rule_of("lora/gw7/down"), nullptr); }

TEST(broker_mapping, names_line_and_field_of_a_mistake) {
  EXPECT_THAT(sentence("[broker]\nhost = \"a\"\nprot = 1\n"), HasSubstr("m.toml:3:8: broker.prot: not known; do you mean port?"));
  EXPECT_THAT(sentence("[broker]\nhost = \"a\"\nport = 70000\n"), HasSubstr("m.toml:3:8: broker.port: 70000 is above 65535"));
  EXPECT_THAT(sentence("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"a/b+/c\"\n"), HasSubstr("m.toml:4:10: topic.filter"));
  EXPECT_THAT(sentence("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"a/{serial}\"\nqos = 3\n"), HasSubstr("3 is above 1"));
  EXPECT_THAT(sentence("[broker\n"), HasSubstr("m.toml:1:"));
  EXPECT_THAT(sentence("[broker]\nhost = \"a\"\n"), HasSubstr("[[topic]]"));
}

TEST_F(Mapping, keeps_the_channels_that_can_be_read) {
  auto const* rule = mapping.rule_of("lora/gw7/up");
  auto const message = must(decode_mapped(*rule, "lora/gw7/up", R"({"device":{"id":"N1"},"rx":{"at":1795498200},"data":[{"pm":"x","t":1215}]})",
                                          decoder, t.clock.now()));
  ASSERT_EQ(message.batch.observations.size(), 1u);
  EXPECT_EQ(message.batch.observations[0].datastream, t.stream("N1", "temperature"));
  EXPECT_EQ(message.aside.why, "/data/0/pm: a number expected, not the text \"x\"");
}

TEST_F(Mapping, reads_json_as_devices_write_it) {
  auto const batch = must(decode("lora/gw7/up", "\xEF\xBB\xBF{'device':{'id':'N1'},'rx':{'at':1795498200},'data':[{'pm':nan,'t':+1215,},],}"));
  ASSERT_EQ(batch.observations.size(), 1u);
  EXPECT_NEAR(batch.observations[0].value, 21.5, 1e-9);
}

TEST_F(Mapping, takes_numbers_in_text_only_where_the_rule_allows_them) {
  auto const text = [this](std::string_view allowed) {
    auto const made = must(BrokerMapping::parse("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"x/{serial}\"\npayload = \"json\"\n" +
                                                std::string(allowed) + "channels.pm25.path = \"/p\"\n", "m.toml"));
    return decode_mapped(made.rules[0], "x/N1", R"({"p":"12.5"})", decoder, t.clock.now());
  };
  EXPECT_EQ(must(text("numbers_in_text = true\n")).batch.observations.at(0).value, 12.5);
  EXPECT_THAT(text("").error().sentence, HasSubstr("numbers_in_text = true would allow it"));
}

TEST_F(Mapping, reads_times_without_a_zone_by_the_zone_of_the_rule) {
  auto const made = must(BrokerMapping::parse("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"x/{serial}\"\npayload = \"json\"\n"
                                              "time = \"/t\"\ntime_zone = \"+09:00\"\nchannels.pm25.path = \"/p\"\n", "m.toml"));
  auto const at = [&](std::string_view payload) {
    return format_instant(must(decode_mapped(made.rules[0], "x/N1", payload, decoder, t.clock.now())).batch.observations.at(0).phenomenon_time);
  };
  EXPECT_EQ(at(R"({"t":"2026-11-24T14:29:00","p":1})"), "2026-11-24T05:29:00Z");
  EXPECT_EQ(at(R"({"t":1795498140,"p":1})"), "2026-11-24T05:29:00Z");
  EXPECT_EQ(at(R"({"t":1795498140000,"p":1})"), "2026-11-24T05:29:00Z");
}

TEST(broker_mapping, refuses_keys_that_do_not_go_together) {
  std::string const start = "[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"x/{serial}\"\n";
  EXPECT_THAT(sentence(start + "payload = \"value\"\n"), HasSubstr("topic.channel"));
  EXPECT_THAT(sentence(start + "payload = \"value\"\nchannel = \"a\"\ntime = \"/t\"\n"), HasSubstr("topic.time"));
  EXPECT_THAT(sentence(start + "payload = \"json\"\ntime_zone = \"Mars\"\nchannels.a.path = \"/p\"\n"), HasSubstr("topic.time_zone"));
  EXPECT_THAT(sentence(start + "payload = \"json\"\n[topic.channels]\na = { path = \"/p\", key = \"k\" }\n"), HasSubstr("channels.a.list"));
  EXPECT_THAT(sentence(start + "payload = \"xml\"\n"), HasSubstr("topic.payload"));
  EXPECT_THAT(sentence("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"{channel}/{serial}\"\n"), HasSubstr("{channel} is for"));
}

TEST(broker_mapping, wants_the_serial_from_exactly_one_place) {
  EXPECT_THAT(sentence("[broker]\nhost = \"a\"\n[[topic]]\nfilter = \"a/+\"\n"), HasSubstr("topic.serial"));
}

}  // namespace
}  // namespace madang::sensing
