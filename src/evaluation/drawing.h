// What an evaluation lets happen in a simulated city: plumes, fires, leaks, noise, crowds and broken devices, drawn from a
// seed, half of them smaller than what must be found and half larger.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "simulation/simulation.h"

namespace madang::evaluation {

/// Kinds of events by what must be found of them, each with the size around which it is drawn.
enum class EventClass : std::uint8_t {
  kWide,   ///< a plume at two stations: 20 ug/m3 at the second one, for half an hour
  kSharp,  ///< a plume of minutes at one to three stations: 60 ug/m3 at the strongest
  kFire,   ///< 5 degrees at the strongest station, a weak neighbour
  kLeak,   ///< gas that rises for hours: what is worth a word (simulation::leaking_gases)
  kNoise,  ///< 10 dB over the street at the strongest station
  kCrowd,  ///< 300 people more
};
inline constexpr std::size_t kEventClasses = 6;
inline constexpr Millis kBlowsAway = std::chrono::minutes{40};  ///< so long a plume is felt behind its end
std::string_view name_of(EventClass what);

struct Event {
  EventClass what = EventClass::kWide;
  simulation::Happening happening;
  double about = 0;    ///< of its class, in the unit of simulation::strength_at
  Instant last;        ///< it is felt until then
  // Filled in while it is played, from what stations have at the moments they report.
  std::set<std::uint32_t> felt;  ///< stations that it reached noticeably
  double first = 0, second = 0;  ///< highest at the strongest station, at the second one at the same time
  int steps_strong = 0;          ///< with `about` at one station, of a wide plume at two
  Instant strong_since;          ///< the beginning of the first of them; where gateways held it back, when so much had come

  /// What the class is about: of a wide plume the second station, of all others the strongest.
  [[nodiscard]] double size() const { return what == EventClass::kWide ? second : first; }
};

struct DrawOptions {
  std::uint64_t seed = 1;
  Interval when;
  std::array<double, kEventClasses> per_day{8, 5, 5, 3, 8, 5};
};
/// By beginning.
std::vector<Event> draw_events(simulation::CityPlan const& plan, DrawOptions const& options);

/// Each at a node of its own, kinds in turn, within the time.
std::vector<simulation::Fault> draw_faults(std::uint64_t seed, std::size_t nodes, std::size_t count, Interval when);

/// By node: the moments they report at in a step, and those at which the server has it.
struct Deliveries {
  std::span<Instant const> reports, arrivals;
  Instant in_time;  ///< what is there by then was held back by nobody
};
/// Notes what stations have of the event in the step that begins at `step`. Appends those that feel it to `feeling`.
void feel(Event& event, simulation::CityPlan const& plan, Instant step, Deliveries const& deliveries,
          std::vector<std::uint32_t>& feeling);

/// Where `size` lies beside `about`: below 0.7, below 1, below 1.4, below 2, above.
inline constexpr std::size_t kBands = 5;
std::size_t band_of(double relative_size);
std::string_view name_of_band(std::size_t band);

}  // namespace madang::evaluation
