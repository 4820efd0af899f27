// Ground truth of a simulated interval: everything that a detector should find, or should not mistake for an
// event. Written beside the data as JSON lines.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/time.h"
#include "simulation/city_plan.h"
#include "simulation/happenings.h"

namespace madang::simulation {

/// What the stations have of a happening.
struct Effect {
  double peak = 0;         ///< the highest at any station
  double peak_second = 0;  ///< at the second strongest station in the same two minutes
  double pair_minutes = 0; ///< so long two stations had at least kPairStrong
};
/// Two stations with so much of a plume for half an hour are what the early warning must not miss (ug/m3).
inline constexpr double kPairStrong = 20;

struct Truth {
  std::string id;       ///< "plume-31288034": stable for a seed
  std::string kind;     ///< "haze", a happening's name (happenings.h), or "fault_" and the fault's name
  Interval when;
  double size = 0;      ///< see Happening, Fault, HazeEpisode
  std::string unit;     ///< of size: a unit symbol, "ms" or "factor"; empty: none
  std::string channel;  ///< of a fault of one channel, of a leak
  std::string serial;   ///< of a fault's device; of a happening the nearest device
  LatLon place;         ///< of the happening or device; the city's centre for haze
  double radius_km = 0; ///< of a crowd, or of a wide plume's source
  bool staged = false;  ///< somebody asked for it
  double about = 0;     ///< of a fault: the size around which its kind is drawn, see Fault; 0: none
  double share = 1;     ///< of a fault: of readings that it touches
  Effect effect = {};   ///< of a happening
};

/// What stations have of a happening, looked at each two minutes; strength_at() says in which unit.
Effect effect_of(CityPlan const& plan, Happening const& happening);


/// All that overlap the interval, by beginning: what the plan's seed and nodes decide, and what was staged.
std::vector<Truth> truth_of(CityPlan const& plan, Interval when, std::span<Happening const> staged = {});

/// One line of JSON with a newline: kind, node, place, from, to, size, ...; "simulated": true.
std::string json_line(Truth const& truth);

}  // namespace madang::simulation
