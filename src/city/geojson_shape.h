// From parsed GeoJSON to shapes: positions, rings, polygons, and what crosses the 180th meridian. Shared by the readers of
// geometries and of files of Areas; no other room needs it.
#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

#include "city/limits.h"
#include "core/error.h"
#include "core/geo.h"

namespace madang::city {

/// Vertices that one text may still bring.
struct VertexBudget {
  std::size_t vertices = kAreaVerticesMax;
};

/// kInvalid: not [longitude, latitude] in degrees; says so too where they seem to be swapped.
Result<LatLon> position_of(simdjson::dom::element const& json);

/// Polygon or MultiPolygon, as it stands.
Result<MultiPolygon> plain_shape_of(simdjson::dom::object const& geometry, VertexBudget& budget);

/// The shape of an Area, and what was found out on the way ("part 2: ... is set aside", "is cut at the 180th meridian").
struct AreaShape {
  MultiPolygon shape;
  std::vector<std::string> notes;
};
/// Polygon, MultiPolygon or a collection of them. A bad part costs that part alone; a polygon whose edges jump over the
/// 180th meridian, or go on beyond it, is cut there. kInvalid: nothing is left; kLimit: too many vertices.
Result<AreaShape> area_shape_of(simdjson::dom::object const& geometry, VertexBudget& budget);

}  // namespace madang::city
