#include "situations/picture/areas.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "situations/limits.h"
#include "situations/outline.h"

namespace madang::situations {
namespace {

using web::markup::Point;

/// The cut edges stay outside of what is seen.
constexpr double kOutside = 8;
/// Nearer places than that are one place, in pixels.
constexpr double kSamePlace = 0.6;

std::vector<Point> seen_places(Ring const& ring, MapFrame const& frame, std::size_t places_max) {
  std::vector<Point> out;
  // Simplifying usually keeps the limit already.
  auto const step = std::max<std::size_t>(1, (ring.size() + places_max - 1) / places_max);
  for (std::size_t i = 0; i < ring.size(); i += step) {
    auto const point = frame.at(ring[i]);
    if (out.empty() || std::hypot(point.x - out.back().x, point.y - out.back().y) > kSamePlace) out.push_back(point);
  }
  return out;
}

/// Of a polygon: the middle of its surface, and how large it is.
void measure(std::vector<Point> const& points, AreaOutline& out) {
  double twice = 0;
  Point sum;
  for (std::size_t i = 0; i < points.size(); ++i) {
    auto const& a = points[i];
    auto const& b = points[(i + 1) % points.size()];
    double const cross = a.x * b.y - b.x * a.y;
    twice += cross;
    sum.x += (a.x + b.x) * cross;
    sum.y += (a.y + b.y) * cross;
  }
  if (std::abs(twice) / 2 <= out.size) return;
  out.size = std::abs(twice) / 2;
  out.middle = {sum.x / (3 * twice), sum.y / (3 * twice)};
}

/// Coarse levels first.
std::map<int, std::vector<city::AreaPtr>> seen_by_level(std::vector<city::AreaPtr> const& all, MapFrame const& frame) {
  auto const box = frame.box(0);
  std::map<int, std::vector<city::AreaPtr>> out;
  for (auto const& area : all)
    if (intersect(box_of(area->shape, frame.middle().longitude), box)) out[area->level].push_back(area);
  return out;
}

/// Levels that fit together, from the finest that fits; where none does, some of the coarsest.
std::vector<city::AreaPtr> chosen(std::map<int, std::vector<city::AreaPtr>> const& levels) {
  std::vector<city::AreaPtr> out;
  for (auto level = levels.rbegin(); level != levels.rend(); ++level)
    if (out.size() + level->second.size() <= kPictureAreasMax)
      out.insert(out.begin(), level->second.begin(), level->second.end());
  if (out.empty() && !levels.empty()) {
    auto const& coarsest = levels.begin()->second;
    out.assign(coarsest.begin(), coarsest.begin() + kPictureAreasMax);
  }
  return out;
}

}  // namespace

AreaOutline outline_in(city::AreaPtr area, MapFrame const& frame, std::size_t places_max) {
  AreaOutline out;
  MultiPolygon seen;
  for (auto const& polygon : area->shape) {
    if (polygon.empty()) continue;
    if (auto ring = clipped(polygon.front(), frame.box(kOutside)); !ring.empty()) seen.push_back({std::move(ring)});
  }
  for (auto const& ring : outline_of(seen, places_max)) {
    auto const points = seen_places(ring, frame, places_max);
    if (points.size() < 3) continue;
    out.path += web::markup::path_through(points) + "Z";
    measure(points, out);
  }
  out.area = std::move(area);
  return out;
}

std::vector<AreaOutline> areas_in(std::vector<city::AreaPtr> const& all, MapFrame const& frame) {
  auto const areas = chosen(seen_by_level(all, frame));
  std::vector<AreaOutline> out;
  for (auto const& area : areas) {
    auto outline = outline_in(area, frame, kPicturePlacesMax / areas.size());
    if (!outline.path.empty()) out.push_back(std::move(outline));
  }
  return out;
}

}  // namespace madang::situations
