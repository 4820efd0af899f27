#include "city/commands/areas_named.h"

#include <fmt/format.h>

#include <algorithm>

namespace madang::city {

Result<AreaId> area_of_code(City const& city, std::string_view code) {
  if (code.empty()) return AreaId{};
  auto const areas = city.areas();
  auto const found = std::ranges::find_if(areas, [code](AreaPtr const& area) { return area->code == code; });
  if (found == areas.end()) return fail(Code::kNotFound, fmt::format("area: there is none with the code \"{}\"", code));
  return (*found)->id;
}

Result<AreaId> area_of_code(storage::Records& records, runtime::Clock const& clock, std::string_view code) {
  if (code.empty()) return AreaId{};
  MADANG_TRY(auto const city, City::open(records, clock));
  return area_of_code(*city, code);
}

std::string area_text(City const& city, AreaId area) {
  if (!area) return "the whole city";
  auto const found = city.area(area);
  return found ? fmt::format("area {}", found->code) : fmt::format("area no. {}, which is gone", area.value());
}

}  // namespace madang::city
