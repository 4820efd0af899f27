#include "storage/observations/roller.h"

#include <algorithm>

#include "runtime/log.h"

namespace madang::storage {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kLateMargin =
    2 * kHourMillis;  ///< values this fresh stay in memory: most late ones meet them there
constexpr std::size_t kSlicesPerCheckpoint = 6;
constexpr std::size_t kSlicesPerTrim = 8;    ///< finding the oldest row needed looks at every Datastream
constexpr std::size_t kStreamsPerLock = 16;  ///< looked at or finished before an append that waits gets its turn
constexpr std::size_t kTrimRows = 16;
constexpr std::size_t kRenewedChunks = 64;  ///< in one transaction; some milliseconds
constexpr std::size_t kRetentionStreams = 500;  ///< in one transaction
constexpr std::uint64_t kSupersededWeight = 3;  ///< of the memory of a value that counts
constexpr auto kRetentionPeriod = 60s;
constexpr auto kAdmitPatience = 20s;

}  // namespace

Roller::Roller(StoreParts& parts, std::unique_ptr<ChunkWriter> writer)
    : parts_(parts), writer_(std::move(writer)), slices_(*writer_, parts.options.chunk_values) {}

Roller::~Roller() { stop(); }

void Roller::start() {
  thread_ = std::thread([this] { work(); });
}

void Roller::stop() {
  {
    runtime::Lock const lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  progress_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Instant Roller::retention_now() const {
  runtime::ReadLock const lock(parts_.hot.mutex);
  return parts_.retention_now();
}

std::uint64_t Roller::held_values() const {
  runtime::ReadLock const lock(parts_.hot.mutex);
  return parts_.hot.hot_values + kSupersededWeight * parts_.hot.superseded_values;
}

bool Roller::pressed() const {
  return held_values() > parts_.options.hot_values || parts_.log->bytes() > parts_.options.log_bytes;
}

void Roller::nudge() {
  {
    runtime::Lock const lock(mutex_);
    nudged_ = true;
  }
  wake_.notify_one();
}

Result<void> Roller::admit() {
  if (!thread_.joinable() || (!pressed() && !parts_.log->wants_checkpoint())) return {};
  wake_.notify_one();
  auto const far_too_much = [this] { return held_values() > parts_.options.hot_values + parts_.options.hot_values / 2; };
  if (!far_too_much()) return {};
  runtime::Lock lock(mutex_);
  bool const room = progress_.wait_for(lock, kAdmitPatience, [&]() MADANG_REQUIRES(mutex_) { return stopping_ || trouble_ || !far_too_much(); });
  if (trouble_) return fail(*trouble_);
  if (!room) return fail(Code::kOverloaded, "observations come faster than they can be written to disk");
  return {};
}

void Roller::work() {
  runtime::Lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_for(lock, 200ms, [this]() MADANG_REQUIRES(mutex_) { return stopping_ || nudged_ || pressed() || parts_.log->wants_checkpoint(); });
    if (stopping_) return;
    bool const nudged = std::exchange(nudged_, false);
    lock.unlock();
    Result<void> result{};
    bool more = pressed() || nudged;
    while (more && result) {
      auto const done = slice(Mode::kPressure);
      if (!done) result = fail(done.error());
      more = done && *done && pressed();
      if (result) result = tend_log();
      progress_.notify_all();
      runtime::Lock const check(mutex_);
      if (stopping_) break;
    }
    if (result) result = tend_log();
    if (result) result = retention_round();
    if (result && parts_.renewing && !pressed()) {
      auto const renewed = renew_some();
      if (!renewed) result = fail(renewed.error());
    }
    note(result);
    lock.lock();
    // A round that found nothing is not repeated at once: what came meanwhile is ripe a little later.
    if (pressed() && !more) wake_.wait_for(lock, 10ms, [this]() MADANG_REQUIRES(mutex_) { return stopping_; });
    // A full disk does not fill less when asked often.
    if (trouble_) wake_.wait_for(lock, 500ms, [this]() MADANG_REQUIRES(mutex_) { return stopping_; });
  }
}

void Roller::note(Result<void> const& result) {
  runtime::Lock const lock(mutex_);
  if (result) {
    trouble_.reset();
    return;
  }
  if (!trouble_) runtime::log_error("storage", "chunks_not_written", {{"why", result.error().sentence}});
  trouble_ = result.error();
  progress_.notify_all();
}

/// Never less than the roll before reached: after a crash, "in a chunk" is told by sequence and time alone.
std::int64_t Roller::until_of(StreamState const& stream, Mode mode) const {
  auto const& hot = stream.hot;
  std::int64_t const reached = std::max(stream.rolled_until, kTimeMin + 1);
  // A device whose clock stands gives one time a new value for ever: that value is always fresh and never rolled, and what it
  // superseded would hold memory and log.
  bool const waits = stream.dirty || stream.floor <= round_before_ || stream.superseded() >= parts_.options.chunk_values;
  if (hot.empty()) return stream.dirty ? reached : kTimeMin;
  if (mode == Mode::kEverything) return std::max(reached, hot.back().time + 1);
  std::size_t const count = hot.size();
  auto const before = [&](std::int64_t t) {
    auto const at =
        std::lower_bound(hot.begin(), hot.end(), t, [](HotValue const& v, std::int64_t time) { return v.time < time; });
    return static_cast<std::size_t>(at - hot.begin());
  };
  // Whole hours keep roll-ups whole; a fast Datastream cannot keep so much in memory and is cut anywhere.
  std::int64_t until = hour_of(hot.back().time - kLateMargin) * kHourMillis;
  if (before(until) * 2 < count) {
    if (count < parts_.options.chunk_values / 4)
      until = kTimeMin;
    else
      until = hot[count - count / 4].time;
  }
  // What has waited for a whole round goes in any case, so that the log can be trimmed.
  for (std::size_t i = count; i > 0 && hot[i - 1].time >= until; --i)
    if (parts_.hot.sequence_of(hot[i - 1]) <= round_before_) until = hot[i - 1].time + 1;
  if (until <= hot.front().time) return waits ? std::max(reached, hot.front().time) : kTimeMin;
  return std::max(reached, until);
}

std::size_t Roller::gather(Mode mode, std::size_t look_at_most, std::vector<SliceStream>& out) {
  runtime::ReadLock lock(parts_.hot.mutex);
  std::size_t looked = 0;
  std::size_t values = 0;
  while (looked < std::min(look_at_most, parts_.hot.streams.size()) && values < parts_.options.slice_values) {
    if (looked % kStreamsPerLock == kStreamsPerLock - 1) {
      lock.unlock();
      lock.lock();
    }
    if (cursor_ >= parts_.hot.streams.size()) {
      cursor_ = 0;
      round_before_ = std::exchange(round_began_, parts_.hot.applied);
    }
    auto const& stream = parts_.hot.streams[cursor_++];
    ++looked;
    if (stream.hot.empty() && !stream.dirty) continue;
    auto const until = until_of(stream, mode);
    if (until == kTimeMin) continue;
    out.push_back(take(stream, until, parts_.hot.applied));
    values += out.back().taken.size() + 1;
  }
  return looked;
}

Result<bool> Roller::slice(Mode mode) {
  runtime::Lock const slice_lock(parts_.slice_mutex);
  std::vector<SliceStream> streams;
  std::size_t looked = 0;
  std::size_t const all = [this] {
    runtime::ReadLock const lock(parts_.hot.mutex);
    return parts_.hot.streams.size();
  }();
  while (streams.empty() && looked < all) looked += gather(mode, all - looked, streams);
  if (streams.empty()) return false;
  MADANG_CHECK(slices_.write(streams, retention_now()));
  for (std::size_t at = 0; at < streams.size(); at += kStreamsPerLock) {
    runtime::WriteLock const lock(parts_.hot.mutex);
    for (auto const& s : std::span(streams).subspan(at, std::min(kStreamsPerLock, streams.size() - at))) {
      auto& stream = *parts_.hot.find(s.row.id);
      parts_.hot.hot_values -= finish(parts_.hot, stream, s);
      if (stream.has_old_rollups) parts_.renewing = true;
    }
  }
  if (++since_trim_ >= kSlicesPerTrim) {
    since_trim_ = 0;
    update_trim();
  }
  if (++since_checkpoint_ >= kSlicesPerCheckpoint) {
    since_checkpoint_ = 0;
    MADANG_CHECK(writer_->db().checkpoint());
  }
  return true;
}

void Roller::update_trim() {
  runtime::ReadLock const lock(parts_.hot.mutex);
  std::uint64_t below = parts_.hot.applied + 1;
  for (auto const& stream : parts_.hot.streams) below = std::min(below, stream.floor);
  parts_.trim_below = below;
}

Result<void> Roller::tend_log() {
  if (parts_.log->wants_checkpoint()) return parts_.log->checkpoint(parts_.writer_mutex);
  runtime::Lock const lock(parts_.writer_mutex);
  MADANG_CHECK(parts_.log->trim(parts_.trim_below, kTrimRows));
  return {};
}

/// Takes whole chunks that are older than their Datastream's retention out of the file.
Result<void> Roller::retention_round() {
  auto const tick = parts_.options.clock->tick();
  {
    runtime::Lock const lock(mutex_);
    if (retention_at_ && tick < *retention_at_) return {};
    retention_at_ = tick + kRetentionPeriod;
  }
  runtime::Lock const slice_lock(parts_.slice_mutex);
  std::vector<SliceStream> streams;
  auto const now = millis_of(retention_now());
  {
    runtime::ReadLock const lock(parts_.hot.mutex);
    for (auto const& stream : parts_.hot.streams)
      if (stream.keep > 0 && stream.chunks > 0)
        streams.emplace_back().row = row_of(stream, stream.rolled_sequence, stream.rolled_until);
  }
  std::vector<SliceStream> due;
  for (auto& s : streams) {
    MADANG_TRY(auto const rows, writer_->reader().rows(s.row.id, kTimeMin, now - s.row.keep));
    if (!rows.empty() && rows.front().summary.last < now - s.row.keep) due.push_back(std::move(s));
    if (due.size() >= kRetentionStreams) MADANG_CHECK(let_go(due));
  }
  return let_go(due);
}

Result<void> Roller::let_go(std::vector<SliceStream>& due) {
  if (due.empty()) return {};
  MADANG_CHECK(slices_.write(due, retention_now()));
  runtime::WriteLock const lock(parts_.hot.mutex);
  for (auto const& s : due) {
    auto& stream = *parts_.hot.find(s.row.id);
    stream.chunks = s.row.chunks;
    stream.chunk_values = s.row.chunk_values;
  }
  due.clear();
  return {};
}

Result<void> Roller::save_averaging(std::span<std::int64_t const> streams, Averaging averaging) {
  parts_.called_by_slicer();
  MADANG_TRY(auto transaction, Transaction::begin(writer_->db()));
  for (auto const number : streams) {
    StreamRow row;
    row.id = DatastreamId{number};
    row.averaging = averaging;
    MADANG_CHECK(writer_->save_stream(row));
  }
  return transaction.commit();
}

Result<bool> Roller::renew_some() {
  runtime::Lock const slice_lock(parts_.slice_mutex);
  std::vector<SliceStream> due;
  {
    runtime::ReadLock const lock(parts_.hot.mutex);
    if (renew_cursor_ == 0) parts_.renewing = false;  // set again by whoever asks for more while this round goes on
    while (renew_cursor_ < parts_.hot.streams.size() && !parts_.hot.streams[renew_cursor_].has_old_rollups) ++renew_cursor_;
    if (renew_cursor_ < parts_.hot.streams.size()) {
      auto const& stream = parts_.hot.streams[renew_cursor_];
      due.emplace_back().row = row_of(stream, stream.rolled_sequence, stream.rolled_until);
    }
  }
  if (due.empty()) {
    renew_cursor_ = 0;
    bool const more = parts_.renewing.load();
    if (!more && renewed_ > 0) runtime::log_info("storage", "chunks_renewed", {{"chunks", std::exchange(renewed_, 0)}});
    return more;
  }
  parts_.renewing = true;
  MADANG_TRY(bool const done, renew_some(due.front()));
  if (!done) return true;
  ++renew_cursor_;
  renew_from_ = kTimeMin;
  return true;
}

/// True when all chunks of the Datastream are as they should be.
Result<bool> Roller::renew_some(SliceStream& s) {
  MADANG_TRY(auto const rows, writer_->reader().rows(s.row.id, renew_from_, kTimeMax));
  MADANG_TRY(auto transaction, Transaction::begin(writer_->db()));
  std::size_t renewed = 0;
  bool done = true;
  for (auto const& row : rows) {
    if (row.first < renew_from_) continue;
    bool const other_sums = row.summary.has_rollup && s.row.averaging != Averaging::kArithmetic &&
                            row.summary.averaging != s.row.averaging;
    if (row.summary.marks_non_numbers && !other_sums) continue;
    if (renewed++ == kRenewedChunks) {
      renew_from_ = row.first;
      done = false;
      break;
    }
    MADANG_CHECK(writer_->renew(row, s.row.averaging));
    ++renewed_;
  }
  if (done) {
    s.row.has_old_rollups = false;
    MADANG_CHECK(writer_->save_stream(s.row));
  }
  MADANG_CHECK(transaction.commit());
  if (!done) return false;
  runtime::WriteLock const lock(parts_.hot.mutex);
  auto& stream = *parts_.hot.find(s.row.id);
  // Where another averaging was asked for meanwhile, the next round begins again.
  if (stream.averaging == s.row.averaging) stream.has_old_rollups = false;
  return true;
}

Result<void> Roller::renew_all() {
  for (bool more = true; more;) {
    MADANG_TRY(more, renew_some());
  }
  return {};
}

Result<void> Roller::settle() {
  {
    // Not in the middle of a slice of the background thread: it would take a Datastream twice and count its chunks wrong.
    runtime::Lock const lock(parts_.slice_mutex);
    cursor_ = 0;
  }
  for (;;) {
    MADANG_TRY(bool const more, slice(Mode::kEverything));
    if (!more) break;
  }
  {
    runtime::Lock const lock(mutex_);
    retention_at_.reset();
  }
  MADANG_CHECK(retention_round());
  update_trim();
  for (bool more = true; more;) {
    runtime::Lock const lock(parts_.writer_mutex);
    MADANG_TRY(more, parts_.log->trim(parts_.trim_below, 4 * kTrimRows));
  }
  return {};
}

Result<void> Roller::close_files() {
  runtime::Lock const slicing(parts_.slice_mutex);
  MADANG_CHECK(writer_->db().checkpoint_truncate());
  return parts_.log->shrink();
}

}  // namespace madang::storage
