// The simulated city that tests look at.
#pragma once

#include "simulation/city_plan.h"

namespace madang::simulation {

/// 1,100 stations of seed 1, planned once.
inline CityPlan const& city() {
  static CityPlan const plan = make_city_plan({.seed = 1, .nodes = 1100});
  return plan;
}

}  // namespace madang::simulation
