#include "storage/observations/log_file.h"

#include <algorithm>

#include "runtime/log.h"
#include "runtime/mutex.h"
#include "storage/observations/chunk_file.h"

namespace madang::storage {
namespace {

constexpr std::int64_t kFormatVersion = 3;
constexpr std::size_t kTrimPerAppend = 4;  ///< more than come in, and too few to be felt

}  // namespace

Result<Database> open_log_file(std::string const& folder, std::string const& vfs) {
  MADANG_TRY(auto db, Database::open(folder + "/" + kLogFileName, vfs));
  MADANG_CHECK(
      db.run("PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
             "PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = OFF; PRAGMA cache_size = -2048;"));
  return db;
}

Result<std::unique_ptr<LogFile>> LogFile::open(std::string const& folder, std::string const& vfs) {
  std::unique_ptr<LogFile> out(new LogFile);
  MADANG_TRY(out->writer_, open_log_file(folder, vfs));
  MADANG_TRY(auto const version, out->writer_.number("PRAGMA user_version"));
  if (version > kFormatVersion)
    return fail(Code::kUnsupported, folder + "/" + kLogFileName + ": written by a newer version");
  // Rows of all versions are read for ever: one table more is all that is new.
  if (version < kFormatVersion) {
    MADANG_TRY(auto transaction, Transaction::begin(out->writer_));
    MADANG_CHECK(
        out->writer_.run("CREATE TABLE IF NOT EXISTS log (sequence INTEGER PRIMARY KEY, record BLOB NOT NULL);"
                         "CREATE TABLE IF NOT EXISTS position (id INTEGER PRIMARY KEY CHECK (id = 1), applied INTEGER NOT NULL);"
                         "PRAGMA user_version = 3;"));
    MADANG_CHECK(transaction.commit());
  }
  MADANG_TRY(auto const gone, out->writer_.number("SELECT applied FROM position"));
  out->gone_.value = static_cast<std::uint64_t>(gone);
  out->position_ = out->gone_.value;
  MADANG_TRY(out->copier_, open_log_file(folder, vfs));
  MADANG_TRY(out->insert_, out->writer_.prepare("INSERT INTO log (sequence, record) VALUES (?1, ?2)"));
  MADANG_TRY(out->delete_, out->writer_.prepare("DELETE FROM log WHERE sequence = ?1"));
  MADANG_TRY(out->put_position_, out->writer_.prepare("INSERT OR REPLACE INTO position (id, applied) VALUES (1, ?1)"));
  return out;
}

Result<void> LogFile::replay(std::function<void(std::uint64_t, LogRecord&&)> const& each) {
  MADANG_TRY(auto all, writer_.prepare("SELECT sequence, record FROM log ORDER BY sequence"));
  for (;;) {
    MADANG_TRY(bool const more, all.step());
    if (!more) return {};
    auto const sequence = static_cast<std::uint64_t>(all.integer(0));
    ByteSpan const bytes = all.blob(1);
    rows_.push_back({sequence, bytes.size(), {}});
    bytes_ += bytes.size();
    last_ = sequence;
    if (auto record = decode_log(bytes, sequence)) {
      if (record->batch) rows_.back().position = record->batch->position;
      position_ = std::max(position_.load(), rows_.back().position.value);
      each(sequence, std::move(*record));
    } else {
      runtime::log_error("storage", "corrupt_log_row", {{"sequence", sequence}, {"bytes", bytes.size()}});
    }
  }
}

Result<void> LogFile::delete_rows(std::uint64_t below, std::size_t rows_max, std::size_t& deleted) {
  Position gone = gone_;
  for (deleted = 0; deleted < rows_max && deleted < rows_.size() && rows_[deleted].sequence < below; ++deleted) {
    delete_.bind(1, static_cast<std::int64_t>(rows_[deleted].sequence));
    MADANG_CHECK(delete_.run());
    gone = std::max(gone, rows_[deleted].position);
  }
  if (gone == gone_) return {};
  put_position_.bind(1, static_cast<std::int64_t>(gone.value));
  return put_position_.run();
}

void LogFile::forget(std::size_t deleted) {
  for (std::size_t i = 0; i < deleted; ++i) {
    bytes_ -= rows_.front().size;
    gone_ = std::max(gone_, rows_.front().position);
    rows_.pop_front();
  }
}

Result<void> LogFile::append(std::uint64_t sequence, std::string_view record, Position position,
                             std::uint64_t trim_below) {
  MADANG_TRY(auto transaction, Transaction::begin(writer_));
  insert_.bind(1, static_cast<std::int64_t>(sequence)).bind(2, record);
  MADANG_CHECK(insert_.run());
  std::size_t deleted = 0;
  MADANG_CHECK(delete_rows(trim_below, kTrimPerAppend, deleted));
  MADANG_CHECK(transaction.commit());
  rows_.push_back({sequence, record.size(), position});
  position_ = std::max(position_.load(), position.value);
  bytes_ += record.size();
  wal_bytes_ += record.size() + 32768;  // its pages, about
  last_ = sequence;
  forget(deleted);
  return {};
}

Result<bool> LogFile::trim(std::uint64_t below, std::size_t rows_max) {
  if (rows_.empty() || rows_.front().sequence >= below) return false;
  MADANG_TRY(auto transaction, Transaction::begin(writer_));
  std::size_t deleted = 0;
  MADANG_CHECK(delete_rows(below, rows_max, deleted));
  MADANG_CHECK(transaction.commit());
  forget(deleted);
  return !rows_.empty() && rows_.front().sequence < below;
}

Result<void> LogFile::checkpoint(runtime::Mutex& append_mutex) {
  MADANG_CHECK(copier_.checkpoint());
  runtime::Lock const lock(append_mutex);
  MADANG_CHECK(copier_.checkpoint());
  wal_bytes_ = 0;
  return {};
}

Result<void> LogFile::shrink() {
  if (rows_.empty()) MADANG_CHECK(writer_.run("VACUUM"));
  return writer_.checkpoint_truncate();
}

}  // namespace madang::storage
