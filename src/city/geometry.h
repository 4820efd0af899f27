// What only a geometry library can say about a shape. GEOS stays behind these two functions.
#pragma once

#include "core/error.h"
#include "core/geo.h"

namespace madang::city {

/// The shape itself when it is valid, else its repair (rings that cross themselves are cut apart). kInvalid: nothing
/// with an area is left; the sentence says what was wrong and where. Thread-safe.
Result<MultiPolygon> repaired(MultiPolygon shape);

/// Polygons whose longitudes go on beyond 180 degrees, cut at the 180th meridian and brought back within -180 to 180.
/// kInvalid: nothing with an area is left. Thread-safe.
Result<MultiPolygon> within_one_turn(MultiPolygon const& shape);

/// Polygons that may lie on each other, as a shape that covers each place once. Thread-safe.
Result<MultiPolygon> united(MultiPolygon const& polygons);

/// A point that surely lies inside, unlike a centroid. Thread-safe.
Result<LatLon> interior_point(MultiPolygon const& shape);

}  // namespace madang::city
