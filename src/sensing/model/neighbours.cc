#include "sensing/model/neighbours.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>
#include <vector>

namespace madang::sensing {
namespace {

constexpr double kMetresPerDegree = 111'195;
constexpr std::int32_t kRings = 4;  // cells around the own one that hold everybody within reach

double narrowness(double latitude) { return std::max(0.05, std::cos(radians(latitude))); }

struct Cell {
  std::int32_t row = 0, column = 0;
};

/// Sites in square cells: as wide as high at the latitude farthest from the equator, wider elsewhere, so that whoever is
/// not in the first n rings around a cell is at least n cells away.
class Grid {
 public:
  Grid(std::span<Site const> sites, Reach reach) : sites_(sites), reach_(reach), cell_(std::max(1.0, reach.metres) / kRings) {
    for (auto const& site : sites) narrow_ = std::min(narrow_, narrowness(site.place.latitude));
    for (std::uint32_t i = 0; i < sites.size(); ++i) cells_[key_of(sites[i].group, cell_of(sites[i].place))].push_back(i);
  }

  /// In a dense city the nearest stand in the first rings, and a hundred times as many within the whole reach.
  std::span<std::uint32_t const> nearest(Site const& site) {
    near_.clear();
    std::size_t sure = 0;
    for (std::int32_t ring = 0; ring <= kRings && sure < reach_.most; ++ring) {
      look_around(site, ring);
      double const surely = ring * cell_;
      sure = static_cast<std::size_t>(std::ranges::count_if(near_, [&](Near const& n) { return n.first <= surely * surely; }));
    }
    auto const kept = std::min(near_.size(), reach_.most);
    std::partial_sort(near_.begin(), near_.begin() + static_cast<std::ptrdiff_t>(kept), near_.end());
    found_.clear();
    for (std::size_t n = 0; n < kept; ++n) found_.push_back(near_[n].second);
    return found_;
  }

 private:
  using Near = std::pair<double, std::uint32_t>;  // square metres, number
  using Key = std::uint64_t;

  static Key key_of(std::uint32_t group, Cell c) {
    return (Key{group & 0xFFFFU} << 48U) | (Key{static_cast<std::uint32_t>(c.row) & 0xFFFFFFU} << 24U) |
           Key{static_cast<std::uint32_t>(c.column) & 0xFFFFFFU};
  }
  [[nodiscard]] Cell cell_of(LatLon p) const {
    return {static_cast<std::int32_t>(std::floor(p.latitude * kMetresPerDegree / cell_)),
            static_cast<std::int32_t>(std::floor(p.longitude * kMetresPerDegree * narrow_ / cell_))};
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
      if (other.thing != site.thing && square <= reach_.metres * reach_.metres) near_.emplace_back(square, other.number);
    }
  }

  std::span<Site const> sites_;
  Reach reach_;
  double cell_;
  double narrow_ = 1;
  std::unordered_map<Key, std::vector<std::uint32_t>> cells_;
  std::vector<Near> near_;
  std::vector<std::uint32_t> found_;
};

}  // namespace

void find_neighbours(std::span<Site const> sites, Reach reach, TakeNeighbours const& take) {
  Grid grid(sites, reach);
  for (std::size_t i = 0; i < sites.size(); ++i) take(i, grid.nearest(sites[i]));
}

}  // namespace madang::sensing
