// What is true of every log of readings. One takes part by a maker: INSTANTIATE_TEST_SUITE_P(name, reading_log, ...).
#include "storage/observations/reading_log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <ostream>
#include <thread>

#include "storage/observations/memory_log.h"
#include "storage/observations/memory_store.h"

namespace madang::storage::test {
namespace {

using Outcome = Appended::Outcome;
using std::chrono::minutes;

Instant const kNoon = *parse_instant("2026-11-24T12:00:00Z");
constexpr Interval kAlways{kInstantMin, kInstantMax};

Batch batch_of(int minute, double value) {
  Batch out;
  out.observations.push_back({DatastreamId{1}, kNoon + minutes{minute}, value, kNoon, {}});
  return out;
}

ReadingLog::Apply into(ObservationStore& store) {
  return [&store](Batch const& batch, Position position) { return store.append(batch, position); };
}

struct MakeLog {
  std::string name;
  std::function<std::unique_ptr<ReadingLog>()> make;
  friend void PrintTo(MakeLog const& maker, std::ostream* out) { *out << maker.name; }
};

class reading_log : public testing::TestWithParam<MakeLog> {
 protected:
  std::unique_ptr<ReadingLog> log_ = GetParam().make();
  MemoryStore store_;
};

TEST_P(reading_log, answers_with_what_became_of_each_observation_in_the_store_that_follows) {
  auto const following = log_->follow(store_.applied(), into(store_)).value();
  EXPECT_EQ(log_->append(batch_of(0, 1))->entries.at(0).outcome, Outcome::kStored);
  EXPECT_EQ(log_->append(batch_of(0, 1))->entries.at(0).outcome, Outcome::kRepeated);
  auto const corrected = log_->append(batch_of(0, 2));
  EXPECT_EQ(corrected->entries.at(0).outcome, Outcome::kSuperseded);
  EXPECT_EQ(store_.find(corrected->entries.at(0).id)->value, 2);
  EXPECT_EQ(store_.applied(), log_->end());
}

TEST_P(reading_log, a_refusal_for_what_an_entry_holds_is_its_answer_and_the_next_one_goes_through) {
  auto const following = log_->follow(store_.applied(), into(store_)).value();
  EXPECT_EQ(log_->append(batch_of(0, std::nan(""))).error().code, Code::kInvalid);
  EXPECT_TRUE(log_->append(batch_of(0, 1)));
  EXPECT_EQ(store_.applied(), log_->end());
}

TEST_P(reading_log, keeps_nothing_where_nobody_follows) {
  EXPECT_EQ(log_->append(batch_of(0, 1)).error().code, Code::kUnavailable);
  auto following = log_->follow(store_.applied(), into(store_)).value();
  ASSERT_TRUE(log_->append(batch_of(1, 2)));
  following.reset();
  EXPECT_EQ(log_->append(batch_of(2, 3)).error().code, Code::kUnavailable);
  following = log_->follow(store_.applied(), into(store_)).value();
  EXPECT_EQ(*store_.count(DatastreamId{1}, kAlways), 1u);
}

TEST_P(reading_log, a_store_that_cannot_write_answers_so) {
  auto const following = log_->follow({}, [](Batch const&, Position) -> Result<Appended> { return fail(Code::kFull, "no space"); }).value();
  EXPECT_EQ(log_->append(batch_of(0, 1)).error().code, Code::kFull);
}

TEST_P(reading_log, entries_of_many_come_one_at_a_time_in_one_order) {
  std::atomic<int> inside = 0;
  bool alone = true;
  Position last;
  bool ascending = true;
  auto const following = log_->follow({}, [&](Batch const& batch, Position position) {
    alone = alone && inside++ == 0;
    ascending = ascending && (!position || position > last);
    last = position;
    auto appended = store_.append(batch, position);
    --inside;
    return appended;
  }).value();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) EXPECT_TRUE(log_->append(batch_of(t * 50 + i, i)));
    });
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(alone);
  EXPECT_TRUE(ascending);
  EXPECT_EQ(*store_.count(DatastreamId{1}, kAlways), 200u);
}

INSTANTIATE_TEST_SUITE_P(all, reading_log,
                         testing::Values(MakeLog{"local", [] { return std::make_unique<LocalLog>(); }},
                                         MakeLog{"memory", [] { return std::make_unique<MemoryLog>(); }}),
                         [](auto const& maker) { return maker.param.name; });

TEST(local_log, is_followed_by_one_store_and_gives_no_positions) {
  LocalLog log;
  MemoryStore store;
  auto const following = log.follow({}, into(store)).value();
  EXPECT_EQ(log.follow({}, into(store)).error().code, Code::kUnsupported);
  ASSERT_TRUE(log.append(batch_of(0, 1)));
  EXPECT_EQ(log.end(), Position{});
  EXPECT_EQ(store.applied(), Position{});
}

TEST(memory_log, gives_who_comes_later_what_stands_already_and_both_agree) {
  MemoryLog log;
  MemoryStore early;
  MemoryStore late;
  auto const first = log.follow({}, into(early)).value();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(log.append(batch_of(i % 3, i)));
  auto second = log.follow(late.applied(), into(late)).value();
  EXPECT_EQ(late.applied(), Position{5});
  second.reset();
  for (int i = 5; i < 9; ++i) ASSERT_TRUE(log.append(batch_of(i % 3, i)));
  EXPECT_EQ(late.applied(), Position{5});
  second = log.follow(late.applied(), into(late)).value();
  EXPECT_EQ(log.end(), Position{9});
  EXPECT_EQ(late.applied(), Position{9});
  auto const a = *early.read(DatastreamId{1}, kAlways, {});
  auto const b = *late.read(DatastreamId{1}, kAlways, {});
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].id, b[i].id);
}

TEST(memory_log, goes_on_without_a_store_that_cannot_write_until_it_follows_again) {
  MemoryLog log;
  MemoryStore well;
  MemoryStore ill;
  bool full = true;
  auto const sometimes = [&](Batch const& batch, Position position) -> Result<Appended> {
    if (full) return fail(Code::kFull, "no space");
    return ill.append(batch, position);
  };
  auto const first = log.follow({}, into(well)).value();
  auto second = log.follow({}, sometimes).value();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(log.append(batch_of(i, i)));
  EXPECT_EQ(log.follow(ill.applied(), sometimes).error().code, Code::kFull);
  full = false;
  EXPECT_EQ(ill.applied(), Position{});
  second = log.follow(ill.applied(), sometimes).value();
  EXPECT_EQ(ill.applied(), Position{3});
}

}  // namespace
}  // namespace madang::storage::test
