// Everything relational, kept in SQLite or in PostgreSQL through one SQL subset: BIGINT ids that Madang assigns,
// BIGINT milliseconds UTC, SMALLINT for yes and no, DOUBLE PRECISION, TEXT. No engine's own types or functions.
// SOCI is named here, never included: only the .cc files that write SQL pay for it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "runtime/clock.h"

namespace soci {
class session;
}

namespace madang::storage {

/// One step of a module's append-only list. The sentence is its name and never changes once shipped; `sql` is one or
/// more statements separated by ';' (so no literal may hold one).
struct Migration {
  std::string_view sentence;
  std::string_view sql;
};

/// Thread-safe: every call takes a session of a small pool for its own time. Several processes may use the same
/// records at once.
class Records {
 public:
  enum class Engine { kSqlite, kPostgresql };
  struct Options {
    std::size_t sessions = 4;
    Millis busy_wait{10'000};  ///< how long a write waits for another process's write (SQLite)
  };
  /// SOCI's exceptions may leave it: they become an Error here. An Error that it returns rolls back.
  using Work = std::function<Result<void>(soci::session&)>;

  /// `sqlite:PATH` (made when absent; its folder must exist) or `postgresql:CONNINFO` (libpq's "host=... dbname=...",
  /// or a whole postgresql://USER@HOST/NAME). kInvalid: the address; kUnavailable: the database does not answer.
  /// `clock` must outlive the records.
  static Result<std::unique_ptr<Records>> open(std::string_view address, runtime::Clock const& clock, Options options);
  static Result<std::unique_ptr<Records>> open(std::string_view address, runtime::Clock const& clock) {
    return open(address, clock, Options{});
  }
  virtual ~Records() = default;

  [[nodiscard]] virtual Engine engine() const = 0;

  /// Reads, outside a transaction.
  virtual Result<void> read(Work const& work) = 0;
  /// All or nothing, durable when it returns. Writers of one process wait for each other.
  /// kConflict: a unique value is taken; kFull: no space; kOverloaded: another process held the lock too long.
  virtual Result<void> transaction(Work const& work) = 0;

  /// Runs what is new in the module's list, each step in its own transaction, recorded and logged.
  /// kConflict: the records know steps that the list does not (written by a newer Madang).
  virtual Result<void> migrate(std::string_view module, std::span<Migration const> steps) = 0;

  /// A consistent copy while others read and write. Whatever the engine, the copy is one SQLite file with the same
  /// tables, so that it can be restored into either. kConflict: the file exists.
  virtual Result<void> backup_to(std::string const& path) = 0;
  /// Fills an address that holds no tables yet from a copy made by backup_to. kConflict: there is something there;
  /// kCorrupt: the copy is damaged.
  static Result<void> restore(std::string const& path, std::string_view address);
};

}  // namespace madang::storage
