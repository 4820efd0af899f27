// Structured parts of an entity as JSON text: how names, units, channels and lists of serials are kept in TEXT
// columns. Reading refuses with kCorrupt, since only this file writes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "city/model.h"
#include "core/error.h"

namespace madang::city {

std::string json_of(Name const& name);                       ///< {"en":"...","ko":"..."}
std::string json_of(Unit const& unit);                       ///< SensorThings' unitOfMeasurement
std::string json_of(std::vector<Channel> const& channels);
std::string json_of(std::vector<std::string> const& texts);  ///< ["...", ...]

Result<Name> name_of_json(std::string_view json);
Result<Unit> unit_of_json(std::string_view json);
Result<std::vector<Channel>> channels_of_json(std::string_view json);
Result<std::vector<std::string>> texts_of_json(std::string_view json);

bool is_json_object(std::string_view text);

}  // namespace madang::city
