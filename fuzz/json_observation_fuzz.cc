// Observation bodies: whatever is accepted is one observation that the store would take, or says that more is nested in it.
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
  if (auto const parsed = opendata::parse_observation(body, DatastreamId{1}, context)) {
    if (parsed->nested) return 0;
    auto const& observations = parsed->batch.observations;
    MADANG_ASSERT(observations.size() == 1 && std::isfinite(observations[0].value));
    MADANG_ASSERT(observations[0].phenomenon_time >= kInstantMin);
  }
  return 0;
}
