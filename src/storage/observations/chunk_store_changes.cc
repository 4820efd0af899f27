// What changes a store besides its values: deletions, retention, and which sums its roll-ups hold.
#include <algorithm>

#include "storage/observations/chunk_store.h"
#include "storage/observations/limits.h"
#include "storage/observations/parts.h"
#include "storage/observations/range_reader.h"
#include "storage/observations/roller.h"

namespace madang::storage {
namespace {

/// Longer than any time that is stored; nothing overflows by it.
constexpr Millis kKeepMax = kInstantMax - kInstantMin;

Result<void> check_stream(DatastreamId stream) {
  if (stream.value() <= 0 || stream.value() > kDatastreamMax)
    return fail(Code::kInvalid, "datastream: " + std::to_string(stream.value()) + " is not a Datastream's number");
  return {};
}

}  // namespace

void ChunkStore::replay_retention(DatastreamId id, Millis keep, std::uint64_t sequence) {
  parts_->alone_at_start();
  (void)parts_->hot.make(id);
  for (auto const layer : parts_->hot.with_layers(id)) {
    auto& stream = *parts_->hot.find(layer);
    if (sequence <= stream.rolled_sequence) continue;
    stream.keep = keep.count();
    stream.dirty = true;
    stream.need(sequence);
  }
}

void ChunkStore::replay_averaging(LogAveraging const& averaging, std::uint64_t sequence) {
  parts_->alone_at_start();
  for (auto const number : averaging.streams)
    if (number > 0 && number <= kDatastreamMax) apply_averaging(DatastreamId{number}, averaging.averaging, sequence);
}

void ChunkStore::apply_averaging(DatastreamId id, Averaging averaging, std::uint64_t sequence) MADANG_REQUIRES(parts_->hot.mutex) {
  (void)parts_->hot.make(id);
  for (auto const layer : parts_->hot.with_layers(id)) {
    auto& stream = *parts_->hot.find(layer);
    if (sequence <= stream.rolled_sequence || stream.averaging == averaging) continue;
    stream.averaging = averaging;
    stream.dirty = true;
    stream.need(sequence);
    if (stream.chunks == 0) continue;
    stream.has_old_rollups = true;
    parts_->renewing = true;
  }
}

Result<std::size_t> ChunkStore::erase(DatastreamId stream, Interval when) {
  MADANG_CHECK(check_stream(stream));
  runtime::Lock const slicing(parts_->slice_mutex);
  runtime::Lock const writing(parts_->writer_mutex);
  MADANG_TRY(std::size_t const visible, reader_->count(stream, when));
  // What retention hides goes too: whether it does is told by a clock, and another store's may tell another time.
  MADANG_TRY(std::size_t const held, reader_->count_held(stream, when));
  if (held > 0) MADANG_CHECK(log_erase(stream, when));
  return visible;
}

Result<void> ChunkStore::log_erase(DatastreamId stream, Interval when) MADANG_REQUIRES(parts_->writer_mutex, parts_->slice_mutex) {
  std::uint64_t const sequence = parts_->next_sequence();
  MADANG_CHECK(parts_->log->append(sequence, encode_log(sequence, LogErase{stream, when}), {}, parts_->trim_below));
  for (auto const layer : reader_->layers(stream)) MADANG_CHECK(apply_erase(layer, when, sequence));
  roller_->nudge();
  return {};
}

/// Under writer_mutex and slice_mutex, or while the log is replayed.
Result<void> ChunkStore::apply_erase(DatastreamId id, Interval when, std::uint64_t sequence) {
  auto const from = millis_of(when.from);
  auto const to = millis_of(when.to);
  bool latest_went = false;
  {
    runtime::WriteLock const lock(parts_->hot.mutex);
    auto& stream = parts_->hot.make(id);
    parts_->hot.applied = std::max(parts_->hot.applied, sequence);
    auto const* const latest = stream.latest();
    latest_went = latest != nullptr && latest->time >= from && latest->time < to;
    auto const erased = stream.erase_hot(from, to);
    parts_->hot.hot_values -= erased.hot;
    parts_->hot.superseded_values -= erased.superseded;
    if (stream.chunks > 0 && sequence > stream.rolled_sequence) {
      stream.extra().tombstones.push_back({from, to, sequence});
    }
    stream.dirty = true;
    stream.need(sequence);
  }
  if (!latest_went) return {};
  MADANG_TRY(auto const before, reader_->read_layer(id, {kInstantMin, kInstantMax}, {.limit = 1, .descending = true},
                                                    RangeReader::Expired::kShown));
  runtime::WriteLock const lock(parts_->hot.mutex);
  auto& stream = *parts_->hot.find(id);
  stream.has_remembered = false;
  if (before.empty()) return {};
  auto const& o = before.front();
  stream.remember_newest({millis_of(o.phenomenon_time),
                   o.value,
                   millis_of(o.received_at),
                   arrival_of(o.id),
                   0,
                   packed(o.quality),
                   false,
                   o.detail.has_value()});
  return {};
}

Result<void> ChunkStore::set_retention(DatastreamId id, Millis keep) {
  MADANG_CHECK(check_stream(id));
  if (keep < Millis{0}) return fail(Code::kInvalid, "keep: a retention cannot be negative");
  keep = std::min(keep, kKeepMax);
  {
    runtime::Lock const slicing(parts_->slice_mutex);
    runtime::Lock const writing(parts_->writer_mutex);
    MADANG_CHECK(erase_expired(id, keep));
    std::uint64_t const sequence = parts_->next_sequence();
    MADANG_CHECK(parts_->log->append(sequence, encode_log(sequence, LogRetention{id, keep}), {}, parts_->trim_below));
    runtime::WriteLock const hot_lock(parts_->hot.mutex);
    (void)parts_->hot.make(id);
    parts_->hot.applied = sequence;
    for (auto const layer : parts_->hot.with_layers(id)) {
      auto& stream = *parts_->hot.find(layer);
      stream.keep = keep.count();
      stream.dirty = true;
      stream.need(sequence);
    }
  }
  roller_->nudge();
  return {};
}

/// What was to be kept no longer does not come back because from now on more is kept: whether its chunk has been taken away yet
/// is chance.
Result<void> ChunkStore::erase_expired(DatastreamId id, Millis keep) MADANG_REQUIRES(parts_->writer_mutex, parts_->slice_mutex) {
  Interval expired{kInstantMin, kInstantMin};
  {
    runtime::ReadLock const hot_lock(parts_->hot.mutex);
    auto const* const stream = parts_->hot.find(id);
    bool const more = stream != nullptr && stream->keep > 0 && (keep == Millis{0} || keep.count() > stream->keep);
    if (more) expired.to = parts_->retention_now() - Millis{stream->keep};
  }
  return expired.to > expired.from ? log_erase(id, expired) : Result<void>{};
}

Result<void> ChunkStore::set_averaging(std::span<DatastreamId const> streams, Averaging averaging) {
  for (auto const id : streams) MADANG_CHECK(check_stream(id));
  LogAveraging changed{{}, averaging};
  std::vector<std::int64_t> awaited;
  auto const compare = [&] {
    changed.streams.clear();
    awaited.clear();
    runtime::ReadLock const hot_lock(parts_->hot.mutex);
    for (auto const id : streams) {
      auto const* const stream = parts_->hot.find(id);
      auto const early = parts_->hot.averagings.find(id.value());
      auto const before = stream != nullptr ? stream->averaging
                                            : (early != parts_->hot.averagings.end() ? early->second : Averaging::kArithmetic);
      if (before != averaging) (stream == nullptr ? awaited : changed.streams).push_back(id.value());
    }
    return !awaited.empty() || !changed.streams.empty();
  };
  // Nearly always all have it: nobody else is kept waiting for that.
  if (!compare()) return {};
  runtime::Lock slicing(parts_->slice_mutex);
  runtime::Lock const writing(parts_->writer_mutex);
  if (!compare()) return {};
  if (!awaited.empty()) {
    MADANG_CHECK(roller_->save_averaging(awaited, averaging));
    runtime::WriteLock const hot_lock(parts_->hot.mutex);
    for (auto const number : awaited) parts_->hot.averagings.insert_or_assign(number, averaging);
  }
  slicing.unlock();
  for (std::size_t at = 0; at < changed.streams.size(); at += kAveragingStreamsMax) {
    auto const some = std::span(changed.streams).subspan(at, std::min(kAveragingStreamsMax, changed.streams.size() - at));
    LogAveraging const row{{some.begin(), some.end()}, averaging};
    std::uint64_t const sequence = parts_->next_sequence();
    MADANG_CHECK(parts_->log->append(sequence, encode_log(sequence, row), {}, parts_->trim_below));
    runtime::WriteLock const hot_lock(parts_->hot.mutex);
    parts_->hot.applied = sequence;
    for (auto const number : some) apply_averaging(DatastreamId{number}, averaging, sequence);
  }
  return {};
}

}  // namespace madang::storage
