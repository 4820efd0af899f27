// Events and their delivery over real records: what is refused, order per key, waits.
#include "events_received.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include <random>

namespace madang::storage::events {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class events_on_records : public EventsOnRecords {};
MADANG_ON_BOTH_ENGINES(events_on_records);

TEST_P(events_on_records, are_there_only_with_their_cause) {
  auto const delivery = deliver_to(applying());
  auto const failed = records->transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(emit(sql, clock.now(), kTopic, "a", "{}"));
    return fail(Code::kForbidden, "not today");
  });
  EXPECT_FALSE(failed);
  run(*delivery);
  EXPECT_THAT(received_keys(), IsEmpty());
}

TEST_P(events_on_records, are_refused_where_they_could_not_be_delivered) {
  auto const refusal = [&](std::string topic, std::string key, std::string payload) {
    auto const done = records->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(emit(sql, clock.now(), topic, key, payload));
      return {};
    });
    return done ? "" : done.error().sentence;
  };
  EXPECT_THAT(refusal("Lamp changed", "a", "{}"), HasSubstr("event: the topic: small letters"));
  EXPECT_THAT(refusal(kTopic, "", "{}"), HasSubstr("the key is empty"));
  EXPECT_THAT(refusal(kTopic, std::string(kEventKeyMax + 1, 'a'), "{}"), HasSubstr("longer than 200 bytes"));
  EXPECT_THAT(refusal(kTopic, "a", "{"), HasSubstr("event.payload"));
  EXPECT_EQ(refusal(kTopic, "a", "{}"), "");
}

TEST_P(events_on_records, reach_a_handler_in_their_order_with_payload_and_time) {
  std::vector<std::string> seen;
  auto handler = acting();
  handler.act = [&](Event const& event) -> Result<void> {
    EXPECT_EQ(event.topic, kTopic);
    EXPECT_EQ(event.emitted_at, clock.now());
    seen.push_back(event.key + event.payload);
    return {};
  };
  auto const delivery = deliver_to(handler);
  emit_one("b", R"({"watts":1})");
  emit_one("a", R"({"watts":2})");
  run(*delivery);
  EXPECT_THAT(seen, ElementsAre(R"(b{"watts":1})", R"(a{"watts":2})"));
  run(*delivery);
  EXPECT_EQ(seen.size(), 2U) << "once";
}

TEST_P(events_on_records, of_before_reach_only_who_wants_to_begin_with_them) {
  emit_one("a");
  run(*deliver_to(applying()));
  EXPECT_THAT(received_keys(), IsEmpty());
  auto late = applying();
  late.name = "late";
  late.from_the_beginning = true;
  run(*deliver_to(late));
  EXPECT_THAT(received_keys(), ElementsAre("a"));
}

TEST_P(events_on_records, that_fail_hold_back_their_own_key_only) {
  auto const delivery = deliver_to(applying());
  bool broken = true;
  fails = [&](Event const& event) { return broken && event.key == "a"; };
  emit_each({"a", "b", "a", "c"});
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("b", "c"));
  EXPECT_EQ(progress().held_keys, 1);
  EXPECT_EQ(*waiting_events(*records, progress().handler), 2);

  emit_each({"a", "b"});
  EXPECT_EQ(*waiting_events(*records, progress().handler), 4);
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("b", "c", "b"));

  broken = false;
  clock.advance(kWaitFirst);
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("b", "c", "b", "a", "a", "a"));
  expect_in_order(received());
  EXPECT_EQ(progress().held_keys, 0);
  EXPECT_EQ(*waiting_events(*records, progress().handler), 0);
}

TEST_P(events_on_records, leave_nothing_of_work_that_failed) {
  auto handler = applying();
  handler.apply = [](soci::session& sql, Event const& event) -> Result<void> {
    MADANG_CHECK(insert(sql, kReceived, Received{event.id.value(), event.id, event.key}));
    if (event.key == "a") sql << "INSERT INTO heard (id, event, event_key) VALUES (1, 1, 'taken')";
    if (event.key == "b") throw std::out_of_range("b is not there");
    return {};
  };
  auto const delivery = deliver_to(handler);
  emit_each({"a", "b", "c"});
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("c"));
  EXPECT_EQ(progress().held_keys, 2);
}

TEST_P(events_on_records, are_tried_again_after_growing_waits) {
  auto const delivery = deliver_to(acting());
  int attempts = 0;
  fails = [&](Event const&) { return ++attempts > 0; };
  emit_one("a");
  run(*delivery);
  EXPECT_EQ(attempts, 1);
  clock.advance(kWaitFirst - 1ms);
  run(*delivery);
  EXPECT_EQ(attempts, 1);
  clock.advance(1ms);
  run(*delivery);
  EXPECT_EQ(attempts, 2);
  clock.advance(kWaitFirst);
  run(*delivery);
  EXPECT_EQ(attempts, 2) << "twice as long";
  clock.advance(kWaitFirst);
  run(*delivery);
  EXPECT_EQ(attempts, 3);
}

TEST(waits_of_events, grow_to_their_longest) {
  EXPECT_EQ(wait_after({}, 1), kWaitFirst);
  EXPECT_EQ(wait_after({}, 3), kWaitFirst * 4);
  EXPECT_EQ(wait_after({}, 1000), kWaitMax);
}

TEST_P(events_on_records, wait_no_longer_when_the_clock_is_set_back) {
  madang::contract::OwnClock own;
  own.jump(std::chrono::hours{24 * 365});
  Leases mine(*records, own, {.directory = "own"});
  Delivery delivery({*records, own, mine, {}}, applying());
  ASSERT_TRUE(delivery.open());
  ASSERT_TRUE(mine.renew_all());
  bool broken = true;
  fails = [&](Event const&) { return broken; };
  emit_one("a");
  run(delivery);
  ASSERT_EQ(progress().held_keys, 1);
  broken = false;
  own.jump(-std::chrono::hours{24 * 365});
  run(delivery);
  EXPECT_THAT(received_keys(), ElementsAre("a"));
}

TEST_P(events_on_records, stay_in_order_per_key_whatever_fails) {
  constexpr unsigned kSeed = 20'261'130;
  constexpr int kAll = 1'500;
  std::mt19937 random(kSeed);
  auto const delivery = deliver_to(applying(), {.wait_first = 10ms, .wait_max = 100ms, .attempts_max = 1'000});
  fails = [&](Event const&) { return random() % 10 < 3; };
  for (int emitted = 0; emitted < kAll;) {
    std::vector<std::string> keys(random() % 70 + 1);
    for (auto& key : keys) key = "k" + std::to_string(random() % 12);
    emitted += static_cast<int>(keys.size());
    std::vector<Emission> emissions;
    for (auto const& key : keys) emissions.push_back({key});
    ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(emit_all(sql, clock.now(), kTopic, emissions));
      return {};
    }));
    run(*delivery);
    clock.advance(Millis{random() % 60});
    ASSERT_TRUE(leases->renew_all());
  }
  fails = {};
  for (int turn = 0; turn < 100 && progress().oldest; ++turn) {
    clock.advance(100ms);
    run(*delivery);
  }
  auto const all = received();
  EXPECT_GE(all.size(), static_cast<std::size_t>(kAll)) << "seed " << kSeed;
  EXPECT_EQ(progress().oldest, std::nullopt);
  EXPECT_EQ(all.size(), static_cast<std::size_t>(emit_one("end").value() - 1)) << "seed " << kSeed;
  expect_in_order(all);
}

}  // namespace
}  // namespace madang::storage::events
