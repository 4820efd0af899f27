// Records full of people who have signed in, without a password's 50 ms for each: for measuring only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/error.h"
#include "runtime/clock.h"

namespace madang::storage {
class Records;
}

namespace madang::city {

/// One session each; their tokens. Rights must have been opened on these records once, and nobody be in them yet.
Result<std::vector<std::string>> add_people_with_sessions(storage::Records& records, runtime::Clock const& clock, std::size_t count);
/// Signs one more of them in, as Rights::login does behind the password. `number` counts from 0.
Result<std::string> add_session_of(storage::Records& records, runtime::Clock const& clock, std::size_t number);

}  // namespace madang::city
