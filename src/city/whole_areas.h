// From the features of a file to Areas: repaired, and those that are parts of one put together.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "city/geojson.h"
#include "core/error.h"

namespace madang::city {

/// Publishers give an island of a district a feature of its own, with the district's code and name. What cannot be repaired
/// is set aside in `file`. kInvalid: a code comes twice without the same name, so it names nothing; or nothing is left.
Result<std::vector<AreaFeature>> whole_areas(AreaFile& file);

/// A doubt where the areas lie far from every known place of the city, and near them with latitude and longitude
/// exchanged. Both orders can be degrees, so it is only a doubt.
std::optional<std::string> doubt_of_order(std::span<AreaFeature const> areas, std::span<LatLon const> known);

}  // namespace madang::city
