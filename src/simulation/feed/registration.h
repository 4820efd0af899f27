// Makes sure that a server knows the simulated city's Things; running again finds what is there.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "core/error.h"
#include "runtime/clock.h"
#include "simulation/city_plan.h"
#include "simulation/feed/sensorthings_client.h"
#include "simulation/feed/texts.h"

namespace madang::simulation {

struct Registration {
  std::vector<std::int64_t> things;  ///< ids in the plan's order
  std::size_t made = 0;              ///< how many were new
};

/// `interval`: what a new Datastream says is expected between two values.
Result<Registration> register_city(SensorthingsClient& server, CityPlan const& plan, Millis interval,
                                   runtime::Clock const& clock, std::atomic<bool> const& stop);

/// Of one Thing, by channel.
Result<StreamIds> stream_ids(SensorthingsClient& server, std::int64_t thing);

/// Areas of both levels and the base map, where the server has none and the key is allowed to set them.
/// False: it was not allowed.
Result<bool> send_map(SensorthingsClient& server, CityPlan const& plan);

}  // namespace madang::simulation
