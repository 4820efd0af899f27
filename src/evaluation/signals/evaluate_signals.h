// madang evaluate signals: steerings held against each net's own programs and SUMO's actuated ones, in SUMO.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/signals/steering.h"

namespace madang::evaluation::signals {

struct SignalsOptions {
  std::filesystem::path scenarios;  ///< a folder whose folders hold *.sumocfg
  std::uint64_t seeds = 5;          ///< how many, from the first on
  std::uint64_t first_seed = 1;
  std::size_t threads = 2;          ///< simulations at once
  std::vector<std::string> only;    ///< names of scenarios; empty: all
  std::string machine;              ///< commit and machine, for the head line
};

/// Prints a table for each scenario. 0: all ran; 1: some did not, and each says why; 2: SUMO or the scenarios are not there.
int evaluate_signals(SignalsOptions const& options, std::vector<std::pair<std::string, MakeSteering>> const& steerings);

}  // namespace madang::evaluation::signals
