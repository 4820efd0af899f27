// Answers: chunks and memory read together, as one series.
#pragma once

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
  Result<std::size_t> count(DatastreamId stream, Interval when);
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
  /// Of one layer alone.
  Result<std::vector<StoredObservation>> read_layer(DatastreamId layer, Interval when, ReadOptions const& options,
                                                    Expired expired = Expired::kHidden);
  /// Also what retention has let go and is still here.
  Result<std::size_t> count_held(DatastreamId stream, Interval when);
  /// How many values chunks hold in the range, deletions that they have not seen yet taken off.
  Result<std::size_t> count_in_chunks(DatastreamId stream, std::int64_t from, std::int64_t to);

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

  View view_of(StreamState const* stream, DatastreamId id, Interval when, bool with_details, Expired expired) const;
  View view(DatastreamId id, Interval when, bool with_details, Expired expired = Expired::kHidden) const;
  static std::vector<Stretch> stretches(View const& view, std::span<ChunkRow const> rows);
  /// The items of a stretch ascending, memory before chunk where both have a time. `columns` is the loaded chunk.
  static void merge(View const& view, Stretch const& stretch, Columns const& columns, std::vector<Item>& items);
  /// Whether all of the stretch's chunk counts as it stands.
  static bool whole(View const& view, Stretch const& stretch);
  Result<std::size_t> count(View const& view);
  Result<std::size_t> count(DatastreamId stream, Interval when, Expired expired);
  /// Counts of a layer up to any time, for which at most a chunk is unpacked each.
  struct Ladder {
    View view;
    std::vector<ChunkRow> rows;
    std::vector<Stretch> parts;
    std::vector<std::size_t> before;  ///< values before each part, and of all
  };
  Result<Ladder> ladder(ChunkReader& reader, DatastreamId layer, Interval when);
  Result<std::size_t> count_part(ChunkReader& reader, View const& view, Stretch const& part);
  Result<std::size_t> count_before(ChunkReader& reader, Ladder const& ladder, std::int64_t time);
  /// Narrows `when` by what `skip` passes over in many layers together, and takes that off `skip`.
  Result<void> pass_over(std::span<DatastreamId const> layers, Interval& when, ReadOptions& options);
  Result<std::optional<std::int64_t>> time_of_superseded(DatastreamId layer, std::uint32_t arrival);
  Result<std::optional<StoredObservation>> find_in(DatastreamId layer, std::uint32_t arrival);
  /// What memory says of a layer. False when a chunk must be asked for something newer than `to.trusted`.
  bool newest_in_memory(StreamState const& stream, Trust const& trust, Newest& to, Instant now) const;
  Result<void> newest_in_chunks(DatastreamId layer, Trust const& trust, Newest& to);
  Result<void> give(ChunkReader& reader, View const& view, Stretch const& stretch, ReadOptions const& options,
                    std::size_t& skip, std::vector<StoredObservation>& out);
  /// The loaded chunk's values in the view's range, when neither memory nor a deletion has a say in them.
  static void give_plain(View const& view, Columns const& columns, std::size_t limit, std::size_t& skip,
                         std::vector<StoredObservation>& out);
  Result<void> add_stream(ChunkReader& reader, View const& view, AggregateOptions const& options, BucketRow& row);
  Result<void> add_part(ChunkReader& reader, View const& view, Stretch const& part, std::vector<Bucket> const* rollup,
                        BucketRow& row);

  StoreParts& parts_;
};

}  // namespace madang::storage
