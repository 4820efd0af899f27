#include "simulation/nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "core/error.h"
#include "simulation/noise.h"

namespace madang::simulation {
namespace {

constexpr double kShareAlongRoads = 0.55;
constexpr double kShoreMin = 0.03;         // km from the water
constexpr double kCityArea = 750;          // km2, only to scale the least distance
constexpr int kPlacesTried = 400;
constexpr double kCommerceMeasured = 0.8;

struct RoadPoint {
  Point point;
  Point direction;  ///< unit vector along the road
  std::size_t road = 0;
  double along = 0;  ///< km from the road's beginning
};

/// All roads, cut every 50 m, in a grid of 0.5 km squares for finding the next one.
class RoadIndex {
 public:
  explicit RoadIndex(std::vector<Road> const& roads) {
    for (std::size_t r = 0; r < roads.size(); ++r) {
      double along = 0;
      auto const& line = roads[r].line;
      for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        double const length = distance(line[i], line[i + 1]);
        if (length <= 0) continue;
        Point const direction{(line[i + 1].x - line[i].x) / length, (line[i + 1].y - line[i].y) / length};
        for (double d = 0; d < length; d += kCut) {
          points_.push_back({{line[i].x + d * direction.x, line[i].y + d * direction.y}, direction, r, along + d});
        }
        along += length;
      }
    }
    for (std::size_t i = 0; i < points_.size(); ++i) grid_[square(points_[i].point, 0, 0)].push_back(i);
  }

  [[nodiscard]] std::vector<RoadPoint> const& points() const { return points_; }

  /// The nearest point, looking about 1 km around; any point when there is none so near.
  [[nodiscard]] std::pair<RoadPoint, double> nearest(Point p) const {
    std::size_t best = 0;
    double best_distance = std::numeric_limits<double>::max();
    for (int dx = -2; dx <= 2; ++dx) {
      for (int dy = -2; dy <= 2; ++dy) {
        auto const found = grid_.find(square(p, dx, dy));
        if (found == grid_.end()) continue;
        for (auto const i : found->second) {
          double const d = distance(points_[i].point, p);
          if (d < best_distance) {
            best_distance = d;
            best = i;
          }
        }
      }
    }
    return {points_[best], best_distance};
  }

 private:
  static constexpr double kCut = 0.05;
  static std::int64_t square(Point p, int dx, int dy) {
    return (static_cast<std::int64_t>(std::floor(p.x / 0.5)) + dx) * 100'000 +
           static_cast<std::int64_t>(std::floor(p.y / 0.5)) + dy;
  }
  std::vector<RoadPoint> points_;
  std::unordered_map<std::int64_t, std::vector<std::size_t>> grid_;
};

/// Keeps stations a little apart from each other.
class Spacing {
 public:
  explicit Spacing(double least) : least_(least) {}
  bool take(Point p) {
    auto const i = static_cast<std::int64_t>(std::floor(p.x / least_));
    auto const j = static_cast<std::int64_t>(std::floor(p.y / least_));
    for (std::int64_t di = -1; di <= 1; ++di) {
      for (std::int64_t dj = -1; dj <= 1; ++dj) {
        auto const found = taken_.find((i + di) * 1'000'000 + j + dj);
        if (found == taken_.end()) continue;
        for (auto const& other : found->second) {
          if (distance(other, p) < least_) return false;
        }
      }
    }
    taken_[i * 1'000'000 + j].push_back(p);
    return true;
  }

 private:
  double least_;
  std::unordered_map<std::int64_t, std::vector<Point>> taken_;
};

/// Addresses count up in tens of metres along a road, odd on the left and even on the right, each once.
class Addresses {
 public:
  Names next(Road const& road, std::size_t road_index, double along, bool left) {
    int number = static_cast<int>(along * 100) / 2 * 2 + (left ? 1 : 2);
    while (!used_.insert(static_cast<std::int64_t>(road_index) * 1'000'000 + number).second) number += 2;
    std::string const text = std::to_string(number);
    return {road.name.en + " " + text, road.name.ko + " " + text};
  }

 private:
  std::unordered_set<std::int64_t> used_;
};

double road_size(RoadKind kind) {
  switch (kind) {
    case RoadKind::kExpressway: return 1.0;
    case RoadKind::kAvenue: return 0.8;
    case RoadKind::kStreet: return 0.35;
  }
  return 0;
}

Surroundings look_around(Land const& land, std::uint64_t seed, Point p, RoadKind kind, double to_road) {
  Surroundings s;
  s.traffic = road_size(kind) * std::exp(-to_road / 0.12);
  s.density = land.density(p);
  s.green = land.green(p);
  double const mixed = noise(key_of(seed, 0x4A), p.x / 1.7, p.y / 1.7, 0);
  s.commerce = std::clamp(1.1 * s.density + 0.3 * mixed - 0.35, 0.0, 1.0);
  s.office = std::clamp(0.9 * s.density - 0.4 * mixed - 0.3, 0.0, 1.0);
  return s;
}

bool in_ring(std::vector<Point> const& ring, Point p) {
  bool inside = false;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    Point const a = ring[i];
    Point const b = ring[i + 1];
    if ((a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/// The district that holds the point; nothing when it lies outside the city.
std::optional<std::size_t> district_at(CityPlan const& plan, Point p) {
  for (std::size_t d = 0; d < plan.districts.size(); ++d) {
    auto const& rings = plan.districts[d].rings;
    if (distance(p, plan.districts[d].centre) < 15 && in_ring(rings.front(), p)) return d;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Node> place_nodes(Land const& land, CityPlan const& plan, std::size_t count) {
  RoadIndex const roads(plan.roads);
  std::uint64_t const key = key_of(plan.seed, 0x4B);
  Spacing spacing(std::min(0.075, 0.25 * std::sqrt(kCityArea / static_cast<double>(count))));
  Addresses addresses;
  std::vector<Node> nodes;
  auto const tries_max = static_cast<std::int64_t>(count) * kPlacesTried;
  for (std::int64_t n = 0; nodes.size() < count; ++n) {
    MADANG_ASSERT(n < tries_max);
    std::uint64_t const draw = at(key, n);
    Point p;
    if (uniform(draw) < kShareAlongRoads) {
      RoadPoint const& spot = roads.points()[mix(draw) % roads.points().size()];
      double const aside = (mix(draw + 1) % 2 == 0 ? 1 : -1) * uniform(mix(draw + 2), 0.01, 0.04);
      p = {spot.point.x - aside * spot.direction.y, spot.point.y + aside * spot.direction.x};
    } else {
      p = {uniform(mix(draw), -18.6, 18.6), uniform(mix(draw + 1), -15.3, 15.3)};
    }
    // Hills are nearly empty, the rest is covered evenly enough that everybody has neighbours.
    double const wanted = 0.5 + 0.5 * land.density(p) - 0.3 * land.green(p);
    if (uniform(mix(draw + 3)) > wanted || land.to_water(p) < kShoreMin) continue;
    LatLon const exact = on_earth(p);
    LatLon const position{std::round(exact.latitude * 1e6) / 1e6, std::round(exact.longitude * 1e6) / 1e6};
    p = in_plane(position);
    auto const district = district_at(plan, p);
    if (!district || !spacing.take(p)) continue;
    auto const [road, to_road] = roads.nearest(p);
    Point const off{p.x - road.point.x, p.y - road.point.y};
    bool const left = road.direction.x * off.y - road.direction.y * off.x > 0;
    Road const& named = plan.roads[road.road];
    nodes.push_back({fmt::format("MD-{:06}", nodes.size() + 1), addresses.next(named, road.road, road.along, left), p,
                     position, *district, look_around(land, plan.seed, p, named.kind, to_road)});
    // Where people go out, the ground is known, so that a crowd has a density.
    if (nodes.back().around.commerce > kCommerceMeasured) nodes.back().ground = 10 * std::round(uniform(mix(draw + 4), 25, 70));
  }
  return nodes;
}

}  // namespace madang::simulation
