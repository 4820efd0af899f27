// City-wide conditions at an instant: sun, clouds, temperature, humidity, wind, haze and the rhythms of traffic
// and people. A pure function of seed and time.
#pragma once

#include <cstdint>

#include "core/geo.h"
#include "core/time.h"

namespace madang::simulation {

/// Seoul's civil time; the simulated city lies there and has no summer time.
inline constexpr Millis kCivilOffset{9 * 3'600'000};

struct Conditions {
  double days = 0;             ///< since 1970 in civil time
  double hour = 0;             ///< of the civil day, 0 to 24
  bool weekend = false;
  double season = 0;           ///< 1 in the middle of summer, -1 in the middle of winter
  double sun = 0;              ///< sine of the sun's elevation, 0 at night
  double cloud = 0;            ///< 0 clear to 1 overcast
  double temperature = 0;      ///< degrees Celsius, city mean
  double humidity = 0;         ///< percent
  double wind_east = 0;        ///< m/s, where the air goes
  double wind_north = 0;
  double haze = 0;             ///< PM2.5 in ug/m3, city-wide background
  double dust_ratio = 1.6;     ///< PM10 / PM2.5
  double traffic = 0;          ///< 0 to 1
  double people_home = 0;      ///< 0 to 1: streets where people live
  double people_office = 0;    ///< 0 to 1: streets where people work
  double people_evening = 0;   ///< 0 to 1: shops, restaurants, parks

  [[nodiscard]] double wind_speed() const;
};

/// Sine of the sun's elevation (may be negative). Source: low-precision solar position, Astronomical Almanac C5.
[[nodiscard]] double sun_sine(LatLon place, Instant when);

Conditions conditions_at(std::uint64_t seed, Instant when);

/// Regional haze: a day or two of dirty air over the whole city. At most one begins per slot of six days.
struct HazeEpisode {
  Interval when;
  double size = 0;  ///< ug/m3 of PM2.5 at its height
};
inline constexpr Millis kHazeSlot{6LL * 86'400'000};
/// An episode of length 0 when the slot has none.
[[nodiscard]] HazeEpisode haze_of_slot(std::uint64_t seed, std::int64_t slot);

}  // namespace madang::simulation
