#include "situations/report_rights.h"

#include <algorithm>

#include "city/area_path.h"
#include "runtime/refusal.h"
#include "situations/permissions.h"
#include "situations/reach.h"

namespace madang::situations {
namespace {

bool may_report_in(web::Principal const& who, AreaId area, city::City const& city) {
  return who.may_in(kReportSituations, city::path_of(city, area));
}

/// Of an Area and all above it.
city::AreaPtr largest_ground(web::Principal const& who, AreaId area, city::City const& city) {
  city::AreaPtr ground;
  for (auto const each : city::path_of(city, area))
    if (may_report_in(who, each, city)) ground = city.area(each);
  return ground;
}

}  // namespace

bool may_report(web::Principal const& who, Signal const& signal, city::City const& city) {
  if (!may_report_in(who, signal.area, city)) return false;
  return !signal.place || may_report_in(who, city.area_at(*signal.place), city);
}

Result<void> check_reach(web::Principal const& who, Signal const& signal, city::City const& city) {
  if (who.may(kReportSituations) || !signal.place) return {};
  auto const around = city::path_of(city, city.area_at(*signal.place));
  bool const inside = std::ranges::find(around, signal.area) != around.end();
  auto const area = city.area(signal.area);
  if (!inside && area && metres_to(area->shape, *signal.place) > signal.radius)
    return runtime::refuse_field(Code::kInvalid, "place", "refusal.situation.place_apart");
  auto const ground = largest_ground(who, signal.area, city);
  if (ground && signal.radius > metres_across(ground->shape, *signal.place))
    return runtime::refuse_field(Code::kInvalid, "radius", "refusal.situation.radius_beyond");
  return {};
}

}  // namespace madang::situations
