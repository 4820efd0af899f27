// Opens SOCI sessions on either engine and turns their exceptions into Errors. Used by records/ only.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/error.h"
#include "storage/records/records.h"

namespace madang::storage {

/// What `sqlite:PATH` or `postgresql:CONNINFO` means.
struct Address {
  Records::Engine engine = Records::Engine::kSqlite;
  std::string target;  ///< the path, or what libpq takes
};

Result<Address> parse_address(std::string_view text);

/// WAL, synchronous FULL, foreign keys on. Throws what SOCI throws.
std::unique_ptr<soci::session> open_sqlite(std::string const& path, Millis busy_wait);
/// A try to connect ends after kConnectMax unless the text says otherwise; a lock is waited for as long as `lock_wait`.
std::unique_ptr<soci::session> open_postgresql(std::string const& conninfo, Millis lock_wait);

/// Whether the session's other side is still there, as far as can be seen without asking it.
bool is_alive(soci::session& session);
/// Ends from another thread what the session is doing: SQLite gives up its statement, PostgreSQL's connection is closed.
std::function<void()> interrupter(soci::session& session);
/// The transaction lost against another one (a deadlock, a serialization failure) and may be tried again.
bool lost_against_another(std::exception const& exception);

/// Which Code a library's exception means, and a sentence that starts with `doing`.
Error error_of(std::exception const& exception, std::string_view doing);

/// Calls `work`, which returns a Result, and turns whatever it throws into an Error.
template <typename Call>
auto guarded(std::string_view doing, Call const& work) -> decltype(work()) {
  try {
    return work();
  } catch (std::exception const& exception) {
    return fail(error_of(exception, doing));
  }
}

}  // namespace madang::storage
