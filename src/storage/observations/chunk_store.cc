#include "storage/observations/chunk_store.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "runtime/log.h"
#include "storage/observations/appender.h"
#include "storage/observations/layers.h"
#include "storage/observations/limits.h"
#include "storage/observations/range_reader.h"
#include "storage/observations/roller.h"
#include "storage/observations/rules.h"
#include "storage/observations/upgrade.h"

namespace madang::storage {
namespace {

std::uint64_t size_of_file(std::string const& path) {
  std::error_code none;
  auto const size = std::filesystem::file_size(path, none);
  return none ? 0 : size;
}

/// Format 2 could give out more.
Result<void> check_numbers(LogBatch const& batch) {
  auto const above = std::ranges::find_if(batch.columns.arrivals, [](std::int64_t a) { return a > kArrivalMax; });
  if (above == batch.columns.arrivals.end()) return {};
  auto const stream = DatastreamId{batch.streams[static_cast<std::size_t>(above - batch.columns.arrivals.begin())]};
  return fail(too_many_numbers(base_of(stream)));
}

/// The log of a store that is about to be upgraded, before anything is changed.
Result<void> check_log_numbers(std::string const& folder, std::string const& vfs) {
  {
    MADANG_TRY(auto chunks, connect_chunk_file(folder, vfs));
    MADANG_TRY(auto const version, chunks.number("PRAGMA user_version"));
    if (version == 0 || version >= kChunkFormat) return {};
  }
  MADANG_TRY(auto log, open_log_file(folder, vfs));
  MADANG_TRY(auto const tables, log.number("SELECT count(*) FROM sqlite_master WHERE name = 'log'"));
  if (tables == 0) return {};
  MADANG_TRY(auto all, log.prepare("SELECT sequence, record FROM log"));
  for (;;) {
    MADANG_TRY(bool const more, all.step());
    if (!more) return {};
    auto const record = decode_log(all.blob(1), static_cast<std::uint64_t>(all.integer(0)));
    if (record && record->batch) MADANG_CHECK(check_numbers(*record->batch));
  }
}

/// For who only reads.
Result<void> check_is_current(std::string const& folder, std::string const& vfs) {
  MADANG_TRY(auto chunks, connect_chunk_file(folder, vfs));
  MADANG_TRY(auto const version, chunks.number("PRAGMA user_version"));
  if (version == 0) return {};
  MADANG_TRY(bool const open, upgrade_is_open(chunks));
  if (version >= kChunkFormat && !open) return {};
  return fail(Code::kUnsupported, folder + ": written in format " + std::to_string(version) + " by an older Madang" +
                                      (open ? " (an upgrade of it is under way)" : "") + ", this one reads format " + std::to_string(kChunkFormat) +
                                      "; reading changes nothing, `madang serve` upgrades it, best after a `madang backup`");
}

/// While layers still stand under numbers of format 2.
Result<void> check_no_old_layer(Batch const& batch) {
  auto const found = std::ranges::find_if(batch.observations, [](Observation const& o) { return is_old_layer(o.datastream.value()); });
  if (found == batch.observations.end()) return {};
  return fail(Code::kUnsupported, "datastream " + std::to_string(found->datastream.value()) +
                                      ": its number cannot be used while the upgrade of a damaged store is incomplete; restore a backup");
}

/// Both files, of whatever format, to another folder.
class FilesCopy {
 public:
  /// kConflict: the other folder has them already.
  static Result<FilesCopy> prepare(std::string const& from, std::string const& vfs, std::string const& to) {
    std::error_code error;
    std::filesystem::create_directories(to, error);
    if (error) return fail(Code::kUnavailable, to + ": " + error.message());
    for (char const* const name : {kChunkFileName, kLogFileName})
      if (std::filesystem::exists(to + "/" + name)) return fail(Code::kConflict, to + "/" + name + ": is there already");
    FilesCopy out;
    out.vfs_ = vfs;
    out.to_ = to;
    MADANG_TRY(out.chunks_, connect_chunk_file(from, vfs));
    MADANG_TRY(out.log_, open_log_file(from, vfs));
    return out;
  }
  /// What is written later is not copied.
  Result<void> pin() {
    for (auto* const db : {&chunks_, &log_}) {
      MADANG_CHECK(db->run("BEGIN"));
      MADANG_CHECK(db->number("SELECT count(*) FROM sqlite_master"));
    }
    return {};
  }
  Result<void> write() {
    MADANG_CHECK(chunks_.copy_to(to_ + "/" + kChunkFileName, vfs_));
    return log_.copy_to(to_ + "/" + kLogFileName, vfs_);
  }

 private:
  Database chunks_;
  Database log_;
  std::string vfs_;
  std::string to_;
};

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
  if (!parts.options.upgrades) MADANG_CHECK(check_is_current(parts.options.folder, parts.options.vfs));
  MADANG_CHECK(check_log_numbers(parts.options.folder, parts.options.vfs));
  MADANG_TRY(auto writer, ChunkWriter::open(parts.options.folder, parts.options.vfs, parts.corruption));
  MADANG_TRY(parts.log, LogFile::open(parts.options.folder, parts.options.vfs));
  reader_ = std::make_unique<RangeReader>(parts);
  appender_ = std::make_unique<Appender>(parts);
  MADANG_TRY(parts.upgrade_open, upgrade_is_open(writer->db()));
  auto const damaged = parts.options.upgrades ? ChunkWriter::DamagedTable::kWrittenAnew : ChunkWriter::DamagedTable::kLeft;
  MADANG_CHECK(writer->load_streams([this](StreamRow const& row) { load_stream(row); }, damaged));
  roller_ = std::make_unique<Roller>(parts, std::move(writer));
  MADANG_CHECK(replay());
  parts.alone_at_start();
  for (auto const& stream : parts.hot.streams)
    if (stream.id.value() <= kDatastreamMax && stream.next_arrival >= kArrivalsNearlyAll) log_nearly_full(stream.id, stream.next_arrival);
  if (parts.options.background) roller_->start();
  return {};
}

void ChunkStore::load_stream(StreamRow const& row) {
  parts_->alone_at_start();
  if (parts_->upgrade_open && is_old_layer(row.id.value())) {
    // It is no Datastream. Its values are not read, but their numbers were given.
    auto& base = parts_->hot.make(base_of(DatastreamId{renumbered(row.id.value())}));
    base.next_arrival = std::max(base.next_arrival, row.next_arrival);
    return;
  }
  if (row.says_averaging_only() && row.id.value() <= kDatastreamMax) {
    if (row.averaging != Averaging::kArithmetic) parts_->hot.averagings.insert_or_assign(row.id.value(), row.averaging);
    return;
  }
  auto& stream = parts_->hot.make(row.id);
  stream.next_arrival = std::max(stream.next_arrival, row.next_arrival);
  stream.newest = stream.chunks_newest = row.chunks_newest;
  stream.rolled_sequence = row.rolled_sequence;
  stream.rolled_until = row.rolled_until;
  stream.keep = row.keep;
  stream.chunk_values = row.chunk_values;
  stream.chunks = row.chunks;
  stream.arrived = row.arrived;
  parts_->hot.heard = std::max(parts_->hot.heard, row.arrived);
  stream.averaging = row.averaging;
  stream.has_old_rollups = row.has_old_rollups;
  if (row.has_old_rollups) parts_->renewing = true;
  if (row.has_latest) stream.remember_newest(row.latest);
  parts_->hot.applied = std::max(parts_->hot.applied, row.rolled_sequence);
  // Numbers are given out by the Datastream itself, whose own row may be older than its layer's.
  auto& base = parts_->hot.make(base_of(row.id));
  base.next_arrival = std::max(base.next_arrival, row.next_arrival);
}

Result<void> ChunkStore::replay() {
  Result<void> result{};
  MADANG_CHECK(parts_->log->replay([&](std::uint64_t sequence, LogRecord&& record) {
    parts_->alone_at_start();
    if (!result) return;
    if (record.batch) result = check_numbers(*record.batch);
    if (!result) return;
    std::uint64_t const applied = std::max(parts_->hot.applied, sequence);
    if (record.batch) appender_->replay(sequence, *record.batch);
    if (record.rejudged) appender_->replay_rejudged(sequence, *record.rejudged);
    if (record.retention) replay_retention(record.retention->stream, record.retention->keep, sequence);
    if (record.averaging) replay_averaging(*record.averaging, sequence);
    if (record.erase) {
      (void)parts_->hot.make(record.erase->stream);
      for (auto const layer : parts_->hot.with_layers(record.erase->stream)) {
        auto const erased = apply_erase(layer, record.erase->when, sequence);
        if (!erased && result) result = fail(erased.error());
      }
    }
    parts_->hot.applied = applied;
  }));
  return result;
}

ChunkStore::~ChunkStore() {
  if (!roller_) return;
  roller_->stop();
  if (!parts_->options.settle_at_end) return;
  auto settled = roller_->settle();
  if (settled) settled = roller_->close_files();
  if (!settled) runtime::log_warning("storage", "not_settled_at_end", {{"why", settled.error().sentence}});
}

Result<Appended> ChunkStore::append(Batch const& batch, Position position) {
  if (!position) {
    MADANG_CHECK(check_batch(batch));
    if (batch.observations.empty()) return Appended{};
  }
  if (parts_->upgrade_open) MADANG_CHECK(check_no_old_layer(batch));
  MADANG_CHECK(roller_->admit());
  runtime::Lock const lock(parts_->writer_mutex);
  if (!position) return appender_->append(batch, position);
  if (position <= parts_->log->position()) return Appended{};
  auto const checked = check_batch(batch);
  auto appended = checked ? appender_->append(batch, position) : fail(checked.error());
  // Refused now is refused for ever: after a restart other things may stand here, and the same entry would be taken.
  bool const by_content = !appended && (appended.error().code == Code::kInvalid || appended.error().code == Code::kLimit);
  if (by_content) MADANG_CHECK(appender_->pass(position));
  return appended;
}

Position ChunkStore::applied() { return parts_->log->position(); }

Result<std::vector<StoredObservation>> ChunkStore::read(DatastreamId stream, Interval when,
                                                        ReadOptions const& options) {
  return reader_->read(stream, when, options);
}

Result<std::size_t> ChunkStore::count(DatastreamId stream, Interval when, CountOptions const& options) {
  return reader_->count(stream, when, options);
}

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
  runtime::Lock const slicing(parts_->slice_mutex);
  runtime::Lock const writing(parts_->writer_mutex);
  Interval const span{judgements.front().phenomenon_time, judgements.back().phenomenon_time + Millis{1}};
  std::size_t changed = 0;
  for (auto const layer : reader_->layers(stream)) {
    // Also what retention hides, since a clock decides on that: judged values are the same in all stores that follow one log.
    MADANG_TRY(auto const values, reader_->read_layer(layer, span, {.limit = std::numeric_limits<std::size_t>::max()},
                                                      RangeReader::Expired::kShown));
    MADANG_TRY(std::size_t const some, appender_->rejudge(layer, values, judgements));
    changed += some;
  }
  return changed;
}

StoreStatistics ChunkStore::statistics() {
  StoreStatistics out;
  {
    runtime::ReadLock const lock(parts_->hot.mutex);
    for (auto const& stream : parts_->hot.streams) {
      if (stream.empty()) continue;
      out.observations += stream.observations();
      out.chunks += stream.chunks;
      out.datastreams += stream.id.value() <= kDatastreamMax ? 1 : 0;
    }
    out.hot_observations = parts_->hot.hot_values;
  }
  out.corrupt_chunks = parts_->corruption.count();
  auto const counts = parts_->readers.counts();
  out.chunk_lookups = counts.lookups;
  out.chunk_rows = counts.rows;
  out.chunks_read = counts.chunks;
  for (char const* const name : {kChunkFileName, kLogFileName})
    for (char const* const suffix : {"", "-wal"})
      out.bytes_on_disk += size_of_file(parts_->options.folder + "/" + name + suffix);
  return out;
}

Result<void> ChunkStore::settle() { return roller_->settle(); }

Result<void> ChunkStore::renew() { return roller_->renew_all(); }

Result<void> ChunkStore::backup_to(std::string const& folder) {
  auto& parts = *parts_;
  MADANG_TRY(auto copy, FilesCopy::prepare(parts.options.folder, parts.options.vfs, folder));
  {
    // Both files as of one moment: nothing is appended and nothing rolled while the two snapshots begin.
    runtime::Lock const slicing(parts.slice_mutex);
    runtime::Lock const writing(parts.writer_mutex);
    MADANG_CHECK(copy.pin());
  }
  return copy.write();
}

Result<void> ChunkStore::copy_files(std::string const& from, std::string const& to) {
  std::error_code error;
  std::filesystem::create_directories(from, error);
  if (error) return fail(Code::kUnavailable, from + ": " + error.message());
  MADANG_TRY(auto copy, FilesCopy::prepare(from, "", to));
  return copy.write();
}

}  // namespace madang::storage
