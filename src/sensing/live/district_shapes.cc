#include "sensing/live/district_shapes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

namespace madang::sensing {
namespace {

struct Point {
  double x = 0;
  double y = 0;
};

struct Frame {
  double west = std::numeric_limits<double>::infinity();
  double east = -std::numeric_limits<double>::infinity();
  double south = std::numeric_limits<double>::infinity();
  double north = -std::numeric_limits<double>::infinity();

  void hold(LatLon p) {
    west = std::min(west, p.longitude);
    east = std::max(east, p.longitude);
    south = std::min(south, p.latitude);
    north = std::max(north, p.latitude);
  }
  [[nodiscard]] double shrink() const { return std::cos(radians((south + north) / 2)); }
};

/// Distance of p from the segment a-b.
double distance(Point p, Point a, Point b) {
  double const dx = b.x - a.x;
  double const dy = b.y - a.y;
  double const square = dx * dx + dy * dy;
  double const t = square == 0 ? 0 : std::clamp(((p.x - a.x) * dx + (p.y - a.y) * dy) / square, 0.0, 1.0);
  return std::hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/// Marks the points between `first` and `last` that are needed; an own stack, since rings may be long.
void keep_needed(std::vector<Point> const& points, std::vector<bool>& kept, double tolerance) {
  std::vector<std::pair<std::size_t, std::size_t>> spans;
  spans.emplace_back(0, points.size() - 1);
  while (!spans.empty()) {
    auto const [first, last] = spans.back();
    spans.pop_back();
    std::size_t farthest = first;
    double most = tolerance;
    for (std::size_t i = first + 1; i < last; ++i) {
      double const d = distance(points[i], points[first], points[last]);
      if (d <= most) continue;
      most = d;
      farthest = i;
    }
    if (farthest == first) continue;
    kept[farthest] = true;
    spans.emplace_back(first, farthest);
    spans.emplace_back(farthest, last);
  }
}

struct Centre {
  double area = 0;
  Point at;
};

Centre centre_of(std::vector<Point> const& ring) {
  double twice = 0;
  Point sum;
  for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
    double const cross = ring[j].x * ring[i].y - ring[i].x * ring[j].y;
    twice += cross;
    sum.x += (ring[j].x + ring[i].x) * cross;
    sum.y += (ring[j].y + ring[i].y) * cross;
  }
  if (twice == 0) return {0, ring.front()};
  return {std::abs(twice) / 2, {sum.x / (3 * twice), sum.y / (3 * twice)}};
}

std::vector<Point> in_frame(Ring const& ring, Frame const& frame, double scale) {
  std::vector<Point> points;
  points.reserve(ring.size());
  for (auto const& p : ring)
    points.push_back({(p.longitude - frame.west) * frame.shrink() * scale, (frame.north - p.latitude) * scale});
  return points;
}

void append_ring(std::string& path, std::vector<Point> const& points) {
  std::vector<bool> kept(points.size(), false);
  // A closed ring has no two ends: it is cut at its start and at the point opposite.
  std::size_t const middle = points.size() / 2;
  kept.front() = kept[middle] = kept.back() = true;
  auto const cut = points.begin() + static_cast<std::ptrdiff_t>(middle);
  std::vector<Point> const halves[] = {{points.begin(), cut + 1}, {cut, points.end()}};
  std::vector<bool> first(halves[0].size(), false);
  std::vector<bool> second(halves[1].size(), false);
  keep_needed(halves[0], first, 1.0);
  keep_needed(halves[1], second, 1.0);
  for (std::size_t i = 0; i < first.size(); ++i) kept[i] = kept[i] || first[i];
  for (std::size_t i = 0; i < second.size(); ++i) kept[middle + i] = kept[middle + i] || second[i];
  char command = 'M';
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    if (!kept[i]) continue;
    fmt::format_to(std::back_inserter(path), "{}{:.0f} {:.0f}", command, points[i].x, points[i].y);
    command = 'L';
  }
  path += 'Z';
}

}  // namespace

DistrictShapes draw_districts(std::span<city::Area const* const> areas, int width) {
  Frame frame;
  for (auto const* area : areas)
    for (auto const& polygon : area->shape)
      if (!polygon.empty())
        for (auto const& p : polygon.front()) frame.hold(p);
  double const wide = (frame.east - frame.west) * frame.shrink();
  double const tall = frame.north - frame.south;
  if (!(wide > 0) || !(tall > 0)) return {};
  double const scale = width / wide;
  DistrictShapes drawn{width, static_cast<int>(std::ceil(tall * scale)), {}};
  for (auto const* area : areas) {
    DistrictShape shape;
    shape.area = area->id;
    double largest = -1;
    for (auto const& polygon : area->shape) {
      if (polygon.empty() || polygon.front().size() < 3) continue;
      auto const points = in_frame(polygon.front(), frame, scale);
      append_ring(shape.path, points);
      auto const centre = centre_of(points);
      if (centre.area <= largest) continue;
      largest = centre.area;
      shape.x = static_cast<int>(std::lround(centre.at.x));
      shape.y = static_cast<int>(std::lround(centre.at.y));
    }
    if (!shape.path.empty()) drawn.shapes.push_back(std::move(shape));
  }
  return drawn;
}

}  // namespace madang::sensing
