// What an operator has written about a station into its Thing's properties, where Madang knows the name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "city/model.h"
#include "core/error.h"

namespace madang::sensing {

/// Empty when there is none, or when it is no text. Cheap where the name does not occur at all.
std::optional<std::string> text_property(city::Thing const& thing, std::string_view name);

/// What Madang knows by name must say something that it understands: timeZone, useArrivalTime, ignoreUnknownChannels,
/// numbersInText and crowdAreaM2 of a JSON object. kInvalid names the member.
Result<void> check_thing_properties(std::string_view properties);

/// `crowdAreaM2`: the ground on which a counter sees people, in m2; empty when unknown, never 0 or less.
std::optional<double> crowd_area(city::Thing const& thing);

}  // namespace madang::sensing
