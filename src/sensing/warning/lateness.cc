#include "sensing/warning/lateness.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace madang::sensing::warning {
namespace {

constexpr float kMemoryHours = 2;    // what was before counts less and less
constexpr float kTooMany = 0.2F;     // of the time later than the pace: the pace is another one; after about half an hour
constexpr float kHardlyAny = 0.05F;  // ... and so little lets it be a quicker one again
constexpr Millis kWeightMost = std::chrono::minutes{10};
constexpr float kHour = 3'600'000;

}  // namespace

std::size_t Lateness::pace_of(Millis step, Millis late) const {
  if (late <= std::min(at_once_, step)) return 0;
  auto const pace = std::ranges::find_if(kPaces.begin() + 1, kPaces.end(), [late](Millis most) { return late <= most; });
  return static_cast<std::size_t>(pace - kPaces.begin());
}

void Lateness::add(DatastreamId stream, Millis step, Instant arrived, Millis late) {
  if (late > kLatenessMax) return;
  auto& r = records_[stream];
  auto const since = r.newest == kInstantMin ? step : std::max(arrived - r.newest, Millis{0});
  auto const weight = static_cast<float>(std::min(since, kWeightMost).count()) / kHour;
  r.newest = std::max(r.newest, arrived);
  if (weight <= 0) return;
  for (float& d : r.deliveries) d *= std::exp(-weight / kMemoryHours);
  r.deliveries[pace_of(step, late)] += weight;
  float const all = std::accumulate(r.deliveries.begin(), r.deliveries.end(), 0.0F);
  auto const later_than = [&](std::size_t pace) {
    return std::accumulate(r.deliveries.begin() + static_cast<std::ptrdiff_t>(pace) + 1, r.deliveries.end(), 0.0F) / all;
  };
  std::size_t pace = r.pace;
  while (pace + 1 < kPaces.size() && later_than(pace) > kTooMany) ++pace;
  if (pace == r.pace)
    while (pace > 0 && later_than(pace - 1) < kHardlyAny) --pace;
  if (pace == r.pace) return;
  r.pace = static_cast<std::uint8_t>(pace);
  ++changes_;
}

Millis Lateness::of(DatastreamId stream) const {
  auto const found = records_.find(stream);
  return found == records_.end() ? Millis{0} : kPaces[found->second.pace];
}

}  // namespace madang::sensing::warning
