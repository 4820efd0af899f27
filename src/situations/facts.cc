#include "situations/facts.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "runtime/refusal.h"
#include "situations/kinds.h"

namespace madang::situations {
namespace {

constexpr double kNewsShare = 0.2;     // of the value told before
constexpr double kNewsDecibels = 5;    // clearly louder; ten are twice as loud
constexpr double kNewsDegrees = 2;

bool is_single(Quantity const& q) { return q.kind == kUnconfirmed || q.kind == kDeviceSuspect; }

/// What one station shows alone is told where nothing is confirmed, and where the others confirm another quantity, as the heat of a fire
/// inside its smoke. Of what they confirm themselves it is no measure.
bool is_passed_over(Facts const& facts, Quantity const& part) {
  if (!is_single(part) || std::ranges::all_of(facts.quantities, is_single)) return false;
  auto const measures = [&part](Quantity const& q) { return !is_single(q) && q.channel == part.channel; };
  return part.kind == kDeviceSuspect || std::ranges::any_of(facts.quantities, measures);
}

/// Stations of two parts, each once as far as they are named.
std::int64_t stations_together(Quantity const& a, Quantity const& b) {
  auto const of_both = std::ranges::count_if(b.members, [&a](DatastreamId id) { return std::ranges::find(a.members, id) != a.members.end(); });
  return std::max({a.stations, b.stations, a.stations + b.stations - of_both});
}

/// Levels and temperatures have no zero that shares could be taken of.
double least_news(Standing const& before) {
  if (before.unit.starts_with("dB")) return kNewsDecibels;
  if (before.unit.starts_with("°")) return kNewsDegrees;
  return kNewsShare * std::abs(before.value);
}

}  // namespace

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::kNotice: return "notice";
    case Severity::kCaution: return "caution";
    case Severity::kSerious: return "serious";
    case Severity::kCritical: return "critical";
  }
  return "notice";
}

Result<Severity> severity_named(std::string_view name) {
  for (auto const s : {Severity::kNotice, Severity::kCaution, Severity::kSerious, Severity::kCritical})
    if (name_of(s) == name) return s;
  return runtime::refuse_field(Code::kInvalid, "severity", "refusal.situation.severity");
}

std::vector<Quantity> by_channel(Facts const& facts) {
  std::vector<Quantity> out;
  for (auto const& part : facts.quantities) {
    if (is_passed_over(facts, part)) continue;
    auto const same = std::ranges::find_if(
        out, [&part](Quantity const& q) { return q.channel == part.channel && q.unit == part.unit; });
    if (same == out.end()) {
      out.push_back(part);
      continue;
    }
    same->stations = stations_together(*same, part);
    same->members.insert(same->members.end(), part.members.begin(), part.members.end());
    same->since = std::min(same->since, part.since);
    same->at = std::max(same->at, part.at);
    same->value = std::max(same->value, part.value);
    same->severity = std::max(same->severity, part.severity);
    // Of the same peak the first time, in whatever order its parts stand.
    if (part.peak < same->peak || (part.peak == same->peak && part.peak_at >= same->peak_at)) continue;
    same->peak = part.peak;
    same->peak_at = part.peak_at;
    same->expected = part.expected;
    same->ground = part.ground;
  }
  return out;
}

std::vector<DatastreamId> named_members(Facts const& facts) {
  std::vector<DatastreamId> out;
  for (auto const& part : facts.quantities) {
    if (is_passed_over(facts, part)) continue;
    // Behind its own stand those that rose alone within it.
    auto const own = std::min(part.members.size(), static_cast<std::size_t>(std::max<std::int64_t>(part.stations, 0)));
    for (auto const member : std::span(part.members).first(own))
      if (std::ranges::find(out, member) == out.end()) out.push_back(member);
  }
  return out;
}

Standing standing_of(Facts const& facts, Severity severity) {
  if (facts.quantities.empty()) return {.severity = severity, .stations = facts.stations};
  auto const leading = by_channel(facts).front();
  return {severity, facts.stations, leading.channel, leading.unit, leading.value};
}

bool is_news(Standing const& before, Standing const& now) {
  if (before.stations != now.stations || before.channel != now.channel || before.severity != now.severity) return true;
  double const moved = std::abs(now.value - before.value);
  return moved > 0 && moved >= least_news(before);
}

}  // namespace madang::situations
