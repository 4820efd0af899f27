// What an entity must be like before it enters the registry. Pure: no clock, no I/O.
#pragma once

#include <string_view>

#include "city/model.h"
#include "core/error.h"

namespace madang::city {

/// kInvalid or kLimit; the sentence names the field and what is wrong with it. Texts must be UTF-8 without zero
/// bytes, so that both databases keep them; properties must be a JSON object.
Result<void> check(Thing const& thing);
Result<void> check(Location const& location);
Result<void> check(Sensor const& sensor);
Result<void> check(ObservedProperty const& property);
Result<void> check(Datastream const& datastream);
Result<void> check(FeatureOfInterest const& feature);

/// A serial is one level of an MQTT topic: no '/', '+', '#', no control characters, no '$' in front.
Result<void> check_serial(std::string_view serial);
Result<void> check_key(std::string_view name, std::vector<std::string> const& things);
/// Not shorter than kPasswordMin characters (code points, not bytes).
Result<void> check_password(std::string_view password);
/// Without blanks around it, which no form sends and nobody sees.
Result<void> check_login(std::string_view login);

}  // namespace madang::city
