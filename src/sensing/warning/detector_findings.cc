// What a detector says of a cause or a suspect, and how often.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/geo.h"
#include "sensing/warning/detector.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr int kTellEverySteps = 5;
constexpr double kRadiusLeast = 300;  // metres shown around a cause

}  // namespace

void Detector::tell(Cause& cause, std::vector<Finding>& out) {
  Finding f = describe(cause);
  cause.score_max = std::max(cause.score_max, f.score);
  ++cause.steps_since_told;
  // Silence says nothing: who is not heard is not told of again.
  bool const heard = std::ranges::any_of(cause.members, [&](std::uint32_t m) { return stations_[m].present; });
  if (!heard) return;
  // Of before a restart and nearly over: it ends as silently as it was found.
  if (!cause.told && f.score < threshold_) return;
  bool const news = !cause.told || f.severity > cause.told_severity || cause.members.size() > cause.told_members ||
                    cause.steps_since_told >= kTellEverySteps;
  if (!news) return;
  cause.told = true;
  cause.told_severity = f.severity;
  cause.told_members = cause.members.size();
  cause.steps_since_told = 0;
  out.push_back(std::move(f));
}

Finding Detector::describe(Cause const& cause) const {
  Finding f;
  f.key = cause.key;
  f.rule = rule_index_;
  f.since = cause.since;
  f.at = field_.step_begin();
  f.threshold = threshold_;
  f.city_median = field_.median();
  f.place = cause.centre;
  f.radius = kRadiusLeast;
  for (auto const place : cause.members) {
    Station const& s = stations_[place];
    Stream const& stream = field_.streams()[place];
    f.score = std::max(f.score, score(s));
    f.excess = std::max<double>(f.excess, s.excess);
    f.simulated = f.simulated || stream.simulated;
    f.radius = std::max(f.radius, distance_metres(stream.place, cause.centre) + kRadiusLeast);
    f.members.push_back({field_.indices()[place], s.value, s.expected, s.cusum, true});
  }
  f.severity = severity(cause, f.excess);
  f.stations = f.members.size();
  auto const excess = [](Member const& m) { return m.value - m.expected; };
  std::ranges::sort(f.members, std::ranges::greater{}, excess);
  if (f.members.size() > kMembersReported) f.members.resize(kMembersReported);
  if (!cause.members.empty()) add_neighbours(f);
  return f;
}

/// The nearest stations beside the strongest ones that are not part of it: what "normal" looks like next door.
void Detector::add_neighbours(Finding& f) const {
  auto const& indices = field_.indices();
  auto const at = std::ranges::lower_bound(indices, f.members.front().stream);
  auto const strongest = static_cast<std::uint32_t>(at - indices.begin());
  for (auto const other : neighbours_.of(strongest)) {
    if (f.members.size() >= kMembersReported) return;
    Station const& s = stations_[other];
    bool const inside = std::ranges::find(f.members, indices[other], &Member::stream) != f.members.end();
    if (!inside && s.present) f.members.push_back({indices[other], s.value, s.expected, s.cusum, false});
  }
}

Severity Detector::severity(Cause const& cause, double excess) const {
  double dense = 0;
  bool by_number = false;  // where a member's ground is unknown
  for (auto const place : cause.members) {
    dense = std::max(dense, density(stations_[place]));
    by_number = by_number || stations_[place].square_metres <= 0;
  }
  if (rule_.density_critical > 0 && dense >= rule_.density_critical) return Severity::kCritical;
  if (rule_.density_serious > 0 && dense >= rule_.density_serious) return Severity::kSerious;
  if (!by_number) return Severity::kCaution;
  return excess >= rule_.excess_serious ? Severity::kSerious : Severity::kCaution;
}

Detector::Knowledge Detector::knowledge() const {
  Knowledge k;
  for (Station const& s : stations_) {
    if (std::isnan(s.value) || is_lost(s)) continue;
    ++k.speaking;
    k.known += s.known >= kKnownLeast ? 1 : 0;
  }
  return k;
}

Finding Detector::describe_station(std::uint32_t place, Finding::What what) const {
  Station const& s = stations_[place];
  Stream const& stream = field_.streams()[place];
  Finding f;
  bool const alone = what == Finding::What::kUnconfirmed || what == Finding::What::kUnconfirmedOver;
  f.what = what;
  f.over = how_over(place);
  f.key = fmt::format("{}:{}:{}", rule_.id, alone ? kAloneWord : kDeviceWord, stream.thing.value());
  f.rule = rule_index_;
  f.since = time_of(s.onset);
  f.at = field_.step_begin();
  f.score = s.cusum;
  f.threshold = alone ? threshold_ : lonely_threshold();
  f.stations = 1;
  f.excess = s.excess;
  f.city_median = field_.median();
  if (stream.placed) f.place = stream.place;
  f.simulated = stream.simulated;
  f.members.push_back({field_.indices()[place], s.value, s.expected, s.cusum, true});
  add_neighbours(f);
  return f;
}

}  // namespace madang::sensing::warning
