// Opens SOCI sessions on either engine and turns their exceptions into Errors. Used by records/ only.
#pragma once

#include <exception>
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
std::unique_ptr<soci::session> open_postgresql(std::string const& conninfo);

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
