// A past that cannot be read ends no warning: nobody knows that it is over.
#include <gtest/gtest.h>

#include <atomic>

#include "sensing/warning/test_watched_city.h"

namespace madang::sensing::warning {
namespace {

/// The city's store, whose reads fail for a while.
class FailingStore final : public storage::ObservationStore {
 public:
  explicit FailingStore(storage::ObservationStore& store) : store_(store) {}
  std::atomic<bool> fails = false;

  using storage::ObservationStore::append;
  Result<storage::Appended> append(storage::Batch const& batch, storage::Position position) override {
    return store_.append(batch, position);
  }
  storage::Position applied() override { return store_.applied(); }
  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when, storage::ReadOptions const& options) override {
    if (fails) return fail(Code::kUnavailable, "disk I/O error");
    return store_.read(stream, when, options);
  }
  Result<std::size_t> count(DatastreamId stream, Interval when) override { return store_.count(stream, when); }
  Result<std::vector<storage::StoredObservation>> latest(std::span<DatastreamId const> streams) override { return store_.latest(streams); }
  Result<std::vector<storage::Newest>> newest(std::span<DatastreamId const> streams, storage::Trust const& trust) override {
    return store_.newest(streams, trust);
  }
  Result<storage::StoredObservation> find(ObservationId id) override { return store_.find(id); }
  Result<storage::StoredObservation> successor(ObservationId id) override { return store_.successor(id); }
  Result<std::vector<storage::Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                                 storage::AggregateOptions const& options) override {
    return store_.aggregate(streams, when, options);
  }
  Result<std::size_t> rejudge(DatastreamId stream, std::span<storage::Judgement const> judgements) override {
    return store_.rejudge(stream, judgements);
  }
  Result<std::size_t> erase(DatastreamId stream, Interval when) override { return store_.erase(stream, when); }
  Result<void> set_retention(DatastreamId stream, Millis keep) override { return store_.set_retention(stream, keep); }
  Result<void> set_averaging(std::span<DatastreamId const> streams, Averaging averaging) override {
    return store_.set_averaging(streams, averaging);
  }
  storage::StoreStatistics statistics() override { return store_.statistics(); }
  Result<void> backup_to(std::string const& folder) override { return store_.backup_to(folder); }

 private:
  storage::ObservationStore& store_;
};

TEST(early_warning_threads, ends_nothing_when_its_past_cannot_be_read_and_tries_again) {
  KeptCity city;
  FailingStore failing{city.store};
  city.watch();
  city.run(120, 0);
  city.run(10, 40);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  city.ingest->stop();
  city.warning.reset();
  failing.fails = true;
  city.ingest = Ingest::start(city.store, city.clock, city.metrics, {});
  city.warning = must(EarlyWarning::start({*city.city, failing, *city.ingest, *city.told, city.messages, city.clock, city.metrics, nullptr},
                                          shipped_rules(), {.history = std::chrono::hours{12}}));
  city.warning->drain();
  EXPECT_TRUE(is_open((*city.kept->find(id))->state));
  EXPECT_EQ(city.kept->open_of("sensing.warning").size(), 2U) << "and it says that nothing is judged";
  failing.fails = false;
  city.clock.advance(std::chrono::seconds{15});
  city.run(6, 40);
  EXPECT_EQ(city.ever(), 1U);
  EXPECT_EQ(city.kept->open_of("sensing.warning").size(), 1U) << "it sees again";
  city.run(15, 0);
  EXPECT_TRUE((*city.kept->find(id))->clear_since);
  city.ingest->stop();
}

}  // namespace
}  // namespace madang::sensing::warning
