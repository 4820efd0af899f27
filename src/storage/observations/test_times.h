// The times that tests of stores are told at.
#pragma once

#include "core/time.h"

namespace madang::storage {

inline Instant const kNoon = *parse_instant("2026-11-24T12:00:00Z");
inline constexpr Interval kAlways{kInstantMin, kInstantMax};

}  // namespace madang::storage
