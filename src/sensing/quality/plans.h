// The registry as the rules need it.
#pragma once

#include <vector>

#include "city/city.h"
#include "sensing/quality/stream.h"

namespace madang::sensing {

/// nullopt: the Datastream has no channel, or its Thing is gone or retired.
std::optional<StreamPlan> plan_of(city::City const& city, city::Datastream const& datastream);
std::vector<StreamPlan> all_plans(city::City const& city);

}  // namespace madang::sensing
