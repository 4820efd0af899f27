#include "storage/records/transactions.h"

#include <soci/soci.h>

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/clock.h"
#include "storage/records/limits.h"
#include "storage/records/whole_reading.h"

namespace madang::storage {
namespace {

using Number = long long;
using soci::into;
using soci::use;

thread_local Tick this_threads_deadline = Tick::max();
thread_local std::stop_token const* this_threads_stop = nullptr;

}  // namespace

Result<void> nested(soci::session& sql, Records::Work const& work) {
  // Savepoints of one name hide each other, the innermost counts: so calls nest.
  sql << "SAVEPOINT part";
  auto const undo = [&sql] {
    sql << "ROLLBACK TO SAVEPOINT part";
    sql << "RELEASE SAVEPOINT part";
  };
  try {
    auto done = work(sql);
    if (!done) undo();
    else sql << "RELEASE SAVEPOINT part";
    return done;
  } catch (std::exception const&) {
    undo();
    throw;
  }
}

Result<void> snapshot(Records& records, Records::Work const& work) {
  return records.read([&](soci::session& sql) -> Result<void> {
    // SQLite's snapshot begins with its first read, and in WAL it holds while others write.
    sql << (records.engine() == Records::Engine::kSqlite ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    try {
      auto done = work(sql);
      sql << "ROLLBACK";
      return done;
    } catch (std::exception const&) {
      try {
        sql << "ROLLBACK";
      } catch (std::exception const&) {
        throw;  // the session is lost; the pool notices
      }
      throw;
    }
  });
}

std::int64_t take_ids(soci::session& sql, std::string_view table, std::int64_t count) {
  std::string const name{table};
  Number const taken = count;
  Number known = 0;
  sql << "SELECT COUNT(*) FROM record_number WHERE name = :name", use(name, "name"), into(known);
  if (known == 0) {
    // Two that begin together: one inserts, the other waits for it and finds the row.
    sql << "INSERT INTO record_number (name, next) SELECT :name, COALESCE(MAX(id), 0) + 1 FROM " + name + " WHERE 1 = 1 ON CONFLICT (name) DO NOTHING",
        use(name, "name");
  }
  sql << "UPDATE record_number SET next = next + :taken WHERE name = :name", use(taken, "taken"), use(name, "name");
  Number next = 0;
  sql << "SELECT next FROM record_number WHERE name = :name", use(name, "name"), into(next);
  return next - taken;
}

std::int64_t next_id(soci::session& sql, std::string_view table) {
  std::string const name{table};
  Number next = 0;
  sql << "SELECT COALESCE((SELECT next FROM record_number WHERE name = :name), (SELECT COALESCE(MAX(id), 0) + 1 FROM " + name + "))",
      use(name, "name"), into(next);
  return next;
}

CallDeadline::CallDeadline(Millis from_now) : before_(this_threads_deadline) {
  this_threads_deadline = std::min(before_, runtime::SystemClock{}.tick() + from_now);
}

CallDeadline::~CallDeadline() { this_threads_deadline = before_; }

WholeReading::WholeReading(std::stop_token stop) : before_(this_threads_deadline), stop_(std::move(stop)), stop_before_(this_threads_stop) {
  this_threads_deadline = runtime::SystemClock{}.tick() + kCallMax;
  this_threads_stop = &stop_;
}

WholeReading::~WholeReading() {
  this_threads_deadline = before_;
  this_threads_stop = stop_before_;
}

std::stop_token WholeReading::stop_of_call() { return this_threads_stop == nullptr ? std::stop_token{} : *this_threads_stop; }

Tick CallDeadline::of_call() { return std::min(this_threads_deadline, runtime::SystemClock{}.tick() + kCallMax); }

}  // namespace madang::storage
