// The port behind which observations are kept. Two real things stand behind it: the embedded chunk store
// and the in-memory one of the tests (a cluster store is meant to be the third); all pass
// tests/contract/observation_store_contract.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "core/averaging.h"
#include "storage/observations/observation.h"

namespace madang::storage {

/// What became of each observation of a batch, in the batch's order. "The same observation" is that of the same
/// identity: Datastream, phenomenonTime (an instant, or both ends of an interval) and feature. Two of one time that
/// differ in their end or their feature both stand.
struct Appended {
  enum class Outcome : std::uint8_t {
    kStored,
    kRepeated,    ///< the same observation was there with the same value: a no-op, the id is the old one
    kSuperseded,  ///< the same observation was there with another value; the new one counts from now on
  };
  struct Entry {
    ObservationId id;
    Outcome outcome = Outcome::kStored;
  };
  std::vector<Entry> entries;
};

/// The feature that is meant where an observation of the Datastream names none; 0: there is none, or nobody knows. Said or not
/// said, it is the same observation. Asked under the store's locks: quick, and calls no store.
using DefaultFeature = std::function<FeatureId(DatastreamId)>;

/// Where a page ended. It stays true while other observations come, are superseded or deleted: what stands at one time keeps
/// its order there, and is deleted together.
struct Cursor {
  Instant time;           ///< of the last one given
  std::size_t given = 0;  ///< of this time have been given
  friend bool operator==(Cursor const&, Cursor const&) = default;
};

struct ReadOptions {
  std::size_t limit = 100'000;  ///< at most this many observations
  std::size_t skip = 0;         ///< leaves out this many of the first
  bool descending = false;      ///< newest first
  bool with_details = true;
  std::optional<Cursor> after = {};    ///< goes on behind a page of the same range and direction
  std::optional<Tick> deadline = {};   ///< of the store's clock; kUnavailable when it passes before the answer is whole
  /// The answer ends with the observation whose detail brings all details together above so many bytes. Then it is shorter
  /// than `limit`, and yet more may follow: whoever sets this reads on behind the page until one is empty.
  std::size_t detail_bytes = std::numeric_limits<std::size_t>::max();
};

/// Of result and parameters, which have no small bound of their own.
[[nodiscard]] inline std::size_t bytes_of(ObservationDetail const& detail) { return detail.result.size() + detail.parameters.size(); }

struct CountOptions {
  std::size_t at_most = std::numeric_limits<std::size_t>::max();  ///< counting ends once it is more: then any number above
  std::optional<Tick> deadline = {};                              ///< as in ReadOptions
};

/// Behind `page`, which was read with `options`, without skip; none where it is empty and nothing was read before it.
[[nodiscard]] std::optional<Cursor> cursor_after(std::span<StoredObservation const> page, ReadOptions const& options);

/// One time bucket of one Datastream (or of all asked-for together). Suspect and failed values are counted
/// in `count` but not in `good`, min, max and sums, and so are results that are no numbers; unknown ones (not yet
/// judged) are taken as good.
struct Bucket {
  Instant from;
  std::uint32_t count = 0;
  std::uint32_t good = 0;
  double min = 0;
  double max = 0;
  double sum = 0;
  double sum_of_squares = 0;
  double energy = 0;  ///< sum of 10^(L/10); only where AggregateOptions::averaging asks for it
  double sine = 0;    ///< sums over degrees, likewise
  double cosine = 0;

  /// Of numbers only: levels and directions have mean_of.
  [[nodiscard]] double mean() const { return good == 0 ? 0 : sum / good; }
};

/// The mean by the quantity's own rule, of a bucket that was asked for with the same averaging. None when nothing counts,
/// or when directions cancel each other out.
[[nodiscard]] std::optional<double> mean_of(Bucket const& bucket, Averaging averaging);

/// Takes one value in; one that is not good is only counted. Adds the sums of `averaging` besides.
void add_value(Bucket& bucket, double value, bool good, Averaging averaging = Averaging::kArithmetic);
/// Takes `more` into `bucket`; its beginning stays.
void add_bucket(Bucket& bucket, Bucket const& more);

/// Buckets are counted from the start of the asked range: a city's day starts at its own midnight.
struct AggregateOptions {
  Millis step{3'600'000};  ///< bucket length; whole hours are answered from roll-ups
  bool together = true;    ///< one series over all Datastreams, or one per Datastream
  bool from_raw = false;   ///< do not use roll-ups (for measuring and for checking them)
  Averaging averaging = Averaging::kArithmetic;  ///< which sums are added up besides; exact whatever the roll-ups hold
  std::optional<Tick> deadline = {};             ///< as in ReadOptions
};

struct Series {
  DatastreamId datastream;  ///< 0 when taken together
  std::vector<Bucket> buckets;  ///< ascending, empty buckets left out
};

/// Another opinion of the value at this time; where several features or intervals share it, of all of them.
struct Judgement {
  Instant phenomenon_time;
  Quality quality;
};

/// Which values tell the present, where a device's clock is not believed. Later than ahead_max after its arrival, before
/// `not_before`, or flagged for one of `reasons`: it stands in the store, but nothing newer is displaced by it.
struct Trust {
  Millis ahead_max{300'000};
  Instant not_before = Instant{Millis{1'420'070'400'000}};  ///< 2015-01-01: clocks that were never set tell 1970 or 2000
  std::vector<std::uint8_t> reasons;  ///< Quality::reason of the tests that doubt a time
  bool numbers_only = true;

  [[nodiscard]] bool holds(Observation const& o) const;
};

struct Newest {
  StoredObservation trusted;       ///< the newest by phenomenonTime that is trusted; id 0: none
  std::optional<Instant> arrived;  ///< its newest sign of life (sign_of_life.h), whatever time it told; none: nothing ever came
};

struct StoreStatistics {
  std::uint64_t observations = 0;       ///< what was deleted counts until it is taken out of chunks, within seconds
  std::uint64_t datastreams = 0;
  std::uint64_t chunks = 0;
  std::uint64_t hot_observations = 0;   ///< durable in the log, not yet in chunks
  std::uint64_t corrupt_chunks = 0;     ///< found with a wrong checksum, left out of answers
  std::uint64_t bytes_on_disk = 0;
  std::uint64_t chunk_lookups = 0;      ///< asked of the index of chunks since it was opened
  std::uint64_t chunk_rows = 0;         ///< rows of that index read since then
  std::uint64_t chunks_read = 0;        ///< bodies unpacked since then
};

/// What every store refuses of a batch whatever it holds already: kInvalid and kLimit as named below, a text of a detail above
/// kDetailTextMax bytes. Whoever puts several batches together asks first. The sentence names the field and its index.
[[nodiscard]] Result<void> check_batch(Batch const& batch);

/// Thread-safe: one writer at a time inside, many readers. All times are UTC milliseconds, ranges half open.
/// Errors: kFull when the disk is (nothing of the batch is kept), kInvalid for NaN, infinity, a time outside
/// the years 1900 to 2199 or an unknown index, kLimit for a Datastream above 2^27 - 1, one whose 2^26 numbers are used up
/// and more than kSameTimeMax observations of one time, kCorrupt never for a whole store: a bad chunk is left out,
/// counted and logged with its place.
class ObservationStore {
 public:
  virtual ~ObservationStore() = default;

  /// Durable when it returns. All or nothing.
  Result<Appended> append(Batch const& batch) { return append(batch, Position{}); }
  /// The same for an entry of a log that other stores follow too: the position is durable with the batch, or with its
  /// refusal for what it holds. A position that is not after `applied` has been taken in before: nothing changes, not even
  /// where other values have come since, and `entries` is empty.
  virtual Result<Appended> append(Batch const& batch, Position position) = 0;
  /// The last position that was taken in; the log is followed from there after a restart.
  virtual Position applied() = 0;

  virtual Result<std::vector<StoredObservation>> read(DatastreamId stream, Interval when, ReadOptions const& options) = 0;
  /// How many `read` would give without limit and skip; exact. Of all that a Datastream without retention has: quick.
  Result<std::size_t> count(DatastreamId stream, Interval when) { return count(stream, when, CountOptions{}); }
  virtual Result<std::size_t> count(DatastreamId stream, Interval when, CountOptions const& options) = 0;
  /// The newest (by phenomenonTime) of each; a Datastream without any gives an entry with id 0.
  virtual Result<std::vector<StoredObservation>> latest(std::span<DatastreamId const> streams) = 0;
  /// The newest of each whose time can be believed, and when it was last heard: what a board knows after a restart. Quick
  /// where one of the newest kTrustLookBack values is trusted; there it ends.
  virtual Result<std::vector<Newest>> newest(std::span<DatastreamId const> streams, Trust const& trust) = 0;
  /// kNotFound when it was never there, was deleted or superseded.
  virtual Result<StoredObservation> find(ObservationId id) = 0;
  /// What counts in the place of an observation that was superseded. kNotFound: this one counts, or was never there, or
  /// nothing stands in its place any more.
  virtual Result<StoredObservation> successor(ObservationId id) = 0;

  virtual Result<std::vector<Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                                AggregateOptions const& options) = 0;

  /// Gives the values of one Datastream at these times (ascending, no time twice) another quality. Values, ids and all
  /// else stay; times without a value are passed over. Returns how many changed. Durable when it returns; roll-ups follow.
  virtual Result<std::size_t> rejudge(DatastreamId stream, std::span<Judgement const> judgements) = 0;

  /// Deletes; returns how many. Space comes back by rewriting in the background.
  virtual Result<std::size_t> erase(DatastreamId stream, Interval when) = 0;
  /// Observations older than `keep` before now go away by and by; zero keeps for ever.
  virtual Result<void> set_retention(DatastreamId stream, Millis keep) = 0;
  /// Their roll-ups hold the sums of this averaging from now on, older ones follow by and by. Only for speed: what
  /// `aggregate` answers is exact either way. Durable; cheap for those that have it already.
  virtual Result<void> set_averaging(std::span<DatastreamId const> streams, Averaging averaging) = 0;

  virtual StoreStatistics statistics() = 0;
  /// A consistent copy into an empty folder while reading and writing go on.
  virtual Result<void> backup_to(std::string const& folder) = 0;
};

}  // namespace madang::storage
