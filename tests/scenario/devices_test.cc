// Devices as they are, against the real binary: Debian's mosquitto_pub sends what firmwares send, and the store is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/server_process.h"

namespace madang::test {
namespace {

using testing::HasSubstr;

CommandOutcome shell(std::string const& line) { return run_command({"sh", "-c", line}); }

std::string stream(std::string const& channel) {
  return fmt::format(
      R"({{"name":"{0}","description":"","properties":{{"channel":"{0}","intervalMs":120000}},"observationType":"http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement","unitOfMeasurement":{{"name":"","symbol":"u","definition":""}},"Sensor":{{"name":"s","description":"","encodingType":"text/html","metadata":"x"}},"ObservedProperty":{{"name":"{0}","definition":"about:blank","description":""}}}})",
      channel);
}

struct devices : testing::Test {
  TemporaryDirectory folder;
  ServerProcess server{folder.path() / "data"};
  std::string key = server.create_key("fleet");

  devices() {
    auto const thing = fmt::format(R"({{"name":"Pole 7","description":"","properties":{{"serial":"POLE-7"}},"Datastreams":[{},{}]}})",
                                   stream("pm25"), stream("temperature"));
    auto const made = shell(fmt::format("curl -s -o /dev/null -w '%{{http_code}}' -H 'Authorization: Bearer {}' {}/sta/v1.1/Things -d '{}'",
                                        key, server.http(), thing));
    EXPECT_EQ(made.out, "201");
  }
  CommandOutcome publish(std::string const& printf_text, std::string const& more) const {
    return shell(fmt::format("printf '{}' | timeout 30 mosquitto_pub -h 127.0.0.1 -p {} -u device -P {} -t things/POLE-7/obs {}",
                             printf_text, server.mqtt_port(), key, more));
  }
  /// "[1.0,3.0]": the values of one Datastream, oldest first.
  std::string values(int datastream) const {
    return shell(fmt::format("curl -s -g '{}/sta/v1.1/Datastreams({})/Observations?$orderby=id&$select=result' | jq -c '[.value[].result]'",
                             server.http(), datastream)).out;
  }
};

TEST_F(devices, of_3_1_1_go_on_after_a_message_that_can_never_be_stored) {
  for (auto const* qos : {"1", "2"})
    EXPECT_EQ(publish(R"({"pm25":1}\nnot json\n{"rssi":-70}\n{"pm25":2,"temperature":nan,"rssi":-70}\n{"pm25":3}\n)",
                      fmt::format("-V mqttv311 -q {} -l", qos)).status, 0);

  EXPECT_EQ(values(1), "[1,2,3,1,2,3]\n");
  EXPECT_EQ(values(2), "[]\n");
  auto const log = server.log();
  EXPECT_THAT(log, HasSubstr("publish_refused"));
  EXPECT_EQ(log.find("POLE-7: payload"), log.rfind("POLE-7: payload")) << "once per device and reason: " << log;
  EXPECT_THAT(log, HasSubstr("values_set_aside"));
  EXPECT_THAT(shell("curl -s " + server.http() + "/metrics").out, HasSubstr("madang_sensing_values_set_aside_total{reason=\"unknown_channel\"} 2"));
}

TEST_F(devices, clear_what_they_retained) {
  EXPECT_EQ(publish(R"({"pm25":11})", "-V mqttv311 -q 1 -r -s").status, 0);
  EXPECT_THAT(shell("curl -s " + server.http() + "/metrics").out, HasSubstr("madang_mqtt_retained_messages 1"));

  EXPECT_EQ(publish("", "-V mqttv311 -q 1 -r -n").status, 0);

  EXPECT_THAT(shell("curl -s " + server.http() + "/metrics").out, HasSubstr("madang_mqtt_retained_messages 0"));
  EXPECT_EQ(values(1), "[11]\n");
}

TEST_F(devices, with_a_wrong_key_are_refused_for_good_and_logged) {
  for (auto const* version : {"mqttv311", "mqttv5"}) {
    auto const refused = shell(fmt::format("mosquitto_pub -V {} -h 127.0.0.1 -p {} -i lamp-9 -u device -P guess -t things/POLE-7/obs -m 1",
                                           version, server.mqtt_port()));
    EXPECT_NE(refused.status, 0);
  }
  EXPECT_THAT(server.log(), HasSubstr("connect_refused"));
  EXPECT_THAT(server.log(), HasSubstr("lamp-9"));
  EXPECT_EQ(server.log().find("guess"), std::string::npos);
}

}  // namespace
}  // namespace madang::test
