#include "storage/observations/sqlite.h"

#include <sqlite3.h>

namespace madang::storage {

Error sqlite_error(sqlite3* db, int code, std::string_view doing) {
  std::string sentence(doing);
  sentence += ": ";
  sentence += db == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(db);
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Code::kFull, std::move(sentence)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::kCorrupt, std::move(sentence)};
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {Code::kUnavailable, std::move(sentence)};
    default:
      return {Code::kInternal, std::move(sentence)};
  }
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
void Database::Close::operator()(sqlite3* db) const { sqlite3_close_v2(db); }

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view blob) {
  sqlite3_bind_blob64(statement_.get(), index, blob.data(), blob.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_.get(), index);
  return *this;
}

Result<bool> Statement::step() {
  int const code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  Error error = sqlite_error(sqlite3_db_handle(statement_.get()), code, sqlite3_sql(statement_.get()));
  sqlite3_reset(statement_.get());
  return fail(std::move(error));
}

Result<void> Statement::run() {
  for (;;) {
    MADANG_TRY(bool const row, step());
    if (!row) return {};
  }
}

void Statement::reset() { sqlite3_reset(statement_.get()); }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

ByteSpan Statement::blob(int column) const {
  auto const* const data = static_cast<std::uint8_t const*>(sqlite3_column_blob(statement_.get(), column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Result<Database> Database::open(std::string const& path, std::string const& vfs) {
  // Nobody reads SQLite's own accounts of memory, and all connections would wait for one lock to write them. Without
  // effect, and without harm, where another part of the program has opened a database already.
  static int const kUnaccounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)kUnaccounted;
  sqlite3* handle = nullptr;
  int const code =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                      vfs.empty() ? nullptr : vfs.c_str());
  Database out;
  out.db_.reset(handle);
  if (code != SQLITE_OK) return fail(sqlite_error(handle, code, "opening " + path));
  sqlite3_busy_timeout(handle, 10'000);
  return out;
}

Result<void> Database::run(std::string const& sql) {
  int const code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(db_.get(), code, sql));
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  int const code = sqlite3_prepare_v3(db_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (code != SQLITE_OK) return fail(sqlite_error(db_.get(), code, sql));
  return Statement(statement);
}

Result<std::int64_t> Database::number(std::string_view sql) {
  MADANG_TRY(auto statement, prepare(sql));
  MADANG_TRY(bool const row, statement.step());
  return row ? statement.integer(0) : 0;
}

int Database::changes() const { return sqlite3_changes(db_.get()); }

Result<bool> Database::checkpoint() {
  int in_log = 0;
  int copied = 0;
  int const code = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
  if (code == SQLITE_BUSY) return false;
  if (code != SQLITE_OK) return fail(sqlite_error(db_.get(), code, "checkpoint"));
  return in_log == copied;
}

Result<void> Database::checkpoint_truncate() {
  int const code = sqlite3_wal_checkpoint_v2(db_.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY) return fail(sqlite_error(db_.get(), code, "checkpoint"));
  return {};
}

Result<void> Database::copy_to(std::string const& path, std::string const& vfs) {
  MADANG_TRY(auto target, Database::open(path, vfs));
  sqlite3_backup* const backup = sqlite3_backup_init(target.handle(), "main", db_.get(), "main");
  if (backup == nullptr)
    return fail(sqlite_error(target.handle(), sqlite3_errcode(target.handle()), "backup to " + path));
  sqlite3_backup_step(backup, -1);
  int const code = sqlite3_backup_finish(backup);
  if (code != SQLITE_OK) return fail(sqlite_error(target.handle(), code, "backup to " + path));
  return {};
}

Result<Transaction> Transaction::begin(Database& db, char const* how) {
  MADANG_CHECK(db.run(how));
  return Transaction(db);
}

Result<void> Transaction::commit() {
  MADANG_CHECK(db_->run("COMMIT"));
  db_ = nullptr;
  return {};
}

Transaction::~Transaction() {
  // A failed statement may have rolled back already; a second one is then refused, which is fine.
  if (db_ != nullptr && sqlite3_get_autocommit(db_->handle()) == 0) (void)db_->run("ROLLBACK");
}

}  // namespace madang::storage
