// Taking a batch in: decide what is new, make it durable in the log, put it into memory.
#pragma once

#include <unordered_map>
#include <vector>

#include "storage/observations/parts.h"
#include "storage/observations/rules.h"
#include "storage/observations/store.h"

namespace madang::storage {

/// Says in the log what its operator can do before no observation of it can be stored any more.
void log_nearly_full(DatastreamId stream, std::uint32_t used);

/// All calls under StoreParts::writer_mutex.
class Appender {
 public:
  explicit Appender(StoreParts& parts) : parts_(parts) {}

  Result<Appended> append(Batch const& batch, Position position);
  /// Remembers that nothing came of the entry at this position; durable when it returns.
  Result<void> pass(Position position);
  /// Puts what the log had into memory, as append did it; only what the chunks do not hold.
  void replay(std::uint64_t sequence, LogBatch const& batch);

  /// `values` stand in the layer: they get the judgements' quality where it differs. How many.
  Result<std::size_t> rejudge(DatastreamId layer, std::span<StoredObservation const> values,
                              std::span<Judgement const> judgements);
  void replay_rejudged(std::uint64_t sequence, LogBatch const& batch);

 private:
  static constexpr std::uint32_t kNone = 0xffffffff;

  /// One observation of the batch.
  struct Plan {
    std::uint32_t slot = 0;  ///< of the layer it goes into
    std::uint32_t base = 0;  ///< of its Datastream
    std::uint32_t arrival = 0;
    std::uint32_t previous = kNone;  ///< the accepted one of this Datastream before it in the batch
    Appended::Outcome outcome = Appended::Outcome::kStored;
    bool late = false;  ///< not later than all before it
    bool over_chunk = false;
    bool has_detail = false;
    bool is_number = true;
  };
  /// One Datastream of the batch, or one layer.
  struct Touched {
    std::uint64_t batch = 0;  ///< the batch that this is about
    std::uint32_t count = 0;
    std::uint32_t last = kNone;
    std::int64_t newest = 0;
  };
  struct Known {
    double value = 0;
    std::uint32_t arrival = 0;
    std::optional<ObservationDetail> detail;
    bool in_chunk = false;
  };
  struct Key {
    std::uint32_t slot;
    std::int64_t time;
    friend bool operator==(Key const&, Key const&) = default;
  };
  struct KeyHash {
    std::size_t operator()(Key const& k) const noexcept {
      return static_cast<std::size_t>((static_cast<std::uint64_t>(k.time) + k.slot) * 0x9e3779b97f4a7c15);
    }
  };
  /// Where the file was found to hold nothing. Behind a value of 2199 all that come are late: without this each of them would
  /// ask the file anew.
  struct Gap : ChunkGap {
    std::uint32_t rolls = 0;  ///< valid as long as the stream's count is this
  };
  struct Late {
    std::uint32_t slot;
    HotValue value;
  };

  void make_streams(Batch const& batch);
  Result<void> plan(Batch const& batch);
  Result<void> plan_one(Batch const& batch, std::uint32_t index, ObservationDetail const* detail)
      MADANG_REQUIRES_SHARED(parts_.hot.mutex);
  /// Finds where an observation stands already, or sets its place among the layers.
  Result<std::optional<Known>> place_among_layers(Batch const& batch, std::uint32_t index, ObservationDetail const* detail)
      MADANG_REQUIRES_SHARED(parts_.hot.mutex);
  /// Made when it is not there; for that moment the lock of planning is given up.
  std::uint32_t slot_of_layer(DatastreamId id) MADANG_REQUIRES_SHARED(parts_.hot.mutex);
  Touched& touch(std::uint32_t slot) MADANG_REQUIRES_SHARED(parts_.hot.mutex);
  Result<std::optional<Known>> known_at(Batch const& batch, std::uint32_t index)
      MADANG_REQUIRES_SHARED(parts_.hot.mutex);
  std::optional<std::uint32_t> in_batch(Batch const& batch, Touched const& touched, Key key);
  Result<std::optional<Known>> in_chunks(StreamState const& stream, std::int64_t time);
  [[nodiscard]] bool is_same(DatastreamId stream, ObservationDetail const* detail, Known const& known) const {
    return same_identity(stream, detail, known.detail ? &*known.detail : nullptr, parts_.options.default_feature);
  }
  LogBatch const& log_batch(Batch const& batch) MADANG_REQUIRES(parts_.writer_mutex);
  void fetch_ahead(std::size_t index) const MADANG_REQUIRES_SHARED(parts_.hot.mutex);
  void apply(Batch const& batch, std::uint64_t sequence);
  void insert_late(std::uint64_t sequence) MADANG_REQUIRES(parts_.hot.mutex);
  void apply_rejudged(std::uint64_t sequence, LogBatch const& batch, bool replayed) MADANG_REQUIRES(parts_.hot.mutex);

  StoreParts& parts_;
  std::uint64_t batch_ = 0;
  std::vector<Plan> plans_;
  std::vector<Touched> touched_;  ///< by slot
  std::vector<std::uint32_t> touched_slots_;
  std::unordered_map<Key, std::uint32_t, KeyHash> by_time_;  ///< filled when walking back costs too much
  std::uint64_t steps_ = 0;
  std::vector<std::pair<std::uint32_t, ObservationDetail const*>> details_;
  std::vector<Late> late_;
  LogBatch log_;
  std::optional<ReaderPool::Borrowed> reader_;
  Columns chunk_;  ///< the chunk looked at last
  std::unordered_map<std::int64_t, Gap> gaps_;  ///< the last of each stream or layer that was asked for
};

}  // namespace madang::storage
