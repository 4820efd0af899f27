#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <limits>
#include <latch>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "runtime/metrics.h"
#include "sensing/sensing.h"
#include "storage/observations/memory_store.h"

namespace madang::sensing {
namespace {

using storage::Appended;
using storage::Batch;

/// Passes everything on, can be held shut, counts its appends, and fails on demand.
class GateStore final : public storage::ObservationStore {
 public:
  using storage::ObservationStore::append;
  storage::Position applied() override { return inner_.applied(); }
  Result<Appended> append(Batch const& batch, storage::Position position) override {
    {
      std::unique_lock lock(mutex_);
      ++appends_;
      entered_.notify_all();
      open_.wait(lock, [this] { return !shut_; });
      if (full_) return fail(Code::kFull, "no space left");
      if (batch.observations.size() >= refuse_from_) return fail(Code::kInvalid, "batch: refused by the test");
    }
    return inner_.append(batch, position);
  }
  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when,
                                                       storage::ReadOptions const& options) override {
    return inner_.read(stream, when, options);
  }
  using storage::ObservationStore::count;
  Result<std::size_t> count(DatastreamId stream, Interval when, storage::CountOptions const& options) override {
    return inner_.count(stream, when, options);
  }
  Result<std::vector<storage::StoredObservation>> latest(std::span<DatastreamId const> streams) override {
    return inner_.latest(streams);
  }
  Result<storage::StoredObservation> find(ObservationId id) override { return inner_.find(id); }
  Result<storage::StoredObservation> successor(ObservationId id) override { return inner_.successor(id); }
  Result<std::vector<storage::Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                                 storage::AggregateOptions const& options) override {
    return inner_.aggregate(streams, when, options);
  }
  Result<std::vector<storage::Newest>> newest(std::span<DatastreamId const> streams, storage::Trust const& trust) override {
    return inner_.newest(streams, trust);
  }
  Result<void> set_averaging(std::span<DatastreamId const> streams, Averaging averaging) override {
    return inner_.set_averaging(streams, averaging);
  }
  Result<std::size_t> rejudge(DatastreamId stream, std::span<storage::Judgement const> judgements) override {
    return inner_.rejudge(stream, judgements);
  }
  Result<std::size_t> erase(DatastreamId stream, Interval when) override { return inner_.erase(stream, when); }
  Result<void> set_retention(DatastreamId stream, Millis keep) override { return inner_.set_retention(stream, keep); }
  storage::StoreStatistics statistics() override { return inner_.statistics(); }
  Result<void> backup_to(std::string const& folder) override { return inner_.backup_to(folder); }

  void shut() {
    std::scoped_lock const lock(mutex_);
    shut_ = true;
  }
  void open() {
    std::scoped_lock const lock(mutex_);
    shut_ = false;
    open_.notify_all();
  }
  void wait_for_append(int count) {
    std::unique_lock lock(mutex_);
    entered_.wait(lock, [this, count] { return appends_ >= count; });
  }
  void be_full(bool full = true) {
    std::scoped_lock const lock(mutex_);
    full_ = full;
  }
  void refuse_batches_from(std::size_t count) {
    std::scoped_lock const lock(mutex_);
    refuse_from_ = count;
  }
  int appends() {
    std::scoped_lock const lock(mutex_);
    return appends_;
  }

 private:
  storage::MemoryStore inner_;
  std::mutex mutex_;
  std::condition_variable open_;
  std::condition_variable entered_;
  bool shut_ = false;
  bool full_ = false;
  std::size_t refuse_from_ = std::numeric_limits<std::size_t>::max();
  int appends_ = 0;
};

Batch one(std::int64_t stream, std::int64_t time, double value) {
  Batch batch;
  batch.observations.push_back({DatastreamId{stream}, instant_of_millis(time), value, {}, {}});
  return batch;
}

struct IngestTest : testing::Test {
  GateStore store;
  runtime::ManualClock clock{instant_of_millis(1'800'000'000'000)};
  runtime::Metrics metrics;
  std::unique_ptr<Ingest> ingest = Ingest::start(store, clock, metrics, {.observations_waiting_max = 10, .batch_max = 8});

  std::size_t stored(std::int64_t stream) {
    return store.count(DatastreamId{stream}, {kInstantMin, kInstantMax}).value();
  }
};

TEST_F(IngestTest, answers_with_the_id_after_it_is_stored) {
  auto const appended = ingest->submit_and_wait(one(3, 1000, 12.5));
  ASSERT_TRUE(appended.has_value());
  auto const found = store.find(appended->entries.front().id);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->value, 12.5);
  EXPECT_EQ(found->received_at, clock.now());
}

TEST_F(IngestTest, shares_one_append_among_all_that_wait) {
  store.shut();
  std::latch answered(5);
  auto const count_down = [&answered](Result<Appended> const& result) {
    EXPECT_TRUE(result.has_value());
    answered.count_down();
  };
  ingest->submit(one(1, 0, 0), count_down);
  store.wait_for_append(1);
  for (std::int64_t i = 1; i < 5; ++i) ingest->submit(one(i + 1, i, 1), count_down);
  store.open();
  answered.wait();
  EXPECT_EQ(store.appends(), 2);
}

TEST_F(IngestTest, knows_until_when_all_that_arrived_has_been_told) {
  EXPECT_EQ(ingest->delivered_until(), clock.now()) << "nothing waits";
  auto const first = clock.now();
  store.shut();
  std::latch answered(2);
  Instant behind_the_first;
  ingest->submit(one(1, 0, 0), [&](Result<Appended> const&) {
    behind_the_first = ingest->delivered_until();
    answered.count_down();
  });
  store.wait_for_append(1);
  clock.advance(std::chrono::seconds{20});
  auto const second = clock.now();
  Instant behind_all;
  ingest->submit(one(2, 0, 0), [&](Result<Appended> const&) {
    behind_all = ingest->delivered_until();
    answered.count_down();
  });
  clock.advance(std::chrono::seconds{20});
  EXPECT_EQ(ingest->delivered_until(), first);
  store.open();
  answered.wait();
  EXPECT_EQ(behind_the_first, second) << "who has an answer may ask, and what came behind it waits";
  EXPECT_EQ(behind_all, clock.now());
}

/// Lets a test do something while somebody is told the time, who goes on with what it was before.
class InterruptedClock final : public runtime::Clock {
 public:
  explicit InterruptedClock(runtime::ManualClock& clock) : clock_(clock) {}
  [[nodiscard]] Instant now() const override {
    auto const told = clock_.now();
    if (auto const meanwhile = std::exchange(meanwhile_, nullptr)) meanwhile();
    return told;
  }
  [[nodiscard]] Tick tick() const override { return clock_.tick(); }
  void at_next_look(std::function<void()> meanwhile) { meanwhile_ = std::move(meanwhile); }

 private:
  runtime::ManualClock& clock_;
  mutable std::function<void()> meanwhile_;
};

TEST_F(IngestTest, never_takes_back_until_when_all_has_been_told) {
  InterruptedClock interrupted(clock);
  store.shut();
  auto const taking = Ingest::start(store, interrupted, metrics, {.observations_waiting_max = 10, .batch_max = 8});
  std::future<Instant> before;
  interrupted.at_next_look([&] {
    clock.advance(std::chrono::seconds{20});
    before = std::async(std::launch::async, [&] { return taking->delivered_until(); });
    // Where the time was not taken together with the place in the queue, the answer comes now, and is too late a moment.
    before.wait_for(std::chrono::milliseconds{200});
  });
  std::latch answered(1);
  taking->submit(one(1, 0, 0), [&](Result<Appended> const&) { answered.count_down(); });
  auto const behind = taking->delivered_until();
  EXPECT_LE(before.get(), behind) << "somebody was told that all had been heard until then";
  store.open();
  answered.wait();
}

TEST_F(IngestTest, has_told_no_more_of_a_group_stored_piece_by_piece_than_was_stored) {
  store.shut();
  store.refuse_batches_from(2);
  std::latch answered(4);
  std::vector<Instant> arrived;
  std::vector<Instant> told;
  for (std::int64_t i = 0; i < 4; ++i) {
    clock.advance(std::chrono::seconds{20});
    arrived.push_back(clock.now());
    ingest->submit(one(i + 1, 0, 0), [&](Result<Appended> const&) {
      told.push_back(ingest->delivered_until());
      answered.count_down();
    });
    if (i == 0) store.wait_for_append(1);
  }
  store.open();
  answered.wait();
  EXPECT_EQ(told, (std::vector<Instant>{arrived[1], arrived[2], arrived[3], clock.now()}));
}

TEST_F(IngestTest, refuses_a_text_that_no_store_takes_before_it_joins_others) {
  store.shut();
  std::latch answered(3);
  auto const stored_one = [&answered](Result<Appended> const& result) {
    EXPECT_TRUE(result.has_value());
    answered.count_down();
  };
  ingest->submit(one(1, 0, 0), stored_one);
  store.wait_for_append(1);
  auto too_long = one(2, 0, 0);
  storage::ObservationDetail text;
  text.result_kind = storage::ObservationDetail::ResultKind::kText;
  text.result.assign((1u << 20) + 1, 'x');
  too_long.details.emplace_back(0, std::move(text));
  auto const refused = ingest->submit_and_wait(too_long);
  EXPECT_EQ(refused.error().code, Code::kLimit) << "though the writer is at work";
  ingest->submit(one(3, 0, 0), stored_one);
  ingest->submit(one(4, 0, 0), stored_one);
  store.open();
  answered.wait();
  EXPECT_EQ(store.appends(), 2) << "those behind it are still one group";
}

TEST_F(IngestTest, answers_an_empty_submission_in_its_turn) {
  store.shut();
  std::latch answered(2);
  std::atomic<bool> reading_stored = false;
  ingest->submit(one(1, 0, 1), [&](Result<Appended> const& result) {
    reading_stored = result.has_value();
    answered.count_down();
  });
  store.wait_for_append(1);
  std::atomic<bool> came_after = false;
  ingest->submit({}, [&](Result<Appended> const& result) {
    came_after = result.has_value() && reading_stored;
    answered.count_down();
  });
  store.open();
  answered.wait();
  EXPECT_TRUE(came_after);
  EXPECT_EQ(store.appends(), 1);
}

TEST_F(IngestTest, refuses_a_bad_value_without_its_neighbours) {
  auto bad = one(1, 5, 1);
  bad.observations.push_back({DatastreamId{1}, instant_of_millis(6), std::numeric_limits<double>::quiet_NaN(), {}, {}});
  auto const refused = ingest->submit_and_wait(bad);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalid);
  EXPECT_NE(refused.error().sentence.find("[1]"), std::string::npos);
  EXPECT_EQ(stored(1), 0u);
}

TEST_F(IngestTest, tries_each_submission_alone_when_the_store_refuses_the_shared_batch) {
  store.refuse_batches_from(2);
  store.shut();
  std::latch answered(3);
  std::atomic<int> good = 0;
  auto const note = [&](Result<Appended> const& result) {
    good += result.has_value() ? 1 : 0;
    answered.count_down();
  };
  ingest->submit(one(1, 0, 0), note);
  store.wait_for_append(1);
  ingest->submit(one(2, 1, 1), note);
  auto pair = one(3, 1, 1);
  pair.observations.push_back(one(4, 1, 1).observations.front());
  ingest->submit(pair, note);
  store.open();
  answered.wait();
  EXPECT_EQ(good, 2);
  EXPECT_EQ(stored(2), 1u);
  EXPECT_EQ(stored(3), 0u);
}

TEST_F(IngestTest, says_overloaded_when_too_many_wait) {
  store.shut();
  std::latch answered(1);
  ingest->submit(one(1, 0, 0), [&answered](auto const&) { answered.count_down(); });
  store.wait_for_append(1);
  Batch many;
  for (std::int64_t i = 0; i < 10; ++i) many.observations.push_back(one(2, i, 0).observations.front());
  auto const refused = ingest->submit_and_wait(many);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kOverloaded);
  store.open();
  answered.wait();
}

TEST_F(IngestTest, passes_on_that_the_disk_is_full) {
  store.be_full();
  auto const refused = ingest->submit_and_wait(one(1, 0, 0));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kFull);
}

/// As the quality engine does, it doubts what it hears for the first time only.
struct JudgingIngest : IngestTest {
  std::set<double> heard;

  JudgingIngest() {
    ingest = Ingest::start(store, clock, metrics, {.judge = [this](Batch& batch) {
      for (auto& o : batch.observations) o.quality = {heard.insert(o.value).second ? QualityFlag::kSuspect : QualityFlag::kGood, 8, 1};
    }});
  }
  ~JudgingIngest() override { ingest->stop(); }
  QualityFlag flag_of_newest(std::int64_t stream) {
    return store.read(DatastreamId{stream}, {kInstantMin, kInstantMax}, {}).value().back().quality.flag;
  }
};

TEST_F(JudgingIngest, keeps_what_was_said_of_values_that_found_no_room_for_when_they_come_again) {
  store.be_full();
  EXPECT_FALSE(ingest->submit_and_wait(one(1, 0, 99)));
  EXPECT_FALSE(ingest->submit_and_wait(one(1, 0, 99))) << "and once more";
  store.be_full(false);
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 0, 99)));
  EXPECT_EQ(flag_of_newest(1), QualityFlag::kSuspect);
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 1000, 99)));
  EXPECT_EQ(flag_of_newest(1), QualityFlag::kGood) << "another value of the same size is judged for itself";
}

TEST_F(JudgingIngest, keeps_what_was_said_of_the_newest_where_too_many_found_no_room) {
  store.be_full();
  EXPECT_FALSE(ingest->submit_and_wait(one(1, 0, 99)));
  constexpr std::int64_t kKept = 200'000;
  Batch many;
  for (std::int64_t i = 0; i < kKept; ++i) many.observations.push_back(one(2, i, 1'000.0 + static_cast<double>(i)).observations.front());
  EXPECT_FALSE(ingest->submit_and_wait(many));
  store.be_full(false);
  ASSERT_TRUE(ingest->submit_and_wait(one(2, kKept - 1, 1'000.0 + kKept - 1)));
  EXPECT_EQ(flag_of_newest(2), QualityFlag::kSuspect);
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 0, 99)));
  EXPECT_EQ(flag_of_newest(1), QualityFlag::kGood) << "of the oldest it is forgotten";
}

TEST_F(JudgingIngest, forgets_what_was_said_of_values_that_do_not_come_again) {
  using namespace std::chrono_literals;
  store.be_full();
  EXPECT_FALSE(ingest->submit_and_wait(one(1, 0, 98)));
  EXPECT_FALSE(ingest->submit_and_wait(one(2, 0, 99)));
  clock.advance(50min);
  EXPECT_FALSE(ingest->submit_and_wait(one(2, 0, 99))) << "this one does";
  clock.advance(50min);
  store.be_full(false);
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 0, 98)));
  EXPECT_EQ(flag_of_newest(1), QualityFlag::kGood);
  ASSERT_TRUE(ingest->submit_and_wait(one(2, 0, 99)));
  EXPECT_EQ(flag_of_newest(2), QualityFlag::kSuspect);
}

TEST_F(IngestTest, tells_listeners_before_it_answers_and_leaves_repeats_out) {
  std::mutex mutex;
  std::vector<double> heard;
  ingest->listen([&](std::span<storage::StoredObservation const> news) {
    std::scoped_lock const lock(mutex);
    for (auto const& o : news) heard.push_back(o.value);
  });
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 0, 7)).has_value());
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 0, 7)).has_value());
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 0, 8)).has_value());
  std::scoped_lock const lock(mutex);
  EXPECT_EQ(heard, (std::vector<double>{7, 8}));
}

TEST_F(IngestTest, keeps_details_with_their_observation_in_a_shared_batch) {
  store.shut();
  std::latch answered(3);
  auto const note = [&answered](auto const&) { answered.count_down(); };
  ingest->submit(one(1, 0, 0), note);
  store.wait_for_append(1);
  ingest->submit(one(2, 1, 1), note);
  auto with_detail = one(3, 1, 0);
  storage::ObservationDetail detail;
  detail.result_kind = storage::ObservationDetail::ResultKind::kText;
  detail.result = "open";
  with_detail.details.emplace_back(0, detail);
  ingest->submit(with_detail, note);
  store.open();
  answered.wait();
  auto const found = store.read(DatastreamId{3}, {kInstantMin, kInstantMax}, {}).value();
  ASSERT_EQ(found.size(), 1u);
  ASSERT_TRUE(found[0].detail.has_value());
  EXPECT_EQ(found[0].detail->result, "open");
}

TEST_F(IngestTest, finishes_what_waits_and_takes_no_more_after_stop) {
  store.shut();
  std::latch answered(2);
  auto const note = [&answered](Result<Appended> const& result) {
    EXPECT_TRUE(result.has_value());
    answered.count_down();
  };
  ingest->submit(one(1, 0, 0), note);
  store.wait_for_append(1);
  ingest->submit(one(1, 1, 0), note);
  std::thread stopper([this] { ingest->stop(); });
  store.open();
  stopper.join();
  answered.wait();
  auto const refused = ingest->submit_and_wait(one(1, 2, 0));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_EQ(stored(1), 2u);
}

TEST(ingest, stores_nothing_for_a_datastream_that_is_being_deleted) {
  storage::MemoryStore store;
  runtime::SystemClock const clock;
  runtime::Metrics metrics;
  city::ClosedStreams closed;
  auto const ingest = Ingest::start(store, clock, metrics, {.closed = &closed});
  ASSERT_TRUE(ingest->submit_and_wait(one(1, 0, 1)));
  closed.close(std::array{DatastreamId{1}, DatastreamId{2}});
  auto mixed = one(2, 0, 1);
  mixed.observations.push_back(one(3, 0, 1).observations.front());

  auto const refused = ingest->submit_and_wait(one(1, 1, 1));
  auto const refused_too = ingest->submit_and_wait(std::move(mixed));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable) << "final would lose what else is in a message";
  EXPECT_FALSE(refused_too);
  EXPECT_TRUE(ingest->submit_and_wait(one(3, 1, 1)));
  EXPECT_EQ(store.statistics().observations, 2u);
  closed.end([](DatastreamId stream) { return stream == DatastreamId{2}; });
  EXPECT_TRUE(ingest->submit_and_wait(one(1, 1, 1)));
  EXPECT_FALSE(ingest->submit_and_wait(one(2, 1, 1)));
}

TEST(ingest, answers_every_submission_of_many_threads_once) {
  storage::MemoryStore store;
  runtime::SystemClock const clock;
  runtime::Metrics metrics;
  auto const ingest = Ingest::start(store, clock, metrics, {});
  constexpr std::int64_t kThreads = 4;
  constexpr std::int64_t kEach = 500;
  std::atomic<std::int64_t> answers = 0;
  {
    std::vector<std::jthread> threads;
    for (std::int64_t t = 0; t < kThreads; ++t) {
      threads.emplace_back([&ingest, &answers, t] {
        for (std::int64_t i = 0; i < kEach; ++i) {
          ingest->submit(one(t + 1, i, 1), [&answers](auto const&) { ++answers; });
        }
      });
    }
  }
  ingest->stop();
  EXPECT_EQ(answers, kThreads * kEach);
  EXPECT_EQ(store.statistics().observations, static_cast<std::uint64_t>(kThreads * kEach));
}

}  // namespace
}  // namespace madang::sensing
