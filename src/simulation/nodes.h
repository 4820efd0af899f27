// Puts stations along roads and into dense places; none stands in the river.
#pragma once

#include <cstdint>
#include <vector>

#include "simulation/city_plan.h"

namespace madang::simulation {

std::vector<Node> place_nodes(Land const& land, CityPlan const& plan, std::size_t count);

}  // namespace madang::simulation
