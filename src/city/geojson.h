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
/// A file of them. What is no area costs itself alone and is told.
struct AreaFile {
  std::vector<AreaFeature> areas;  ///< a code may come more than once: parts of one Area
  std::size_t set_aside = 0;       ///< features
  std::vector<std::string> notes;  ///< the first kAreaNotesMax sentences: what was set aside or mended, and where

  void note(std::string sentence);
  void set_aside_feature(std::string sentence);
};
/// A FeatureCollection, one Feature, or a sequence of Features, one a line. kInvalid: there is no area in it.
Result<AreaFile> areas_of_geojson(std::string_view bytes, AreaImport const& options);

/// The point that stands for a geometry (or a Feature around one): of a Point itself, else the middle of its
/// bounding box, which is enough to say where a Thing is.
Result<LatLon> point_of_geometry(std::string_view text);
/// Polygon or MultiPolygon.
Result<MultiPolygon> shape_of_geometry(std::string_view text);

std::string geometry_of_point(LatLon point);
std::string geometry_of_shape(MultiPolygon const& shape);  ///< a MultiPolygon

}  // namespace madang::city
