// Where a replay goes: copies of the source's Things on the target, made when absent, and messages to them.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/error.h"
#include "runtime/clock.h"
#include "simulation/feed/device_connections.h"
#include "simulation/replay/source.h"

namespace madang::simulation {

struct ReplayTargetOptions {
  ServerAddress server;
  std::string mqtt;    ///< empty: values go by HTTP
  std::string prefix;  ///< of the copies' serials
  double speed = 1;
};

class ReplayTarget {
 public:
  virtual ~ReplayTarget() = default;
  /// Values of one device and one moment, stamped with `sent`.
  virtual Result<void> send(Instant sent, std::span<ReplayValue const> values) = 0;
  virtual Result<void> flush() = 0;
  virtual Result<void> finish() = 0;
  [[nodiscard]] virtual SinkCounts counts() = 0;
};

/// Makes the Things that are absent (reading what they are from `source`). kConflict: a serial is taken by a Thing
/// that does not say it is simulated.
Result<std::unique_ptr<ReplayTarget>> open_replay_target(std::vector<ReplayDevice> const& devices,
                                                         SensorthingsClient& source,
                                                         ReplayTargetOptions const& options,
                                                         runtime::Clock const& clock, std::atomic<bool> const& stop);

}  // namespace madang::simulation
