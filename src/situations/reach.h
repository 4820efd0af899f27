// How far what somebody reports reaches, held against the ground of an Area. Pure.
#pragma once

#include "core/geo.h"

namespace madang::situations {

/// Metres from a place to an Area's ground: 0 inside of it. Infinite where the shape is none.
[[nodiscard]] double metres_to(MultiPolygon const& shape, LatLon place);
/// Metres from a place to the point of the Area's border that is farthest: a circle that is larger tells of nothing more of it.
[[nodiscard]] double metres_across(MultiPolygon const& shape, LatLon place);

}  // namespace madang::situations
