// Loads the past of the simulated city through CreateObservations: two connections, a station at a time.
#pragma once

#include <atomic>
#include <cstddef>
#include <span>
#include <string>

#include "core/error.h"
#include "runtime/clock.h"
#include "simulation/city_plan.h"
#include "simulation/feed/sensorthings_client.h"

namespace madang::simulation {

struct HistoryOptions {
  ServerAddress server;
  Millis length{86'400'000};
  Millis interval{120'000};
};

struct HistoryDone {
  std::uint64_t values = 0;
  std::uint64_t refused = 0;
};

/// How far apart the values of a past lie where nobody says it: as far as the stations promise, or hours of it would count as incomplete.
/// Where that is below 30 s and a past of more values than are written within seconds, 2 minutes.
[[nodiscard]] Millis history_step(Millis interval, Millis length, std::size_t stations);

/// `things` are the ids of the plan's nodes on the server. What a station has already is not sent again.
Result<HistoryDone> load_history(CityPlan const& plan, std::span<std::int64_t const> things,
                                 HistoryOptions const& options, runtime::Clock const& clock,
                                 std::atomic<bool> const& stop);

/// Every station reports at its own moment of the interval.
[[nodiscard]] Millis phase_of(std::uint64_t seed, std::size_t node, Millis interval);

}  // namespace madang::simulation
