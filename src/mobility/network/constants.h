// Numbers from the world that the checks hold plans against.
#pragma once

#include <cstdint>

namespace madang::mobility::network {

/// Milliseconds. MUTCD (FHWA, 2009) section 4D.26: a yellow change interval has 3 to 6 s.
inline constexpr std::int64_t kYellowMinMillis = 3'000;

}  // namespace madang::mobility::network
