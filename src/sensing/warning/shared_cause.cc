#include "sensing/warning/shared_cause.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "sensing/warning/limits.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {
namespace {

using situations::Signal;

/// Kinds that one source can raise together, and how far from its middle they are found, in metres.
struct Family {
  std::string_view name;
  double reach;
};
Family family_of(Signal const& s) {
  if (s.kind == situations::kPlume || s.kind == situations::kHotSpot) return {"air", 2'000};
  if (s.kind == situations::kNoiseEvent) return {s.kind, 1'000};
  if (s.kind == situations::kCrowdSurge) return {s.kind, 1'000};
  // One device, whatever it measures wrongly.
  if (s.kind == situations::kDeviceSuspect || s.kind == situations::kUnconfirmed) return {s.kind, 30};
  return {s.kind, 1'000};
}

/// What stands near the middle of the other, or inside its reach. Levels of one Area are one, whatever they measure.
bool are_one_cause(Signal const& a, Signal const& b) {
  auto const family = family_of(a);
  if (family.name != family_of(b).name || a.place.has_value() != b.place.has_value()) return false;
  if (!a.place) return a.area == b.area;
  bool const devices = family.reach < 100;
  double const inside = devices ? 0 : std::max(a.radius, b.radius);
  return distance_metres(*a.place, *b.place) <= std::max(family.reach, inside);
}

/// A plume speaks for the heat of its fire; then the worst for all; among equals the one that began first.
bool speaks_before(Signal const& a, Signal const& b) {
  auto const rank = [](Signal const& s) {
    return std::tuple{s.kind == situations::kHotSpot, -static_cast<int>(s.severity), s.since, std::string_view{s.key}};
  };
  return rank(a) < rank(b);
}

Instant since_of(auto const& parts) {
  Instant since = Instant::max();
  for (auto const& [key, part] : parts) since = std::min(since, part.since);
  return since;
}

void add_evidence(Signal& to, Signal const& more) {
  for (auto const& stream : more.evidence.streams) {
    bool const city = stream.role == "city";
    bool const there = std::ranges::any_of(to.evidence.streams, [&](auto const& s) {
      return s.channel == stream.channel && (city ? s.role == stream.role : s.datastream == stream.datastream);
    });
    if (!there && to.evidence.streams.size() < kEvidenceOfCause) to.evidence.streams.push_back(stream);
  }
}

/// Each station once: several quantities of one station are one, clusters of one quantity are different stations.
std::int64_t stations_of(Signal const& whole) {
  std::set<ThingId> shown;
  for (auto const& stream : whole.evidence.streams)
    if (stream.role == "cause" && stream.thing) shown.insert(stream.thing);
  auto most = static_cast<std::int64_t>(shown.size());
  for (auto const& q : situations::by_channel(whole.facts)) most = std::max(most, q.stations);
  return most;
}

/// The parts of a Situation that stood before a restart, as far as it says.
std::vector<Signal> parts_in(Signal const& whole) {
  std::vector<Signal> out;
  for (auto const& q : whole.facts.quantities) {
    Signal part = whole;
    part.key = q.part;
    part.rule = q.rule;
    part.severity = q.severity;
    part.since = q.since;
    part.facts = {.stations = q.stations, .quantities = {q}, .named_at = {}};
    std::erase_if(part.evidence.streams, [&q](auto const& s) { return s.channel != q.channel; });
    out.push_back(std::move(part));
  }
  if (out.empty()) out.push_back(whole);
  return out;
}

}  // namespace

SharedCauses::All::iterator SharedCauses::cause_with(std::string_view part_key) {
  return std::ranges::find_if(causes_, [&](auto const& cause) { return cause.second.contains(part_key); });
}

Signal const* SharedCauses::part(std::string_view key) const {
  for (auto const& [cause, parts] : causes_)
    if (auto const found = parts.find(key); found != parts.end()) return &found->second;
  return nullptr;
}

std::vector<std::string> SharedCauses::parts_of(std::string_view key) const {
  std::vector<std::string> out;
  auto const found = causes_.find(key);
  if (found == causes_.end()) return out;
  for (auto const& [part, signal] : found->second) out.push_back(part);
  return out;
}

Signal SharedCauses::whole(std::string const& key, Parts const& parts) {
  std::vector<Signal const*> order;
  for (auto const& [part_key, part] : parts) order.push_back(&part);
  std::ranges::sort(order, [](Signal const* a, Signal const* b) { return speaks_before(*a, *b); });
  Signal out = *order.front();
  out.key = key;
  for (auto const* part : std::span(order).subspan(1)) {
    out.since = std::min(out.since, part->since);
    out.severity = std::max(out.severity, part->severity);
    out.is_public = out.is_public || part->is_public;
    out.simulated = out.simulated || part->simulated;
    if (out.place && part->place)
      out.radius = std::max(out.radius, distance_metres(*out.place, *part->place) + part->radius);
    add_evidence(out, *part);
    for (auto const& q : part->facts.quantities)
      out.facts.quantities.push_back(q);
  }
  if (order.size() > 1) out.radius = std::min(100 * std::ceil(out.radius / 100), kReachMax);
  out.facts.stations = stations_of(out);
  return out;
}

void SharedCauses::adopt(Signal const& whole) {
  if (causes_.size() >= kCausesMax) return;
  auto& parts = causes_[whole.key];
  for (auto& part : parts_in(whole)) parts.insert_or_assign(part.key, std::move(part));
}

/// Causes that the part ties together become one, under the key of the oldest that was told. `key`: of the part's own.
std::vector<std::string> SharedCauses::absorb(std::string& key, Signal const& part, bool untold) {
  std::vector<std::string> absorbed;
  for (auto other = causes_.begin(); other != causes_.end();) {
    auto const own = causes_.find(key);
    bool const ties = other != own && own->second.size() + other->second.size() <= kPartsMax &&
                      std::ranges::any_of(other->second, [&](auto const& p) { return are_one_cause(p.second, part); });
    if (!ties) {
      ++other;
      continue;
    }
    bool const older = untold || std::tuple{since_of(other->second), other->first} < std::tuple{since_of(own->second), own->first};
    auto const from = older ? own : other;
    auto const into = older ? other : own;
    key = into->first;
    if (!std::exchange(untold, false)) absorbed.push_back(from->first);
    into->second.merge(from->second);
    if (!older) ++other;
    causes_.erase(from);
    if (older) ++other;
  }
  return absorbed;
}

SharedCauses::Raised SharedCauses::raise(Signal part) {
  auto cause = cause_with(part.key);
  bool const is_new = cause == causes_.end();
  if (is_new && causes_.size() >= kCausesMax) return {std::move(part), {}};
  std::string key = is_new ? part.key : cause->first;
  auto const part_key = part.key;
  // A key may already name a cause that goes on with other parts.
  auto& parts = causes_[key];
  parts.insert_or_assign(part_key, std::move(part));
  bool const untold = is_new && parts.size() == 1;
  auto absorbed = absorb(key, *this->part(part_key), untold);
  return {whole(key, causes_.find(key)->second), std::move(absorbed)};
}

SharedCauses::Cleared SharedCauses::clear(std::string_view part_key) {
  auto const cause = cause_with(part_key);
  if (cause == causes_.end()) return {std::string(part_key), std::nullopt};
  std::string const key = cause->first;
  cause->second.erase(cause->second.find(part_key));
  if (!cause->second.empty()) return {key, whole(key, cause->second)};
  causes_.erase(cause);
  return {key, std::nullopt};
}

}  // namespace madang::sensing::warning
