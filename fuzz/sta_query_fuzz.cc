// SensorThings' resource paths, $filter and $select: a path in front of a newline, a filter or a choice behind it.
#include <cstdint>
#include <string_view>

#include "opendata/sensorthings/filter.h"
#include "opendata/sensorthings/members.h"
#include "opendata/sensorthings/paths.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  std::string_view const all(reinterpret_cast<char const*>(data), size);
  auto const cut = all.find('\n');
  if (auto const path = opendata::parse_path(all.substr(0, cut))) MADANG_ASSERT(path->segments.size() <= 16);
  if (cut == std::string_view::npos) return 0;
  auto const rest = all.substr(cut + 1);
  static constexpr std::string_view kThings =
      R"([{"@iot.id":1,"name":"a","properties":{"n":1.5,"t":"2026-11-24T05:00:00Z","b":true,"z":null}},{"@iot.id":2}])";
  if (auto const names = opendata::parse_select(rest, opendata::EntityKind::kThing)) {
    MADANG_ASSERT(opendata::with_members(kThings, *names).starts_with('{'));
  }
  if (auto const filter = opendata::Filter::parse(rest, opendata::EntityKind::kThing)) {
    MADANG_ASSERT(opendata::matching(*filter, kThings).size() <= 2);
  }
  if (auto const filter = opendata::Filter::parse(rest)) {
    storage::StoredObservation o;
    o.id = ObservationId{1};
    o.phenomenon_time = instant_of_millis(1'800'000'000'000);
    auto const bounds = filter->bounds();
    MADANG_ASSERT(bounds.from <= bounds.to);
    if (filter->matches(o)) MADANG_ASSERT(bounds.contains(o.phenomenon_time));
  }
  return 0;
}
