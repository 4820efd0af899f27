// What is said of handlers, what is tidied up, and a hundred thousand events.
#include "events_received.h"

#include <gmock/gmock.h>

#include "modules/deliveries.h"
#include "storage/events/tables.h"
#include "support/soon.h"

namespace madang::storage::events {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class kept_events_on_records : public EventsOnRecords {
 protected:
  /// When a program last said that it has the handler.
  Instant seen(std::string const& handler) {
    std::optional<PlaceRow> row;
    EXPECT_TRUE(records->read([&](soci::session& sql) -> Result<void> {
      MADANG_TRY(row, find(sql, kPlaces, handler));
      return {};
    }));
    return row ? row->seen_at : Instant{};
  }
};
MADANG_ON_BOTH_ENGINES(kept_events_on_records);

TEST_P(kept_events_on_records, go_when_all_have_done_them_and_a_day_is_over) {
  auto const delivery = deliver_to(applying(), {.wait_first = 1s, .wait_max = std::chrono::hours{100}, .attempts_max = 1});
  emit_one("done");
  run(*delivery);
  fails = [](Event const&) { return true; };
  emit_one("dead");
  run(*delivery);
  EXPECT_EQ(tidied(), 0) << "too early";
  emit_one("not yet handled");
  clock.advance(kKeptAfterDone + 1ms);
  EXPECT_EQ(tidied(), 1);
  EXPECT_EQ(tidied(), 0);
  ASSERT_TRUE(records->transaction([](soci::session& sql) { return drop(sql, {"lamps", EventId{2}}); }));
  EXPECT_EQ(tidied(), 1);
}

TEST_P(kept_events_on_records, stay_while_their_key_waits) {
  auto const delivery = deliver_to(applying(), {.wait_first = std::chrono::hours{48}, .wait_max = std::chrono::hours{48}, .attempts_max = 9});
  bool broken = true;
  fails = [&](Event const& event) { return broken && event.key == "a"; };
  emit_each({"a", "a", "b"});
  run(*delivery);
  clock.advance(kKeptAfterDone + 1ms);
  ASSERT_TRUE(leases->renew_all());
  EXPECT_EQ(tidied(), 1) << "b";
  broken = false;
  clock.advance(std::chrono::hours{48});
  ASSERT_TRUE(leases->renew_all());
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("b", "a", "a"));
  EXPECT_EQ(tidied(), 2);
}

TEST_P(kept_events_on_records, do_not_stay_for_a_handler_that_no_program_has_any_more) {
  auto gone = applying();
  gone.name = "gone";
  deliver_to(gone);
  auto const delivery = deliver_to(applying());
  emit_one("a");
  run(*delivery);
  clock.advance(kHandlerKept);
  EXPECT_EQ(tidied(), 0);
  clock.advance(1ms);
  EXPECT_EQ(tidied(), 1);
  EXPECT_EQ(handlers_progress(*records)->size(), 1U);
}

TEST_P(kept_events_on_records, are_forgotten_with_a_handler_although_they_cannot_be_pruned) {
  auto gone = applying();
  gone.name = "gone";
  deliver_to(gone);
  runtime::Metrics metrics;
  modules::Deliveries here({*records, clock, metrics, *leases});
  ASSERT_TRUE(leases->renew_all()) << "here is tidied up";
  clock.advance(kHandlerKept + 1ms);
  ASSERT_TRUE(leases->renew_all());
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    sql << "ALTER TABLE event RENAME TO event_away";  // as slow as can be
    return {};
  }));
  runtime::Jobs jobs(metrics);
  here.add_jobs(jobs);
  EXPECT_TRUE(test::soon([&] { return seen("gone") == Instant{}; }));
  jobs.stop();
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    sql << "ALTER TABLE event_away RENAME TO event";
    return {};
  }));
}

TEST_P(kept_events_on_records, go_up_to_the_handler_of_their_topic_that_is_farthest_behind) {
  auto const quick = deliver_to(applying());
  auto slow = applying();
  slow.name = "slow";
  slow.apply = [](soci::session&, Event const&) -> Result<void> { return {}; };
  auto const behind = deliver_to(slow);
  emit_each({"a", "b"});
  run(*quick);
  run(*behind);
  emit_each({"c", "d"});
  run(*quick);
  ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(emit(sql, clock.now(), "another.topic", "x", "{}"));  // which nobody handles
    return {};
  }));
  clock.advance(kKeptAfterDone + 1ms);
  ASSERT_TRUE(leases->renew_all());

  EXPECT_EQ(tidied(), 3) << "a, b and x";

  run(*behind);
  EXPECT_EQ(tidied(), 2);
}

/// The server's clock was once ten years ahead.
TEST_P(kept_events_on_records, do_not_stay_for_years_for_a_handler_that_was_seen_in_the_future) {
  deliver_to(applying());
  auto const mark = [&](Instant now) {
    std::array<std::string, 1> const mine{"lamps"};
    EXPECT_TRUE(records->transaction([&](soci::session& sql) { return mark_seen(sql, mine, now); }));
  };
  auto const right = clock.now();
  mark(right + kHandlerKept);
  mark(right);
  EXPECT_EQ(seen("lamps"), right + kHandlerKept) << "this clock may be the one that is wrong";
  mark(right + std::chrono::hours{10 * 365 * 24});
  mark(right);
  EXPECT_EQ(seen("lamps"), right);
}

TEST_P(kept_events_on_records, are_not_lost_to_a_handler_that_only_a_server_without_the_lease_has) {
  runtime::Metrics metrics;
  Leases others(*records, clock, {.directory = "there"});
  modules::Deliveries here({*records, clock, metrics, *leases});
  modules::Deliveries there({*records, clock, metrics, others});
  ASSERT_TRUE(leases->renew_all()) << "here is tidied up";
  auto theirs = applying();
  theirs.name = "theirs";
  ASSERT_TRUE(there.add(theirs));
  clock.advance(kHandlerKept + 1ms);
  runtime::Jobs jobs(metrics);
  there.add_jobs(jobs);
  EXPECT_TRUE(test::soon([&] { return seen("theirs") == clock.now(); }));
  jobs.stop();
  EXPECT_EQ(tidied(), 0);
  EXPECT_EQ(progress().handler, "theirs");
}

TEST_P(kept_events_on_records, are_behind_as_long_as_the_oldest_is_not_done) {
  auto const delivery = deliver_to(applying());
  bool broken = true;
  fails = [&](Event const& event) { return broken && event.key == "a"; };
  auto const first = clock.now();
  emit_one("a");
  EXPECT_EQ(progress().oldest, first);
  clock.advance(10ms);
  emit_one("b");
  run(*delivery);
  EXPECT_EQ(progress().oldest, first) << "it failed";
  broken = false;
  clock.advance(kWaitFirst);
  run(*delivery);
  EXPECT_EQ(progress().oldest, std::nullopt);
}

TEST_P(kept_events_on_records, are_handled_a_hundred_thousand_of_them) {
  constexpr int kAll = 100'000;
  std::vector<Emission> emissions;
  for (int i = 0; i < 1'000; ++i) emissions.push_back({"k" + std::to_string(i % 97), R"({"watts":60})"});
  auto handler = acting();
  std::int64_t count = 0;
  EventId last;
  handler.act = [&](Event const& event) -> Result<void> {
    EXPECT_GT(event.id, last);
    last = event.id;
    ++count;
    return {};
  };
  auto const delivery = deliver_to(handler);
  for (int i = 0; i < kAll / 1'000; ++i) {
    ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(emit_all(sql, clock.now(), kTopic, emissions));
      return {};
    }));
  }
  run(*delivery);
  EXPECT_EQ(count, kAll);
  clock.advance(kKeptAfterDone + 1ms);
  std::int64_t gone = 0;
  for (std::int64_t now = -1; now != 0; gone += now) now = tidied();
  EXPECT_EQ(gone, kAll);
}

}  // namespace
}  // namespace madang::storage::events
