// When a device was heard of by one value of it. The store keeps the newest such moment of each Datastream, and live views
// and quality go by the same rule.
#pragma once

#include <algorithm>
#include <array>

#include "core/quality.h"
#include "core/time.h"

namespace madang::storage {

/// Clocks that were never set tell 1970, 2000 or the day their firmware was built; city sensors are younger.
inline constexpr Instant kClocksSetFrom{Millis{1'420'070'400'000}};  // 2015-01-01
/// Measured longer before it came, a value is history that somebody loaded.
inline constexpr Millis kHistoryAge = std::chrono::days{7};
/// Quality::reason of the tests that doubt a time; numbers go into the stored bytes.
inline constexpr std::array<std::uint8_t, 2> kClockReasons{1, 11};

[[nodiscard]] constexpr bool doubts_clock(Quality quality) {
  return std::ranges::find(kClockReasons, quality.reason) != kClockReasons.end();
}

/// At its arrival, whatever its clock says. History is no sign of life of today: then it is the time it tells.
[[nodiscard]] constexpr Instant sign_of_life_at(Instant phenomenon_time, Instant received_at, Quality quality) {
  bool const believed = phenomenon_time >= kClocksSetFrom && !doubts_clock(quality);
  return believed && received_at - phenomenon_time > kHistoryAge ? phenomenon_time : received_at;
}

}  // namespace madang::storage
