#include "sensing/quality/neighbours.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

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

/// Sites in square cells: as wide as high at the latitude farthest from the equator, wider elsewhere, so that whoever is
/// not in the first n rings around a cell is at least n cells away.
class Grid {
 public:
  explicit Grid(std::span<Site const> sites) : sites_(sites) {
    for (auto const& site : sites) narrow_ = std::min(narrow_, narrowness(site.place.latitude));
    for (std::uint32_t i = 0; i < sites.size(); ++i) cells_[key_of(sites[i].group, cell_of(sites[i].place))].push_back(i);
  }

  /// In a dense city the nearest stand in the first rings, and a hundred times as many within the whole reach.
  Neighbours nearest(Site const& site) {
    near_.clear();
    std::size_t sure = 0;
    for (std::int32_t ring = 0; ring <= kRings && sure < kNeighboursKept; ++ring) {
      look_around(site, ring);
      double const surely = ring * kCellMetres;
      sure = static_cast<std::size_t>(std::ranges::count_if(near_, [&](Near const& n) { return n.first <= surely * surely; }));
    }
    Neighbours found;
    auto const kept = std::min(near_.size(), kNeighboursKept);
    std::partial_sort(near_.begin(), near_.begin() + static_cast<std::ptrdiff_t>(kept), near_.end());
    for (std::size_t n = 0; n < kept; ++n) found.numbers[n] = near_[n].second;
    found.count = static_cast<std::uint8_t>(kept);
    return found;
  }

 private:
  using Near = std::pair<double, std::uint32_t>;  // square metres, number
  using Key = std::uint64_t;

  static Key key_of(std::uint32_t group, Cell c) {
    return (Key{group & 0xFFFFU} << 48U) | (Key{static_cast<std::uint32_t>(c.row) & 0xFFFFFFU} << 24U) |
           Key{static_cast<std::uint32_t>(c.column) & 0xFFFFFFU};
  }
  [[nodiscard]] Cell cell_of(LatLon p) const {
    return {static_cast<std::int32_t>(std::floor(p.latitude * kMetresPerDegree / kCellMetres)),
            static_cast<std::int32_t>(std::floor(p.longitude * kMetresPerDegree * narrow_ / kCellMetres))};
  }

  void look_around(Site const& site, std::int32_t ring) {
    auto const home = cell_of(site.place);
    for (std::int32_t row = -ring; row <= ring; ++row) {
      auto const step = std::abs(row) == ring ? 1 : 2 * ring;  // of the rows between only the two ends
      for (std::int32_t column = -ring; column <= ring; column += step) look_into(site, {home.row + row, home.column + column});
    }
  }

  /// The earth is flat over the reach of neighbours.
  void look_into(Site const& site, Cell c) {
    auto const cell = cells_.find(key_of(site.group, c));
    if (cell == cells_.end()) return;
    double const narrow = narrowness(site.place.latitude);
    for (auto const i : cell->second) {
      auto const& other = sites_[i];
      double const north = (other.place.latitude - site.place.latitude) * kMetresPerDegree;
      double const east = (other.place.longitude - site.place.longitude) * kMetresPerDegree * narrow;
      double const square = north * north + east * east;
      if (other.thing != site.thing && square <= kNeighbourMetres * kNeighbourMetres) near_.emplace_back(square, other.number);
    }
  }

  std::span<Site const> sites_;
  double narrow_ = 1;
  std::unordered_map<Key, std::vector<std::uint32_t>> cells_;
  std::vector<Near> near_;
};

}  // namespace

std::vector<Neighbours> neighbours_of(std::span<Site const> sites) {
  Grid grid(sites);
  std::vector<Neighbours> found;
  found.reserve(sites.size());
  for (auto const& site : sites) found.push_back(grid.nearest(site));
  return found;
}

}  // namespace madang::sensing
