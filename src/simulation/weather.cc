#include "simulation/weather.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "simulation/noise.h"

namespace madang::simulation {
namespace {

constexpr double kDayMillis = 86'400'000.0;
constexpr LatLon kCityCentre{37.55, 126.99};

enum Purpose : std::uint64_t { kHaze = 0x50, kCloud, kWarmth, kMoisture, kWindEast, kWindNorth, kDirt, kCoarse };

/// A daily bump around an hour, wrapping at midnight.
double around(double hour, double centre, double width) {
  double d = std::fmod(std::abs(hour - centre), 24.0);
  d = std::min(d, 24 - d);
  return std::exp(-0.5 * d * d / (width * width));
}

/// Rises over the first fifth, falls over the last third.
double envelope(Interval const& when, Instant t) {
  if (!when.contains(t)) return 0;
  double const share = static_cast<double>((t - when.from).count()) / static_cast<double>(when.length().count());
  double const rise = std::min(1.0, share / 0.2);
  double const fall = std::min(1.0, (1 - share) / 0.33);
  double const level = std::min(rise, fall);
  return level * level * (3 - 2 * level);
}

double haze_of_episodes(std::uint64_t seed, Instant t) {
  std::int64_t const slot = millis_of(t) / kHazeSlot.count();
  double sum = 0;
  for (auto const s : {slot - 1, slot}) {
    HazeEpisode const episode = haze_of_slot(seed, s);
    sum += episode.size * envelope(episode.when, t);
  }
  return sum;
}

void set_rhythms(Conditions& c) {
  double const commuting = c.weekend ? 0.35 : 1.0;
  double const base = 0.22 + 0.5 * around(c.hour, 14, 4.5);
  c.traffic = std::clamp(base + commuting * 0.45 * around(c.hour, 8.3, 1.2) + commuting * 0.42 * around(c.hour, 18.5, 1.6) -
                             0.17 * around(c.hour, 3.5, 2.2) + (c.weekend ? 0.12 * around(c.hour, 15, 3) : 0),
                         0.03, 1.0);
  c.people_home = std::clamp(0.06 + 0.45 * commuting * around(c.hour, 8, 1.1) + 0.5 * around(c.hour, 19, 2.6) +
                                 (c.weekend ? 0.35 : 0.15) * around(c.hour, 14, 3.2),
                             0.0, 1.0);
  c.people_office = (c.weekend ? 0.16 : 1.0) *
                    std::clamp(0.03 + 0.55 * around(c.hour, 8.7, 0.9) + 0.9 * around(c.hour, 12.4, 0.9) +
                                   0.4 * around(c.hour, 15, 3) + 0.6 * around(c.hour, 18.2, 1.1),
                               0.0, 1.0);
  c.people_evening = std::clamp(0.03 + (c.weekend ? 0.75 : 0.35) * around(c.hour, 15, 3) +
                                    (c.weekend ? 0.75 : 0.8) * around(c.hour, 19.8, 2.1),
                                0.0, 1.0);
}

}  // namespace

double Conditions::wind_speed() const { return std::hypot(wind_east, wind_north); }

double sun_sine(LatLon place, Instant when) {
  double const n = static_cast<double>(millis_of(when)) / kDayMillis - 10'957.5;  // days since J2000
  double const g = radians(std::fmod(357.528 + 0.9856003 * n, 360.0));
  double const lambda = radians(std::fmod(280.460 + 0.9856474 * n, 360.0) + 1.915 * std::sin(g) + 0.020 * std::sin(2 * g));
  double const tilt = radians(23.439 - 4e-7 * n);
  double const declination = std::asin(std::sin(tilt) * std::sin(lambda));
  double const ascension = std::atan2(std::cos(tilt) * std::sin(lambda), std::cos(lambda));
  double const sidereal = radians(std::fmod(280.46062 + 360.98564737 * n, 360.0) + place.longitude);
  double const latitude = radians(place.latitude);
  return std::sin(latitude) * std::sin(declination) +
         std::cos(latitude) * std::cos(declination) * std::cos(sidereal - ascension);
}

HazeEpisode haze_of_slot(std::uint64_t seed, std::int64_t slot) {
  std::uint64_t const draw = at(key_of(seed, kHaze), slot);
  Instant const begin{kHazeSlot * slot};
  if (uniform(draw) > 0.4) return {{begin, begin}, 0};
  double const slot_millis = static_cast<double>(kHazeSlot.count());
  Instant const from = begin + Millis{static_cast<std::int64_t>(uniform(mix(draw), 0, 0.9) * slot_millis)};
  Millis const length{static_cast<std::int64_t>(uniform(mix(draw + 1), 14, 58) * 3'600'000)};
  return {{from, from + length}, uniform(mix(draw + 2), 18, 70)};
}

Conditions conditions_at(std::uint64_t seed, Instant when) {
  Conditions c;
  c.days = static_cast<double>(millis_of(when) + kCivilOffset.count()) / kDayMillis;
  double const day = std::floor(c.days);
  c.hour = (c.days - day) * 24;
  int const weekday = static_cast<int>(static_cast<std::int64_t>(day) % 7);  // 0: a Thursday
  c.weekend = weekday == 2 || weekday == 3;
  c.season = std::cos(kTurn * (c.days - 205) / 365.2425);
  c.sun = std::max(0.0, sun_sine(kCityCentre, when));

  double const overcast = 0.45 + 0.15 * c.season + 0.42 * noise(key_of(seed, kCloud), c.days / 0.8);
  c.cloud = std::clamp(overcast, 0.0, 1.0);
  double const daily = (3.1 + 1.9 * (1 - c.cloud)) * std::cos(kTurn * (c.hour - 14.8) / 24);
  double const spell = 2.8 * noise(key_of(seed, kWarmth), c.days / 2.7);
  c.temperature = 12.4 + 14.2 * c.season + daily + spell;
  c.humidity = std::clamp(61 + 11 * c.season - 2.5 * daily - 0.6 * spell + 12 * (c.cloud - 0.45) +
                              7 * noise(key_of(seed, kMoisture), c.days / 1.6),
                          12.0, 99.0);
  // Westerlies that turn and swell over days, with a sea breeze in the afternoon.
  double const breeze = 1.1 * around(c.hour, 15.5, 3);
  c.wind_east = 1.0 + breeze + 1.7 * noise(key_of(seed, kWindEast), c.days / 0.9);
  c.wind_north = -0.5 + 0.6 * c.season + 1.4 * noise(key_of(seed, kWindNorth), c.days / 1.1);

  double const stirred = std::clamp(c.wind_speed() / 4, 0.0, 1.5);
  double const background = 20 * std::exp(0.34 * noise(key_of(seed, kDirt), c.days / 1.9) - 0.16 * c.season);
  c.haze = std::max(3.0, background * (1.18 - 0.25 * stirred) * (1 + 0.1 * around(c.hour, 9, 2.2) - 0.09 * around(c.hour, 16, 3)) +
                             haze_of_episodes(seed, when));
  c.dust_ratio = 1.55 + 0.22 * noise(key_of(seed, kCoarse), c.days / 1.3);
  set_rhythms(c);
  return c;
}

}  // namespace madang::simulation
