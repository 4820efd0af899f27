// Who watches in the evaluation: our early warning, and two rules that people use instead, over the same values. All
// three group neighbours that are up at the same time into one alarm, so that only the detection differs.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sensing/warning/warning.h"
#include "simulation/simulation.h"

namespace madang::evaluation {

/// The channels of the evaluation, in this order everywhere.
enum class Watched : std::uint8_t { kAir = 0, kNoise = 1, kPeople = 2 };
inline constexpr std::size_t kWatchedCount = 3;
inline constexpr std::array<simulation::Channel, kWatchedCount> kWatchedChannels{
    simulation::Channel::kPm25, simulation::Channel::kNoise, simulation::Channel::kPeople};

struct Alarm {
  Watched what = Watched::kAir;
  bool suspect = false;  ///< work for the crew, no alarm
  Instant at;            ///< the value that made it known was of this time
  std::vector<std::uint32_t> nodes;
};

class Watcher {
 public:
  virtual ~Watcher() = default;
  /// Values of one channel of all nodes; NaN: silent. Returns what is new.
  virtual std::vector<Alarm> step(Instant when, Watched what, std::span<float const> values) = 0;
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// Streams of a city's nodes as the engine sees them.
std::vector<sensing::warning::Stream> streams_of(simulation::CityPlan const& plan, Watched what, Millis step);

/// `threshold`: 0 follows from the alarms a day.
std::unique_ptr<Watcher> make_ours(simulation::CityPlan const& plan, Millis step, double alarms_per_day, double threshold);
/// Alarm where a value is at or above the limit.
std::unique_ptr<Watcher> make_threshold(simulation::CityPlan const& plan, Millis step, Watched what, double limit);
/// Alarm where the value less the city's median is `z` robust deviations (of the station's own last 24 hours) above its
/// own median of that time.
std::unique_ptr<Watcher> make_robust_z(simulation::CityPlan const& plan, Millis step, Watched what, double z);

}  // namespace madang::evaluation
