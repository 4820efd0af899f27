// SensorThings' resource paths and $filter: a path in front of a newline, a filter behind it.
#include <cstdint>
#include <string_view>

#include "opendata/sensorthings/filter.h"
#include "opendata/sensorthings/paths.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  std::string_view const all(reinterpret_cast<char const*>(data), size);
  auto const cut = all.find('\n');
  if (auto const path = opendata::parse_path(all.substr(0, cut))) MADANG_ASSERT(path->segments.size() <= 16);
  if (cut == std::string_view::npos) return 0;
  if (auto const filter = opendata::Filter::parse(all.substr(cut + 1))) {
    storage::StoredObservation o;
    o.id = ObservationId{1};
    o.phenomenon_time = instant_of_millis(1'800'000'000'000);
    auto const bounds = filter->bounds();
    MADANG_ASSERT(bounds.from <= bounds.to);
    if (filter->matches(o)) MADANG_ASSERT(bounds.contains(o.phenomenon_time));
  }
  return 0;
}
