// Entries of the registry as JSON objects, whole: what history and journal keep of them. Nobody reads them back.
#pragma once

#include <string>
#include <vector>

#include "city/model.h"

namespace madang::city {

std::string json_of(Thing const& thing);
std::string json_of(Location const& location);
std::string json_of(Sensor const& sensor);
std::string json_of(ObservedProperty const& property);
std::string json_of(FeatureOfInterest const& feature);
std::string json_of(Datastream const& datastream);
/// Where a Thing is: {"locations":[...]}.
std::string json_of(std::vector<LocationId> const& places);

}  // namespace madang::city
