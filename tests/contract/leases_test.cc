// Leases of two servers on the same records, each with clocks of its own that the test moves, jumps and stops.
#include "storage/events/leases.h"

#include <gmock/gmock.h>

#include <thread>

#include "events_fixture.h"
#include "unreliable_line.h"

namespace madang::storage::events {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using madang::contract::OwnClock;

struct Server {
  Server(std::unique_ptr<Records> its_records, std::string directory)
      : records(std::move(its_records)), leases(*records, clock, {.directory = std::move(directory)}) {
    leases.request("job");
  }
  Result<void> renew_all() { return leases.renew_all(); }
  Result<void> tend_after(Millis time) {
    clock.advance(time);
    return renew_all();
  }
  [[nodiscard]] bool holds() const { return leases.holds("job"); }

  OwnClock clock;
  std::unique_ptr<Records> records;
  Leases leases;
};

class leases_on_records : public madang::contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(migrate(*open(address)));
    a = std::make_unique<Server>(open(address), "a");
    b = std::make_unique<Server>(open(address), "b");
  }
  std::unique_ptr<Server> a, b;
};
MADANG_ON_BOTH_ENGINES(leases_on_records);

TEST_P(leases_on_records, are_held_by_one) {
  ASSERT_TRUE(a->renew_all());
  ASSERT_TRUE(b->renew_all());
  EXPECT_TRUE(a->holds());
  EXPECT_FALSE(b->holds());
}

TEST_P(leases_on_records, go_on_only_after_the_whole_length_by_the_clock_of_who_waits) {
  ASSERT_TRUE(a->renew_all());
  ASSERT_TRUE(b->renew_all());
  ASSERT_TRUE(b->tend_after(kLeaseLength - 1ms));
  EXPECT_FALSE(b->holds());
  ASSERT_TRUE(b->tend_after(1ms));
  EXPECT_TRUE(b->holds());
}

TEST_P(leases_on_records, are_believed_in_for_less_than_their_length_by_the_clock_of_the_holder) {
  ASSERT_TRUE(a->renew_all());
  a->clock.advance(kLeaseLength * 3 / 4 - 1ms);
  EXPECT_TRUE(a->holds());
  a->clock.advance(1ms);
  EXPECT_FALSE(a->holds());
  ASSERT_TRUE(a->renew_all());
  EXPECT_TRUE(a->holds()) << "nobody else has come";
}

TEST_P(leases_on_records, stay_with_a_holder_that_renews_them) {
  for (int turn = 0; turn < 20; ++turn) {
    ASSERT_TRUE(a->tend_after(kLeaseTurn));
    ASSERT_TRUE(b->tend_after(kLeaseLength));
    ASSERT_FALSE(b->holds()) << turn;
  }
  EXPECT_TRUE(a->holds());
}

TEST_P(leases_on_records, take_no_notice_of_clocks_that_jump) {
  ASSERT_TRUE(a->renew_all());
  ASSERT_TRUE(b->renew_all());
  for (auto const jump : {std::chrono::hours{24 * 365}, -std::chrono::hours{2 * 24 * 365}}) {
    a->clock.jump(-jump);
    b->clock.jump(jump);
    ASSERT_TRUE(b->tend_after(1ms));
    EXPECT_TRUE(a->holds());
    EXPECT_FALSE(b->holds());
  }
}

TEST_P(leases_on_records, let_nothing_stand_of_who_slept_through_their_end) {
  ASSERT_TRUE(a->renew_all());
  ASSERT_TRUE(b->renew_all());
  ASSERT_TRUE(b->tend_after(kLeaseLength));
  ASSERT_TRUE(a->holds()) << "its clock stood still";
  auto const write = [](std::string name) {
    return [name](soci::session& sql) -> Result<void> {
      MADANG_CHECK(execute(sql, "INSERT INTO record_number (name, next) VALUES (:name, 1)", {{"name", name}}));
      return {};
    };
  };

  auto const late = a->leases.transaction("job", write("late"));
  auto const rightful = b->leases.transaction("job", write("rightful"));

  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kConflict);
  EXPECT_THAT(late.error().sentence, HasSubstr("another server holds it now"));
  EXPECT_TRUE(rightful) << rightful.error().sentence;
  EXPECT_TRUE(b->records->transaction(write("late"))) << "the name is free";
  ASSERT_TRUE(a->renew_all());
  EXPECT_FALSE(a->holds()) << "now it knows";
}

TEST_P(leases_on_records, refuse_the_work_of_who_does_not_hold_them) {
  ASSERT_TRUE(a->renew_all());
  ASSERT_TRUE(b->renew_all());
  bool ran = false;
  auto const refused = b->leases.transaction("job", [&](soci::session&) -> Result<void> {
    ran = true;
    return {};
  });
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_FALSE(ran);
}

TEST_P(leases_on_records, are_free_at_once_when_they_are_given_back) {
  ASSERT_TRUE(a->renew_all());
  auto const first = a->leases.held("job")->number;
  ASSERT_TRUE(a->leases.release());
  EXPECT_FALSE(a->holds());
  ASSERT_TRUE(b->renew_all());
  ASSERT_TRUE(b->holds());
  EXPECT_GT(b->leases.held("job")->number, first);
}

TEST_P(leases_on_records, are_taken_over_at_once_by_the_next_life_of_the_same_directory) {
  ASSERT_TRUE(a->renew_all());
  Server next(open(address), "a");
  ASSERT_TRUE(next.renew_all());
  ASSERT_TRUE(next.holds());
  EXPECT_EQ(next.leases.held("job")->number, 2);
  EXPECT_EQ(a->leases.transaction("job", [](soci::session&) -> Result<void> { return {}; }).error().code, Code::kConflict);
}

TEST_P(leases_on_records, do_not_go_to_and_fro_between_copies_of_a_directory) {
  ASSERT_TRUE(a->renew_all());
  Server copy(open(address), "a");
  ASSERT_TRUE(copy.renew_all());
  ASSERT_TRUE(a->renew_all());
  ASSERT_TRUE(a->renew_all());
  EXPECT_FALSE(a->holds());
  ASSERT_TRUE(copy.renew_all());
  EXPECT_TRUE(copy.holds());
}

TEST_P(leases_on_records, go_to_one_of_two_that_ask_at_the_same_time) {
  for (int round = 0; round < 20; ++round) {
    auto const name = "round " + std::to_string(round);
    a->leases.request(name);
    b->leases.request(name);
    std::thread beside([&] { EXPECT_TRUE(b->renew_all()); });
    EXPECT_TRUE(a->renew_all());
    beside.join();
    EXPECT_NE(a->leases.holds(name), b->leases.holds(name)) << name;
  }
}

TEST_P(leases_on_records, are_renewed_though_another_one_stands_locked) {
  ASSERT_TRUE(b->renew_all());
  a->leases.request("other");
  ASSERT_TRUE(a->renew_all());
  ASSERT_TRUE(a->leases.holds("other"));
  ASSERT_TRUE(b->leases.release());
  // Somebody stopped in the middle of a transaction that holds the row; SQLite has one writer anyhow.
  if (GetParam() == Records::Engine::kSqlite) GTEST_SKIP() << "whoever writes holds up everybody";
  auto const stopped = b->records->transaction([&](soci::session& sql) -> Result<void> {
    MADANG_CHECK(execute(sql, "UPDATE lease SET renewed = renewed + 0 WHERE name = 'job'"));
    EXPECT_FALSE(a->tend_after(kLeaseTurn)) << "the free one cannot be had";
    return {};
  });
  EXPECT_TRUE(stopped) << stopped.error().sentence;
  EXPECT_FALSE(a->holds());
  a->clock.advance(kLeaseLength * 3 / 4 - 1ms);
  EXPECT_TRUE(a->leases.holds("other")) << "renewed in that turn";
}

/// What only a server can do.
class leases_on_a_server : public leases_on_records {};
INSTANTIATE_TEST_SUITE_P(on, leases_on_a_server, ::testing::Values(Records::Engine::kPostgresql), madang::contract::engine_name);

TEST_P(leases_on_a_server, are_held_though_the_answer_of_the_commit_is_lost) {
  madang::contract::TemporaryDirectory own;
  madang::contract::UnreliableLine line(madang::contract::socket_folder(address), own.path());
  Server far(open(madang::contract::over_line(address, own.path())), "far");
  line.set(madang::contract::UnreliableLine::Fault::kLoseAnswerOfCommit);
  EXPECT_TRUE(far.renew_all());
  EXPECT_TRUE(far.holds());
  line.set(madang::contract::UnreliableLine::Fault::kLoseCommit);
  EXPECT_TRUE(far.tend_after(kLeaseTurn));
  EXPECT_TRUE(far.holds());
  line.set(madang::contract::UnreliableLine::Fault::kNone);
}

}  // namespace
}  // namespace madang::storage::events
