// A Location's or Feature's geometry before it enters the registry: within its limit, on earth, with its point.
#pragma once

#include "city/model.h"
#include "core/error.h"

namespace madang::city {

/// Gives the point of its geometry, or the geometry of its point. kInvalid, kLimit: also what check() refuses.
Result<void> place_on_earth(Location& location);
/// check(), and a geometry that can be read.
Result<void> check_place(FeatureOfInterest const& feature);

}  // namespace madang::city
