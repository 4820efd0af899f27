// What only a geometry library can say about a shape. GEOS stays behind these two functions.
#pragma once

#include "core/error.h"
#include "core/geo.h"

namespace madang::city {

/// The shape itself when it is valid, else its repair (rings that cross themselves are cut apart). kInvalid: nothing
/// with an area is left; the sentence says what was wrong and where. Thread-safe.
Result<MultiPolygon> repaired(MultiPolygon shape);

/// A point that surely lies inside, unlike a centroid. Thread-safe.
Result<LatLon> interior_point(MultiPolygon const& shape);

}  // namespace madang::city
