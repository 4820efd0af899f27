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

struct Truth {
  std::string id;       ///< "plume-31288034": stable for a seed
  std::string kind;     ///< "haze", "plume", "noise_event", "crowd_surge", or "fault_" and the fault's name
  Interval when;
  double size = 0;      ///< see Happening, Fault, HazeEpisode
  std::string unit;     ///< of size: a unit symbol, "ms" or "factor"; empty: none
  std::string channel;  ///< of a fault of one channel
  std::string serial;   ///< of a fault's device; of a happening the nearest device
  LatLon place;         ///< of the happening or device; the city's centre for haze
  double radius_km = 0; ///< of a crowd, or of a wide plume's source
  bool staged = false;  ///< somebody asked for it
};

/// All that overlap the interval, by beginning: what the plan's seed and nodes decide, and what was staged.
std::vector<Truth> truth_of(CityPlan const& plan, Interval when, std::span<Happening const> staged = {});

/// One line of JSON with a newline: kind, node, place, from, to, size, ...; "simulated": true.
std::string json_line(Truth const& truth);

}  // namespace madang::simulation
