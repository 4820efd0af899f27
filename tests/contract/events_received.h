// What tests of events and their delivery share: a handler that writes down what it heard, and fails when the test wants.
#pragma once

#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "events_fixture.h"
#include "storage/events/delivery.h"
#include "storage/events/handler_progress.h"
#include "storage/records/transactions.h"

namespace madang::storage::events {

inline constexpr char const* kTopic = "lamp.changed";

struct Received {
  std::int64_t id = 0;
  EventId event;
  std::string key;
};
inline constexpr auto kReceived = table<Received>("heard", key("id", &Received::id), column("event", &Received::event), column("event_key", &Received::key));
inline constexpr std::array kReceivedSteps = {
    Migration{"keep what was heard", "CREATE TABLE heard (id BIGINT NOT NULL PRIMARY KEY, event BIGINT NOT NULL UNIQUE, event_key TEXT NOT NULL)"}};

class EventsOnRecords : public madang::contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    ASSERT_TRUE(migrate(*records));
    ASSERT_TRUE(records->migrate("heard", kReceivedSteps));
    leases = std::make_unique<Leases>(*records, clock, Leases::Options{.directory = "here"});
  }

  EventId emit_one(std::string const& key, std::string const& payload = "{}") {
    EventId id;
    auto const done = records->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_TRY(id, emit(sql, clock.now(), kTopic, key, payload));
      return {};
    });
    EXPECT_TRUE(done) << done.error().sentence;
    return id;
  }
  void emit_each(std::vector<std::string> const& keys) {
    for (auto const& key : keys) emit_one(key);
  }
  Result<void> receive(soci::session& sql, Event const& event) {
    if (fails && fails(event)) return fail(Code::kUnavailable, "the lamp does not answer");
    return insert(sql, kReceived, Received{take_ids(sql, "heard"), event.id, event.key});
  }
  Handler applying() {
    return {.name = "lamps", .topic = kTopic, .apply = [this](soci::session& sql, Event const& event) { return receive(sql, event); }, .act = {}};
  }
  Handler acting() {
    return {.name = "lamps", .topic = kTopic, .apply = {}, .act = [this](Event const& event) -> Result<void> {
              if (fails && fails(event)) return fail(Code::kUnavailable, "the lamp does not answer");
              acted.push_back(event.id);
              return {};
            }};
  }
  std::unique_ptr<Delivery> deliver_to(Handler handler, Pace pace = {}) {
    auto delivery = std::make_unique<Delivery>(Delivery::Needs{*records, clock, *leases, {}}, std::move(handler), pace);
    auto const opened = delivery->open();
    EXPECT_TRUE(opened) << opened.error().sentence;
    EXPECT_TRUE(leases->renew_all());
    return delivery;
  }
  void run(Delivery& delivery) {
    auto const done = delivery.run(Millis{60'000});
    EXPECT_TRUE(done) << done.error().sentence;
  }
  std::vector<std::string> received_keys() {
    std::vector<std::string> keys;
    for (auto const& each : received()) keys.push_back(each.key);
    return keys;
  }
  std::vector<Received> received() {
    std::vector<Received> all;
    EXPECT_TRUE(records->read([&](soci::session& sql) -> Result<void> {
      MADANG_TRY(all, select(sql, kReceived, {"ORDER BY id"}));
      return {};
    }));
    return all;
  }
  HandlerProgress progress() { return handlers_progress(*records)->at(0); }
  std::vector<DeadLetter> dead() { return *dead_letters(*records, {}, 100); }
  std::int64_t tidied() {
    std::array<std::string, 1> const mine{"lamps"};
    std::int64_t gone = 0;
    auto const done = records->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(mark_seen(sql, mine, clock.now()));
      MADANG_CHECK(forget_handlers(sql, clock.now()));
      MADANG_TRY(gone, tidy(sql, clock.now()));
      return {};
    });
    EXPECT_TRUE(done) << done.error().sentence;
    return gone;
  }

  std::unique_ptr<Records> records;
  std::unique_ptr<Leases> leases;
  std::function<bool(Event const&)> fails;
  std::vector<EventId> acted;
};

/// Of each key, what was heard came in the order of its events.
inline void expect_in_order(std::vector<Received> const& heard) {
  std::map<std::string, EventId> last;
  for (auto const& each : heard) {
    EXPECT_GT(each.event, last[each.key]) << each.key;
    last[each.key] = each.event;
  }
}

}  // namespace madang::storage::events
