#include "sensing/readings/unknown_devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "sensing/readings/test_keys.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;
using testing::Not;

struct unknown_devices : testing::Test {
  TestCity t;
  TestKeys keys;
  UnknownDevices unknown{t.clock, t.metrics};
  TestDoor handler{keys, {.city = *t.city, .ingest = *t.ingest, .clock = t.clock, .metrics = &t.metrics, .unknown = &unknown}};

  Result<void> publish(std::string const& serial, std::string payload) {
    return answer_to(*handler, must(keys.principal_of_key("")), {"things/" + serial + "/obs", std::move(payload), 1, false});
  }
  UnknownDevices::Held message(std::string payload) { return {"a/b", std::move(payload), t.clock.now()}; }
};

TEST_F(unknown_devices, are_listed_with_their_name_and_the_newest_messages_wait_for_the_registration) {
  auto const refused = publish("N1", R"({"time":"2026-11-24T05:20:00Z","pm25":7})");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kNotFound);
  t.clock.advance(std::chrono::minutes{2});
  (void)publish("N1", R"({"pm25":8})");
  (void)publish("N2", R"({"pm25":9})");
  auto const json = unknown_devices_json(unknown, *t.city);
  EXPECT_THAT(json, HasSubstr(R"("serial":"N1","door":"mqtt","messages":2,"held":2,"first":1795498200000,"last":1795498320000)"));
  EXPECT_THAT(t.metrics.text(), HasSubstr("madang_sensing_unknown_devices 2"));
  t.add("N1", kWest, {"pm25"});
  EXPECT_THAT(unknown_devices_json(unknown, *t.city), Not(HasSubstr("N1")));
  t.clock.advance(std::chrono::minutes{2});
  ASSERT_TRUE(publish("N1", R"({"pm25":10})"));
  auto const kept = must(t.store.read(t.stream("N1", "pm25"), {kInstantMin, kInstantMax}, {}));
  ASSERT_EQ(kept.size(), 3u);
  EXPECT_EQ(kept[0].value, 7);
  EXPECT_EQ(kept[0].phenomenon_time, must(parse_instant("2026-11-24T05:20:00Z")));
  EXPECT_EQ(kept[1].phenomenon_time, must(parse_instant("2026-11-24T05:32:00Z")));
  EXPECT_EQ(kept[2].value, 10);
  ASSERT_TRUE(publish("N1", R"({"pm25":11})"));
  EXPECT_EQ(must(t.store.count(t.stream("N1", "pm25"), {kInstantMin, kInstantMax})), 4u);
  for (auto const& device : unknown.list()) EXPECT_EQ(device.held, device.serial == "N2" ? 1u : 0u);
}

TEST_F(unknown_devices, whose_waiting_message_is_a_moment_old_still_show_the_newest_value) {
  (void)publish("N1", R"({"pm25":7.7})");
  t.add("N1", kWest, {"pm25"});
  t.clock.advance(Millis{40});
  ASSERT_TRUE(publish("N1", R"({"pm25":9.9})"));
  auto const kept = must(t.store.read(t.stream("N1", "pm25"), {kInstantMin, kInstantMax}, {}));
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].value, 7.7);
  EXPECT_EQ(kept[1].value, 9.9);
  EXPECT_EQ(kept[1].phenomenon_time - kept[0].phenomenon_time, Millis{40});
}

TEST_F(unknown_devices, that_hear_of_the_refusal_by_mqtt_5_lose_nothing_either) {
  runtime::SystemClock const wall;
  auto const listener = must(web::mqtt::Listener::start({}, *handler, wall, t.metrics));
  web::mqtt::ClientOptions options;
  options.host = "127.0.0.1";
  options.port = listener->port();
  options.client_id = "d";
  options.password = "secret";
  auto const device = must(web::mqtt::Client::start(options, [](web::mqtt::Message const&, web::mqtt::Accepted accepted) { accepted({}); }));
  std::promise<Result<void>> heard;
  device->publish({"things/N1/obs", R"({"pm25":7,"time":"2026-11-24T05:20:00Z"})", 1, false},
                  [&heard](Result<void> result) { heard.set_value(std::move(result)); });
  auto const refused = heard.get_future().get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalid) << "topic name invalid, which is for good";
  device->stop();

  t.add("N1", kWest, {"pm25"});
  ASSERT_TRUE(publish("N1", R"({"pm25":8,"time":"2026-11-24T05:21:00Z"})"));

  EXPECT_EQ(must(t.store.count(t.stream("N1", "pm25"), {kInstantMin, kInstantMax})), 2u);
}

TEST_F(unknown_devices, that_went_to_another_door_with_their_registration_are_counted_no_more) {
  auto const counted = [this] { return t.metrics.text(); };
  (void)publish("N1", R"({"pm25":7})");
  (void)publish("N2", R"({"pm25":7})");
  t.add("N1", kWest, {"pm25"});  // and sends by HTTP from now on
  unknown.recount(*t.city);
  EXPECT_THAT(counted(), HasSubstr("madang_sensing_unknown_devices 1\n"));
  t.add("N2", kWest, {"pm25"});
  ASSERT_TRUE(publish("N2", R"({"pm25":8})"));
  EXPECT_THAT(counted(), HasSubstr("madang_sensing_unknown_devices 0\n"));
}

TEST_F(unknown_devices, wait_until_all_their_channels_are_there) {
  (void)publish("N1", R"({"pm25":7,"noise":50,"time":"2026-11-24T05:20:00Z"})");
  t.add("N1", kWest, {});
  EXPECT_FALSE(publish("N1", R"({"pm25":8,"time":"2026-11-24T05:21:00Z"})"));  // the Thing has no channel yet
  EXPECT_EQ(unknown.list().at(0).held, 2u);
  auto const thing = t.city->thing_of_serial("N1")->id;
  must(t.city->add_datastream(thing, TestCity::datastream("pm25")));
  ASSERT_TRUE(publish("N1", R"({"pm25":9,"time":"2026-11-24T05:22:00Z"})"));
  EXPECT_EQ(must(t.store.count(t.stream("N1", "pm25"), {kInstantMin, kInstantMax})), 3u);
  EXPECT_EQ(unknown.list().at(0).held, 1u) << "its noise waits";
  must(t.city->add_datastream(thing, TestCity::datastream("noise")));
  ASSERT_TRUE(publish("N1", R"({"pm25":10,"time":"2026-11-24T05:23:00Z"})"));
  EXPECT_EQ(must(t.store.count(t.stream("N1", "pm25"), {kInstantMin, kInstantMax})), 4u);
  EXPECT_EQ(must(t.store.count(t.stream("N1", "noise"), {kInstantMin, kInstantMax})), 1u);
}

TEST_F(unknown_devices, that_fill_the_room_and_fall_silent_give_way_to_the_newest) {
  for (int device = 0; device < 4; ++device)
    for (std::size_t i = 0; i < kHeldMessagesMax; ++i) unknown.add("mqtt", "big" + std::to_string(device), message(std::string(65'000, 'x')), true);
  t.clock.advance(std::chrono::hours{1});
  unknown.add("mqtt", "small", message("1"), true);
  unknown.add("mqtt", "small", message(std::string(65'000, 'y')), true);
  EXPECT_EQ(unknown.list().front().serial, "small");
  EXPECT_EQ(unknown.list().front().held, 2u);
  t.clock.advance(kHeldFor + Millis{1});
  for (auto const& device : unknown.list()) EXPECT_EQ(device.held, 0u);
}

TEST_F(unknown_devices, are_bounded_in_number_messages_bytes_and_time) {
  for (std::size_t i = 0; i < 2 * kHeldMessagesMax; ++i) unknown.add("mqtt", "N1", message(std::to_string(i)), true);
  EXPECT_EQ(unknown.list().at(0).messages, 2 * kHeldMessagesMax);
  auto held = unknown.take("mqtt", "N1", 7);
  ASSERT_EQ(held.size(), kHeldMessagesMax);
  EXPECT_EQ(held.front().payload, std::to_string(kHeldMessagesMax));
  unknown.put_back("mqtt", "N1", held.front());
  EXPECT_TRUE(unknown.take("mqtt", "N1", 7).empty()) << "nothing has changed since";
  EXPECT_EQ(unknown.take("mqtt", "N1", 8).size(), 1u);
  EXPECT_TRUE(unknown.take("mqtt", "N1", 9).empty());

  for (std::size_t i = 0; i < kUnknownDevicesMax + 5; ++i) {
    t.clock.advance(Millis{1});
    unknown.add("mqtt", "D" + std::to_string(i), message(std::string(60'000, 'x')), true);
  }
  EXPECT_EQ(unknown.list().size(), kUnknownDevicesMax);
  EXPECT_EQ(unknown.list().front().serial, "D" + std::to_string(kUnknownDevicesMax + 4));
  std::size_t bytes = 0;
  for (auto const& device : unknown.list()) bytes += device.held * 60'000;
  EXPECT_LE(bytes, kHeldBytesMax);
  EXPECT_GT(bytes, kHeldBytesMax / 2);

  unknown.add("mqtt", "old", message("1"), true);
  t.clock.advance(kHeldFor + std::chrono::hours{1});
  unknown.add("mqtt", "old", message("2"), false);
  EXPECT_TRUE(unknown.take("mqtt", "old", 1).empty());
}

}  // namespace
}  // namespace madang::sensing
