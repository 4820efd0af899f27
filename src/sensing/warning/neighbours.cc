#include "sensing/warning/neighbours.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/geo.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

using Cell = std::pair<int, int>;

/// Cells as wide as the radius where the city lies farthest from the equator, so that neighbours lie in the cell or in
/// one around it.
struct Grid {
  double metres_per_degree = radians(1) * kEarthRadius;
  double shrink = 1;
  double radius = 1;

  Grid(std::span<Stream const> streams, double wanted) : radius(std::max(1.0, wanted)) {
    for (auto const& s : streams) {
      if (s.placed) shrink = std::min(shrink, std::max(0.01, std::cos(radians(s.place.latitude))));
    }
  }
  [[nodiscard]] Cell cell_of(LatLon p) const {
    return {static_cast<int>(std::floor(p.latitude * metres_per_degree / radius)),
            static_cast<int>(std::floor(p.longitude * metres_per_degree * shrink / radius))};
  }
};

}  // namespace

Neighbours::Neighbours(std::span<Stream const> streams, double radius) {
  Grid const grid(streams, radius);
  std::map<Cell, std::vector<std::uint32_t>> cells;
  for (std::uint32_t i = 0; i < streams.size(); ++i) {
    if (streams[i].placed) cells[grid.cell_of(streams[i].place)].push_back(i);
  }
  std::vector<std::pair<double, std::uint32_t>> found;
  for (std::uint32_t i = 0; i < streams.size(); ++i) {
    first_.push_back(static_cast<std::uint32_t>(nearest_.size()));
    if (!streams[i].placed) continue;
    found.clear();
    auto const [row, column] = grid.cell_of(streams[i].place);
    for (int r = row - 1; r <= row + 1; ++r) {
      for (int c = column - 1; c <= column + 1; ++c) {
        auto const at = cells.find({r, c});
        if (at == cells.end()) continue;
        for (auto const j : at->second) {
          double const metres = distance_metres(streams[i].place, streams[j].place);
          if (streams[j].thing != streams[i].thing && metres <= radius) found.emplace_back(metres, j);
        }
      }
    }
    auto const count = std::min(found.size(), kNeighboursMax);
    std::ranges::partial_sort(found, found.begin() + static_cast<std::ptrdiff_t>(count));
    for (std::size_t n = 0; n < count; ++n) nearest_.push_back(found[n].second);
  }
  first_.push_back(static_cast<std::uint32_t>(nearest_.size()));
}

}  // namespace madang::sensing::warning
