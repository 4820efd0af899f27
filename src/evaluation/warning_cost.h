// What the early warning costs.
#pragma once

#include <cstddef>

namespace madang::evaluation {

struct WarningCost {
  double seconds_per_step = 0;  ///< of processor time, for one value of every Datastream
  double share_of_core = 0;     ///< at a value each two minutes
  std::size_t findings = 0;
  double witness_megabytes = 0; ///< of values kept of witnesses, where each fourth station delivers by the day
};
/// `steps`: measured ones, after some that warm up.
WarningCost measure_warning_cost(std::size_t datastreams, int steps);

}  // namespace madang::evaluation
