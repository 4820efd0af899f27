// What the city's own broker brings for a Thing that is not registered yet, over real connections: our listener stands for the broker.
#include "sensing/readings/broker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sensing/readings/unknown_devices.h"
#include "sensing/test_city.h"
#include "support/soon.h"

namespace madang::sensing {
namespace {

/// Lets everybody in.
class OpenHouse final : public web::mqtt::ListenerHandler {
 public:
  Result<web::Principal> authenticate(std::string_view, std::string_view, std::string_view) override {
    web::Principal who;
    who.kind = web::Principal::Kind::kDevice;
    return who;
  }
  bool may_publish(web::Principal const&, std::string_view) override { return true; }
  bool may_subscribe(web::Principal const&, std::string_view) override { return true; }
  bool somebody_may_publish(std::string_view) override { return true; }
  void publish(web::Principal const&, web::mqtt::Message, web::mqtt::Accepted accepted) override { accepted({}); }
};

TEST(broker_threads, keeps_what_comes_before_a_thing_has_its_channels_as_the_mqtt_door_does) {
  TestCity t;
  UnknownDevices unknown{t.clock, t.metrics};
  OpenHouse house;
  auto const listener = must(web::mqtt::Listener::start({}, house, t.clock, t.metrics));
  auto const file = (t.folder.path() / "broker.toml").string();
  std::ofstream(file) << "[broker]\nhost = \"127.0.0.1\"\nport = " << listener->port() << R"(
[[topic]]
filter = "city/{serial}/obs"
[[topic]]
filter = "lora/+/up"
payload = "json"
serial = "/id"
[topic.channels]
pm25 = { path = "/pm" }
)";
  auto const broker = must(Broker::start(file, *t.city, *t.ingest, t.clock, t.metrics, &unknown));
  ASSERT_TRUE(test::soon([&] { return broker->connected(); }));
  auto const send = [&](std::string topic, std::string payload) { listener->publish({std::move(topic), std::move(payload), 1}); };
  auto const refused = [&] { return t.metrics.text(); };
  t.add("N1", kWest, {});
  t.add("N2", kWest, {});
  send("city/N1/obs", R"({"pm25":7,"time":"2026-11-24T05:20:00Z"})");
  send("lora/7/up", R"({"id":"N2","pm":8})");
  ASSERT_TRUE(test::soon([&] { return refused().find(R"(broker_messages_total{result="refused"} 2)") != std::string::npos; })) << refused();
  for (auto const* serial : {"N1", "N2"}) must(t.city->add_datastream(t.city->thing_of_serial(serial)->id, TestCity::datastream("pm25")));
  t.clock.advance(std::chrono::minutes{2});
  send("city/N1/obs", R"({"pm25":9})");
  send("lora/7/up", R"({"id":"N2","pm":10})");
  auto const stored = [&](std::string_view serial) { return must(t.store.count(t.stream(serial, "pm25"), {kInstantMin, kInstantMax})); };
  EXPECT_TRUE(test::soon([&] { return stored("N1") == 2 && stored("N2") == 2; }, std::chrono::seconds{10}))
      << stored("N1") << " and " << stored("N2");
  broker->stop();
  listener->stop();
}

}  // namespace
}  // namespace madang::sensing
