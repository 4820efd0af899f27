// The city lives: every station reports at its own moment of the interval, by MQTT as devices do or by HTTP.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "runtime/clock.h"
#include "simulation/city_plan.h"
#include "simulation/feed/sink.h"
#include "simulation/staged.h"

namespace madang::simulation {

struct LiveOptions {
  Millis interval{120'000};
  /// How fast the simulated city's own time runs. A value's phenomenonTime is always the moment it is sent; at 60,
  /// a simulated day passes in 24 minutes.
  double speed = 1;
  std::optional<Millis> duration;  ///< none: until `stop`
  std::string truth_file;          ///< JSON lines are appended; empty: none
  Instant truth_from;              ///< the first line's beginning: where the history began
  std::vector<StagedHappening> staged = {};
};

/// Returns after `duration` or when `stop` is set; prints a line every ten seconds.
Result<void> run_live(CityPlan const& plan, Sink& sink, LiveOptions const& options, runtime::Clock const& clock,
                      std::atomic<bool> const& stop);

}  // namespace madang::simulation
