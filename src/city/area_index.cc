#include "city/area_index.h"

#include <algorithm>
#include <cmath>

namespace madang::city {
namespace {

constexpr std::size_t kCellsPerAxisMax = 256;

/// Does a ray from the point eastward cross the edge from a to b?
bool crosses(LatLon point, LatLon a, LatLon b) {
  if ((a.latitude > point.latitude) == (b.latitude > point.latitude)) return false;
  double const share = (point.latitude - a.latitude) / (b.latitude - a.latitude);
  return point.longitude < a.longitude + share * (b.longitude - a.longitude);
}

/// Square degrees; the direction of the ring does not matter.
double size_of(Ring const& ring) {
  double twice = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
    twice += ring[i].longitude * ring[i + 1].latitude - ring[i + 1].longitude * ring[i].latitude;
  }
  return std::abs(twice) / 2;
}

double size_of(MultiPolygon const& shape) {
  double size = 0;
  for (auto const& polygon : shape) {
    for (std::size_t i = 0; i < polygon.size(); ++i) size += i == 0 ? size_of(polygon[i]) : -size_of(polygon[i]);
  }
  return size;
}

}  // namespace

bool contains(MultiPolygon const& shape, LatLon point) {
  bool inside = false;
  for (auto const& polygon : shape) {
    for (auto const& ring : polygon) {
      for (std::size_t i = 0; i + 1 < ring.size(); ++i) {
        if (crosses(point, ring[i], ring[i + 1])) inside = !inside;
      }
    }
  }
  return inside;
}

void AreaIndex::Box::add(LatLon point) {
  south = std::min(south, point.latitude);
  north = std::max(north, point.latitude);
  west = std::min(west, point.longitude);
  east = std::max(east, point.longitude);
}

bool AreaIndex::Box::contains(LatLon point) const {
  return south <= point.latitude && point.latitude <= north && west <= point.longitude && point.longitude <= east;
}

AreaIndex::AreaIndex(std::vector<std::shared_ptr<Area const>> areas) : areas_(std::move(areas)) {
  std::sort(areas_.begin(), areas_.end(), [](auto const& a, auto const& b) {
    return a->level != b->level ? a->level < b->level : a->code < b->code;
  });
  for (std::size_t i = 0; i < areas_.size(); ++i) {
    Entry entry{i, {}, size_of(areas_[i]->shape)};
    for (auto const& polygon : areas_[i]->shape) {
      for (auto const& ring : polygon) {
        for (auto const point : ring) entry.box.add(point);
      }
    }
    bounds_.add({entry.box.south, entry.box.west});
    bounds_.add({entry.box.north, entry.box.east});
    entries_.push_back(entry);
    places_.emplace(areas_[i]->id, i);
  }
  if (entries_.empty()) return;
  std::sort(entries_.begin(), entries_.end(), [this](Entry const& a, Entry const& b) {
    auto const a_level = areas_[a.area]->level;
    auto const b_level = areas_[b.area]->level;
    return a_level != b_level ? a_level > b_level : a.size < b.size;
  });
  auto const wanted = 2 * std::ceil(std::sqrt(static_cast<double>(entries_.size())));
  side_ = std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, kCellsPerAxisMax);
  cells_.resize(side_ * side_);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto const& box = entries_[i].box;
    for (auto y = row(box.south); y <= row(box.north); ++y) {
      for (auto x = column(box.west); x <= column(box.east); ++x) {
        cells_[y * side_ + x].push_back(static_cast<std::uint32_t>(i));
      }
    }
  }
}

std::size_t AreaIndex::column(double longitude) const {
  double const width = bounds_.east - bounds_.west;
  if (width <= 0) return 0;
  auto const cell = (longitude - bounds_.west) / width * static_cast<double>(side_);
  return std::min(side_ - 1, static_cast<std::size_t>(std::max(0.0, cell)));
}

std::size_t AreaIndex::row(double latitude) const {
  double const height = bounds_.north - bounds_.south;
  if (height <= 0) return 0;
  auto const cell = (latitude - bounds_.south) / height * static_cast<double>(side_);
  return std::min(side_ - 1, static_cast<std::size_t>(std::max(0.0, cell)));
}

template <typename Wanted>
AreaId AreaIndex::first_holding(LatLon point, Wanted const& wanted) const {
  if (cells_.empty() || !bounds_.contains(point)) return {};
  for (auto const place : cells_[row(point.latitude) * side_ + column(point.longitude)]) {
    auto const& entry = entries_[place];
    auto const& area = *areas_[entry.area];
    if (wanted(area) && entry.box.contains(point) && contains(area.shape, point)) return area.id;
  }
  return {};
}

AreaId AreaIndex::at(LatLon point) const {
  return first_holding(point, [](Area const&) { return true; });
}

AreaId AreaIndex::at(LatLon point, int level) const {
  return first_holding(point, [level](Area const& area) { return area.level == level; });
}

std::shared_ptr<Area const> AreaIndex::find(AreaId id) const {
  auto const found = places_.find(id);
  return found == places_.end() ? nullptr : areas_[found->second];
}

}  // namespace madang::city
