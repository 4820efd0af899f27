// The ground the simulated city stands on: an organic outline, a meandering river from west to east, dense
// places and hills. All computed from the seed in a plane measured in kilometres.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/geo.h"

namespace madang::simulation {

/// Kilometres east and north of the city's centre.
struct Point {
  double x = 0;
  double y = 0;
};

[[nodiscard]] LatLon on_earth(Point p);
[[nodiscard]] Point in_plane(LatLon p);
[[nodiscard]] double distance(Point a, Point b);

/// Immutable after construction.
class Land {
 public:
  explicit Land(std::uint64_t seed);

  [[nodiscard]] bool inside(Point p) const;
  /// The city's edge, `count` points counter-clockwise; `share` 1 is the edge, less lies inside.
  [[nodiscard]] std::vector<Point> outline(int count, double share = 1) const;

  /// Northing of the river's middle at an easting, and the river's width there, in km.
  [[nodiscard]] double river_middle(double x) const;
  [[nodiscard]] double river_width(double x) const;
  /// How far it is to the water, in km; negative in the water.
  [[nodiscard]] double to_water(Point p) const;
  /// A line beside the river's middle: `offset` km to the left of its course from west to east.
  [[nodiscard]] std::vector<Point> along_river(double from_x, double to_x, double offset_in_widths,
                                               double offset_km) const;

  /// How built-up a place is, 0.05 to 1.
  [[nodiscard]] double density(Point p) const;
  /// Hills and woods, 0 to 1.
  [[nodiscard]] double green(Point p) const;

 private:
  struct Blob {
    Point centre;
    double radius = 1;
    double height = 1;
  };
  [[nodiscard]] double rough_radius(double angle) const;

  std::uint64_t seed_;
  std::array<double, 6> edge_phase_{};
  std::array<double, 3> river_phase_{};
  Point scale_{1, 1};
  Point shift_{0, 0};
  std::array<Blob, 6> cores_{};
  std::array<Blob, 5> hills_{};
};

}  // namespace madang::simulation
