#include "sensing/warning/lateness.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace madang::sensing::warning {
namespace {

constexpr float kMemoryHours = 2;    // what was before counts less and less
constexpr float kTooMany = 0.2F;     // of the time later than the pace: the pace is another one ...
constexpr float kLastsHours = 0.4F;  // ... when that lasts, unless hardly anything else was ever seen ...
constexpr float kAlways = 0.95F;
constexpr int kAlwaysLeast = 2;      // ... in so many deliveries: one may be what an outage held back
constexpr float kHardlyAny = 0.05F;  // ... and so little lets it be a quicker one again
constexpr Millis kWaitMost = std::chrono::minutes{10};
constexpr int kLostLeast = 3;        // so many deliveries without one value that was judged, and ...
constexpr Millis kLostFor = std::chrono::minutes{5};  // ... for so long, are no accident
constexpr int kLostSaid = 2;         // so many are worth a word
constexpr Millis kOneDelivery = std::chrono::seconds{1};

}  // namespace

std::vector<Delivery> deliveries_of(std::span<Arrival> arrivals) {
  std::ranges::stable_sort(arrivals, {}, &Arrival::arrived);
  std::vector<Delivery> all;
  Instant first = kInstantMin;
  for (auto const& a : arrivals) {
    if (all.empty() || a.arrived - first >= kOneDelivery) {
      first = a.arrived;
      all.emplace_back();
    }
    all.back().arrived = a.arrived;
    all.back().times.push_back(a.time);
  }
  return all;
}

std::size_t Lateness::pace_of(Millis step, Millis late) const {
  if (late <= std::min(at_once_, step)) return 0;
  auto const pace = std::ranges::find_if(kPaces.begin() + 1, kPaces.end(), [late](Millis most) { return late <= most; });
  return static_cast<std::size_t>(pace - kPaces.begin());
}

std::size_t Lateness::settled_pace(Record const& r) {
  float const all = std::accumulate(r.deliveries.begin(), r.deliveries.end(), 0.0F);
  auto const later_than = [&](std::size_t pace) {
    return std::accumulate(r.deliveries.begin() + static_cast<std::ptrdiff_t>(pace) + 1, r.deliveries.end(), 0.0F);
  };
  auto const is_too_quick = [&](std::size_t pace) {
    float const later = later_than(pace);
    return later > kTooMany * all && (later >= kLastsHours || (r.held_back >= kAlwaysLeast && later >= kAlways * all));
  };
  std::size_t pace = r.pace;
  while (pace + 1 < kPaces.size() && is_too_quick(pace)) ++pace;
  if (pace != r.pace) return pace;
  while (pace > 0 && later_than(pace - 1) < kHardlyAny * all) --pace;
  return pace;
}

void Lateness::add(DatastreamId stream, Millis step, Instant arrived, std::span<Instant const> times) {
  if (times.empty()) return;
  auto& r = records_[stream];
  bool const first = r.arrived == kInstantMin;
  auto const waited = first ? Millis{0} : arrived - r.arrived;
  if (waited < Millis{0}) return;
  r.newest_pace = 0;
  auto const reached = r.reached;
  // A clock that is ahead reaches no farther than now.
  r.reached = std::max(reached, std::min(std::ranges::max(times), arrived));
  r.arrived = arrived;
  if (waited == Millis{0}) return;
  // What fills gaps of the past is no pace.
  Instant oldest = arrived;
  bool any = false;
  for (auto const t : times) {
    if (t <= reached) continue;
    oldest = std::min(oldest, t);
    any = true;
  }
  auto const late = arrived - oldest;
  if (!any || late > kLatenessMax) return;
  auto const pace = pace_of(step, late);
  // Who is late for good brings as much time as has passed; who catches up brings more.
  if (pace > 0 && r.reached - reached > waited + waited / 4 + step / 4) return;
  r.newest_pace = static_cast<std::uint8_t>(pace);
  auto const weight = static_cast<float>(std::min(waited, kWaitMost).count()) / static_cast<float>(kHourMillis);
  float const faded = std::exp(-weight / kMemoryHours);
  for (float& each : r.deliveries) each *= faded;
  r.deliveries[pace] += weight;
  // Less late than its own step held no value back: that must last to be a pace.
  if (pace > 0 && late > step && r.held_back < kCountedMost) ++r.held_back;
  auto const settled = settled_pace(r);
  if (settled == r.pace) return;
  r.pace = static_cast<std::uint8_t>(settled);
  ++changes_;
}

void Lateness::note_judged(std::span<Judged const> values) {
  std::unordered_map<DatastreamId, bool> any_accepted;
  for (auto const& v : values) any_accepted[v.stream] |= v.accepted;
  for (auto const& [stream, any] : any_accepted) {
    if (any) lost_.erase(stream);
    else note_lost(stream);
  }
}

void Lateness::note_lost(DatastreamId stream) {
  auto const found = records_.find(stream);
  if (found == records_.end()) return;
  auto& r = found->second;
  auto const pace = std::exchange(r.newest_pace, std::uint8_t{0});
  if (pace <= r.pace) return;
  auto& lost = lost_.try_emplace(stream, Lost{.since = r.arrived, .heard = r.arrived}).first->second;
  lost.heard = r.arrived;
  lost.pace = std::max(lost.pace, pace);
  ++lost.deliveries;
  if (lost.deliveries < kLostLeast || lost.heard - lost.since < kLostFor) return;
  r.deliveries = {};
  r.deliveries[lost.pace] = static_cast<float>((lost.heard - lost.since).count()) / static_cast<float>(kHourMillis);
  r.pace = lost.pace;
  ++changes_;
}

std::vector<DatastreamId> Lateness::lost(Instant since, Instant heard) const {
  std::vector<DatastreamId> all;
  for (auto const& [stream, l] : lost_)
    if (l.deliveries >= kLostSaid && l.since <= since && l.heard >= heard) all.push_back(stream);
  return all;
}

void Lateness::forget_lost(Instant before) {
  std::erase_if(lost_, [before](auto const& each) { return each.second.heard < before; });
}

void Lateness::assume(DatastreamId stream, Millis step, Millis late) {
  auto& r = records_[stream];
  bool const known = std::ranges::any_of(r.deliveries, [](float each) { return each > 0; });
  if (known || late > kLatenessMax) return;
  auto const pace = static_cast<std::uint8_t>(pace_of(step, late));
  if (std::exchange(r.pace, pace) != pace) ++changes_;
}

Millis Lateness::of(DatastreamId stream) const {
  auto const found = records_.find(stream);
  return found == records_.end() ? Millis{0} : kPaces[found->second.pace];
}

}  // namespace madang::sensing::warning
