// Which Area holds a point: a grid over all Areas, then the crossing-number test. Immutable, so any number of
// threads may ask at once.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "city/model.h"
#include "core/geo.h"

namespace madang::city {

/// Even-odd over all rings, half open: a point on a border shared by two areas lies in exactly one of them.
[[nodiscard]] bool contains(MultiPolygon const& shape, LatLon point);

class AreaIndex {
 public:
  AreaIndex() = default;
  explicit AreaIndex(std::vector<std::shared_ptr<Area const>> areas);

  /// The Area of the deepest level that holds the point, among those the smallest; 0: none.
  [[nodiscard]] AreaId at(LatLon point) const;
  /// The same, only of this level.
  [[nodiscard]] AreaId at(LatLon point, int level) const;
  /// By level, then code.
  [[nodiscard]] std::vector<std::shared_ptr<Area const>> const& areas() const { return areas_; }
  [[nodiscard]] std::shared_ptr<Area const> find(AreaId id) const;

 private:
  struct Box {
    double south = 90, north = -90, west = 180, east = -180;
    void add(LatLon point);
    [[nodiscard]] bool contains(LatLon point) const;
  };
  struct Entry {
    std::size_t area;  ///< place in areas_
    Box box;
    double size;       ///< square degrees, only to compare
  };

  [[nodiscard]] std::size_t column(double longitude) const;
  [[nodiscard]] std::size_t row(double latitude) const;
  template <typename Wanted>
  [[nodiscard]] AreaId first_holding(LatLon point, Wanted const& wanted) const;

  std::vector<std::shared_ptr<Area const>> areas_;
  std::unordered_map<AreaId, std::size_t> places_;  ///< in areas_
  std::vector<Entry> entries_;                    ///< deepest level first, then smallest
  Box bounds_;
  std::size_t side_ = 0;                          ///< cells along each axis
  std::vector<std::vector<std::uint32_t>> cells_;  ///< places in entries_, ascending
};

}  // namespace madang::city
