// Who stands near whom: per channel, the nearest stations within the table's reach.
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "sensing/quality/engine.h"

namespace madang::sensing {
namespace {

struct Cell {
  std::int32_t row = 0, column = 0;
};
/// Cells of at least the reach, so that all neighbours lie in the nine around.
Cell cell_of(LatLon p) {
  constexpr double kMetresPerDegree = 111'195;
  double const narrow = std::max(0.05, std::cos(radians(p.latitude)));
  return {static_cast<std::int32_t>(std::floor(p.latitude * kMetresPerDegree / kNeighbourMetres)),
          static_cast<std::int32_t>(std::floor(p.longitude * kMetresPerDegree * narrow / (1.2 * kNeighbourMetres)))};
}

using Key = std::uint64_t;
Key key_of(std::uint32_t group, Cell c) {
  return (Key{group & 0xFFFFU} << 48U) | (Key{static_cast<std::uint32_t>(c.row) & 0xFFFFFFU} << 24U) |
         Key{static_cast<std::uint32_t>(c.column) & 0xFFFFFFU};
}

}  // namespace

void QualityEngine::find_neighbours() {
  std::unordered_map<Key, std::vector<std::uint32_t>> cells;
  for (std::uint32_t i = 0; i < streams_.size(); ++i)
    if (points_[i] && streams_[i].limits->neighbour > 0) cells[key_of(streams_[i].group, cell_of(*points_[i]))].push_back(i);
  std::vector<std::pair<double, std::uint32_t>> near;
  for (std::uint32_t i = 0; i < streams_.size(); ++i) {
    auto& stream = streams_[i];
    stream.neighbour_count = 0;
    if (!points_[i] || stream.limits->neighbour <= 0) continue;
    near.clear();
    auto const home = cell_of(*points_[i]);
    for (std::int32_t row = -1; row <= 1; ++row)
      for (std::int32_t column = -1; column <= 1; ++column) {
        auto const cell = cells.find(key_of(stream.group, {home.row + row, home.column + column}));
        if (cell == cells.end()) continue;
        for (auto const other : cell->second) {
          double const metres = distance_metres(*points_[i], *points_[other]);
          if (streams_[other].thing != stream.thing && metres <= kNeighbourMetres) near.emplace_back(metres, other);
        }
      }
    auto const kept = std::min(near.size(), kNeighboursKept);
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end());
    for (std::size_t n = 0; n < kept; ++n) stream.neighbours[n] = near[n].second;
    stream.neighbour_count = static_cast<std::uint8_t>(kept);
  }
}

}  // namespace madang::sensing
