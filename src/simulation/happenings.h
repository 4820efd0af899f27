// What happens in the city besides its rhythm, by seed and hour: smoke plumes that drift with the wind, loud things,
// crowds, fires that heat one corner, gas that leaks slowly. Every happening is ground truth for the detectors.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "simulation/channels.h"
#include "simulation/city_plan.h"
#include "simulation/weather.h"

namespace madang::simulation {

enum class HappeningKind : std::uint8_t { kPlume, kLoud, kCrowd, kFire, kLeak };
inline constexpr std::size_t kHappeningKinds = 5;

/// "plume", "noise_event", "crowd_surge", "fire", "leak".
std::string_view name_of(HappeningKind kind);
/// Of the size: "ug/m3", "dB(A)", "people", "degC", "ppm".
std::string_view unit_of(HappeningKind kind);

struct Happening {
  HappeningKind kind = HappeningKind::kPlume;
  std::int64_t number = 0;  ///< unique and stable for a seed
  Point place;
  Interval when;
  double size = 0;    ///< plume: PM2.5 ug/m3 near the source; loud: dB(A) at 50 m; else at the middle: people, degrees, ppm
  double radius = 0;  ///< km: of a crowd, a fire, a leak, of a plume's source
  bool staged = false;  ///< somebody asked for it
  int channel = -1;     ///< of a leak: which gas, index into city_node_quantities()
};

/// None by seed is longer; a staged one may be.
inline constexpr Millis kHappeningMax{4 * 3'600'000};

/// Those that begin in the hour since 1970. Places are near nodes of the plan, so that somebody notices.
std::vector<Happening> happenings_of_hour(CityPlan const& plan, std::int64_t hour);

/// Gases that may leak, each with the excess that is worth a word, in ppm.
struct LeakingGas {
  Channel channel;
  double about;
};
std::array<LeakingGas, 5> const& leaking_gases();

/// What a happening adds at a place and time; zero outside its time and reach.
double plume_at(Happening const& plume, Point p, Instant when, Conditions const& conditions);  ///< ug/m3
double loudness_at(Happening const& loud, Point p, Instant when);                              ///< dB(A), 0: none
double crowd_at(Happening const& crowd, Point p, Instant when);                                ///< share of size
double fire_at(Happening const& fire, Point p, Instant when);                                  ///< degrees
double leak_at(Happening const& leak, Point p, Instant when);                                  ///< ppm of its gas

/// What a station there has of it: ug/m3, dB(A) over a street of 50 dB(A), people, degrees, ppm.
double strength_at(Happening const& happening, Point p, Instant when, Conditions const& conditions);

}  // namespace madang::simulation
