// The log: one row a batch, one commit a row, one fsync a commit. Rows go when everything in them stands
// in chunks. Format: docs/formats/observation_store.md.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <string>

#include "runtime/mutex.h"
#include "storage/observations/codec/log_codec.h"
#include "storage/observations/sqlite.h"

namespace madang::storage {

/// A connection to the log's file, made when it is not there.
Result<Database> open_log_file(std::string const& folder, std::string const& vfs);

/// append, trim and shrink are called by one thread at a time; checkpoint by another.
class LogFile {
 public:
  static Result<std::unique_ptr<LogFile>> open(std::string const& folder, std::string const& vfs);

  /// Every row in order of its sequence. A row that cannot be read is logged and passed over.
  Result<void> replay(std::function<void(std::uint64_t sequence, LogRecord&&)> const& each);

  /// Durable when it returns. Deletes, in the same commit, a few rows whose sequence is below `trim_below`. `position` is the
  /// record's own.
  Result<void> append(std::uint64_t sequence, std::string_view record, Position position, std::uint64_t trim_below);
  /// Deletes up to `rows_max` rows below; true when more are left.
  Result<bool> trim(std::uint64_t below, std::size_t rows_max);
  /// Copies the WAL into the file, in two steps: most of it beside running appends, the rest while `append_mutex`
  /// is held for a moment. Without the second step the WAL could never start over under constant load.
  Result<void> checkpoint(runtime::Mutex& append_mutex);
  [[nodiscard]] bool wants_checkpoint() const { return wal_bytes_ >= kWalBytesMax; }
  /// After the last row has gone: gives the file's space back.
  Result<void> shrink();

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  ///< of the rows that stand in it
  [[nodiscard]] std::uint64_t last_sequence() const { return last_; }
  /// The last of all rows, also of those that have gone.
  [[nodiscard]] Position position() const { return {position_}; }

 private:
  LogFile() = default;
  Result<void> delete_rows(std::uint64_t below, std::size_t rows_max, std::size_t& deleted);
  void forget(std::size_t deleted);

  static constexpr std::uint64_t kWalBytesMax = 6u << 20;

  struct Row {
    std::uint64_t sequence;
    std::uint64_t size;
    Position position;
  };
  Database writer_;
  Database copier_;  ///< checkpoints
  Statement insert_, delete_, put_position_;
  std::deque<Row> rows_;
  std::uint64_t last_ = 0;
  Position gone_;  ///< the last one of rows that have gone; stands in a table of its own
  std::atomic<std::uint64_t> position_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::uint64_t> wal_bytes_ = 0;
};

}  // namespace madang::storage
