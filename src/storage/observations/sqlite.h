// The little of SQLite's C interface that the observation store needs, with Results instead of codes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "storage/observations/codec/bytes.h"

struct sqlite3;
struct sqlite3_stmt;

namespace madang::storage {

/// kFull for a full disk, kCorrupt for broken pages, kUnavailable for I/O that fails, kInternal for the rest.
[[nodiscard]] Error sqlite_error(sqlite3* db, int code, std::string_view doing);

/// A prepared statement. Bound blobs must live until the statement is reset. Not thread-safe.
class Statement {
 public:
  Statement() = default;
  Statement(sqlite3_stmt* statement) : statement_(statement) {}

  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view blob);
  Statement& bind_null(int index);
  /// True while there is a row. After false or an error the statement is reset.
  Result<bool> step();
  /// Steps to the end.
  Result<void> run();
  void reset();
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] ByteSpan blob(int column) const;  ///< until the next step or reset

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets at the end of a block: an open cursor would hold an old snapshot.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.reset(); }
  ResetAtEnd(ResetAtEnd const&) = delete;
  ResetAtEnd& operator=(ResetAtEnd const&) = delete;

 private:
  Statement& statement_;
};

/// One connection. Not thread-safe: one thread at a time.
class Database {
 public:
  /// `vfs` empty: the system's. The file is made when it is not there.
  static Result<Database> open(std::string const& path, std::string const& vfs);

  Result<void> run(std::string const& sql);
  Result<Statement> prepare(std::string_view sql);
  /// One integer of the first row; 0 when there is none or it is null.
  Result<std::int64_t> number(std::string_view sql);
  [[nodiscard]] int changes() const;
  [[nodiscard]] sqlite3* handle() const { return db_.get(); }
  /// Copies WAL pages into the file without waiting for anybody. True when all of it was copied.
  Result<bool> checkpoint();
  /// The same, waiting, and cuts the WAL to nothing.
  Result<void> checkpoint_truncate();
  Result<void> copy_to(std::string const& path, std::string const& vfs);

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  std::unique_ptr<sqlite3, Close> db_;
};

/// Rolls back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Database& db, char const* how = "BEGIN IMMEDIATE");
  Transaction(Transaction&& other) noexcept : db_(other.db_) { other.db_ = nullptr; }
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& db) : db_(&db) {}
  Database* db_;
};

}  // namespace madang::storage
