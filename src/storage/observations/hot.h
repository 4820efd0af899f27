// What is in memory of every Datastream: the values that stand only in the log, the newest value, and
// what the chunks hold in sum. Plain data with a few operations; ChunkStore's parts share it under its lock.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/averaging.h"
#include "runtime/shared_mutex.h"
#include "storage/observations/hot_values.h"
#include "storage/observations/layers.h"
#include "storage/observations/observation.h"
#include "storage/observations/slot_table.h"

namespace madang::storage {

inline constexpr std::int64_t kTimeMin = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t kTimeMax = std::numeric_limits<std::int64_t>::max();
inline constexpr std::uint64_t kNoSequence = std::numeric_limits<std::uint64_t>::max();

/// A deletion that the chunks have not seen yet. Half open.
struct Tombstone {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint64_t sequence = 0;
  [[nodiscard]] bool covers(std::int64_t t) const { return from <= t && t < to; }
};

struct SupersededValue {
  HotValue value;
  std::optional<ObservationDetail> detail;
};

/// What few Datastreams have.
struct StreamExtras {
  std::map<std::uint32_t, ObservationDetail> details;  ///< of hot values, by arrival
  std::vector<SupersededValue> superseded;             ///< hot values replaced by newer ones
  std::vector<Tombstone> tombstones;
  std::vector<std::uint32_t> layers;                   ///< slots of its layers, ascending by layer; see layers.h
};

/// sign_of_life.h, of a value in memory.
[[nodiscard]] std::int64_t sign_of_life_at(HotValue const& value);

/// What an append reads and writes stands first: its first cache line and one of the newest values' right behind it.
struct alignas(64) StreamState {
  explicit StreamState(SlabPool& pool) : hot(pool) {}

  std::int64_t newest = kTimeMin;     ///< no value is later, hot or in chunks
  std::uint64_t floor = kNoSequence;  ///< the oldest log row that this Datastream still needs
  std::uint32_t next_arrival = 0;
  bool dirty = false;                 ///< something besides values waits to be rolled
  bool has_remembered = false;
  bool has_layers = false;
  HotValues hot;                      ///< ascending by time
  HotValue remembered;                    ///< the newest value when the last one went to a chunk; valid when has_remembered
  std::int64_t chunks_newest = kTimeMin;  ///< no value in chunks is later
  std::unique_ptr<StreamExtras> extras;
  DatastreamId id;
  std::uint64_t rolled_sequence = 0;      ///< of the log rows up to here ...
  std::int64_t rolled_until = kTimeMin;   ///< ... the values before this time stand in chunks
  std::int64_t keep = 0;                  ///< retention in ms; 0 for ever
  std::int64_t arrived = kTimeMin;        ///< when the last one came of those that memory holds no more
  Averaging averaging = Averaging::kArithmetic;
  bool has_old_rollups = false;           ///< some chunk may hold other sums than `averaging` asks for
  std::uint64_t chunk_values = 0;         ///< in chunks, with what was deleted and is not yet taken out
  std::uint64_t chunks = 0;
  std::uint32_t disturbed = 0;            ///< counts what came or went elsewhere than behind all other values
  std::uint32_t rolls = 0;                ///< counts how often its chunks were changed
  std::uint32_t over_chunk = 0;           ///< of the hot values, how many stand over a chunk's

  [[nodiscard]] bool empty() const { return hot.empty() && chunk_values == 0; }
  /// All that are held: also what retention hides and what was deleted, until a slice has taken it out of chunks.
  [[nodiscard]] std::uint64_t observations() const { return hot.size() - over_chunk + chunk_values; }
  [[nodiscard]] bool erased(std::int64_t t) const;
  [[nodiscard]] HotValue const* find_hot(std::int64_t t) const;
  [[nodiscard]] ObservationDetail const* detail_of(HotValue const& value) const;
  StreamExtras& extra();
  /// Puts a value in its place; an equal time is superseded and remembered.
  void insert(HotValue const& value, std::uint64_t sequence);
  /// The same for many, ascending by time and then arrival, without moving the rest once for each.
  void insert_many(std::span<HotValue const> values, std::uint64_t sequence);
  /// Takes hot values of [from, to) away for good; how many, and how many of them stood over a chunk's value.
  struct Erased {
    std::size_t hot = 0;
    std::size_t over_chunk = 0;
    std::size_t superseded = 0;
  };
  Erased erase_hot(std::int64_t from, std::int64_t to);
  /// The newest value of all; null when there is none.
  [[nodiscard]] HotValue const* latest() const {
    if (!hot.empty() && (!has_remembered || hot.back().time >= remembered.time)) return &hot.back();
    return has_remembered ? &remembered : nullptr;
  }
  void remember_newest(HotValue const& value) {
    remembered = value;
    has_remembered = true;
  }
  [[nodiscard]] std::size_t superseded() const { return extras ? extras->superseded.size() : 0; }
  void need(std::uint64_t sequence) { floor = floor < sequence ? floor : sequence; }
  /// Values earlier than this have been let go by retention, at `now`.
  [[nodiscard]] std::int64_t horizon(Instant now) const { return keep == 0 ? kTimeMin : millis_of(now) - keep; }
};

/// Writers hold `mutex` alone, readers share it. A StreamState never moves.
struct HotTier {
  mutable runtime::SharedMutex mutex;
  SlabPool pool MADANG_GUARDED_BY(mutex){HotValues::kBlock * sizeof(HotValue)};  ///< of the values of all streams
  std::deque<StreamState> streams MADANG_GUARDED_BY(mutex);
  SlotTable slots MADANG_GUARDED_BY(mutex);                   ///< by Datastream number: slot + 1, or 0
  std::uint64_t applied MADANG_GUARDED_BY(mutex) = 0;         ///< the last log sequence that is in here
  std::int64_t heard MADANG_GUARDED_BY(mutex) = millis_of(kInstantMin);  ///< when the last one came of all that were ever stored
  std::uint64_t hot_values MADANG_GUARDED_BY(mutex) = 0;
  std::uint64_t superseded_values MADANG_GUARDED_BY(mutex) = 0;  ///< in the extras of all streams
  std::unordered_map<std::int64_t, std::uint32_t> layer_slots MADANG_GUARDED_BY(mutex);  ///< of the layers, by id
  /// Of Datastreams that have no state yet. To make one early would put it beside others than those whose messages it shares,
  /// and chunks rolled together share their moments.
  std::unordered_map<std::int64_t, Averaging> averagings MADANG_GUARDED_BY(mutex);

  [[nodiscard]] bool knows(DatastreamId id) const MADANG_REQUIRES_SHARED(mutex) {
    return id.value() > 0 && slots.at(static_cast<std::size_t>(id.value())) != 0;
  }
  /// Of a Datastream or of a layer.
  [[nodiscard]] StreamState* find(DatastreamId id) MADANG_REQUIRES_SHARED(mutex);
  StreamState& make(DatastreamId id) MADANG_REQUIRES(mutex);
  /// The Datastream and its layers; empty when it is not known.
  [[nodiscard]] std::vector<DatastreamId> with_layers(DatastreamId id) MADANG_REQUIRES_SHARED(mutex);
  [[nodiscard]] std::uint64_t sequence_of(HotValue const& value) const MADANG_REQUIRES_SHARED(mutex) {
    return applied - (static_cast<std::uint32_t>(applied) - value.sequence_low);
  }
};

}  // namespace madang::storage
