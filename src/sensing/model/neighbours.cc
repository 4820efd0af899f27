#include "sensing/model/neighbours.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

namespace madang::sensing {
namespace {

constexpr double kMetresPerDegree = 111'195;
constexpr std::int32_t kRings = 4;  // cells around the own one that hold everybody within reach

double square_between(LatLon a, LatLon b, double narrow) {
  double const north = (b.latitude - a.latitude) * kMetresPerDegree;
  double const east = (b.longitude - a.longitude) * kMetresPerDegree * narrow;
  return north * north + east * east;
}

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
      double const square = square_between(site.place, other.place, narrow);
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

/// Places in cells as wide as the reach at the latitude farthest from the equator, wider elsewhere.
class Places {
 public:
  Places(std::span<LatLon const> places, double metres) : metres_(metres) {
    for (auto const& place : places) narrow_ = std::min(narrow_, narrowness(place.latitude));
    narrow_ *= kMargin;
    for (auto const& place : places) {
      auto const cell = cell_of(place);
      cells_[cell].push_back(place);
      south_west_ = {std::min(south_west_.first, cell.first), std::min(south_west_.second, cell.second)};
      north_east_ = {std::max(north_east_.first, cell.first), std::max(north_east_.second, cell.second)};
    }
  }

  /// Within `cells` cells of a place: all that are so many reaches away, and some farther.
  [[nodiscard]] bool any_about(LatLon p, std::int64_t cells) const {
    return look(p, cells, [](auto const&) { return true; });
  }
  [[nodiscard]] bool any_within_reach(LatLon p) const {
    // By either's own narrowness: whoever is asked for the distance must be found.
    return look(p, 1, [&](std::vector<LatLon> const& cell) {
      return std::ranges::any_of(cell, [&](LatLon other) {
        double const narrow = std::min(narrowness(p.latitude), narrowness(other.latitude));
        return square_between(p, other, narrow) <= metres_ * metres_;
      });
    });
  }

 private:
  using Cell = std::pair<std::int64_t, std::int64_t>;
  static constexpr double kMargin = 0.99;  // sites a reach beyond the places lie a little farther from the equator

  [[nodiscard]] Cell cell_of(LatLon p) const {
    return {static_cast<std::int64_t>(std::floor(p.latitude * kMetresPerDegree / metres_)),
            static_cast<std::int64_t>(std::floor(p.longitude * kMetresPerDegree * narrow_ / metres_))};
  }
  template <typename Wanted>
  [[nodiscard]] bool look(LatLon p, std::int64_t cells, Wanted const& wanted) const {
    auto const [row, column] = cell_of(p);
    // Most of a city is far from what changed.
    if (row + cells < south_west_.first || row - cells > north_east_.first) return false;
    if (column + cells < south_west_.second || column - cells > north_east_.second) return false;
    for (auto r = row - cells; r <= row + cells; ++r) {
      for (auto c = column - cells; c <= column + cells; ++c) {
        auto const found = cells_.find({r, c});
        if (found != cells_.end() && wanted(found->second)) return true;
      }
    }
    return false;
  }

  double metres_;
  double narrow_ = 1;
  std::map<Cell, std::vector<LatLon>> cells_;
  Cell south_west_{INT64_MAX, INT64_MAX};
  Cell north_east_{INT64_MIN, INT64_MIN};
};

}  // namespace

Surroundings surroundings_of(std::span<LatLon const> places, std::span<Site const> sites, double metres) {
  Surroundings found;
  Places const changed(places, metres);
  for (auto const& site : sites) {
    if (!changed.any_about(site.place, 2)) continue;
    found.sites.push_back(site);
    found.affected.push_back(changed.any_within_reach(site.place));
  }
  return found;
}

void find_neighbours(std::span<Site const> sites, Reach reach, TakeNeighbours const& take) {
  Grid grid(sites, reach);
  for (std::size_t i = 0; i < sites.size(); ++i) take(i, grid.nearest(sites[i]));
}

}  // namespace madang::sensing
