// What changes in the registry while the early warning runs: a unit, a place or an interval that is corrected takes effect at
// once, and what was learned stays where it still holds.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "city/city.h"
#include "sensing/live/stations.h"
#include "sensing/warning/engine.h"
#include "sensing/warning/warm_start.h"
#include "storage/observations/store.h"

namespace madang::sensing::warning {

/// Datastreams of which something changed; true: it was only made, so there is nothing to learn about it yet.
using ChangedStreams = std::map<DatastreamId, bool>;
ChangedStreams changed_streams(city::Changes const& changes, city::City const& city, StationIndex const& index, StreamNumbers const& numbers);

/// Brings the engine to what the registry says of these. The numbers of those whose past is to be taught anew.
/// A pace is not the registry's: it stays as the engine has it. kLimit: more streams than the engine takes; the others are followed.
/// Where streams leave, those that found no room before take theirs.
struct AppliedChanges {
  std::vector<std::uint32_t> anew;
  bool needs_rebuild = false;  ///< one of another interval is part of something open: only an engine that inherits keeps that
  Result<void> outcome;
};
AppliedChanges apply_changes(ChangedStreams const& changed, Registered const& registry, Engine& engine, StreamNumbers& numbers);

/// Teaches these streams from the hours of their past, each beside the median of its like in that hour.
Result<void> teach_anew(storage::ObservationStore& store, Engine& engine, StreamNumbers const& numbers,
                        std::span<std::uint32_t const> anew, Interval when);

}  // namespace madang::sensing::warning
