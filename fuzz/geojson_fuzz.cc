// GeoJSON from outside: Areas with their repair and index, and the geometry of a Location.
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "city/area_index.h"
#include "city/geojson.h"
#include "city/geometry.h"
#include "city/whole_areas.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  std::string_view const text(reinterpret_cast<char const*>(data), size);
  (void)city::point_of_geometry(text);
  if (auto const shape = city::shape_of_geometry(text)) {
    auto const again = city::shape_of_geometry(city::geometry_of_shape(*shape));
    MADANG_ASSERT(again && *again == *shape);
  }
  auto file = city::areas_of_geojson(text, {});
  if (!file) return 0;
  auto features = city::whole_areas(*file);
  if (!features) return 0;
  std::vector<std::shared_ptr<city::Area const>> areas;
  for (auto& feature : *features) {
    for (auto const& polygon : feature.shape)
      for (auto const& ring : polygon)
        for (auto const point : ring) MADANG_ASSERT(is_on_earth(point));
    (void)city::interior_point(feature.shape);
    city::Area area;
    area.id = AreaId{static_cast<std::int64_t>(areas.size()) + 1};
    area.code = feature.code;
    area.shape = std::move(feature.shape);
    areas.push_back(std::make_shared<city::Area const>(std::move(area)));
  }
  city::AreaIndex const index(areas);
  (void)index.at({37.5, 127});
  return 0;
}
