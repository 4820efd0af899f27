// Answers: chunks and memory read together, as one series.
#pragma once

#include <limits>
#include <optional>
#include <vector>

#include "storage/observations/parts.h"
#include "storage/observations/store.h"

namespace madang::storage {

class BucketRow;

/// A value of memory as it is given out, its detail aside.
void fill_observation(StoredObservation& to, DatastreamId layer, HotValue const& v);

/// Thread-safe.
class RangeReader {
 public:
  explicit RangeReader(StoreParts& parts) : parts_(parts) {}

  Result<std::vector<StoredObservation>> read(DatastreamId stream, Interval when, ReadOptions const& options);
  Result<std::size_t> count(DatastreamId stream, Interval when, CountOptions const& options = {});
  Result<std::vector<StoredObservation>> latest(std::span<DatastreamId const> streams);
  Result<std::vector<Newest>> newest(std::span<DatastreamId const> streams, Trust const& trust);
  Result<StoredObservation> find(ObservationId id);
  Result<StoredObservation> successor(ObservationId id);
  Result<std::vector<Series>> aggregate(std::span<DatastreamId const> streams, Interval when,
                                        AggregateOptions const& options);

  /// The Datastream and its layers, or nothing.
  [[nodiscard]] std::vector<DatastreamId> layers(DatastreamId stream) const;
  /// Whether what retention has let go and is still here is shown.
  enum class Expired { kHidden, kShown };
  /// Of one layer alone. The details of the first `free_of_bytes` given ones do not count against options.detail_bytes.
  Result<std::vector<StoredObservation>> read_layer(DatastreamId layer, Interval when, ReadOptions const& options,
                                                    Expired expired = Expired::kHidden, std::size_t free_of_bytes = 0);
  /// Also what retention has let go and is still here.
  Result<std::size_t> count_held(DatastreamId stream, Interval when);

 private:
  /// What memory had of one layer at one moment.
  struct View {
    DatastreamId stream;
    std::int64_t from = 0;  ///< of the range, not before the retention's horizon
    std::int64_t to = 0;
    std::vector<HotValue> hot;
    std::map<std::uint32_t, ObservationDetail> details;
    std::vector<Tombstone> tombstones;
    bool has_chunks = false;
    [[nodiscard]] bool erased(std::int64_t t) const;
  };
  /// A stretch of the answer: a chunk's values (or none) and the hot ones up to the next chunk.
  struct Stretch {
    ChunkRow const* row = nullptr;
    std::span<HotValue const> hot;
    [[nodiscard]] std::int64_t first() const { return row != nullptr ? row->first : hot.front().time; }
  };
  struct Item {
    std::uint32_t index;
    bool hot;
  };

  /// How much of memory an answer can hold: the rest is not copied.
  struct ViewOptions {
    bool with_details = true;
    Expired expired = Expired::kHidden;
    std::size_t values_max = std::numeric_limits<std::size_t>::max();  ///< from the end where the answer begins
    bool descending = false;
    std::size_t free_of_bytes = 0;
    std::size_t detail_bytes = std::numeric_limits<std::size_t>::max();
  };
  View view_of(StreamState const* stream, DatastreamId id, Interval when, ViewOptions const& options) const;
  View view(DatastreamId id, Interval when, ViewOptions const& options) const;
  static void copy_details(View& view, StreamState const& stream, ViewOptions const& options);
  static std::vector<Stretch> stretches(View const& view, std::span<ChunkRow const> rows);
  /// The items of a stretch ascending, memory before chunk where both have a time. `columns` is the loaded chunk.
  static void merge(View const& view, Stretch const& stretch, Columns const& columns, std::vector<Item>& items);
  /// Whether all of the stretch's chunk counts as it stands.
  [[nodiscard]] bool whole(View const& view, Stretch const& stretch) const;
  Result<std::size_t> count(View const& view, CountOptions const& options);
  Result<std::size_t> count(DatastreamId stream, Interval when, CountOptions const& options, Expired expired);
  class Walk;
  /// An answer on its way.
  struct Answer {
    ReadOptions const& options;
    std::size_t skip;           ///< still to be left out
    std::size_t free_of_bytes;  ///< given ones whose details do not count
    std::size_t bytes = 0;
    std::vector<StoredObservation> given = {};
    [[nodiscard]] bool full() const { return given.size() >= options.limit || bytes > options.detail_bytes; }
    void add_detail(ObservationDetail const& detail);
  };
  /// Counts of a layer up to any time, for which at most a chunk is unpacked each.
  struct Ladder {
    View view;
    std::vector<ChunkRow> rows;
    std::vector<Stretch> parts;
    std::vector<std::size_t> before;  ///< values before each part, and of all
  };
  Result<Ladder> ladder(ChunkReader& reader, DatastreamId layer, Interval when, std::optional<Tick> deadline);
  Result<std::size_t> count_part(ChunkReader& reader, View const& view, Stretch const& part);
  Result<std::size_t> count_before(ChunkReader& reader, Ladder const& ladder, std::int64_t time);
  /// Narrows `when` by what `skip` passes over in many layers together, and takes that off `skip`.
  Result<void> pass_over(std::span<DatastreamId const> layers, Interval& when, ReadOptions& options);
  Result<std::optional<std::int64_t>> time_of_superseded(DatastreamId layer, std::uint32_t arrival);
  /// What memory says of one number.
  struct Place {
    std::optional<StoredObservation> in_memory;
    std::int64_t from = millis_of(kInstantMin);  ///< the retention's horizon
    std::uint32_t rolls = 0;                     ///< StreamState::rolls then
    bool was_given = false;                      ///< the number, to whatever
  };
  Place look_for(DatastreamId layer, std::uint32_t arrival) const;
  Result<std::optional<StoredObservation>> find_in(DatastreamId layer, std::uint32_t arrival);
  Result<std::optional<StoredObservation>> find_in_chunk(ChunkReader& reader, ChunkRow const& row, std::uint32_t arrival);
  Result<std::optional<StoredObservation>> find_in_chunks(DatastreamId layer, std::uint32_t arrival, std::int64_t from);
  /// What memory says of a layer. False when a chunk must be asked for something newer than `to.trusted`.
  bool newest_in_memory(StreamState const& stream, Trust const& trust, Newest& to, Instant now) const;
  Result<void> newest_in_chunks(DatastreamId layer, Trust const& trust, Newest& to);
  Result<void> give(ChunkReader& reader, View const& view, Stretch const& stretch, Answer& answer);
  /// The loaded chunk's values in the view's range, when neither memory nor a deletion has a say in them.
  static void give_plain(View const& view, Columns const& columns, Answer& answer);
  Result<void> add_stream(ChunkReader& reader, View const& view, AggregateOptions const& options, BucketRow& row);
  Result<void> add_part(ChunkReader& reader, View const& view, Stretch const& part, std::vector<Bucket> const* rollup,
                        BucketRow& row);

  StoreParts& parts_;
};

}  // namespace madang::storage
