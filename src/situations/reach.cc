#include "situations/reach.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace madang::situations {
namespace {

struct Metres {
  double east = 0;
  double north = 0;
};

/// Flat around `place`: good to a thousandth over a city.
Metres seen_from(LatLon place, LatLon other) {
  return {radians(other.longitude - place.longitude) * std::cos(radians(place.latitude)) * kEarthRadius,
          radians(other.latitude - place.latitude) * kEarthRadius};
}

/// From where one stands to the nearest point of the line between two others.
double metres_to_line(Metres a, Metres b) {
  double const east = b.east - a.east;
  double const north = b.north - a.north;
  double const length = east * east + north * north;
  double const along = length == 0 ? 0 : std::clamp(-(a.east * east + a.north * north) / length, 0.0, 1.0);
  return std::hypot(a.east + along * east, a.north + along * north);
}

/// Even and odd: how often a line from here to the east meets the ring.
bool is_left_of_odd(Ring const& ring, LatLon place) {
  bool inside = false;
  for (std::size_t i = 0, before = ring.size() - 1; i < ring.size(); before = i++) {
    auto const a = seen_from(place, ring[before]);
    auto const b = seen_from(place, ring[i]);
    if ((a.north > 0) != (b.north > 0) && a.east + (b.east - a.east) * a.north / (a.north - b.north) > 0) inside = !inside;
  }
  return inside;
}

}  // namespace

double metres_to(MultiPolygon const& shape, LatLon place) {
  double nearest = std::numeric_limits<double>::infinity();
  for (auto const& polygon : shape) {
    bool inside = false;
    for (auto const& ring : polygon) {
      if (ring.empty()) continue;
      inside = inside != is_left_of_odd(ring, place);
      for (std::size_t i = 0; i < ring.size(); ++i)
        nearest = std::min(nearest, metres_to_line(seen_from(place, ring[i]), seen_from(place, ring[(i + 1) % ring.size()])));
    }
    if (inside) return 0;
  }
  return nearest;
}

double metres_across(MultiPolygon const& shape, LatLon place) {
  double farthest = 0;
  for (auto const& polygon : shape)
    for (auto const& ring : polygon)
      for (auto const corner : ring) farthest = std::max(farthest, distance_metres(place, corner));
  return farthest;
}

}  // namespace madang::situations
