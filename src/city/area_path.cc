#include "city/area_path.h"

#include "city/limits.h"

namespace madang::city {

std::vector<AreaId> path_of(City const& city, AreaId area) {
  std::vector<AreaId> path;
  constexpr auto kLevels = static_cast<std::size_t>(kAreaLevelMax);
  for (auto next = city.area(area); next && path.size() < kLevels; next = city.area(next->parent)) path.push_back(next->id);
  return path;
}

}  // namespace madang::city
