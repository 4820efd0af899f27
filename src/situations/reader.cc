#include "situations/reader.h"

#include <algorithm>

#include "city/area_path.h"
#include "situations/permissions.h"

namespace madang::situations {

Reader::Reader(web::Principal const& who) : all_(who.may(kSeeSituations)) {
  if (all_ || !who.grants) return;
  areas_ = who.grants->areas(kSeeSituations.name());
  std::ranges::sort(areas_);
  auto const doubled = std::ranges::unique(areas_);
  areas_.erase(doubled.begin(), doubled.end());
}

Reader Reader::everywhere() {
  Reader reader;
  reader.all_ = true;
  return reader;
}

Audience Reader::of(Situation const& s, city::City const& city) const {
  if (all_) return Audience::kOperators;
  if (areas_.empty()) return Audience::kPublic;
  auto const path = city::path_of(city, s.signal.area);
  return std::ranges::find_first_of(path, areas_) != path.end() ? Audience::kOperators : Audience::kPublic;
}

bool Reader::sees(Situation const& s, city::City const& city) const {
  return shown_to_public(s) || of(s, city) == Audience::kOperators;
}

}  // namespace madang::situations
