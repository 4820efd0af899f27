// When Datastreams were registered: since when values of them can be missed.
#pragma once

#include <functional>

#include "core/error.h"
#include "core/id.h"
#include "core/time.h"
#include "storage/records/records.h"

namespace madang::city {

/// Hands over each Datastream with the moment of its registration, without an order. Those are left out that were registered before
/// this was kept. Asks the records; `take` may be called again from the first one on where they had to be asked again.
Result<void> each_registered(storage::Records& records, std::function<void(DatastreamId, Instant)> const& take);

}  // namespace madang::city
