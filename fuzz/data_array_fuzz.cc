// CreateObservations bodies: every element that is not refused points at its own observation, or at an equal earlier one.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "fuzz_city.h"
#include "opendata/sensorthings/observations.h"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  using namespace madang;
  static fuzz::FuzzCity const city;
  static opendata::StreamPlans plans(city);
  web::Principal const who;
  opendata::PostContext const context{plans, who, instant_of_millis(1'800'000'000'000)};
  std::string_view const body(reinterpret_cast<char const*>(data), size);
  if (auto const arrays = opendata::parse_data_arrays(body, context)) {
    std::size_t stored = 0;
    for (auto const index : arrays->elements) {
      if (index == opendata::DataArrays::kRefused) continue;
      MADANG_ASSERT(index <= stored);
      if (index == stored) ++stored;
    }
    MADANG_ASSERT(stored == arrays->batch.observations.size());
    for (auto const& o : arrays->batch.observations) MADANG_ASSERT(std::isfinite(o.value));
    for (auto const& [index, detail] : arrays->batch.details) MADANG_ASSERT(index < stored);
  }
  return 0;
}
