// Plays a stretch of the past at N times its speed, shifted to now; reads ahead while it plays.
#pragma once

#include <atomic>

#include "core/error.h"
#include "runtime/clock.h"
#include "simulation/replay/source.h"
#include "simulation/replay/target.h"

namespace madang::simulation {

struct PlayOptions {
  Interval when;     ///< of the source
  double speed = 1;
};

/// Prints a line every ten seconds. Returns at the end of the stretch, or when `stop` is set.
Result<void> play(SensorthingsClient& source, std::vector<ReplayDevice> const& devices, ReplayTarget& target,
                  PlayOptions const& options, runtime::Clock const& clock, std::atomic<bool> const& stop);

}  // namespace madang::simulation
