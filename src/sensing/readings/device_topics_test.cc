#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "sensing/readings/test_keys.h"
#include "sensing/readings/unstored_messages.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

struct DeviceTopics : testing::Test {
  TestCity t;
  TestKeys keys{"secret", {"N1"}};
  TestDoor handler{keys, {.city = *t.city, .ingest = *t.ingest, .clock = t.clock, .metrics = &t.metrics}};

  DeviceTopics() {
    t.add("N1", kWest, {"pm25"});
    t.add("N2", kWest, {"pm25"});
  }
  Result<void> publish(web::Principal const& who, std::string topic, std::string payload) {
    return answer_to(*handler, who, {std::move(topic), std::move(payload), 1, false});
  }
  web::Principal scoped() { return must(handler->authenticate("", "secret", "")); }
};

TEST_F(DeviceTopics, accepts_a_reading_after_it_is_stored) {
  ASSERT_TRUE(publish(scoped(), "things/N1/obs", R"({"pm25":11})").has_value());
  EXPECT_EQ(t.store.statistics().observations, 1u);
}

TEST_F(DeviceTopics, lets_a_key_publish_for_its_own_things_only) {
  EXPECT_TRUE(handler->may_publish(scoped(), "things/N1/obs"));
  EXPECT_FALSE(handler->may_publish(scoped(), "things/N2/obs"));
  EXPECT_FALSE(handler->may_publish(scoped(), "things/N1/N1/obs"));
  EXPECT_FALSE(handler->may_publish(scoped(), "elsewhere"));
  auto const refused = publish(scoped(), "things/N2/obs", R"({"pm25":11})");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kForbidden);
}

TEST_F(DeviceTopics, lets_a_key_listen_within_its_scope) {
  web::Principal everything = scoped();
  everything.things.clear();
  EXPECT_TRUE(handler->may_subscribe(scoped(), "things/N1/obs"));
  EXPECT_FALSE(handler->may_subscribe(scoped(), "things/+/obs"));
  EXPECT_TRUE(handler->may_subscribe(everything, "things/+/obs"));
  EXPECT_FALSE(handler->may_subscribe(everything, "#"));
  EXPECT_FALSE(handler->may_subscribe({}, "things/+/obs"));
}

TEST_F(DeviceTopics, knows_a_device_by_its_certificate) {
  auto const who = must(handler->authenticate("", "", "N2"));
  EXPECT_TRUE(handler->may_publish(who, "things/N2/obs"));
  EXPECT_FALSE(handler->may_publish(who, "things/N1/obs"));
}

TEST_F(DeviceTopics, refuses_a_wrong_key_and_none) {
  EXPECT_FALSE(handler->authenticate("", "guess", "").has_value());
  EXPECT_FALSE(handler->authenticate("user", "", "").has_value());
}

TEST_F(DeviceTopics, names_the_field_of_a_bad_payload) {
  auto const refused = publish(scoped(), "things/N1/obs", R"({"pm25":"high"})");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_EQ(t.store.statistics().observations, 0u);
}

TEST_F(DeviceTopics, stores_the_good_channels_of_a_message_with_a_bad_one) {
  ASSERT_TRUE(publish(scoped(), "things/N1/obs", R"({"pm25":11,"rssi":-70,"temperature":nan})").has_value());
  EXPECT_EQ(t.store.statistics().observations, 1u);
  EXPECT_THAT(t.metrics.text(), testing::HasSubstr("madang_sensing_values_set_aside_total{reason=\"unknown_channel\"} 2"));
}

TEST_F(DeviceTopics, names_the_thing_of_a_refused_message) {
  auto const refused = publish(scoped(), "things/N1/obs", "pm25=11");
  ASSERT_FALSE(refused.has_value());
  EXPECT_TRUE(refused.error().sentence.starts_with("N1: payload")) << refused.error().sentence;
}

TEST_F(DeviceTopics, remembers_who_sends_nothing_that_can_be_stored_until_something_can) {
  UnstoredMessages unstored{*t.city, t.metrics};
  t.ingest->listen([&unstored](std::span<storage::StoredObservation const> stored) { unstored.clear(stored); });
  auto const n1 = t.city->thing_of_serial("N1")->id;
  std::vector<ThingId> heard;
  unstored.listen([&heard](ThingId thing, Instant) { heard.push_back(thing); });
  TestDoor const door{keys, {.city = *t.city, .ingest = *t.ingest, .clock = t.clock, .metrics = &t.metrics, .unstored = &unstored}};
  auto const send = [&](web::Principal const& who, std::string topic, std::string payload) {
    return answer_to(*door, who, {std::move(topic), std::move(payload), 1, false});
  };
  auto const began = t.clock.now();
  EXPECT_FALSE(send(scoped(), "things/N1/obs", R"({"pm25":"cold"})"));
  t.clock.advance(std::chrono::seconds{30});
  EXPECT_FALSE(send(scoped(), "things/N1/obs", R"({"pm25":"warm"})"));
  auto kept = unstored.find(n1);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->messages, 2u);
  EXPECT_EQ(kept->since, began);
  EXPECT_EQ(kept->last, t.clock.now());
  EXPECT_EQ(kept->why, "pm25: a number expected, not the text \"warm\"");
  EXPECT_EQ(heard, (std::vector{n1, n1}));
  EXPECT_THAT(t.metrics.text(), testing::HasSubstr("madang_sensing_unstored_devices 1"));
  ASSERT_TRUE(send(scoped(), "things/N1/obs", R"({"pm25":null})"));
  EXPECT_EQ(unstored.find(n1)->kind, UnstoredMessage::Kind::kNoValue);
  ASSERT_TRUE(send(scoped(), "things/N1/obs", R"({"pm25":11})"));
  EXPECT_FALSE(unstored.find(n1));
  EXPECT_THAT(t.metrics.text(), testing::HasSubstr("madang_sensing_unstored_devices 0"));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(send(scoped(), "things/N1/obs", R"({"time":"2026-11-24T05:00:00Z","pm25":11})"));
  ASSERT_TRUE(unstored.find(n1)) << "whose clock stands still is alive";
  EXPECT_EQ(unstored.find(n1)->kind, UnstoredMessage::Kind::kRepeated);
}

TEST_F(DeviceTopics, accepts_a_retained_message_without_payload_and_stores_nothing) {
  for (auto const* topic : {"things/N1/obs", "things/GONE/obs"}) {
    std::promise<Result<void>> promise;
    auto who = scoped();
    who.things.clear();
    handler->publish(who, {topic, "", 1, true}, [&promise](Result<void> result) { promise.set_value(std::move(result)); });
    EXPECT_TRUE(promise.get_future().get().has_value()) << topic;
  }
  EXPECT_EQ(t.store.statistics().observations, 0u);
}

}  // namespace
}  // namespace madang::sensing
