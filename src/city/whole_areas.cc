#include "city/whole_areas.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "city/geometry.h"

namespace madang::city {
namespace {

bool is_named(AreaFeature const& area) {
  return std::ranges::any_of(area.name.by_language, [&](auto const& name) { return name.second != area.code; });
}

constexpr double kNearDegrees = 3;

struct Box {
  double south = 90, north = -90, west = 180, east = -180;

  [[nodiscard]] bool is_near(LatLon p) const {
    return p.latitude > south - kNearDegrees && p.latitude < north + kNearDegrees && p.longitude > west - kNearDegrees &&
           p.longitude < east + kNearDegrees;
  }
};

}  // namespace

std::optional<std::string> doubt_of_order(std::span<AreaFeature const> areas, std::span<LatLon const> known) {
  if (known.empty()) return std::nullopt;
  Box box;
  for (auto const point : known) {
    box.south = std::min(box.south, point.latitude);
    box.north = std::max(box.north, point.latitude);
    box.west = std::min(box.west, point.longitude);
    box.east = std::max(box.east, point.longitude);
  }
  for (auto const& area : areas) {
    auto const corner = area.shape.front().front().front();
    if (box.is_near(corner) || !box.is_near({corner.longitude, corner.latitude})) return std::nullopt;
  }
  return "all areas lie far from the city's other places, and would lie among them with latitude and longitude exchanged: "
         "GeoJSON wants the longitude first";
}

Result<std::vector<AreaFeature>> whole_areas(AreaFile& file) {
  std::vector<AreaFeature> areas;
  std::vector<std::size_t> parts;
  std::unordered_map<std::string, std::size_t> places;
  for (auto& feature : file.areas) {
    auto shape = repaired(std::move(feature.shape));
    if (!shape) {
      file.set_aside_feature(fmt::format("area {}: {}", feature.code, shape.error().sentence));
      continue;
    }
    auto const [place, fresh] = places.emplace(feature.code, areas.size());
    if (fresh) {
      feature.shape = *std::move(shape);
      areas.push_back(std::move(feature));
      parts.push_back(1);
      continue;
    }
    auto& area = areas[place->second];
    if (area.name != feature.name || !is_named(area))
      return fail(Code::kInvalid, fmt::format("the code {} appears twice, and not as parts of one named area", area.code));
    std::ranges::move(*shape, std::back_inserter(area.shape));
    ++parts[place->second];
  }
  if (areas.empty()) return fail(Code::kInvalid, file.notes.empty() ? "there is no area in it" : file.notes.back());
  for (std::size_t i = 0; i < areas.size(); ++i) {
    if (parts[i] == 1) continue;
    MADANG_TRY(areas[i].shape, united(areas[i].shape));
    file.note(fmt::format("area {}: {} features are its parts", areas[i].code, parts[i]));
  }
  return areas;
}

}  // namespace madang::city
