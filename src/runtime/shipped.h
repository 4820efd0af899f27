// The texts of the program's own files, for who names things outside of a running server: imports, the simulated city.
#pragma once

#include "runtime/messages.h"

namespace madang::runtime {

/// All modules in all languages, with times in UTC; read when it is first called. Thread-safe.
Messages const& shipped_messages();

}  // namespace madang::runtime
