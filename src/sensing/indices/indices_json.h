// The JSON text of /api/v1/indices (docs/control_room_api.md), and the sentences that stand where an index has no value.
#pragma once

#include <string>

#include "runtime/messages.h"
#include "sensing/indices/city_indices.h"

namespace madang::sensing::indices {

/// Why a place has no air index, in one language; empty when it has one or the city shows none.
std::string air_reason(runtime::Messages const& messages, std::string const& language, AirScale scale,
                       AirAnswer const& answer);

std::string indices_json(CityIndices const& indices, runtime::Messages const& messages);

}  // namespace madang::sensing::indices
