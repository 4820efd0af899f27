#include "sensing/warning/one_source.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string_view>

#include "core/geo.h"
#include "core/time.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {
namespace {

using situations::Signal;

constexpr double kOneDevice = 30;     // metres
constexpr double kLoudest = 105;      // dB(A) at ...
constexpr double kSourceAt = 50;      // ... fifty metres: as sirens and concerts are
constexpr double kHeardFrom = 600;    // a crowd, by a station that counts nobody
constexpr Millis kTogether = std::chrono::minutes{10};
constexpr double kLoneReach = 1'200;  // a lone fire farther away from a plume is no part of it

std::string_view channel_of(Signal const& s) {
  return s.facts.quantities.empty() ? std::string_view{} : std::string_view{s.facts.quantities.front().channel};
}

bool is_noise(Signal const& s) { return s.kind == situations::kNoiseEvent || (is_lone(s) && channel_of(s) == "noise"); }
bool is_crowd(Signal const& s) { return s.kind == situations::kCrowdSurge || (is_lone(s) && channel_of(s) == "people"); }

/// Kinds that one source can raise together, and how far from its middle they are found, in metres; farther where they rose
/// together: the sound of one place arrives everywhere at once, and so, for those who wait some minutes, does smoke.
struct Family {
  std::string_view name;
  double reach = 0;
  double reach_together = 0;
};
Family family_of(Signal const& s) {
  if (is_noise(s) || is_crowd(s)) return {"street", 1'000, 2'000};
  if (s.kind == situations::kPlume || s.kind == situations::kHotSpot || is_lone(s)) return {"air", 2'000, 3'000};
  // One device, whatever it measures wrongly.
  if (is_suspect(s)) return {s.kind, kOneDevice, kOneDevice};
  return {s.kind, 1'000, 1'000};
}

double peak_of(Signal const& s) { return s.facts.quantities.empty() ? 0 : s.facts.quantities.front().peak; }

/// Sound spreads on all sides and loses 6 dB each time the way is doubled: a source between both that is so loud at each of
/// them is no louder than such things are.
bool could_be_one_sound(Signal const& a, Signal const& b, double apart) {
  double const louder = std::max(peak_of(a), peak_of(b));
  double const difference = louder - std::min(peak_of(a), peak_of(b));
  double const way = apart / (1 + std::pow(10, difference / 20));
  return louder + 20 * std::log10(std::max(way, kSourceAt) / kSourceAt) <= kLoudest;
}

bool share_a_station(Signal const& a, Signal const& b) {
  for (auto const& one : a.evidence.streams)
    for (auto const& other : b.evidence.streams)
      if (one.role == "cause" && other.role == "cause" && one.thing && one.thing == other.thing) return true;
  return false;
}

/// What a station shows alone is farther from a plume than its neighbours only by chance; a gathering is heard where it stands.
double reach_of(Signal const& a, Signal const& b, double distance) {
  auto const family = family_of(a);
  bool const lone = is_lone(a) || is_lone(b);
  if (is_noise(a) != is_noise(b)) return kHeardFrom;
  if (lone) return kLoneReach;
  auto const later = std::max(a.since, b.since) - std::min(a.since, b.since);
  bool const together = later <= kTogether && (!is_noise(a) || could_be_one_sound(a, b, distance));
  return together ? family.reach_together : family.reach;
}

}  // namespace

bool is_lone(Signal const& s) { return s.kind == situations::kUnconfirmed; }

bool is_suspect(Signal const& s) { return s.kind == situations::kDeviceSuspect; }

bool are_one_cause(Signal const& a, Signal const& b) { return a.simulated == b.simulated && could_be_one_source(a, b); }

bool could_be_one_source(Signal const& a, Signal const& b) {
  auto const family = family_of(a);
  if (a.place.has_value() != b.place.has_value()) return false;
  if (!a.place) return family.name == family_of(b).name && a.area == b.area;
  auto const apart = distance_metres(*a.place, *b.place);
  if (is_lone(a) && is_lone(b)) return apart <= kOneDevice;
  if (is_single(a) && is_single(b) && is_lone(a) != is_lone(b)) return apart <= kOneDevice && channel_of(a) == channel_of(b);
  if (family.name != family_of(b).name) return false;
  bool const devices = family.reach <= kOneDevice;
  double const inside = devices ? 0 : std::max(a.radius, b.radius);
  if (is_noise(a) != is_noise(b) && share_a_station(a, b)) return true;
  return apart <= std::max(reach_of(a, b, apart), inside);
}

}  // namespace madang::sensing::warning
