// A store in front of another, for tests that count, hold up or refuse some of what is asked: overrides do that, all else passes.
#pragma once

#include <string>

#include "storage/observations/store.h"

namespace madang::test {

class PassingStore : public storage::ObservationStore {
 public:
  explicit PassingStore(storage::ObservationStore& behind) : behind_(behind) {}

  using storage::ObservationStore::append;
  using storage::ObservationStore::count;
  Result<storage::Appended> append(storage::Batch const& batch, storage::Position position) override {
    return behind_.append(batch, position);
  }
  storage::Position applied() override { return behind_.applied(); }
  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when,
                                                       storage::ReadOptions const& options) override {
    return behind_.read(stream, when, options);
  }
  Result<std::size_t> count(DatastreamId stream, Interval when, storage::CountOptions const& options) override {
    return behind_.count(stream, when, options);
  }
  Result<std::vector<storage::StoredObservation>> latest(std::span<DatastreamId const> streams) override {
    return behind_.latest(streams);
  }
  Result<std::vector<storage::Newest>> newest(std::span<DatastreamId const> streams, storage::Trust const& trust) override {
    return behind_.newest(streams, trust);
  }
  Result<storage::StoredObservation> find(ObservationId id) override { return behind_.find(id); }
  Result<storage::StoredObservation> successor(ObservationId id) override { return behind_.successor(id); }
  Result<std::vector<storage::Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                                 storage::AggregateOptions const& options) override {
    return behind_.aggregate(streams, when, options);
  }
  Result<std::size_t> rejudge(DatastreamId stream, std::span<storage::Judgement const> judgements) override {
    return behind_.rejudge(stream, judgements);
  }
  Result<std::size_t> erase(DatastreamId stream, Interval when) override { return behind_.erase(stream, when); }
  Result<void> set_retention(DatastreamId stream, Millis keep) override { return behind_.set_retention(stream, keep); }
  Result<void> set_averaging(std::span<DatastreamId const> streams, Averaging averaging) override {
    return behind_.set_averaging(streams, averaging);
  }
  storage::StoreStatistics statistics() override { return behind_.statistics(); }
  Result<void> backup_to(std::string const& folder) override { return behind_.backup_to(folder); }

 protected:
  storage::ObservationStore& behind_;
};

}  // namespace madang::test
