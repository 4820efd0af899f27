#include "city/places.h"

#include "city/geojson.h"
#include "city/limits.h"
#include "city/rules.h"

namespace madang::city {

Result<void> place_on_earth(Location& location) {
  if (location.geometry.size() > kGeometryMax) {
    return fail(Code::kLimit, "location: more than " + std::to_string(kGeometryMax) + " bytes");
  }
  if (location.geometry.empty() && location.point) location.geometry = geometry_of_point(*location.point);
  if (!location.point && !location.geometry.empty() && location.encoding_type.find("geo+json") != std::string::npos) {
    auto point = point_of_geometry(location.geometry);
    if (!point) return fail(point.error().code, "location: " + point.error().sentence);
    location.point = *point;
  }
  return check(location);
}

Result<void> check_place(FeatureOfInterest const& feature) {
  MADANG_CHECK(check(feature));
  if (feature.geometry.empty() || feature.encoding_type.find("geo+json") == std::string::npos) return {};
  auto const point = point_of_geometry(feature.geometry);
  if (!point) return fail(point.error().code, "feature: " + point.error().sentence);
  return {};
}

}  // namespace madang::city
