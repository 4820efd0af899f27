// Where traffic stands before a stop line and behind a junction: the parts of lanes within so many metres, over as many short lanes
// as that takes. A detector that looks at the lane of the stop line alone sees nothing where that lane is shorter than a car.
#pragma once

#include <vector>

#include "mobility/network/model.h"

namespace madang::mobility::network {

struct Stretch {
  LaneIndex lane = kNone;
  double from = 0;  ///< metres from the lane's begin
  double to = 0;
  double distance = 0;  ///< metres from where the walk began to the end of the stretch that is near to it
};

/// What lies `from_metres` to `to_metres` before the end of `lane`, near ones first. The walk goes upstream through all lanes that
/// lead there without a signal; at a signal the approach ends. Ways inside junctions count for the distance and are no stretch. A lane
/// that is reached twice counts once, by the shorter way. At most kStretchLanesMax lanes are visited.
std::vector<Stretch> stretches_before(Network const& network, LaneIndex lane, double from_metres, double to_metres);

/// What lies up to `to_metres` behind the begin of `lane`, downstream, by the same rules.
std::vector<Stretch> stretches_after(Network const& network, LaneIndex lane, double to_metres);

}  // namespace madang::mobility::network
