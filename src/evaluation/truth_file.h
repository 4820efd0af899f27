// The truth file of `madang simulate` read back.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "simulation/simulation.h"

namespace madang::evaluation {

inline constexpr std::size_t kTruthLinesMax = 2'000'000;

/// kNotFound: it cannot be read; kInvalid names the line; kLimit: more than kTruthLinesMax lines.
Result<std::vector<simulation::Truth>> read_truth(std::filesystem::path const& file);

/// Of a line of a fault, where `node` knows its serial. nullopt: another kind, or an unknown device or channel.
std::optional<simulation::Fault> fault_of(simulation::Truth const& truth,
                                          std::function<std::optional<std::size_t>(std::string const&)> const& node);

}  // namespace madang::evaluation
