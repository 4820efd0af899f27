// Logins looked up one by one, over real records: bounded in memory, and forgotten when they end, here and elsewhere.
#include "city/sessions.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <thread>

#include "city/city.h"
#include "city/limits.h"
#include "city/many_sessions.h"
#include "city/secrets.h"
#include "records_fixture.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

/// The next read is not answered until the test says so.
class HangingRecords final : public storage::Records {
 public:
  explicit HangingRecords(storage::Records& records) : records_(records) {}

  [[nodiscard]] Engine engine() const override { return records_.engine(); }
  Result<void> read(Work const& work) override {
    if (hangs.exchange(false)) {
      begun.count_down();
      over.wait();
    }
    return records_.read(work);
  }
  Result<void> transaction(Work const& work) override { return records_.transaction(work); }
  Result<void> migrate(std::string_view module, std::span<storage::Migration const> steps) override { return records_.migrate(module, steps); }
  Result<void> backup_to(std::string const& path) override { return records_.backup_to(path); }

  std::atomic<bool> hangs = false;
  std::latch begun{1};
  std::latch over{1};

 private:
  storage::Records& records_;
};

class sessions_on_records : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    ASSERT_TRUE(Rights::open(*records, clock));
    store.emplace(*records);
    auto const made = add_people_with_sessions(*records, clock, 12);
    ASSERT_TRUE(made) << made.error().sentence;
    tokens = *made;
    sessions.emplace(*store, clock, kHeld);
    ASSERT_TRUE(sessions->start());
  }
  bool knows(std::string const& token) { return sessions->find(token).has_value(); }
  Result<void> end(std::string const& token) { return store->remove_login(hash_of_token(token), clock.now()); }

  static constexpr std::size_t kHeld = 4;
  std::unique_ptr<storage::Records> records;
  std::optional<RightsStore> store;
  std::optional<Sessions> sessions;
  std::vector<std::string> tokens;
};
MADANG_ON_BOTH_ENGINES(sessions_on_records);

TEST_P(sessions_on_records, are_all_known_while_few_are_held) {
  for (int round = 0; round < 2; ++round)
    for (auto const& token : tokens) EXPECT_TRUE(knows(token));
  EXPECT_LE(sessions->known(), kHeld);
  EXPECT_EQ(sessions->find(tokens[3])->login, "citizen-0000003");
  EXPECT_EQ(sessions->find(tokens[3])->party, PartyId{4});
}

TEST_P(sessions_on_records, are_forgotten_at_once_where_they_end) {
  EXPECT_TRUE(knows(tokens[0]));
  ASSERT_TRUE(end(tokens[0]));
  ASSERT_TRUE(sessions->catch_up());
  EXPECT_EQ(sessions->find(tokens[0]).error().code, Code::kUnauthorized);
  EXPECT_TRUE(knows(tokens[1]));
}

TEST_P(sessions_on_records, are_forgotten_by_another_server_with_its_next_look) {
  auto const elsewhere = open(address);
  RightsStore other(*elsewhere);
  EXPECT_TRUE(knows(tokens[0]));
  ASSERT_TRUE(other.remove_login(hash_of_token(tokens[0]), clock.now()));
  EXPECT_TRUE(knows(tokens[0])) << "not yet heard of";
  ASSERT_TRUE(sessions->catch_up());
  EXPECT_FALSE(knows(tokens[0]));
}

TEST_P(sessions_on_records, wait_for_a_look_that_hangs_no_longer_than_they_may) {
  HangingRecords hanging(*records);
  RightsStore slow_store(hanging);
  Sessions slow(slow_store, clock, kHeld);
  ASSERT_TRUE(slow.start());
  hanging.hangs = true;
  std::jthread const looking([&] { EXPECT_TRUE(slow.catch_up()); });
  hanging.begun.wait();
  {
    storage::CallDeadline const soon(Millis{20});
    EXPECT_EQ(slow.catch_up().error().code, Code::kOverloaded);
  }
  EXPECT_TRUE(slow.find(tokens[0])) << "waits for nobody";
  hanging.over.count_down();
}

TEST_P(sessions_on_records, are_all_asked_for_anew_when_ends_may_have_been_missed) {
  EXPECT_TRUE(knows(tokens[0]));
  ASSERT_TRUE(end(tokens[0]));
  clock.advance(kSessionEndsKept + Millis{1});
  ASSERT_TRUE(end(tokens[1]));  // clears away what was told of the first
  ASSERT_TRUE(sessions->catch_up());
  EXPECT_FALSE(knows(tokens[0]));
  EXPECT_TRUE(knows(tokens[2]));
}

TEST_P(sessions_on_records, end_at_their_time) {
  EXPECT_TRUE(knows(tokens[0]));
  clock.advance(kSessionLength - Millis{1});
  EXPECT_TRUE(knows(tokens[0]));
  clock.advance(Millis{1});
  EXPECT_FALSE(knows(tokens[0]));
  EXPECT_FALSE(knows(tokens[1])) << "nor from the records";
}

TEST_P(sessions_on_records, of_one_party_are_bounded_and_the_oldest_goes) {
  for (std::size_t i = 0; i < kSessionsPerPartyMax; ++i) {
    clock.advance(Millis{1});
    ASSERT_TRUE(add_session_of(*records, clock, 0));
  }
  EXPECT_FALSE(knows(tokens[0]));
  EXPECT_TRUE(knows(tokens[1]));
}

TEST_P(sessions_on_records, that_are_none_are_refused) {
  auto almost = tokens[0];
  almost[5] = almost[5] == 'x' ? 'y' : 'x';
  EXPECT_FALSE(knows(almost));
  EXPECT_FALSE(knows(almost)) << "nor when asked again";
  EXPECT_FALSE(knows(""));
  EXPECT_FALSE(knows(std::string(100'000, 'x')));
}

TEST_P(sessions_on_records, do_not_come_back_by_a_look_up_that_was_under_way) {
  for (auto const& token : tokens) {
    std::jthread const asking([&](std::stop_token const& stop) {
      while (!stop.stop_requested()) (void)sessions->find(token);
    });
    ASSERT_TRUE(end(token));
    ASSERT_TRUE(sessions->catch_up());
    EXPECT_FALSE(knows(token));
  }
}

}  // namespace
}  // namespace madang::city
