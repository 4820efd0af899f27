#include "simulation/replay/source.h"

#include <algorithm>
#include <tuple>

namespace madang::simulation {

Result<std::vector<ReplayDevice>> read_devices(SensorthingsClient& source, std::string const& prefix) {
  MADANG_TRY(auto const things, source.things());
  std::vector<ReplayDevice> devices;
  for (auto const& thing : things) {
    if (!prefix.empty() && thing.serial.starts_with(prefix)) continue;
    MADANG_TRY(auto const streams, source.streams_of(thing.id));
    ReplayDevice device{thing, {}};
    for (auto const& stream : streams) {
      if (!stream.channel.empty()) device.streams.push_back({stream.id, stream.channel, stream.json});
    }
    if (!device.streams.empty()) devices.push_back(std::move(device));
  }
  return devices;
}

Result<std::vector<ReplayValue>> read_values(SensorthingsClient& source, std::vector<ReplayDevice> const& devices,
                                             Interval when) {
  std::vector<ReplayValue> values;
  for (std::uint32_t d = 0; d < devices.size(); ++d) {
    for (std::uint32_t s = 0; s < devices[d].streams.size(); ++s) {
      MADANG_TRY(auto const found, source.observations(devices[d].streams[s].id, when));
      for (auto const& [time, value] : found) values.push_back({time, d, s, value});
    }
  }
  std::ranges::sort(values, {}, [](ReplayValue const& v) { return std::tuple(v.when, v.device, v.stream); });
  return values;
}

}  // namespace madang::simulation
