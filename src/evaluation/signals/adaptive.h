// Madang's signals in SUMO: a plan, a site and a controller for each signal of a network, each behind its own kernel and watched by a
// monitor.
#pragma once

#include <cstdint>
#include <string>

#include "evaluation/signals/steering.h"
#include "mobility/signals/from_network.h"

namespace madang::evaluation::signals {

struct AdaptiveOptions {
  mobility::signals::SafetyTimes times;
  mobility::signals::Sensing sensing;
  int decide_every = 1;        ///< seconds; at other times the phase stays
  double dead_share = 0;       ///< of the detectors that never say anything, drawn by `seed`
  std::uint64_t seed = 1;
};

MakeSteering adaptive(AdaptiveOptions options);

}  // namespace madang::evaluation::signals
