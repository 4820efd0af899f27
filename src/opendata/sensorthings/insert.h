// Bodies of entity posts: Things with everything nested below them, and the other entities one by one. Errors name the
// place as a JSON pointer. Pure.
#pragma once

#include <string_view>

#include "city/city.h"
#include "core/error.h"

namespace madang::opendata {

Result<city::NewThing> parse_thing(std::string_view body);
Result<city::Sensor> parse_sensor(std::string_view body);
Result<city::ObservedProperty> parse_observed_property(std::string_view body);
Result<city::FeatureOfInterest> parse_feature(std::string_view body);

/// `thing` 0 when the body does not name one; then the path must.
struct ParsedDatastream {
  ThingId thing;
  city::NewDatastream datastream;
};
Result<ParsedDatastream> parse_datastream(std::string_view body);
struct ParsedLocation {
  ThingId thing;
  city::Location location;
};
Result<ParsedLocation> parse_location(std::string_view body);

}  // namespace madang::opendata
