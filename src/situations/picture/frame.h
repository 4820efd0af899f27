// Where places on the earth stand in a small drawing: north is up and a metre is as long in both directions. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/geo.h"
#include "web/html/svg.h"

namespace madang::situations {

struct PictureSize {
  double width = 0;
  double height = 0;
};

/// Degrees. `east` may lie above 180 where the box crosses the date line.
struct GeoBox {
  double south = 0;
  double west = 0;
  double north = 0;
  double east = 0;
};

/// A local equirectangular projection: off by less than a pixel over a city.
class MapFrame {
 public:
  /// Shows all of `seen`, which lie on the earth, with `margin` pixels around them, and at least `metres_min` across.
  MapFrame(std::span<LatLon const> seen, PictureSize size, double margin, double metres_min);

  [[nodiscard]] web::markup::Point at(LatLon place) const;
  [[nodiscard]] LatLon middle() const { return middle_; }
  [[nodiscard]] double metres_per_pixel() const { return metres_per_pixel_; }
  /// What the drawing shows and `margin` pixels more.
  [[nodiscard]] GeoBox box(double margin) const;

 private:
  PictureSize size_;
  LatLon middle_;
  double east_metres_ = 1;  ///< of one degree of longitude
  double metres_per_pixel_ = 1;
};

/// The same longitude, at most half the earth away from `middle`.
double longitude_near(double longitude, double middle);
/// North, east, south and west of a place.
std::vector<LatLon> around(LatLon place, double metres);
/// The part of a ring inside the box, closed; empty: none. Where the ring leaves, it runs along the box's edge.
Ring clipped(Ring const& ring, GeoBox const& box);
/// The smallest box of a shape whose longitudes are taken near `middle`.
GeoBox box_of(MultiPolygon const& shape, double middle);
bool intersect(GeoBox const& a, GeoBox const& b);

struct ScaleBar {
  double metres = 0;
  std::string text;  ///< "500 m", "2 km"
};
/// The longest of 1, 2, 5, 10, ... that fits.
ScaleBar scale_bar(double metres_max);

}  // namespace madang::situations
