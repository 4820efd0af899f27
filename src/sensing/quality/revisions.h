// Later opinions, written to values that are stored already.
#pragma once

#include <span>

#include "sensing/quality/stream.h"
#include "storage/observations/store.h"

namespace madang::sensing {

/// All of one Datastream. Returns how many values have another quality now.
Result<std::size_t> revise_stored(storage::ObservationStore& store, DatastreamId stream, std::span<Revision const> revisions);

}  // namespace madang::sensing
