#include "sensing/warning/shared_cause.h"

#include <algorithm>

#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

using situations::Signal;

constexpr double kReach = 2'000;  ///< metres: substances of one source are not found farther apart

bool near_by(Signal const& a, Signal const& b) {
  return a.place && b.place && distance_metres(*a.place, *b.place) <= kReach;
}

/// The worst speaks for all; among equals the one that began first.
bool speaks_before(Signal const& a, Signal const& b) {
  if (a.severity != b.severity) return a.severity > b.severity;
  return a.since < b.since;
}

void add_evidence(Signal& to, Signal const& more) {
  for (auto const& stream : more.evidence.streams) {
    if (to.evidence.streams.size() >= kEvidenceOfCause) return;
    to.evidence.streams.push_back(stream);
  }
}

}  // namespace

std::string SharedCauses::cause_of(Signal const& part) const {
  for (auto const& [key, parts] : causes_)
    if (parts.contains(part.key)) return key;
  for (auto const& [key, parts] : causes_) {
    bool const one = parts.size() < kPartsMax && std::ranges::any_of(parts, [&part](auto const& other) {
                       return other.second.kind == part.kind && other.second.rule != part.rule &&
                              near_by(other.second, part);
                     });
    if (one) return key;
  }
  return part.key;
}

Signal SharedCauses::whole(std::string const& key, Parts const& parts) {
  auto const first = std::ranges::min_element(parts, [](auto const& a, auto const& b) {
    return speaks_before(a.second, b.second);
  });
  Signal out = first->second;
  out.key = key;
  for (auto const& [part_key, part] : parts) {
    out.since = std::min(out.since, part.since);
    out.is_public = out.is_public || part.is_public;
    out.simulated = out.simulated || part.simulated;
    if (part_key != first->first) add_evidence(out, part);
  }
  return out;
}

void SharedCauses::adopt(Signal const& signal) {
  if (causes_.size() < kCausesMax) causes_[signal.key].insert_or_assign(signal.key, signal);
}

Signal SharedCauses::raise(Signal part) {
  if (!part.place) return part;
  auto const key = cause_of(part);
  if (!causes_.contains(key) && causes_.size() >= kCausesMax) return part;
  auto& parts = causes_[key];
  parts.insert_or_assign(part.key, std::move(part));
  return whole(key, parts);
}

SharedCauses::Cleared SharedCauses::clear(std::string_view part_key) {
  for (auto cause = causes_.begin(); cause != causes_.end(); ++cause) {
    auto const part = cause->second.find(part_key);
    if (part == cause->second.end()) continue;
    std::string const key = cause->first;
    cause->second.erase(part);
    if (!cause->second.empty()) return {key, whole(key, cause->second)};
    causes_.erase(cause);
    return {key, std::nullopt};
  }
  return {std::string(part_key), std::nullopt};
}

}  // namespace madang::sensing::warning
