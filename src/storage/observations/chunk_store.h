// The embedded observation store: a log for durability, hot values in memory, and per-Datastream chunks
// that a background thread writes in small slices. Format: docs/formats/observation_store.md.
#pragma once

#include <memory>
#include <string>

#include "runtime/clock.h"
#include "storage/observations/store.h"

namespace madang::storage {

struct StoreParts;
struct StreamRow;
struct LogAveraging;
class Appender;
class Roller;
class RangeReader;

/// Thread-safe. One process at a time per folder (the data directory's lock sees to it).
class ChunkStore final : public ObservationStore {
 public:
  struct Options {
    std::string folder;
    runtime::Clock const* clock = nullptr;  ///< null: the system's
    std::size_t hot_values = 4'800'000;     ///< above this many, chunks are written; 40 bytes each
    std::size_t chunk_values = 512;         ///< aimed at per chunk
    std::uint64_t log_bytes = 192u << 20;   ///< above this size of the log, chunks are written
    std::size_t slice_values = 60'000;      ///< written to chunks in one transaction
    DefaultFeature default_feature = {};    ///< without it a named feature and no feature are two
    bool upgrades = true;                   ///< false: for who only reads, a store of an older format is refused and stays as it is
    bool background = true;                 ///< false: chunks are written only by settle() and at the end
    bool settle_at_end = true;              ///< false: the end leaves the log as it is (as a kill would)
    std::string vfs;                        ///< name of an SQLite VFS; empty: the system's
  };

  /// Makes the folder when it is not there. Replays the log. kUnsupported: written by a newer version, or by an
  /// older one where nothing may be upgraded.
  static Result<std::unique_ptr<ChunkStore>> open(Options options);
  /// Writes all hot values to chunks, so that the next start is quick.
  ~ChunkStore() override;
  ChunkStore(ChunkStore const&) = delete;
  ChunkStore& operator=(ChunkStore const&) = delete;

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
  /// The same of a folder that no store has open: its files as they are, not upgraded.
  static Result<void> copy_files(std::string const& from, std::string const& to);

  /// Writes all hot values to chunks now, applies deletions and retention, and empties the log.
  Result<void> settle();
  /// Brings all chunks of older formats, or with other sums than their Datastream asks for, up to date now; else the
  /// background does it.
  Result<void> renew();

 private:
  explicit ChunkStore(Options options);
  Result<void> start();
  Result<void> replay();
  void load_stream(StreamRow const& row);
  void replay_retention(DatastreamId stream, Millis keep, std::uint64_t sequence);
  void replay_averaging(LogAveraging const& averaging, std::uint64_t sequence);
  void apply_averaging(DatastreamId id, Averaging averaging, std::uint64_t sequence);
  Result<void> apply_erase(DatastreamId id, Interval when, std::uint64_t sequence);
  Result<void> log_erase(DatastreamId stream, Interval when);
  Result<void> erase_expired(DatastreamId id, Millis keep);

  runtime::SystemClock system_clock_;
  std::unique_ptr<StoreParts> parts_;
  std::unique_ptr<RangeReader> reader_;
  std::unique_ptr<Appender> appender_;
  std::unique_ptr<Roller> roller_;
};

}  // namespace madang::storage
