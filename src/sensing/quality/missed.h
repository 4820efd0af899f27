// Why a station, or one of its channels, has no current value, as a finding for the work list: by the rule and from the
// board that all counts use. Pure.
#pragma once

#include <optional>

#include "sensing/live/city_view.h"
#include "sensing/quality/engine.h"

namespace madang::sensing {

/// How much of the last day lies after `since`, 0 to 1.
[[nodiscard]] double share_since(Instant since, Instant now);

/// None where it reports. Since when one that was never heard of is missed only the quality rules know. `stream` 0: the device.
[[nodiscard]] std::optional<Finding> missed(ThingId thing, DatastreamId stream, StationReport const& report, Instant now);

}  // namespace madang::sensing
