// Who stands near whom: per channel, the nearest stations within the table's reach.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "sensing/quality/engine.h"

namespace madang::sensing {
namespace {

constexpr double kMetresPerDegree = 111'195;
constexpr double kCellMetres = 500;
constexpr std::int32_t kRings = 4;  // cells around the own one that hold everybody within reach
static_assert(kRings * kCellMetres >= kNeighbourMetres);

double narrowness(double latitude) { return std::max(0.05, std::cos(radians(latitude))); }

struct Cell {
  std::int32_t row = 0, column = 0;
};

/// Squares of one city: as wide as high at the latitude farthest from the equator, wider elsewhere, so that whoever is
/// not in the first n rings around a cell is at least n cells away.
class Grid {
 public:
  explicit Grid(std::vector<std::optional<LatLon>> const& points) {
    for (auto const& p : points)
      if (p) narrow_ = std::min(narrow_, narrowness(p->latitude));
  }
  [[nodiscard]] Cell cell_of(LatLon p) const {
    return {static_cast<std::int32_t>(std::floor(p.latitude * kMetresPerDegree / kCellMetres)),
            static_cast<std::int32_t>(std::floor(p.longitude * kMetresPerDegree * narrow_ / kCellMetres))};
  }

 private:
  double narrow_ = 1;
};

using Key = std::uint64_t;
Key key_of(std::uint32_t group, Cell c) {
  return (Key{group & 0xFFFFU} << 48U) | (Key{static_cast<std::uint32_t>(c.row) & 0xFFFFFFU} << 24U) |
         Key{static_cast<std::uint32_t>(c.column) & 0xFFFFFFU};
}

/// On a flat earth, which it is over the reach of neighbours.
double metres_between(LatLon a, LatLon b, double narrow) {
  return std::hypot(a.latitude - b.latitude, (a.longitude - b.longitude) * narrow) * kMetresPerDegree;
}

}  // namespace

void QualityEngine::find_neighbours() {
  Grid const grid(points_);
  std::unordered_map<Key, std::vector<std::uint32_t>> cells;
  for (std::uint32_t i = 0; i < streams_.size(); ++i)
    if (points_[i] && streams_[i].limits->neighbour > 0)
      cells[key_of(streams_[i].group, grid.cell_of(*points_[i]))].push_back(i);
  std::vector<std::pair<double, std::uint32_t>> near;
  for (std::uint32_t i = 0; i < streams_.size(); ++i) {
    auto& stream = streams_[i];
    stream.neighbour_count = 0;
    if (!points_[i] || stream.limits->neighbour <= 0) continue;
    near.clear();
    auto const home = grid.cell_of(*points_[i]);
    double const narrow = narrowness(points_[i]->latitude);
    std::size_t sure = 0;
    // In a dense city the nearest stand in the first ring, and a hundred times as many within the whole reach.
    for (std::int32_t ring = 0; ring <= kRings && sure < kNeighboursKept; ++ring) {
      for (std::int32_t row = -ring; row <= ring; ++row) {
        auto const step = std::abs(row) == ring ? 1 : std::max(1, 2 * ring);
        for (std::int32_t column = -ring; column <= ring; column += step) {
          auto const cell = cells.find(key_of(stream.group, {home.row + row, home.column + column}));
          if (cell == cells.end()) continue;
          for (auto const other : cell->second) {
            if (streams_[other].thing == stream.thing) continue;
            double const metres = metres_between(*points_[i], *points_[other], narrow);
            if (metres <= kNeighbourMetres) near.emplace_back(metres, other);
          }
        }
      }
      sure = static_cast<std::size_t>(std::ranges::count_if(near, [&](auto const& n) { return n.first <= ring * kCellMetres; }));
    }
    auto const kept = std::min(near.size(), kNeighboursKept);
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end());
    for (std::size_t n = 0; n < kept; ++n) stream.neighbours[n] = near[n].second;
    stream.neighbour_count = static_cast<std::uint8_t>(kept);
  }
}

}  // namespace madang::sensing
