// The file of chunks: tables, and reading from them. Format: docs/formats/observation_store.md.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/mutex.h"
#include "storage/observations/codec/chunk_codec.h"
#include "storage/observations/corruption.h"
#include "storage/observations/observation.h"
#include "storage/observations/rules.h"
#include "storage/observations/sqlite.h"

namespace madang::storage {

inline constexpr char const* kChunkFileName = "observations.sqlite";
inline constexpr char const* kLogFileName = "observations-log.sqlite";

/// A row of the index.
struct ChunkRow {
  DatastreamId stream;
  std::int64_t first = 0;
  std::int64_t body = 0;
  Summary summary;
};

/// As it is: nothing is made, checked or upgraded.
Result<Database> connect_chunk_file(std::string const& folder, std::string const& vfs);
/// For who writes: makes, checks or upgrades the tables. kUnsupported: written by a newer version.
Result<Database> open_chunk_file(std::string const& folder, std::string const& vfs);

/// Milliseconds as they stand in the file, half open.
struct Interval64 {
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// A stretch of time, half open, in which no value of a chunk lies.
struct ChunkGap {
  std::int64_t from = 0;
  std::int64_t to = 0;
  [[nodiscard]] bool covers(std::int64_t t) const { return from <= t && t < to; }
};

/// How often the file was asked.
struct ReadCounts {
  std::uint64_t lookups = 0;  ///< of the index
  std::uint64_t rows = 0;     ///< of the index, read by these
  std::uint64_t chunks = 0;   ///< bodies unpacked
};

/// Reading through one connection. Not thread-safe; take one from ReaderPool.
class ChunkReader {
 public:
  static Result<ChunkReader> open(std::string const& folder, std::string const& vfs, CorruptionList& corruption);
  static Result<ChunkReader> over(Database& db, CorruptionList& corruption);

  /// Everything read until end() is of one moment.
  Result<void> begin();
  void end();

  /// The chunks with a value in [from, to), ascending; with `rollups`, one list of buckets beside each.
  Result<std::vector<ChunkRow>> rows(DatastreamId stream, std::int64_t from, std::int64_t to,
                                     std::vector<std::vector<Bucket>>* rollups = nullptr, Patience const& patience = {});
  /// The chunks that `rows` gives, one by one: none is read before it is asked for. Whatever else reads the index of the same
  /// reader waits until the cursor has gone; `load` and `details` need not.
  class Cursor {
   public:
    Cursor(ChunkReader& reader, DatastreamId stream, Interval64 range, bool descending, Patience patience = {});
    ~Cursor();
    Cursor(Cursor const&) = delete;
    Cursor& operator=(Cursor const&) = delete;
    /// None: that was the last.
    Result<std::optional<ChunkRow>> next();

   private:
    Result<std::optional<ChunkRow>> step();
    Result<void> go_on_behind(Error const& damage);

    ChunkReader& reader_;
    Statement& statement_;
    DatastreamId const stream_;
    std::int64_t const from_;
    std::int64_t const to_;
    bool const descending_;
    Patience const patience_;
    bool end_ = false;
    std::optional<std::int64_t> edge_;  ///< where the last row was, or where it went on behind damage
    std::optional<ChunkRow> beside_;    ///< stands between the damage and that
  };
  /// The last chunk that begins at or before `time`, and all after it, ascending.
  Result<std::vector<ChunkRow>> rows_from_owner(DatastreamId stream, std::int64_t time);
  /// The chunk that holds this number where all came in the order of their times, found by halving; none says nothing.
  Result<std::optional<ChunkRow>> row_by_arrival(DatastreamId stream, Interval64 range, std::uint32_t arrival);
  /// The gap between chunks that `time` lies in; none where a chunk covers it, or one beside it is corrupt.
  Result<std::optional<ChunkGap>> gap_at(DatastreamId stream, std::int64_t time);
  /// Where and when a superseded value stood; none: this arrival number has not been superseded in the file.
  Result<std::optional<std::int64_t>> time_of_superseded(DatastreamId stream, std::uint32_t arrival);
  /// Since the last call.
  ReadCounts take_counts() { return std::exchange(counts_, {}); }
  /// False when the chunk is corrupt (reported).
  Result<bool> load(ChunkRow const& row, Wanted wanted, Columns& columns);
  /// Details of the arrival numbers in [min, max], ascending.
  Result<std::vector<std::pair<std::uint32_t, ObservationDetail>>> details(DatastreamId stream, std::uint32_t min,
                                                                           std::uint32_t max);

 private:
  ChunkReader(CorruptionList& corruption) : corruption_(&corruption) {}
  Result<void> prepare(Database& db);
  Result<void> mark_non_numbers(ChunkRow const& row, Columns& columns);
  // A damaged page of the index ends a walk that comes to it. Where it can go on behind the page is found by some dozens of lookups,
  // however much stands there.
  /// The first row that can be read above `damaged`; `to`: none.
  Result<std::int64_t> readable_above(DatastreamId stream, std::int64_t damaged, std::int64_t to);
  /// The highest time below `damaged` below which rows can be read; `from`: none.
  Result<std::int64_t> readable_below(DatastreamId stream, std::int64_t damaged, std::int64_t from);
  // The row that parts the damaged page from the next stands in the page above, and is met by who comes from there only.
  Result<std::optional<ChunkRow>> row_before(DatastreamId stream, std::int64_t readable, std::int64_t damaged);
  Result<std::optional<ChunkRow>> row_behind(DatastreamId stream, std::int64_t below, std::int64_t damaged, std::vector<Bucket>* rollup);
  std::optional<ChunkRow> row_of(Statement& statement, DatastreamId stream, std::vector<Bucket>* rollup);
  Result<std::vector<ChunkRow>> rows_down_to(DatastreamId stream, Interval64 range, std::vector<std::vector<Bucket>>* rollups,
                                             Patience const& patience);

  CorruptionList* corruption_;
  Database own_;
  ReadCounts counts_;
  Statement begin_, end_, rows_, rows_up_, next_, body_, details_, superseded_;
};

/// A few connections that readers borrow.
class ReaderPool {
 public:
  ReaderPool(std::string folder, std::string vfs, CorruptionList& corruption)
      : folder_(std::move(folder)), vfs_(std::move(vfs)), corruption_(corruption) {}

  class Borrowed {
   public:
    Borrowed(ReaderPool& pool, std::unique_ptr<ChunkReader> reader) : pool_(&pool), reader_(std::move(reader)) {}
    Borrowed(Borrowed&&) = default;
    Borrowed& operator=(Borrowed&&) = delete;
    ~Borrowed();
    ChunkReader* operator->() { return reader_.get(); }
    ChunkReader& operator*() { return *reader_; }

   private:
    ReaderPool* pool_;
    std::unique_ptr<ChunkReader> reader_;
  };
  /// With a read transaction begun; it ends when the borrowed reader goes.
  Result<Borrowed> borrow();
  /// Of all readers that were given back.
  [[nodiscard]] ReadCounts counts();

 private:
  std::string folder_;
  std::string vfs_;
  CorruptionList& corruption_;
  runtime::Mutex mutex_;
  std::vector<std::unique_ptr<ChunkReader>> idle_ MADANG_GUARDED_BY(mutex_);
  ReadCounts counts_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::storage
