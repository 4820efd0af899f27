// Happenings that somebody asks for: for demonstrations, training and tests a plume, a noise or a crowd begins at a
// chosen place soon after the live feed does. They stand in the ground truth like all others.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "simulation/happenings.h"

namespace madang::simulation {

/// Length and delay are times of the clock on the wall, whatever the speed of the simulated city.
struct StagedHappening {
  HappeningKind kind = HappeningKind::kPlume;
  LatLon place;
  double size = 0;  ///< as in Happening
  Millis length{0};
  Millis delay{0};  ///< from the beginning of the live feed
};

inline constexpr std::size_t kStagedMax = 100;            ///< of one feed
inline constexpr Millis kStagedLengthMax{24 * 3'600'000};
inline constexpr Millis kStagedDelayMax{7 * 24 * 3'600'000};
inline constexpr double kStagedReach = 2;                 ///< km from the nearest station; farther away nobody would notice

/// "plume:37.55,126.99:60:15" or "...:15:30": kind, latitude and longitude, size, minutes, and seconds of delay.
/// kInvalid: the sentence names the part and what it may be.
Result<StagedHappening> parse_staged(std::string_view text);

/// kInvalid: too many, or one is so far from all stations that none would notice it.
Result<void> check_staged(CityPlan const& plan, std::span<StagedHappening const> staged);

/// In the simulated city's own time. `number` is unique among those of the feed's truth file.
Happening happening_of(StagedHappening const& staged, Interval when, std::int64_t number);

/// "plume of 60 ug/m3 at 37.55,126.99 from ... to ..., 4 stations within 1 km": for the person who asked.
std::string sentence_of(CityPlan const& plan, Happening const& happening, Interval when);

}  // namespace madang::simulation
