// Events when their handlers fail for good, their process is killed, a batch is spoiled, or the line to the server breaks.
#include "events_received.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "unreliable_line.h"

namespace madang::storage::events {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class failing_events_on_records : public EventsOnRecords {};
MADANG_ON_BOTH_ENGINES(failing_events_on_records);

TEST_P(failing_events_on_records, are_dead_letters_after_the_last_attempt_and_their_key_goes_on) {
  auto const delivery = deliver_to(applying(), {.wait_first = 1s, .wait_max = 1s, .attempts_max = 3});
  fails = [](Event const& event) { return event.payload == R"({"bad":1})"; };
  auto const bad = emit_one("a", R"({"bad":1})");
  emit_each({"a", "a", "b"});
  for (int attempt = 0; attempt < 3; ++attempt) {
    EXPECT_THAT(dead(), IsEmpty());
    run(*delivery);
    clock.advance(1s);
  }
  ASSERT_EQ(dead().size(), 1U);
  EXPECT_EQ(dead()[0].handler, "lamps");
  EXPECT_EQ(dead()[0].event.id, bad);
  EXPECT_EQ(dead()[0].attempts, 3);
  EXPECT_EQ(dead()[0].sentence, "the lamp does not answer");
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("b", "a", "a"));
  EXPECT_EQ(progress().dead_letters, 1);
  EXPECT_EQ(progress().oldest, std::nullopt) << "an operator knows of it; the rest is done";
}

TEST_P(failing_events_on_records, that_are_dead_are_tried_once_more_or_dropped_when_somebody_says_so) {
  auto const delivery = deliver_to(applying(), {.wait_first = 1s, .wait_max = 1s, .attempts_max = 1});
  bool broken = true;
  fails = [&](Event const&) { return broken; };
  auto const one = emit_one("a");
  auto const two = emit_one("a");
  run(*delivery);
  ASSERT_EQ(dead().size(), 2U);
  auto const asked = [&](auto const& what, EventId id) {
    return records->transaction([&](soci::session& sql) { return what(sql, DeadLetterPlace{"lamps", id}); });
  };

  ASSERT_TRUE(asked(try_again, one));
  EXPECT_TRUE(dead()[0].tried_again);
  run(*delivery);
  EXPECT_EQ(dead()[0].attempts, 2) << "still broken";
  EXPECT_FALSE(dead()[0].tried_again);
  broken = false;
  run(*delivery);
  EXPECT_THAT(received_keys(), IsEmpty()) << "nobody asked";
  ASSERT_TRUE(asked(try_again, one));
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("a"));
  ASSERT_TRUE(asked(drop, two));
  EXPECT_THAT(dead(), IsEmpty());
  EXPECT_EQ(asked(drop, two).error().code, Code::kNotFound);
  EXPECT_EQ(asked(try_again, one).error().code, Code::kNotFound);
}

TEST_P(failing_events_on_records, of_a_dead_letters_key_are_not_lost_when_its_next_attempt_fails_too) {
  auto const delivery = deliver_to(applying(), {.wait_first = 1s, .wait_max = 1s, .attempts_max = 1});
  fails = [](Event const& event) { return event.payload == R"({"bad":1})"; };
  auto const bad = emit_one("a", R"({"bad":1})");
  run(*delivery);
  ASSERT_TRUE(records->transaction([&](soci::session& sql) { return try_again(sql, {"lamps", bad}); }));
  emit_each({"a", "a"});
  run(*delivery);
  run(*delivery);
  EXPECT_THAT(received_keys(), ElementsAre("a", "a"));
  EXPECT_EQ(dead().size(), 1U);
}

/// Records of a process that dies: nothing that it would commit from then on stands.
class DyingRecords final : public Records {
 public:
  explicit DyingRecords(Records& living) : living_(living) {}
  [[nodiscard]] Engine engine() const override { return living_.engine(); }
  Result<void> read(Work const& work) override { return living_.read(work); }
  Result<void> transaction(Work const& work) override {
    return living_.transaction([&](soci::session& sql) -> Result<void> {
      MADANG_CHECK(work(sql));
      if (dies) return fail(Code::kUnavailable, "killed before it committed");
      return {};
    });
  }
  Result<void> migrate(std::string_view module, std::span<Migration const> steps) override { return living_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return living_.backup_to(path); }

  bool dies = false;

 private:
  Records& living_;
};

TEST_P(failing_events_on_records, come_again_with_their_id_after_a_kill_between_work_and_place) {
  DyingRecords dying(*records);
  {
    Leases its(dying, clock, {.directory = "here"});
    Delivery delivery({dying, clock, its, {}}, acting());
    ASSERT_TRUE(delivery.open());
    ASSERT_TRUE(its.renew_all());
    emit_each({"a", "b"});
    dying.dies = true;
    EXPECT_FALSE(delivery.run(1s));
    EXPECT_THAT(acted, ElementsAre(EventId{1}, EventId{2}));
  }
  run(*deliver_to(acting()));
  EXPECT_THAT(acted, ElementsAre(EventId{1}, EventId{2}, EventId{1}, EventId{2}));
}

TEST_P(failing_events_on_records, whose_work_is_in_the_records_are_done_once_after_a_kill_before_the_commit) {
  DyingRecords dying(*records);
  {
    Leases its(dying, clock, {.directory = "here"});
    Delivery delivery({dying, clock, its, {}}, applying());
    ASSERT_TRUE(delivery.open());
    ASSERT_TRUE(its.renew_all());
    emit_each({"a", "b"});
    dying.dies = true;
    EXPECT_FALSE(delivery.run(1s));
  }
  EXPECT_THAT(received_keys(), IsEmpty());
  run(*deliver_to(applying()));
  EXPECT_THAT(received_keys(), ElementsAre("a", "b"));
}

TEST_P(failing_events_on_records, go_on_beside_one_that_ends_the_whole_transaction) {
  auto handler = applying();
  handler.apply = [this](soci::session& sql, Event const& event) -> Result<void> {
    if (event.key != "poison") return receive(sql, event);
    sql << "ROLLBACK";
    return {};
  };
  auto const delivery = deliver_to(handler, {.wait_first = 1s, .wait_max = 1s, .attempts_max = 2});
  emit_each({"a", "poison", "b", "a"});
  for (int turn = 0; turn < 20; ++turn) {
    (void)delivery->run(60s);
    clock.advance(1s);
    ASSERT_TRUE(leases->renew_all());
  }
  EXPECT_THAT(received_keys(), ElementsAre("a", "b", "a"));
  ASSERT_EQ(dead().size(), 1U);
  EXPECT_EQ(dead()[0].event.key, "poison");
}

/// What only a server can do.
class failing_events_on_a_server : public EventsOnRecords {};
INSTANTIATE_TEST_SUITE_P(on, failing_events_on_a_server, ::testing::Values(Records::Engine::kPostgresql), madang::contract::engine_name);

TEST_P(failing_events_on_a_server, are_done_once_on_a_line_that_breaks_at_every_third_commit) {
  using Fault = madang::contract::UnreliableLine::Fault;
  madang::contract::TemporaryDirectory own;
  madang::contract::UnreliableLine line(madang::contract::socket_folder(address), own.path());
  auto const far = open(madang::contract::over_line(address, own.path()));
  Leases its(*far, clock, {.directory = "far"});
  Delivery delivery({*far, clock, its, {}}, applying());
  ASSERT_TRUE(delivery.open());
  ASSERT_TRUE(its.renew_all());
  for (int i = 1; i <= 30; ++i) {
    emit_one("a");
    if (i % 3 == 0) line.set(i % 2 == 0 ? Fault::kLoseAnswerOfCommit : Fault::kLoseCommit);
    auto const done = delivery.step();
    ASSERT_TRUE(done) << i << ": " << done.error().sentence;
  }
  line.set(Fault::kNone);
  EXPECT_EQ(received().size(), 30U);
  expect_in_order(received());
}

}  // namespace
}  // namespace madang::storage::events
