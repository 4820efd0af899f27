// When a crowd's density is said to rise or fall. The bands' defaults stand in crowd.h: caution 3, alert 4, severe 5
// people per m², as Seoul's crowd detection by cameras used them in 2023 (news reports; the city's own paper gives the
// ranges 2-3, 3-4 and 5-6). They are configuration.
#pragma once

#include "sensing/indices/crowd.h"

namespace madang::sensing::indices {

/// Of the density at which caution begins: two of three people per m², where the lowest range of Seoul's paper begins. From there on nobody
/// is told that there is room.
inline constexpr double kFillingShare = 2.0 / 3;
/// Ours, people per m² and minute: at this rate an empty square needs an hour to the first band.
inline constexpr double kSteadyBelow = 0.05;
/// Ours: below, a line through the samples says nothing.
inline constexpr std::size_t kTrendSamplesMin = 3;
inline constexpr Millis kTrendSpanMin = std::chrono::minutes{2};

}  // namespace madang::sensing::indices
