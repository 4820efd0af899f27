// GeoJSON (RFC 7946) in and out: Areas of a publisher's file, the geometry of a Location. Bounded by limits.h;
// every error says which feature is wrong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "core/geo.h"

namespace madang::city {

/// One Area as a file describes it, shape as given (not yet checked for crossing rings).
struct AreaFeature {
  std::string code;
  Name name;
  MultiPolygon shape;
};
Result<std::vector<AreaFeature>> areas_of_geojson(std::string_view text, AreaImport const& options);

/// The point that stands for a geometry (or a Feature around one): of a Point itself, else the middle of its
/// bounding box, which is enough to say where a Thing is.
Result<LatLon> point_of_geometry(std::string_view text);
/// Polygon or MultiPolygon.
Result<MultiPolygon> shape_of_geometry(std::string_view text);

std::string geometry_of_point(LatLon point);
std::string geometry_of_shape(MultiPolygon const& shape);  ///< a MultiPolygon

}  // namespace madang::city
