#include "storage/observations/chunk_file.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "runtime/log.h"
#include "storage/observations/codec/log_codec.h"
#include "storage/observations/upgrade.h"

namespace madang::storage {
namespace {

char const* const kTables = R"(
CREATE TABLE IF NOT EXISTS chunk (stream INTEGER NOT NULL, first INTEGER NOT NULL, body INTEGER NOT NULL,
  summary BLOB NOT NULL, PRIMARY KEY (stream, first)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS body (id INTEGER PRIMARY KEY, users INTEGER, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS stream (id INTEGER PRIMARY KEY, state BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS detail (stream INTEGER NOT NULL, arrival INTEGER NOT NULL, time INTEGER NOT NULL,
  bytes BLOB NOT NULL, PRIMARY KEY (stream, arrival)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS superseded (stream INTEGER NOT NULL, arrival INTEGER NOT NULL, time INTEGER NOT NULL,
  bytes BLOB NOT NULL, PRIMARY KEY (stream, arrival)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine (stream INTEGER NOT NULL, first INTEGER NOT NULL, body INTEGER NOT NULL,
  summary BLOB NOT NULL, PRIMARY KEY (stream, first)) WITHOUT ROWID;
PRAGMA user_version = 3;
)";

/// A time at which the index can be read again, on the way from one at which it cannot to `end`: the step is doubled until one is
/// met, so that what stands between two damaged pages is not passed over, and then halved.
template <typename CanRead>
Result<std::int64_t> nearest_readable(std::int64_t damaged, std::int64_t end, CanRead const& can_read) {
  auto readable = end;
  bool const up = end > damaged;
  auto const way_left = [&] { return up ? static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(damaged)
                                        : static_cast<std::uint64_t>(damaged) - static_cast<std::uint64_t>(end); };
  for (std::uint64_t step = 1; step < way_left(); step *= 2) {
    auto const time = up ? damaged + static_cast<std::int64_t>(step) : damaged - static_cast<std::int64_t>(step);
    MADANG_TRY(bool const reads, can_read(time));
    (reads ? readable : damaged) = time;
    if (reads) break;
  }
  for (;;) {
    auto const middle = std::midpoint(damaged, readable);
    if (middle == damaged) return readable;
    MADANG_TRY(bool const reads, can_read(middle));
    (reads ? readable : damaged) = middle;
  }
}

}  // namespace

Result<Database> connect_chunk_file(std::string const& folder, std::string const& vfs) {
  MADANG_TRY(auto db, Database::open(folder + "/" + kChunkFileName, vfs));
  MADANG_CHECK(
      db.run("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF; PRAGMA temp_store = MEMORY;"
             "PRAGMA cache_size = -8192; PRAGMA mmap_size = 4294967296;"));
  return db;
}

Result<Database> open_chunk_file(std::string const& folder, std::string const& vfs) {
  MADANG_TRY(auto db, connect_chunk_file(folder, vfs));
  MADANG_TRY(auto const version, db.number("PRAGMA user_version"));
  if (version > kChunkFormat)
    return fail(Code::kUnsupported, folder + "/" + kChunkFileName + ": written by a newer version (format " +
                                        std::to_string(version) + ", this one reads " + std::to_string(kChunkFormat) +
                                        ")");
  if (version == 0) {
    MADANG_TRY(auto transaction, Transaction::begin(db));
    MADANG_CHECK(db.run(kTables));
    MADANG_CHECK(transaction.commit());
    return db;
  }
  MADANG_CHECK(upgrade_chunk_file(db, folder, version));
  return db;
}

Result<ChunkReader> ChunkReader::open(std::string const& folder, std::string const& vfs, CorruptionList& corruption) {
  ChunkReader out(corruption);
  MADANG_TRY(out.own_, connect_chunk_file(folder, vfs));
  MADANG_CHECK(out.prepare(out.own_));
  return out;
}

Result<ChunkReader> ChunkReader::over(Database& db, CorruptionList& corruption) {
  ChunkReader out(corruption);
  MADANG_CHECK(out.prepare(db));
  return out;
}

Result<void> ChunkReader::prepare(Database& db) {
  MADANG_TRY(begin_, db.prepare("BEGIN"));
  MADANG_TRY(end_, db.prepare("COMMIT"));
  MADANG_TRY(rows_,
             db.prepare("SELECT first, body, summary FROM chunk WHERE stream = ?1 AND first < ?2 ORDER BY first DESC"));
  MADANG_TRY(rows_up_, db.prepare("SELECT first, body, summary FROM chunk WHERE stream = ?1 AND first < ?3 AND first >= "
                                  "coalesce((SELECT max(first) FROM chunk WHERE stream = ?1 AND first <= ?2), ?2) ORDER BY first"));
  MADANG_TRY(next_, db.prepare("SELECT first FROM chunk WHERE stream = ?1 AND first > ?2 ORDER BY first LIMIT 1"));
  MADANG_TRY(superseded_, db.prepare("SELECT time FROM superseded WHERE stream = ?1 AND arrival = ?2"));
  MADANG_TRY(body_, db.prepare("SELECT bytes FROM body WHERE id = ?1"));
  MADANG_TRY(
      details_,
      db.prepare("SELECT arrival, bytes FROM detail WHERE stream = ?1 AND arrival BETWEEN ?2 AND ?3 ORDER BY arrival"));
  return {};
}

Result<void> ChunkReader::begin() { return begin_.run(); }
void ChunkReader::end() { (void)end_.run(); }

std::optional<ChunkRow> ChunkReader::row_of(Statement& statement, DatastreamId stream, std::vector<Bucket>* rollup) {
  ++counts_.rows;
  ChunkRow row{stream, statement.integer(0), statement.integer(1), {}};
  auto const summary = decode_summary(statement.blob(2), stream, row.first, rollup);
  if (!summary) {
    corruption_->report(stream, row.first, row.body, "the summary does not match its checksum");
    return std::nullopt;
  }
  row.summary = *summary;
  return row;
}

Result<std::vector<ChunkRow>> ChunkReader::rows_down_to(DatastreamId stream, Interval64 range, std::vector<std::vector<Bucket>>* rollups,
                                                        Patience const& patience) {
  std::vector<ChunkRow> out;
  auto edge = range.to;
  ++counts_.lookups;
  rows_.bind(1, stream.value()).bind(2, range.to);
  ResetAtEnd const reset(rows_);
  for (;;) {
    MADANG_CHECK(patience.check());
    auto const more = rows_.step();
    if (!more && more.error().code == Code::kCorrupt) {
      corruption_->report(stream, range.to, 0, more.error().sentence);
      MADANG_TRY(auto const below, readable_below(stream, edge, range.from));
      if (below == range.from) break;
      std::vector<Bucket> of_beside;
      MADANG_TRY(auto const beside, row_behind(stream, below, edge, rollups == nullptr ? nullptr : &of_beside));
      if (beside) {
        out.push_back(*beside);
        if (rollups != nullptr) rollups->push_back(std::move(of_beside));
      }
      edge = below;
      rows_.bind(1, stream.value()).bind(2, edge);
      continue;
    }
    if (!more) return fail(more.error());
    if (!*more) break;
    std::vector<Bucket> buckets;
    auto const row = row_of(rows_, stream, rollups == nullptr ? nullptr : &buckets);
    edge = rows_.integer(0);
    if (row) {
      out.push_back(*row);
      if (rollups != nullptr) rollups->push_back(std::move(buckets));
    }
    if (edge <= range.from) break;
  }
  std::reverse(out.begin(), out.end());
  if (rollups != nullptr) std::reverse(rollups->begin(), rollups->end());
  return out;
}

Result<std::int64_t> ChunkReader::readable_above(DatastreamId stream, std::int64_t damaged, std::int64_t to) {
  auto found = to;
  auto const looked_up = [&](std::int64_t time) -> Result<bool> {
    ++counts_.lookups;
    next_.bind(1, stream.value()).bind(2, time - 1);
    ResetAtEnd const reset(next_);
    auto const row = next_.step();
    if (!row && row.error().code != Code::kCorrupt) return fail(row.error());
    if (row) found = *row ? std::min(next_.integer(0), to) : to;
    return row.has_value();
  };
  MADANG_CHECK(nearest_readable(damaged, to, looked_up));
  return found;
}

Result<std::int64_t> ChunkReader::readable_below(DatastreamId stream, std::int64_t damaged, std::int64_t from) {
  return nearest_readable(damaged, from, [&](std::int64_t time) -> Result<bool> {
    ++counts_.lookups;
    rows_.bind(1, stream.value()).bind(2, time);
    ResetAtEnd const reset(rows_);
    auto const row = rows_.step();
    if (!row && row.error().code != Code::kCorrupt) return fail(row.error());
    return row.has_value();
  });
}

/// Of the first that can be read above the damage.
Result<std::optional<ChunkRow>> ChunkReader::row_before(DatastreamId stream, std::int64_t readable, std::int64_t damaged) {
  rows_.bind(1, stream.value()).bind(2, readable + 1);
  ResetAtEnd const reset(rows_);
  for (int step = 0; step < 2; ++step) {
    auto const row = rows_.step();
    if (!row && row.error().code != Code::kCorrupt) return fail(row.error());
    if (!row || !*row || rows_.integer(0) <= damaged) return std::nullopt;
  }
  return row_of(rows_, stream, nullptr);
}

/// Of the last that can be read below the damage.
Result<std::optional<ChunkRow>> ChunkReader::row_behind(DatastreamId stream, std::int64_t below, std::int64_t damaged, std::vector<Bucket>* rollup) {
  std::int64_t last = 0;
  {
    rows_.bind(1, stream.value()).bind(2, below);
    ResetAtEnd const reset(rows_);
    auto const row = rows_.step();
    if (!row && row.error().code != Code::kCorrupt) return fail(row.error());
    if (!row || !*row) return std::nullopt;
    last = rows_.integer(0);
  }
  rows_up_.bind(1, stream.value()).bind(2, last).bind(3, damaged);
  ResetAtEnd const reset(rows_up_);
  for (int step = 0; step < 2; ++step) {
    auto const row = rows_up_.step();
    if (!row && row.error().code != Code::kCorrupt) return fail(row.error());
    if (!row || !*row) return std::nullopt;
  }
  return row_of(rows_up_, stream, rollup);
}

Result<std::vector<ChunkRow>> ChunkReader::rows(DatastreamId stream, std::int64_t from, std::int64_t to,
                                                std::vector<std::vector<Bucket>>* rollups, Patience const& patience) {
  MADANG_TRY(auto out, rows_down_to(stream, {from, to}, rollups, patience));
  if (!out.empty() && out.front().summary.last < from) {
    out.erase(out.begin());
    if (rollups != nullptr) rollups->erase(rollups->begin());
  }
  return out;
}

ChunkReader::Cursor::Cursor(ChunkReader& reader, DatastreamId stream, Interval64 range, bool descending, Patience patience)
    : reader_(reader), statement_(descending ? reader.rows_ : reader.rows_up_), stream_(stream), from_(range.from), to_(range.to),
      descending_(descending), patience_(patience) {
  ++reader_.counts_.lookups;
  statement_.bind(1, stream.value());
  if (descending) statement_.bind(2, to_);
  else statement_.bind(2, from_).bind(3, to_);
}

ChunkReader::Cursor::~Cursor() { statement_.reset(); }

/// The next sound row that the index has, whether its chunk reaches into the range or not.
Result<std::optional<ChunkRow>> ChunkReader::Cursor::step() {
  while (!end_) {
    MADANG_CHECK(patience_.check());
    auto const more = statement_.step();
    if (!more && more.error().code != Code::kCorrupt) return fail(more.error());
    if (!more) {
      MADANG_CHECK(go_on_behind(more.error()));
      if (beside_) return std::exchange(beside_, std::nullopt);
      continue;
    }
    end_ = !*more;
    if (end_) break;
    auto row = reader_.row_of(statement_, stream_, nullptr);
    edge_ = statement_.integer(0);
    end_ = descending_ && *edge_ <= from_;
    if (row) return row;
  }
  return std::nullopt;
}

/// Each time further on, so that a walk over many damaged pages ends.
Result<void> ChunkReader::Cursor::go_on_behind(Error const& damage) {
  reader_.corruption_->report(stream_, edge_.value_or(from_), 0, damage.sentence);
  if (descending_) {
    auto const damaged = edge_.value_or(to_);
    MADANG_TRY(edge_, reader_.readable_below(stream_, damaged, from_));
    end_ = edge_ == from_;
    if (end_) return {};
    MADANG_TRY(beside_, reader_.row_behind(stream_, *edge_, damaged, nullptr));
    statement_.bind(1, stream_.value()).bind(2, *edge_);
    return {};
  }
  auto const damaged = edge_.value_or(from_);
  MADANG_TRY(edge_, reader_.readable_above(stream_, damaged, to_));
  end_ = edge_ == to_;
  if (end_) return {};
  MADANG_TRY(beside_, reader_.row_before(stream_, *edge_, damaged));
  statement_.bind(1, stream_.value()).bind(2, *edge_).bind(3, to_);
  return {};
}

Result<std::optional<ChunkRow>> ChunkReader::Cursor::next() {
  for (;;) {
    MADANG_TRY(auto row, step());
    if (!row || row->summary.last >= from_) return row;
  }
}

Result<std::vector<ChunkRow>> ChunkReader::rows_from_owner(DatastreamId stream, std::int64_t time) {
  return rows_down_to(stream, {time, std::numeric_limits<std::int64_t>::max()}, nullptr, {});
}

Result<std::optional<ChunkRow>> ChunkReader::row_by_arrival(DatastreamId stream, Interval64 range, std::uint32_t arrival) {
  while (range.from < range.to) {
    auto const middle = std::midpoint(range.from, range.to);
    ++counts_.lookups;
    rows_.bind(1, stream.value()).bind(2, middle + 1);
    ResetAtEnd const reset(rows_);
    auto const found = rows_.step();
    if (!found && found.error().code == Code::kCorrupt) return std::nullopt;
    if (!found) return fail(found.error());
    if (!*found || rows_.integer(0) < range.from) {  // before the first of the range
      range.from = middle + 1;
      continue;
    }
    auto const row = row_of(rows_, stream, nullptr);
    if (!row) return std::nullopt;
    if (arrival < row->summary.arrival_min) range.to = row->first;
    else if (arrival > row->summary.arrival_max) range.from = middle + 1;
    else return row;
  }
  return std::nullopt;
}

Result<std::optional<ChunkGap>> ChunkReader::gap_at(DatastreamId stream, std::int64_t time) {
  ChunkGap gap{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  {
    ++counts_.lookups;
    rows_.bind(1, stream.value()).bind(2, time + 1);
    ResetAtEnd const reset(rows_);
    MADANG_TRY(bool const before, rows_.step());
    if (before) {
      auto const row = row_of(rows_, stream, nullptr);
      if (!row || row->summary.last >= time) return std::nullopt;
      gap.from = row->summary.last + 1;
    }
  }
  ++counts_.lookups;
  next_.bind(1, stream.value()).bind(2, time);
  ResetAtEnd const reset(next_);
  MADANG_TRY(bool const behind, next_.step());
  if (behind) gap.to = next_.integer(0);
  return gap;
}

Result<std::optional<std::int64_t>> ChunkReader::time_of_superseded(DatastreamId stream, std::uint32_t arrival) {
  superseded_.bind(1, stream.value()).bind(2, std::int64_t{arrival});
  ResetAtEnd const reset(superseded_);
  MADANG_TRY(bool const found, superseded_.step());
  return found ? std::optional(superseded_.integer(0)) : std::nullopt;
}

/// Of a chunk written before texts were marked: as it would be written now.
Result<void> ChunkReader::mark_non_numbers(ChunkRow const& row, Columns& columns) {
  MADANG_TRY(auto const known, details(row.stream, row.summary.arrival_min, row.summary.arrival_max));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    auto const found = std::ranges::lower_bound(known, columns.arrivals[i], {}, [](auto const& d) { return std::int64_t{d.first}; });
    if (found != known.end() && found->first == columns.arrivals[i] && !is_number(found->second))
      columns.qualities[i] = packed(kNoNumber);
  }
  return {};
}

Result<bool> ChunkReader::load(ChunkRow const& row, Wanted wanted, Columns& columns) {
  if (!row.summary.marks_non_numbers) wanted = {};
  ++counts_.chunks;
  auto const corrupt = [&](std::string_view what) {
    corruption_->report(row.stream, row.first, row.body, what);
    return false;
  };
  // The shared moments are copied: the statement that found them is needed again for the values.
  std::string moments;
  for (bool const shared : {true, false}) {
    if (shared && row.summary.moments_body == 0) continue;
    body_.bind(1, shared ? static_cast<std::int64_t>(row.summary.moments_body) : row.body);
    ResetAtEnd const reset(body_);
    auto const found = body_.step();
    if (!found && found.error().code == Code::kCorrupt) return corrupt(found.error().sentence);
    if (!found) return fail(found.error());
    if (!*found) return corrupt(shared ? "its moments are gone" : "its body is gone");
    ByteSpan const bytes = body_.blob(0);
    if (shared) {
      moments.assign(reinterpret_cast<char const*>(bytes.data()), bytes.size());
    } else if (!decode_body(bytes, row.stream, bytes_of(moments), row.summary.moments_body, wanted, columns) ||
               columns.size() != row.summary.count || columns.times.front() != row.first) {
      return corrupt("the values do not match their checksum");
    }
  }
  if (!row.summary.marks_non_numbers) MADANG_CHECK(mark_non_numbers(row, columns));
  return true;
}

Result<std::vector<std::pair<std::uint32_t, ObservationDetail>>> ChunkReader::details(DatastreamId stream,
                                                                                      std::uint32_t min,
                                                                                      std::uint32_t max) {
  std::vector<std::pair<std::uint32_t, ObservationDetail>> out;
  details_.bind(1, stream.value()).bind(2, std::int64_t{min}).bind(3, std::int64_t{max});
  ResetAtEnd const reset(details_);
  for (;;) {
    MADANG_TRY(bool const more, details_.step());
    if (!more) return out;
    ByteReader in(details_.blob(1));
    auto detail = read_detail(in);
    if (in.ok()) out.emplace_back(static_cast<std::uint32_t>(details_.integer(0)), std::move(detail));
  }
}

ReaderPool::Borrowed::~Borrowed() {
  if (!reader_) return;
  reader_->end();
  auto const counts = reader_->take_counts();
  runtime::Lock const lock(pool_->mutex_);
  pool_->counts_.lookups += counts.lookups;
  pool_->counts_.rows += counts.rows;
  pool_->counts_.chunks += counts.chunks;
  pool_->idle_.push_back(std::move(reader_));
}

ReadCounts ReaderPool::counts() {
  runtime::Lock const lock(mutex_);
  return counts_;
}

Result<ReaderPool::Borrowed> ReaderPool::borrow() {
  std::unique_ptr<ChunkReader> reader;
  {
    runtime::Lock const lock(mutex_);
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!reader) {
    MADANG_TRY(auto opened, ChunkReader::open(folder_, vfs_, corruption_));
    reader = std::make_unique<ChunkReader>(std::move(opened));
  }
  MADANG_CHECK(reader->begin());
  return Borrowed(*this, std::move(reader));
}

}  // namespace madang::storage
