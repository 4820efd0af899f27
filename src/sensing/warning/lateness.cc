#include "sensing/warning/lateness.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace madang::sensing::warning {
namespace {

constexpr float kMemoryHours = 2;    // what was before counts less and less
constexpr float kTooMany = 0.2F;     // of the time later than the pace: the pace is another one; after about half an hour
constexpr float kHardlyAny = 0.05F;  // ... and so little lets it be a quicker one again
constexpr float kLeastHours = 1.0F / 6;  // ... and not what lasted for less, however little else is known
constexpr Millis kFirst{1'000};      // the weight of the first one: any other says more
constexpr std::int64_t kCatchesUp = 2;  // times as much of the past as time has gone by
constexpr Millis kWeightMost = std::chrono::minutes{10};
constexpr float kHour = 3'600'000;

}  // namespace

std::size_t Lateness::pace_of(Millis step, Millis late) const {
  if (late <= std::min(at_once_, step)) return 0;
  auto const pace = std::ranges::find_if(kPaces.begin() + 1, kPaces.end(), [late](Millis most) { return late <= most; });
  return static_cast<std::size_t>(pace - kPaces.begin());
}

void Lateness::count(DatastreamId stream, Millis step, Delivery const& d, std::size_t first_below) {
  if (d.late > kLatenessMax) return;
  auto& r = records_[stream];
  bool const first = r.arrived == kInstantMin;
  auto const since = first ? kFirst : std::max(d.arrived - r.arrived, Millis{0});
  auto const newest = std::min(d.newest, d.arrived);  // no clock that is ahead makes others late
  auto const late = pace_of(step, d.late);
  bool const catches_up = !first && late > 0 && (newest <= r.newest || newest - r.newest >= kCatchesUp * since);
  r.arrived = std::max(r.arrived, d.arrived);
  r.newest = std::max(r.newest, newest);
  auto const weight = static_cast<float>(std::min(since, kWeightMost).count()) / kHour;
  if (weight <= 0 || catches_up) return;
  for (float& each : r.deliveries) each *= std::exp(-weight / kMemoryHours);
  r.deliveries[late] += weight;
  float const all = std::accumulate(r.deliveries.begin(), r.deliveries.end(), 0.0F);
  auto const later_than = [&](std::size_t pace) {
    return std::accumulate(r.deliveries.begin() + static_cast<std::ptrdiff_t>(pace) + 1, r.deliveries.end(), 0.0F);
  };
  auto const is_too_late_for = [&](std::size_t pace) {
    return later_than(pace) > kTooMany * all && ((first && late < first_below) || later_than(pace) >= kLeastHours);
  };
  std::size_t pace = r.pace;
  while (pace + 1 < kPaces.size() && is_too_late_for(pace)) ++pace;
  if (pace == r.pace)
    while (pace > 0 && later_than(pace - 1) < kHardlyAny * all) --pace;
  if (pace == r.pace) return;
  r.pace = static_cast<std::uint8_t>(pace);
  ++changes_;
}

Millis Lateness::of(DatastreamId stream) const {
  auto const found = records_.find(stream);
  return found == records_.end() ? Millis{0} : kPaces[found->second.pace];
}

}  // namespace madang::sensing::warning
