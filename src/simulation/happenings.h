// What happens in the city besides its rhythm, by seed and hour: smoke plumes that drift with the wind, loud
// things, and crowds. Every happening is ground truth for the detectors.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simulation/city_plan.h"
#include "simulation/weather.h"

namespace madang::simulation {

enum class HappeningKind : std::uint8_t { kPlume, kLoud, kCrowd };

/// "plume", "noise_event", "crowd_surge".
std::string_view name_of(HappeningKind kind);
/// Of the size: "ug/m3", "dB(A)", "people".
std::string_view unit_of(HappeningKind kind);

struct Happening {
  HappeningKind kind = HappeningKind::kPlume;
  std::int64_t number = 0;  ///< unique and stable for a seed
  Point place;
  Interval when;
  double size = 0;    ///< plume: PM2.5 ug/m3 near the source; loud: dB(A) at 50 m; crowd: people at the middle
  double radius = 0;  ///< km: of a crowd, of a plume's source
  bool staged = false;  ///< somebody asked for it
};

/// None by seed is longer; a staged one may be.
inline constexpr Millis kHappeningMax{4 * 3'600'000};

/// Those that begin in the hour since 1970. Places are near nodes of the plan, so that somebody notices.
std::vector<Happening> happenings_of_hour(CityPlan const& plan, std::int64_t hour);

/// What a happening adds at a place and time; zero outside its time and reach.
double plume_at(Happening const& plume, Point p, Instant when, Conditions const& conditions);  ///< ug/m3
double loudness_at(Happening const& loud, Point p, Instant when);                              ///< dB(A), 0: none
double crowd_at(Happening const& crowd, Point p, Instant when);                                ///< share of size

}  // namespace madang::simulation
