#include "sensing/warning/lateness.h"

#include <algorithm>
#include <numeric>

namespace madang::sensing::warning {
namespace {

constexpr float kKept = 0.95F;       // of what was seen before, at each delivery: about twenty count
constexpr float kTooMany = 0.2F;     // later than the pace: the pace is another one
constexpr float kHardlyAny = 0.02F;  // ... and so few let it be a quicker one again

}  // namespace

std::size_t Lateness::pace_of(Millis step, Millis late) const {
  if (late <= std::min(at_once_, step)) return 0;
  auto const pace = std::ranges::find_if(kPaces.begin() + 1, kPaces.end(), [late](Millis most) { return late <= most; });
  return static_cast<std::size_t>(pace - kPaces.begin());
}

void Lateness::add(DatastreamId stream, Millis step, Millis late) {
  if (late > kLatenessMax) return;
  auto& r = records_[stream];
  for (float& d : r.deliveries) d *= kKept;
  r.deliveries[pace_of(step, late)] += 1;
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
