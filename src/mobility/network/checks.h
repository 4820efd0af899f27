// What is readable in a network and yet wrong or suspicious for who would steer by it. A plan of the file is what a junction falls
// back to, and its table of foes is what keeps two greens apart, so both are looked at before they are believed.
#pragma once

#include <string>
#include <vector>

#include "mobility/network/model.h"

namespace madang::mobility::network {

/// A sentence each, those of the roads before those of the signals; at most kFaultsMax.
std::vector<std::string> faults_of(Network const& network);

/// Of one signal's plans alone: greens of foes, yellow, heads that never go, steps of no length, people who are left on the road.
std::vector<std::string> faults_of_plans(Network const& network, Signal const& signal);

/// "A_0 to B_1"
std::string way_of(Network const& network, MovementIndex movement);

}  // namespace madang::mobility::network
