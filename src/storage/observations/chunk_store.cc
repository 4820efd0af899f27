#include "storage/observations/chunk_store.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "runtime/log.h"
#include "storage/observations/appender.h"
#include "storage/observations/range_reader.h"
#include "storage/observations/roller.h"
#include "storage/observations/rules.h"

namespace madang::storage {
namespace {

std::uint64_t size_of_file(std::string const& path) {
  std::error_code none;
  auto const size = std::filesystem::file_size(path, none);
  return none ? 0 : size;
}

Result<void> check_stream(DatastreamId stream) {
  if (stream.value() <= 0 || stream.value() > kDatastreamMax)
    return fail(Code::kInvalid, "datastream: " + std::to_string(stream.value()) + " is not a Datastream's number");
  return {};
}

}  // namespace

ChunkStore::ChunkStore(Options options) {
  if (options.clock == nullptr) options.clock = &system_clock_;
  options.chunk_values = std::clamp<std::size_t>(options.chunk_values, 8, kChunkValuesMax / 2);
  parts_ = std::make_unique<StoreParts>(std::move(options));
}

Result<std::unique_ptr<ChunkStore>> ChunkStore::open(Options options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) return fail(Code::kUnavailable, options.folder + ": " + error.message());
  std::unique_ptr<ChunkStore> out(new ChunkStore(std::move(options)));
  MADANG_CHECK(out->start());
  return out;
}

Result<void> ChunkStore::start() {
  auto& parts = *parts_;
  MADANG_TRY(auto writer, ChunkWriter::open(parts.options.folder, parts.options.vfs, parts.corruption));
  MADANG_TRY(parts.log, LogFile::open(parts.options.folder, parts.options.vfs));
  reader_ = std::make_unique<RangeReader>(parts);
  appender_ = std::make_unique<Appender>(parts);
  MADANG_CHECK(writer->load_streams([this](StreamRow const& row) { load_stream(row); }));
  roller_ = std::make_unique<Roller>(parts, std::move(writer));
  MADANG_CHECK(replay());
  if (parts.options.background) roller_->start();
  return {};
}

void ChunkStore::load_stream(StreamRow const& row) {
  auto& hot = parts_->hot;
  if (row.says_averaging_only() && row.id.value() <= kDatastreamMax) {
    if (row.averaging != Averaging::kArithmetic) hot.averagings.insert_or_assign(row.id.value(), row.averaging);
    return;
  }
  auto& stream = hot.make(row.id);
  stream.next_arrival = std::max(stream.next_arrival, row.next_arrival);
  stream.newest = stream.chunks_newest = row.chunks_newest;
  stream.rolled_sequence = row.rolled_sequence;
  stream.rolled_until = row.rolled_until;
  stream.keep = row.keep;
  stream.chunk_values = row.chunk_values;
  stream.chunks = row.chunks;
  stream.arrived = row.arrived;
  stream.averaging = row.averaging;
  stream.has_old_rollups = row.has_old_rollups;
  if (row.has_old_rollups) parts_->renewing = true;
  if (row.has_latest) stream.rest(row.latest);
  hot.applied = std::max(hot.applied, row.rolled_sequence);
  // Numbers are given out by the Datastream itself, whose own row may be older than its layer's.
  auto& base = hot.make(base_of(row.id));
  base.next_arrival = std::max(base.next_arrival, row.next_arrival);
}

Result<void> ChunkStore::replay() {
  auto& hot = parts_->hot;
  Result<void> result{};
  MADANG_CHECK(parts_->log->replay([&](std::uint64_t sequence, LogRecord&& record) {
    std::uint64_t const applied = std::max(hot.applied, sequence);
    if (record.batch) appender_->replay(sequence, *record.batch);
    if (record.rejudged) appender_->replay_rejudged(sequence, *record.rejudged);
    if (record.retention) replay_retention(record.retention->stream, record.retention->keep, sequence);
    if (record.averaging) replay_averaging(*record.averaging, sequence);
    if (record.erase) {
      (void)hot.make(record.erase->stream);
      for (auto const layer : hot.with_layers(record.erase->stream)) {
        auto const erased = apply_erase(layer, record.erase->when, sequence);
        if (!erased && result) result = fail(erased.error());
      }
    }
    hot.applied = applied;
  }));
  return result;
}

void ChunkStore::replay_retention(DatastreamId id, Millis keep, std::uint64_t sequence) {
  auto& hot = parts_->hot;
  (void)hot.make(id);
  for (auto const layer : hot.with_layers(id)) {
    auto& stream = *hot.find(layer);
    if (sequence <= stream.rolled_sequence) continue;
    stream.keep = keep.count();
    stream.dirty = true;
    stream.need(sequence);
  }
}

void ChunkStore::replay_averaging(LogAveraging const& averaging, std::uint64_t sequence) {
  for (auto const number : averaging.streams)
    if (number > 0 && number <= kDatastreamMax) apply_averaging(DatastreamId{number}, averaging.averaging, sequence);
}

/// Under hot.mutex, or while the log is replayed.
void ChunkStore::apply_averaging(DatastreamId id, Averaging averaging, std::uint64_t sequence) {
  auto& hot = parts_->hot;
  (void)hot.make(id);
  for (auto const layer : hot.with_layers(id)) {
    auto& stream = *hot.find(layer);
    if (sequence <= stream.rolled_sequence || stream.averaging == averaging) continue;
    stream.averaging = averaging;
    stream.dirty = true;
    stream.need(sequence);
    if (stream.chunks == 0) continue;
    stream.has_old_rollups = true;
    parts_->renewing = true;
  }
}

ChunkStore::~ChunkStore() {
  if (!roller_) return;
  roller_->stop();
  if (!parts_->options.settle_at_end) return;
  auto settled = roller_->settle();
  if (settled) settled = roller_->close_files();
  if (!settled) runtime::log_warning("storage", "not_settled_at_end", {{"why", settled.error().sentence}});
}

Result<Appended> ChunkStore::append(Batch const& batch) {
  MADANG_CHECK(check_batch(batch));
  if (batch.observations.empty()) return Appended{};
  MADANG_CHECK(roller_->admit());
  std::scoped_lock const lock(parts_->writer_mutex);
  return appender_->append(batch);
}

Result<std::vector<StoredObservation>> ChunkStore::read(DatastreamId stream, Interval when,
                                                        ReadOptions const& options) {
  return reader_->read(stream, when, options);
}

Result<std::size_t> ChunkStore::count(DatastreamId stream, Interval when) { return reader_->count(stream, when); }

Result<std::vector<StoredObservation>> ChunkStore::latest(std::span<DatastreamId const> streams) {
  return reader_->latest(streams);
}

Result<std::vector<Newest>> ChunkStore::newest(std::span<DatastreamId const> streams, Trust const& trust) {
  return reader_->newest(streams, trust);
}

Result<StoredObservation> ChunkStore::find(ObservationId id) { return reader_->find(id); }

Result<StoredObservation> ChunkStore::successor(ObservationId id) { return reader_->successor(id); }

Result<std::vector<Series>> ChunkStore::aggregate(std::span<DatastreamId const> streams, Interval when,
                                                  AggregateOptions const& options) {
  return reader_->aggregate(streams, when, options);
}

Result<std::size_t> ChunkStore::rejudge(DatastreamId stream, std::span<Judgement const> judgements) {
  MADANG_CHECK(check_judgements(stream, judgements));
  if (judgements.empty()) return 0;
  MADANG_CHECK(roller_->admit());
  // The roller must not move values from memory to chunks between looking at them and changing them.
  std::scoped_lock const lock(parts_->writer_mutex, parts_->slice_mutex);
  Interval const span{judgements.front().phenomenon_time, judgements.back().phenomenon_time + Millis{1}};
  std::size_t changed = 0;
  for (auto const layer : reader_->layers(stream)) {
    MADANG_TRY(auto const values, reader_->read_layer(layer, span, {.limit = std::numeric_limits<std::size_t>::max()}));
    MADANG_TRY(std::size_t const some, appender_->rejudge(layer, values, judgements));
    changed += some;
  }
  return changed;
}

Result<std::size_t> ChunkStore::erase(DatastreamId stream, Interval when) {
  MADANG_CHECK(check_stream(stream));
  std::scoped_lock const lock(parts_->writer_mutex, parts_->slice_mutex);
  MADANG_TRY(std::size_t const visible, reader_->count(stream, when));
  if (visible == 0) return 0;
  std::uint64_t const sequence = parts_->hot.applied + 1;
  MADANG_CHECK(parts_->log->append(sequence, encode_log(sequence, LogErase{stream, when}), parts_->trim_below));
  for (auto const layer : reader_->layers(stream)) MADANG_CHECK(apply_erase(layer, when, sequence));
  roller_->nudge();
  return visible;
}

/// Under writer_mutex and slice_mutex, or while the log is replayed.
Result<void> ChunkStore::apply_erase(DatastreamId id, Interval when, std::uint64_t sequence) {
  auto const from = millis_of(when.from);
  auto const to = millis_of(when.to);
  MADANG_TRY(std::size_t const in_chunks, reader_->count_in_chunks(id, from, to));
  bool latest_went = false;
  {
    std::unique_lock const lock(parts_->hot.mutex);
    auto& hot = parts_->hot;
    auto& stream = hot.make(id);
    hot.applied = std::max(hot.applied, sequence);
    auto const* const latest = stream.latest();
    latest_went = latest != nullptr && latest->time >= from && latest->time < to;
    auto const erased = stream.erase_hot(from, to);
    hot.hot_values -= erased.hot;
    hot.superseded_values -= erased.superseded;
    if (stream.chunks > 0 && sequence > stream.rolled_sequence) {
      stream.extra().tombstones.push_back({from, to, sequence});
      stream.chunk_erased += in_chunks;
    }
    stream.dirty = true;
    stream.need(sequence);
  }
  if (!latest_went) return {};
  MADANG_TRY(auto const before, reader_->read_layer(id, {kInstantMin, kInstantMax}, {.limit = 1, .descending = true}));
  std::unique_lock const lock(parts_->hot.mutex);
  auto& stream = *parts_->hot.find(id);
  stream.has_rested = false;
  if (before.empty()) return {};
  auto const& o = before.front();
  stream.rest({millis_of(o.phenomenon_time),
                   o.value,
                   millis_of(o.received_at),
                   static_cast<std::uint32_t>(o.id.value()),
                   0,
                   packed(o.quality),
                   false,
                   o.detail.has_value()});
  return {};
}

Result<void> ChunkStore::set_retention(DatastreamId id, Millis keep) {
  MADANG_CHECK(check_stream(id));
  if (keep < Millis{0}) return fail(Code::kInvalid, "keep: a retention cannot be negative");
  {
    std::scoped_lock const lock(parts_->writer_mutex);
    std::uint64_t const sequence = parts_->hot.applied + 1;
    MADANG_CHECK(parts_->log->append(sequence, encode_log(sequence, LogRetention{id, keep}), parts_->trim_below));
    std::unique_lock const hot_lock(parts_->hot.mutex);
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

Result<void> ChunkStore::set_averaging(std::span<DatastreamId const> streams, Averaging averaging) {
  for (auto const id : streams) MADANG_CHECK(check_stream(id));
  auto& hot = parts_->hot;
  LogAveraging changed{{}, averaging};
  std::vector<std::int64_t> awaited;
  auto const compare = [&] {
    changed.streams.clear();
    awaited.clear();
    std::shared_lock const hot_lock(hot.mutex);
    for (auto const id : streams) {
      auto const* const stream = hot.find(id);
      auto const early = hot.averagings.find(id.value());
      auto const before = stream != nullptr ? stream->averaging
                                            : (early != hot.averagings.end() ? early->second : Averaging::kArithmetic);
      if (before != averaging) (stream == nullptr ? awaited : changed.streams).push_back(id.value());
    }
    return !awaited.empty() || !changed.streams.empty();
  };
  // Nearly always all have it: nobody else is kept waiting for that.
  if (!compare()) return {};
  std::unique_lock writer_lock(parts_->writer_mutex, std::defer_lock);
  std::unique_lock slice_lock(parts_->slice_mutex, std::defer_lock);
  std::lock(writer_lock, slice_lock);
  if (!compare()) return {};
  if (!awaited.empty()) {
    MADANG_CHECK(roller_->save_averaging(awaited, averaging));
    std::unique_lock const hot_lock(hot.mutex);
    for (auto const number : awaited) hot.averagings.insert_or_assign(number, averaging);
  }
  slice_lock.unlock();
  if (changed.streams.empty()) return {};
  std::uint64_t const sequence = hot.applied + 1;
  MADANG_CHECK(parts_->log->append(sequence, encode_log(sequence, changed), parts_->trim_below));
  std::unique_lock const hot_lock(hot.mutex);
  hot.applied = sequence;
  for (auto const number : changed.streams) apply_averaging(DatastreamId{number}, averaging, sequence);
  return {};
}

StoreStatistics ChunkStore::statistics() {
  StoreStatistics out;
  {
    std::shared_lock const lock(parts_->hot.mutex);
    for (auto const& stream : parts_->hot.streams) {
      if (stream.empty()) continue;
      auto const over =
          std::count_if(stream.hot.begin(), stream.hot.end(), [](HotValue const& v) { return v.over_chunk; });
      out.observations += stream.hot.size() - static_cast<std::size_t>(over);
      out.observations += stream.chunk_values - std::min(stream.chunk_values, stream.chunk_erased);
      out.chunks += stream.chunks;
      out.datastreams += stream.id.value() <= kDatastreamMax ? 1 : 0;
    }
    out.hot_observations = parts_->hot.hot_values;
  }
  out.corrupt_chunks = parts_->corruption.count();
  out.chunk_lookups = parts_->readers.counts().lookups;
  out.chunks_read = parts_->readers.counts().chunks;
  for (char const* const name : {kChunkFileName, kLogFileName})
    for (char const* const suffix : {"", "-wal"})
      out.bytes_on_disk += size_of_file(parts_->options.folder + "/" + name + suffix);
  return out;
}

Result<void> ChunkStore::settle() { return roller_->settle(); }

Result<void> ChunkStore::renew() { return roller_->renew_all(); }

Result<void> ChunkStore::backup_to(std::string const& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(Code::kUnavailable, folder + ": " + error.message());
  for (char const* const name : {kChunkFileName, kLogFileName})
    if (std::filesystem::exists(folder + "/" + name))
      return fail(Code::kConflict, folder + "/" + name + ": is there already");
  auto& parts = *parts_;
  MADANG_TRY(auto chunks, open_chunk_file(parts.options.folder, parts.options.vfs));
  MADANG_TRY(auto log, open_log_file(parts.options.folder, parts.options.vfs));
  {
    // Both files as of one moment: nothing is appended and nothing rolled while the two snapshots begin.
    std::scoped_lock const lock(parts.writer_mutex, parts.slice_mutex);
    MADANG_CHECK(chunks.run("BEGIN"));
    MADANG_TRY(auto const pinned, chunks.number("SELECT count(*) FROM (SELECT 1 FROM stream LIMIT 1)"));
    (void)pinned;
    MADANG_CHECK(log.run("BEGIN"));
    MADANG_TRY(auto const pinned_too, log.number("SELECT count(*) FROM (SELECT 1 FROM log LIMIT 1)"));
    (void)pinned_too;
  }
  MADANG_CHECK(chunks.copy_to(folder + "/" + kChunkFileName, parts.options.vfs));
  return log.copy_to(folder + "/" + kLogFileName, parts.options.vfs);
}

}  // namespace madang::storage
