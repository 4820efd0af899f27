// Faults put into clean readings, with ground truth.
#pragma once

#include <cstdint>
#include <vector>

#include "core/time.h"
#include "simulation/simulation.h"

namespace madang::evaluation {

enum class Fault : std::uint8_t { kStuck, kSpike, kDrift, kSentinel, kScale, kDropout, kClock };
inline constexpr std::size_t kFaults = 7;
/// "stuck", "spike", ...
char const* name_of(Fault fault);

struct Injection {
  Fault fault = Fault::kStuck;
  std::size_t node = 0;
  std::size_t channel = 0;   ///< of the fault's channel; dropout and clock: the whole device
  Interval when;
  double size = 0;           ///< spike, drift at its end: unit; sentinel: the value; scale: factor; clock: ms
  double share = 1;          ///< of readings: spike, sentinel
  double frozen = 0;         ///< stuck: the value at its beginning, once known
  bool begun = false;
};

/// `per_fault` of each kind, each at a node of its own, between `when`; all of it decided by the seed.
std::vector<Injection> plan_injections(std::uint64_t seed, std::size_t nodes, std::size_t per_fault, Interval when);

/// Whether this reading is one of those that a spike or sentinel fault touches.
bool is_touched(std::uint64_t seed, Injection const& injection, Instant when);
/// What the device sends instead.
double broken(Injection& injection, double value, Instant when);

}  // namespace madang::evaluation
