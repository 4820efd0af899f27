// What is replayed: the Things of a running server and their observations, read a stretch of time after another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "simulation/feed/sensorthings_client.h"

namespace madang::simulation {

struct ReplayStream {
  std::int64_t id = 0;
  std::string channel;
  std::string json;
};

struct ReplayDevice {
  RemoteThing thing;
  std::vector<ReplayStream> streams;  ///< those with a channel
};

struct ReplayValue {
  Instant when;
  std::uint32_t device = 0;
  std::uint32_t stream = 0;  ///< index into the device's streams
  double value = 0;
};

/// Things that are not replays themselves, with their Datastreams.
Result<std::vector<ReplayDevice>> read_devices(SensorthingsClient& source, std::string const& prefix);

/// All values of [from, to), by time, then device.
Result<std::vector<ReplayValue>> read_values(SensorthingsClient& source, std::vector<ReplayDevice> const& devices,
                                             Interval when);

}  // namespace madang::simulation
