// Every maximum of the signals.
#pragma once

#include <cstddef>

#include "core/time.h"

namespace madang::mobility::signals {

inline constexpr std::size_t kGroupsMax = 64;   ///< of one junction
inline constexpr std::size_t kPhasesMax = 64;
inline constexpr std::size_t kHeadsMax = 256;
inline constexpr std::size_t kFixedStepsMax = 64;
inline constexpr Millis kTimeMax{600'000};      ///< of anything that a plan names
/// What one step may add to any timer: a clock that jumps ahead, or a program that stood still, shortens no minimum.
inline constexpr Millis kStepMax{2'000};

}  // namespace madang::mobility::signals
