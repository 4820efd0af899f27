// Devices as they are, against the real binary: Debian's mosquitto_pub sends what firmwares send, and the store is asked.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "support/free_port.h"
#include "support/server_process.h"
#include "support/soon.h"

namespace madang::test {
namespace {

using testing::HasSubstr;

CommandOutcome shell(std::string const& line) { return run_command({"sh", "-c", line}); }

std::string stream(std::string const& channel) {
  return fmt::format(
      R"({{"name":"{0}","description":"","properties":{{"channel":"{0}","intervalMs":120000}},"observationType":"http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement","unitOfMeasurement":{{"name":"","symbol":"","definition":""}},"Sensor":{{"name":"s","description":"","encodingType":"text/html","metadata":"x"}},"ObservedProperty":{{"name":"{0}","definition":"about:blank","description":""}}}})",
      channel);
}

/// The status of making a Thing with two Datastreams.
CommandOutcome add_pole(ServerProcess const& server, std::string const& key, std::string const& serial = "POLE-7") {
  auto const thing = fmt::format(R"({{"name":"Pole 7","description":"","properties":{{"serial":"{}"}},"Datastreams":[{},{}]}})",
                                 serial, stream("pm25"), stream("temperature"));
  return shell(fmt::format("curl -s -o /dev/null -w '%{{http_code}}' -H 'Authorization: Bearer {}' {}/sta/v1.1/Things -d '{}'", key,
                           server.http(), thing));
}

/// "[1,3]": the values of one Datastream, by their time.
std::string stored_values(ServerProcess const& server, int datastream) {
  return shell(fmt::format("curl -s -g '{}/sta/v1.1/Datastreams({})/Observations?$orderby=phenomenonTime&$select=result' | jq -c '[.value[].result]'",
                           server.http(), datastream)).out;
}

struct devices : testing::Test {
  TemporaryDirectory folder;
  ServerProcess server{folder.path() / "data"};
  std::string key = server.create_key("fleet");

  devices() { EXPECT_EQ(add_pole(server, key).out, "201"); }
  CommandOutcome publish(std::string const& printf_text, std::string const& more) const {
    return shell(fmt::format("printf '{}' | timeout 30 mosquitto_pub -h 127.0.0.1 -p {} -u device -P {} -t things/POLE-7/obs {}",
                             printf_text, server.mqtt_port(), key, more));
  }
  [[nodiscard]] std::string values(int datastream) const { return stored_values(server, datastream); }
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

TEST_F(devices, that_nobody_has_registered_are_named_to_the_operator_and_lose_nothing_by_being_early) {
  auto const early = [this](std::string const& text, std::string const& more) {
    return shell(fmt::format("printf '{}' | timeout 30 mosquitto_pub -h 127.0.0.1 -p {} -u device -P {} -t things/POLE-8/obs {} -l",
                             text, server.mqtt_port(), key, more));
  };
  EXPECT_EQ(early(R"({"pm25":1,"time":"2026-11-24T05:00:00Z"}\n{"pm25":2,"time":"2026-11-24T05:01:00Z"}\n)", "-V mqttv311 -q 1").status, 0);
  auto const told = early(R"({"pm25":9,"time":"2026-11-24T05:02:00Z"}\n)", "-V mqttv5 -q 1");
  EXPECT_THAT(told.out + told.err, HasSubstr("Topic Name invalid"));
  auto const doctor = run_madang({"doctor", "--data", (folder.path() / "data").string()});
  EXPECT_THAT(doctor.out, HasSubstr("1 send and have no Thing: POLE-8 (3 messages, the last at "));
  EXPECT_THAT(shell(fmt::format("curl -s {}/metrics", server.http())).out, HasSubstr("madang_sensing_unknown_devices 1\n"));
  EXPECT_EQ(shell(fmt::format("curl -s -o /dev/null -w '%{{http_code}}' {}/api/v1/devices/unknown", server.http())).out, "401");

  EXPECT_EQ(add_pole(server, key, "POLE-8").out, "201");
  EXPECT_EQ(early(R"({"pm25":3}\n)", "-V mqttv311 -q 1").status, 0);
  EXPECT_EQ(values(3), "[1,2,9,3]\n");
  EXPECT_THAT(run_madang({"doctor", "--data", (folder.path() / "data").string()}).out, HasSubstr("all that send are registered"));
}

TEST_F(devices, that_measure_in_a_unit_of_no_use_are_counted_and_named_with_the_reason) {
  auto text = stream("temperature");
  text.replace(text.find(R"("symbol":"")"), 11, R"("symbol":"pc")");
  auto const thing = R"({"name":"X","description":"","properties":{"serial":"POLE-9"},"Datastreams":[)" + text + "]}";
  EXPECT_EQ(shell(fmt::format("curl -s -o /dev/null -w '%{{http_code}}' -H 'Authorization: Bearer {}' {}/sta/v1.1/Things -d '{}'", key,
                              server.http(), thing)).out, "201");
  EXPECT_EQ(shell(fmt::format("echo '{{\"temperature\":500}}' | timeout 30 mosquitto_pub -h 127.0.0.1 -p {} -u device -P {} -t things/POLE-9/obs -q 1 -l",
                              server.mqtt_port(), key)).status, 0);
  auto const doctor = run_madang({"doctor", "--data", (folder.path() / "data").string()});
  EXPECT_THAT(doctor.out, HasSubstr("1 of 2 report; 0 late, 0 silent, 1 never heard\n")) << doctor.err;
  EXPECT_THAT(doctor.out, HasSubstr("POLE-9: Air temperature comes in pc, which is no unit of it"));
}

TEST_F(devices, of_which_nothing_can_be_stored_are_late_and_a_job_with_the_reason_of_the_last_refusal) {
  auto const say = [this](std::string const& message) {
    return shell(fmt::format("echo '{}' | timeout 30 mosquitto_pub -h 127.0.0.1 -p {} -u device -P {} -V mqttv311 -t things/POLE-7/obs -q 1 -l",
                             message, server.mqtt_port(), key)).status;
  };
  EXPECT_EQ(say(R"({"pm25":"cold"})"), 0);
  EXPECT_EQ(say(R"({"pm25":"warm"})"), 0);
  auto const doctor = run_madang({"doctor", "--data", (folder.path() / "data").string()});
  EXPECT_THAT(doctor.out, HasSubstr("0 of 1 report; 1 late, 0 silent, 0 never heard")) << doctor.err;
  EXPECT_THAT(doctor.out, HasSubstr("1 registered devices send nothing that can be stored. POLE-7: It sends, but nothing that can be stored."));
  EXPECT_THAT(doctor.out, HasSubstr("pm25: a number expected, not the text \"warm\""));
  EXPECT_THAT(shell(fmt::format("curl -s {}/metrics", server.http())).out, HasSubstr("madang_sensing_unstored_devices 1\n"));
  EXPECT_THAT(shell(fmt::format("curl -s {}/api/v1/health/stations?state=late", server.http())).out, HasSubstr(R"("state":"late","stations":[[1,)"));
  EXPECT_THAT(shell(fmt::format("curl -s {}/api/v1/things/1", server.http())).out, HasSubstr(R"("messages":2,"reason":{"en":"It sends, but nothing that can be stored.")"));
}

TEST_F(devices, get_a_note_with_a_key_for_a_serial_that_nobody_has) {
  auto const data = (folder.path() / "data").string();
  auto const made = run_madang({"keys", "create", "--data", data, "--name", "typo", "--thing", "POLE-7", "--thing", "POLE-77"});
  EXPECT_EQ(made.status, 0);
  EXPECT_THAT(made.err, HasSubstr("no Thing has the serial \"POLE-77\" yet"));
  EXPECT_THAT(made.err, testing::Not(HasSubstr("\"POLE-7\"")));
}

TEST_F(devices, and_files_imported_beside_them_are_counted_truly) {
  std::ofstream(folder.path() / "m.toml") << "[station]\nserial = \"s\"\n[time]\ncolumns = [\"t\"]\nend = \"e\"\n"
                                             "[[channel]]\ncolumn = \"pm25\"\nchannel = \"pm25\"\n";
  auto const import = [this](std::string const& rows) {
    std::ofstream(folder.path() / "f.csv") << "s,t,e,pm25\n" << rows;
    return run_madang({"import", "csv", "--data", (folder.path() / "data").string(), "--mapping", (folder.path() / "m.toml").string(),
                       (folder.path() / "f.csv").string()}).out;
  };
  auto const counts = [](std::string const& stored, std::string const& repeated, std::string const& superseded) {
    return testing::AllOf(testing::ContainsRegex("  stored +" + stored + "\\b"), testing::ContainsRegex("  repeated +" + repeated + "\\b"),
                          testing::ContainsRegex("  superseded +" + superseded + "\\b"));
  };
  std::string const rows = "POLE-7,2026-11-24T05:00:00Z,2026-11-24T06:00:00Z,1\nPOLE-7,2026-11-24T06:00:00Z,,2\n";
  EXPECT_THAT(import(rows), counts("2", "0", "0"));
  EXPECT_THAT(import(rows), counts("0", "2", "0"));
  // The same time three times in one file: the last row alone is sent, so that the file changes nothing again.
  std::string const thrice = "POLE-7,2026-11-24T06:00:00Z,,3\nPOLE-7,2026-11-24T06:00:00Z,,4\nPOLE-7,2026-11-24T06:00:00Z,,4\n";
  EXPECT_THAT(import(thrice), testing::AllOf(counts("0", "0", "1"), testing::ContainsRegex("  doubled +2\\b")));
  EXPECT_THAT(import(thrice), counts("0", "1", "0"));
  EXPECT_EQ(values(1), "[1,4]\n");
  EXPECT_THAT(shell(fmt::format("curl -s -g '{}/sta/v1.1/Datastreams(1)/Observations'", server.http())).out,
              HasSubstr("\"2026-11-24T05:00:00Z/2026-11-24T06:00:00Z\""));
}

TEST_F(devices, of_3_1_1_may_greet_on_topics_that_nobody_reads) {
  auto const greeted = shell(fmt::format("timeout 30 mosquitto_pub -h 127.0.0.1 -p {} -u device -P {} -V mqttv311 -q 1 -r -t tele/lamp/LWT -m Online",
                                         server.mqtt_port(), key));
  EXPECT_EQ(greeted.status, 0) << greeted.err;
  EXPECT_THAT(server.log(), HasSubstr("tele/lamp/LWT"));
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

/// Debian's mosquitto as the city's own broker, on a free port.
class CityBroker {
 public:
  explicit CityBroker(std::string const& folder) : pid_file_(folder + "/broker.pid") {
    std::ofstream config(folder + "/mosquitto.conf");
    config << "listener " << port_ << " 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\npid_file " << pid_file_ << "\n";
    if (::geteuid() == 0) config << "user root\n";
    config.close();
    EXPECT_EQ(shell("PATH=$PATH:/usr/sbin mosquitto -d -c " + folder + "/mosquitto.conf").status, 0);
    EXPECT_TRUE(soon([&] { return publish("up", "1").status == 0; }));
  }
  ~CityBroker() { shell("kill $(cat " + pid_file_ + ")"); }
  CityBroker(CityBroker const&) = delete;
  CityBroker& operator=(CityBroker const&) = delete;

  CommandOutcome publish(std::string const& topic, std::string const& payload, std::vector<std::string> const& more = {}) const {
    std::vector<std::string> words{"mosquitto_pub", "-h", "127.0.0.1", "-p", std::to_string(port_), "-q", "1", "-t", topic, "-m", payload};
    words.insert(words.end(), more.begin(), more.end());
    return run_command(words);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::string const pid_file_;
  std::uint16_t const port_ = test::free_port();
};

TEST(devices_of_a_city_broker, are_not_read_again_from_what_it_retained) {
  TemporaryDirectory const folder;
  auto const at = folder.path().string();
  CityBroker const broker(at);
  broker.publish("POLE-7/sensor/pm25/state", "99", {"-r"});
  broker.publish("zigbee/POLE-7", R"({"temperature":4,"seen":"2026-11-24T05:29:00+0900"})", {"-r"});
  std::ofstream(at + "/broker.toml") << "[broker]\nhost = \"127.0.0.1\"\nport = " << broker.port() << R"(
[[topic]]
filter = "{serial}/sensor/{channel}/state"
payload = "value"
[[topic]]
filter = "zigbee/{serial}"
payload = "json"
time = "/seen"
[topic.channels]
temperature = { path = "/temperature" }
)";
  std::ofstream(at + "/city.toml") << "[broker]\nmapping_file = \"" << at << "/broker.toml\"\n";
  {
    ServerProcess const server(at + "/data");
    EXPECT_EQ(add_pole(server, server.create_key("fleet")).out, "201");
  }
  ServerProcess const server(at + "/data", {"--config", at + "/city.toml"});
  auto const metrics = [&] { return shell("curl -s " + server.http() + "/metrics").out; };
  ASSERT_TRUE(soon([&] { return metrics().contains(R"(broker_messages_total{result="retained"} 1)"); })) << metrics();

  broker.publish("POLE-7/sensor/pm25/state", "12.5", {"-r"});
  broker.publish("POLE-7/sensor/pm25/state", "nan", {"-r"});
  broker.publish("POLE-7/sensor/pm25/state", "", {"-r"});

  ASSERT_TRUE(soon([&] { return metrics().contains(R"(broker_messages_total{result="cleared"} 1)"); })) << metrics();
  EXPECT_EQ(stored_values(server, 1), "[12.5]\n");
  EXPECT_EQ(stored_values(server, 2), "[4]\n");
  EXPECT_THAT(metrics(), HasSubstr(R"(broker_messages_total{result="refused"} 0)"));
}

}  // namespace
}  // namespace madang::test
