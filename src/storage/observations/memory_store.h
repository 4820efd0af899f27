// Observations in memory only: the fake behind the port, for tests of everything above the store.
#pragma once

#include <map>

#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "storage/observations/store.h"

namespace madang::storage {

/// Thread-safe. Nothing survives it; backup_to writes nothing and says so with kUnsupported.
class MemoryStore final : public ObservationStore {
 public:
  MemoryStore() = default;
  /// `clock` decides what retention has let go.
  explicit MemoryStore(runtime::Clock const& clock, DefaultFeature default_feature = {})
      : clock_(&clock), default_feature_(std::move(default_feature)) {}

  using ObservationStore::append;
  Result<Appended> append(Batch const& batch, Position position) override;
  Position applied() override;
  Result<std::vector<StoredObservation>> read(DatastreamId stream, Interval when, ReadOptions const& options) override;
  using ObservationStore::count;
  Result<std::size_t> count(DatastreamId stream, Interval when, CountOptions const& options) override;
  Result<std::vector<StoredObservation>> latest(std::span<DatastreamId const> streams) override;
  Result<std::vector<Newest>> newest(std::span<DatastreamId const> streams, Trust const& trust) override;
  Result<StoredObservation> find(ObservationId id) override;
  Result<StoredObservation> successor(ObservationId id) override;
  Result<std::vector<Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                        AggregateOptions const& options) override;
  Result<std::size_t> rejudge(DatastreamId stream, std::span<Judgement const> judgements) override;
  Result<std::size_t> erase(DatastreamId stream, Interval when) override;
  Result<void> set_retention(DatastreamId stream, Millis keep) override;
  Result<void> set_averaging(std::span<DatastreamId const> streams, Averaging averaging) override;
  StoreStatistics statistics() override;
  Result<void> backup_to(std::string const& folder) override;

 private:
  /// Time and layer, so that the order of equal times is the same as the chunk store's.
  using Place = std::pair<Instant, std::int64_t>;
  using ByTime = std::map<Place, StoredObservation>;
  struct Stream {
    ByTime by_time;
    std::uint32_t next_arrival = 0;
    Millis keep{0};
    std::optional<Instant> arrived;
    std::map<ObservationId, Place> superseded;
    [[nodiscard]] ByTime::iterator from(Instant t) { return by_time.lower_bound({t, 0}); }
  };

  Result<void> check(Batch const& batch) MADANG_REQUIRES(mutex_);
  Result<void> check_room(Batch const& batch) MADANG_REQUIRES(mutex_);
  Place place_of(Stream const& stream, Observation const& observation, ObservationDetail const* detail) const;
  Appended::Entry keep_one(Observation const& observation, ObservationDetail const* detail) MADANG_REQUIRES(mutex_);
  void forget_old(Stream& stream) const;
  Stream* find_stream(DatastreamId id) MADANG_REQUIRES(mutex_);

  runtime::SystemClock system_clock_;
  runtime::Clock const* clock_ = &system_clock_;
  DefaultFeature const default_feature_;
  runtime::Mutex mutex_;
  Position applied_ MADANG_GUARDED_BY(mutex_);
  std::map<DatastreamId, Stream> streams_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::storage
