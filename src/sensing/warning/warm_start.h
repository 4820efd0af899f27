// What an engine must know before its first live value: all streams of the city, how they usually were, what happened
// in the last hours, and what was open when the server stopped.
#pragma once

#include <unordered_map>

#include "city/city.h"
#include "sensing/warning/engine.h"
#include "situations/situations.h"
#include "storage/observations/store.h"

namespace madang::sensing::warning {

using StreamNumbers = std::unordered_map<DatastreamId, std::uint32_t>;

/// Adds the streams of the city that a rule looks at and that are not in `numbers` yet.
Result<void> add_streams(city::City const& city, Engine& engine, StreamNumbers& numbers);
/// Baselines from hourly means, then the last hours value by value. Returns how many values were replayed.
Result<std::size_t> replay_past(storage::ObservationStore& store, Engine& engine, StreamNumbers const& numbers, Instant now,
                                Millis history);
/// Goes on with the Situations that are open.
void adopt_open(situations::Situations const& situations, Engine& engine, StreamNumbers const& numbers);

}  // namespace madang::sensing::warning
