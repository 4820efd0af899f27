// The mapping files of docs/broker/ with messages of our own making, in the shapes that those devices and bridges publish.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "sensing/readings/broker_mapping.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;

struct BrokerExamples : testing::Test {
  TestCity t;
  PayloadDecoder decoder{*t.city, &t.metrics};
  Instant now = t.clock.now();

  static BrokerMapping example(std::string const& name) {
    std::ifstream in(std::string{MADANG_SOURCE_DIR} + "/docs/broker/" + name + ".toml", std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return must(BrokerMapping::parse(text, name + ".toml"));
  }
  DecodedMessage read(BrokerMapping const& mapping, std::string_view topic, std::string_view payload) {
    auto const* rule = mapping.rule_of(topic);
    EXPECT_NE(rule, nullptr) << topic;
    return must(decode_mapped(*rule, topic, payload, decoder, now));
  }
  double value(DecodedMessage const& message, std::string_view serial, std::string_view channel) {
    for (auto const& o : message.batch.observations)
      if (o.datastream == t.stream(serial, channel)) return o.value;
    ADD_FAILURE() << channel << " is not there";
    return 0;
  }
};

TEST_F(BrokerExamples, tasmota_says_local_time_and_nests_its_chips) {
  t.add("roof-7", kWest, {"temperature", "humidity", "pm25", "pm10"});
  auto const mapping = example("tasmota");

  auto const message = read(mapping, "tele/roof-7/SENSOR", R"({"Time":"2026-11-24T14:29:30","BME280":{"Temperature":4.3,
    "Humidity":61.2,"DewPoint":-2.5},"SDS0X1":{"PM2.5":12.4,"PM10":20.1},"PressureUnit":"hPa","TempUnit":"C"})");

  ASSERT_EQ(message.batch.observations.size(), 4U);
  EXPECT_EQ(format_instant(message.batch.observations[0].phenomenon_time), "2026-11-24T05:29:30Z");
  EXPECT_EQ(value(message, "roof-7", "temperature"), 4.3);
  EXPECT_EQ(value(message, "roof-7", "pm25"), 12.4);
}

TEST_F(BrokerExamples, tasmota_loses_one_chip_and_keeps_the_others) {
  t.add("roof-7", kWest, {"temperature", "humidity", "pm25", "pm10"});
  auto const mapping = example("tasmota");

  auto const message = read(mapping, "tele/roof-7/SENSOR",
                            R"({"Time":"2026-11-24T14:29:30","BME280":{"Temperature":null,"Humidity":nan},"SDS0X1":{"PM2.5":12.4}})");

  ASSERT_EQ(message.batch.observations.size(), 1U);
  EXPECT_EQ(message.aside.faults(), 0U);
}

TEST_F(BrokerExamples, esphome_says_one_value_per_topic) {
  t.add("yard", kWest, {"temperature", "pm25", "illuminance"});
  auto const mapping = example("esphome");
  ASSERT_EQ(mapping.client.subscriptions.at(0).first, "+/sensor/+/state");

  auto const message = read(mapping, "yard/sensor/outdoor_temperature/state", "21.4");
  EXPECT_EQ(value(message, "yard", "temperature"), 21.4);
  EXPECT_EQ(message.batch.observations[0].phenomenon_time, now);
  EXPECT_TRUE(message.dated_by_arrival);  // so a retained one is passed over
  EXPECT_EQ(value(read(mapping, "yard/sensor/illuminance/state", "5000\n"), "yard", "illuminance"), 5000);

  EXPECT_EQ(read(mapping, "yard/sensor/pm_2_5/state", "nan").aside.missing, 1U);
  EXPECT_TRUE(read(mapping, "yard/sensor/wifi_signal/state", "-60").batch.observations.empty());
  auto const* rule = mapping.rule_of("yard/sensor/pm_2_5/state");
  EXPECT_THAT(decode_mapped(*rule, "yard/sensor/pm_2_5/state", "12 ug", decoder, now).error().sentence, HasSubstr("12 ug"));
  EXPECT_THAT(decode_mapped(*rule, "yard/sensor/outdoor_humidity/state", "50", decoder, now).error().sentence,
              HasSubstr("no channel \"humidity\""));
}

TEST_F(BrokerExamples, sensor_community_lists_types_and_values_in_text) {
  t.add("11223344", kWest, {"pm10", "pm25", "temperature", "humidity"});
  auto const mapping = example("sensor_community");

  auto const message = read(mapping, "airrohr/11223344", R"({"esp8266id":"11223344","software_version":"NRZ-2026-1",
    "sensordatavalues":[{"value_type":"SDS_P1","value":"15.23"},{"value_type":"SDS_P2","value":"10.17"},
    {"value_type":"BME280_temperature","value":"-6.89"},{"value_type":"BME280_humidity","value":"nan"},
    {"value_type":"samples","value":"122648"}]})");

  ASSERT_EQ(message.batch.observations.size(), 3U);
  EXPECT_EQ(value(message, "11223344", "pm10"), 15.23);
  EXPECT_EQ(value(message, "11223344", "pm25"), 10.17);
  EXPECT_EQ(value(message, "11223344", "temperature"), -6.89);
  EXPECT_EQ(message.aside.missing, 1U);
}

TEST_F(BrokerExamples, the_things_stack_says_when_it_received_and_what_was_decoded) {
  t.add("meter-04", kWest, {"temperature", "humidity", "noise"});
  auto const mapping = example("the_things_stack");
  auto const* topic = "v3/city@tenant/devices/meter-04/up";

  auto const message = read(mapping, topic, R"({"end_device_ids":{"device_id":"meter-04","dev_eui":"0000000000000004"},
    "received_at":"2026-11-24T05:29:42.034971083Z","uplink_message":{"f_port":1,"f_cnt":46162,"frm_payload":"AWc=",
    "decoded_payload":{"temperature":0,"laeq":54.5,"battery":"low"},"rx_metadata":[{"rssi":-47}]}})");

  ASSERT_EQ(message.batch.observations.size(), 2U);
  EXPECT_EQ(format_instant(message.batch.observations[0].phenomenon_time), "2026-11-24T05:29:42.034Z");
  EXPECT_EQ(value(message, "meter-04", "temperature"), 0);
  EXPECT_EQ(value(message, "meter-04", "noise"), 54.5);

  auto const undecoded = read(mapping, topic, R"({"received_at":"2026-11-24T05:29:42Z","uplink_message":{"frm_payload":"AWc="}})");
  EXPECT_TRUE(undecoded.batch.observations.empty());
  EXPECT_EQ(undecoded.aside.faults(), 0U);
}

TEST_F(BrokerExamples, zigbee2mqtt_says_when_it_saw_the_device) {
  t.add("hall_north", kWest, {"temperature", "humidity"});
  auto const mapping = example("zigbee2mqtt");

  auto const message = read(mapping, "zigbee2mqtt/hall_north",
                            R"({"battery":100,"humidity":46.2,"last_seen":"2026-11-24T14:29:00+09:00","linkquality":87,"temperature":21.7})");

  ASSERT_EQ(message.batch.observations.size(), 2U);
  EXPECT_FALSE(message.dated_by_arrival);  // so a retained one is of use
  EXPECT_EQ(format_instant(message.batch.observations[0].phenomenon_time), "2026-11-24T05:29:00Z");
  EXPECT_EQ(mapping.client.subscriptions.size(), 1U);
  EXPECT_TRUE(read(mapping, "zigbee2mqtt/hall_north/availability", R"({"state":"online"})").batch.observations.empty());
}

}  // namespace
}  // namespace madang::sensing
