// How the outcome of steerings in simulations is printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "evaluation/signals/scenario.h"
#include "evaluation/signals/trip_score.h"

namespace madang::evaluation::signals {

struct SeedOutcome {
  std::uint64_t seed = 0;
  TripScore score = {};
  std::size_t standing = 0;
  double wall_seconds = 0;
  double steering_seconds = 0;
  std::string fault = {};  ///< why there is nothing; empty: it ran
};

/// One row: what steered, and each of its seeds.
struct SteeringOutcome {
  std::string name;
  std::vector<SeedOutcome> seeds;
};

std::string scenario_table(Scenario const& scenario, std::vector<SteeringOutcome> const& rows);

}  // namespace madang::evaluation::signals
