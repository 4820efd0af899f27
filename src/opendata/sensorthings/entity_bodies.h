// The own members of posted entities, without what is nested below them (deep_insert.h). Every member is kept or
// refused by name; errors name the place as a JSON pointer. Pure.
#pragma once

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/json_node.h"

namespace madang::opendata {

Result<city::Thing> read_thing(Node const& node);
Result<city::Location> read_location(Node const& node);
Result<city::Sensor> read_sensor(Node const& node);
Result<city::ObservedProperty> read_observed_property(Node const& node);
Result<city::FeatureOfInterest> read_feature(Node const& node);
Result<city::Datastream> read_datastream(Node const& node);

}  // namespace madang::opendata
