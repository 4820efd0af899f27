// Ground truth for the early warning: plumes that drift with the wind, loud things, crowds and broken devices, drawn
// from a seed and placed in a simulated city.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "simulation/simulation.h"

namespace madang::evaluation {

struct Event {
  simulation::Happening happening;
  Instant last;                    ///< it is felt until then
  // Filled in while it is played.
  std::set<std::uint32_t> felt;    ///< nodes that it reached noticeably
  int steps_strong = 0;            ///< with at least two nodes at kStrong or more
  Instant strong_since;            ///< the first of them
  double second_peak = 0;          ///< ug/m3, dB or people: the highest that a second node (of a plume) had
  std::vector<Instant> found;      ///< by each detector; none: Instant{}
};

enum class Breakdown : std::uint8_t { kStuck, kSpikes, kDrift, kSentinel, kJump };
struct DeviceFault {
  Breakdown kind = Breakdown::kStuck;
  std::uint32_t node = 0;
  simulation::Channel channel = simulation::Channel::kPm25;
  Interval when;
  double size = 0;
};

/// What counts as a strong plume: the floors of this command are about these.
inline constexpr double kStrong = 20;       // ug/m3 of excess
inline constexpr int kStrongMinutes = 30;
inline constexpr double kFeltPlume = 3, kFeltNoise = 3, kFeltCrowd = 40;

struct DrawOptions {
  std::uint64_t seed = 1;
  Interval when;
  double plumes_per_day = 12, loud_per_day = 8, crowds_per_day = 5, faults_per_day = 10;
};
/// By beginning.
std::vector<Event> draw_events(simulation::CityPlan const& plan, DrawOptions const& options);
std::vector<DeviceFault> draw_faults(simulation::CityPlan const& plan, DrawOptions const& options);

/// Notes what the event does to the nodes in this step.
void feel(Event& event, simulation::CityPlan const& plan, Instant when, simulation::Conditions const& conditions);

/// The value of a broken device; none: a sentinel, which the range test takes away. `held`: the value at its beginning.
std::optional<double> broken_value(DeviceFault const& fault, double value, double held, Instant when, std::uint64_t draw);

}  // namespace madang::evaluation
