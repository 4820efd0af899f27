// Tries to make a kernel do wrong: drawn plans, wishes that make no sense, clocks that jump, flashing and restarts, watched by a
// monitor that shares nothing with it. What is drawn follows from the seed alone, so that a fault can be gone to again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "mobility/signals/model.h"

namespace madang::mobility::signals {

struct ProofReport {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;   ///< that were taken; fewer than asked for where a fault ended it
  std::uint64_t plans = 0;
  std::uint64_t greens = 0;  ///< times that a group began to go
  std::uint64_t forced = 0;  ///< steps in which a maximum overruled the wish
  std::uint64_t restarts = 0;
  std::uint64_t flashes = 0;
  std::uint64_t jumps = 0;   ///< of the clock, ahead or back
  double wait_most = 0;      ///< the longest wait of a called group as a share of its bound
  std::optional<std::string> fault;  ///< the first: plan, step and what was broken
};

/// What is held: the monitor has nothing to say; of two groups that never meet one at most goes; and a group that is called for without
/// a break goes within wait_bound() of kernel time, whatever is wished for. As many steps as asked for: 10⁸ take well below a minute.
ProofReport prove_safety(std::uint64_t seed, std::uint64_t steps);

/// A plan without faults: up to twelve groups with drawn conflicts and times, and phases that these allow.
Plan random_plan(std::uint64_t seed);

/// How long a group may be called for until it goes, in time as the kernel counts it. Once its most red is over it is next but for what is
/// being forced and for those that have waited longer, each of which is served once: at most as many turns as there are groups, and
/// one. A turn takes another's least green, the longest intergreen (or yellow and least red of its own), its own least green, and up to
/// kStepMax beyond each of them.
Millis wait_bound(Plan const& plan, GroupIndex group, Millis red_first);

}  // namespace madang::mobility::signals
