// Places on the earth: EPSG:4326 everywhere, longitude first only where GeoJSON wants it.
#pragma once

#include <cmath>
#include <numbers>
#include <vector>

namespace madang {

struct LatLon {
  double latitude = 0;   ///< degrees, -90 to 90
  double longitude = 0;  ///< degrees, -180 to 180
  friend bool operator==(LatLon const&, LatLon const&) = default;
};

/// Mean earth radius in metres (IUGG R1).
inline constexpr double kEarthRadius = 6'371'008.8;

[[nodiscard]] constexpr double radians(double degrees) { return degrees * std::numbers::pi / 180.0; }

/// Great-circle distance in metres (haversine).
[[nodiscard]] inline double distance_metres(LatLon a, LatLon b) {
  double const dlat = radians(b.latitude - a.latitude);
  double const dlon = radians(b.longitude - a.longitude);
  double const h = std::sin(dlat / 2) * std::sin(dlat / 2) + std::cos(radians(a.latitude)) *
                   std::cos(radians(b.latitude)) * std::sin(dlon / 2) * std::sin(dlon / 2);
  return 2 * kEarthRadius * std::asin(std::sqrt(std::fmin(1.0, h)));
}

[[nodiscard]] inline bool is_on_earth(LatLon p) {
  return std::isfinite(p.latitude) && std::isfinite(p.longitude) && p.latitude >= -90 && p.latitude <= 90 &&
         p.longitude >= -180 && p.longitude <= 180;
}

using Ring = std::vector<LatLon>;
/// Outer ring first, then holes.
using Polygon = std::vector<Ring>;
using MultiPolygon = std::vector<Polygon>;

}  // namespace madang
