// The port behind which observations are kept. Two real things stand behind it: the embedded chunk store
// and the in-memory one of the tests (a cluster store is meant to be the third); all pass
// tests/contract/observation_store_contract.cc.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "storage/observations/observation.h"

namespace madang::storage {

/// What became of each observation of a batch, in the batch's order.
struct Appended {
  enum class Outcome : std::uint8_t {
    kStored,
    kRepeated,    ///< the same value for the same phenomenonTime was there: a no-op, the id is the old one
    kSuperseded,  ///< another value for this phenomenonTime was there; the new one counts from now on
  };
  struct Entry {
    ObservationId id;
    Outcome outcome = Outcome::kStored;
  };
  std::vector<Entry> entries;
};

struct ReadOptions {
  std::size_t limit = 100'000;  ///< at most this many observations
  std::size_t skip = 0;         ///< leaves out this many of the first
  bool descending = false;      ///< newest first
  bool with_details = true;
};

/// One time bucket of one Datastream (or of all asked-for together). Suspect and failed values are counted
/// in `count` but not in `good`, min, max and sums; unknown ones (not yet judged) are taken as good.
struct Bucket {
  Instant from;
  std::uint32_t count = 0;
  std::uint32_t good = 0;
  double min = 0;
  double max = 0;
  double sum = 0;
  double sum_of_squares = 0;

  [[nodiscard]] double mean() const { return good == 0 ? 0 : sum / good; }
};

/// Takes `more` into `bucket`; its beginning stays.
void add_bucket(Bucket& bucket, Bucket const& more);

/// Buckets are counted from the start of the asked range: a city's day starts at its own midnight.
struct AggregateOptions {
  Millis step{3'600'000};  ///< bucket length; whole hours are answered from roll-ups
  bool together = true;    ///< one series over all Datastreams, or one per Datastream
  bool from_raw = false;   ///< do not use roll-ups (for measuring and for checking them)
};

struct Series {
  DatastreamId datastream;  ///< 0 when taken together
  std::vector<Bucket> buckets;  ///< ascending, empty buckets left out
};

/// Another opinion of the value at this time.
struct Judgement {
  Instant phenomenon_time;
  Quality quality;
};

struct StoreStatistics {
  std::uint64_t observations = 0;
  std::uint64_t datastreams = 0;
  std::uint64_t chunks = 0;
  std::uint64_t hot_observations = 0;   ///< durable in the log, not yet in chunks
  std::uint64_t corrupt_chunks = 0;     ///< found with a wrong checksum, left out of answers
  std::uint64_t bytes_on_disk = 0;
};

/// Thread-safe: one writer at a time inside, many readers. All times are UTC milliseconds, ranges half open.
/// Errors: kFull when the disk is (nothing of the batch is kept), kInvalid for NaN, infinity, a time outside
/// the years 1900 to 2199 or an unknown index, kLimit for a Datastream above 2^21 - 1, kCorrupt never for a
/// whole store: a bad chunk is left out, counted and logged with its place.
class ObservationStore {
 public:
  virtual ~ObservationStore() = default;

  /// Durable when it returns. All or nothing.
  virtual Result<Appended> append(Batch const& batch) = 0;

  virtual Result<std::vector<StoredObservation>> read(DatastreamId stream, Interval when, ReadOptions const& options) = 0;
  /// How many `read` would give without limit and skip.
  virtual Result<std::size_t> count(DatastreamId stream, Interval when) = 0;
  /// The newest (by phenomenonTime) of each; a Datastream without any gives an entry with id 0.
  virtual Result<std::vector<StoredObservation>> latest(std::span<DatastreamId const> streams) = 0;
  /// kNotFound when it was never there, was deleted or superseded.
  virtual Result<StoredObservation> find(ObservationId id) = 0;

  virtual Result<std::vector<Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                                AggregateOptions const& options) = 0;

  /// Gives the values of one Datastream at these times (ascending, no time twice) another quality. Values, ids and all
  /// else stay; times without a value are passed over. Returns how many changed. Durable when it returns; roll-ups follow.
  virtual Result<std::size_t> rejudge(DatastreamId stream, std::span<Judgement const> judgements) = 0;

  /// Deletes; returns how many. Space comes back by rewriting in the background.
  virtual Result<std::size_t> erase(DatastreamId stream, Interval when) = 0;
  /// Observations older than `keep` before now go away by and by; zero keeps for ever.
  virtual Result<void> set_retention(DatastreamId stream, Millis keep) = 0;

  virtual StoreStatistics statistics() = 0;
  /// A consistent copy into an empty folder while reading and writing go on.
  virtual Result<void> backup_to(std::string const& folder) = 0;
};

}  // namespace madang::storage
