// What a detector says of a cause or a suspect, and how often.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>
#include <utility>

#include "core/geo.h"
#include "sensing/warning/detector.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr double kRadiusLeast = 300;  // metres shown around a cause

LatLon middle_of(std::vector<LatLon> const& places) {
  LatLon sum;
  for (auto const& place : places) {
    sum.latitude += place.latitude;
    sum.longitude += place.longitude;
  }
  auto const n = static_cast<double>(places.size());
  return {sum.latitude / n, sum.longitude / n};
}

}  // namespace

Member Detector::member(std::uint32_t place, bool cause) const {
  Station const& s = stations_[place];
  return {.stream = field_.indices()[place], .value = s.value, .expected = s.expected, .score = s.cusum, .cause = cause, .at = s.value_at};
}

void Detector::report_cause(Cause& cause, std::vector<Finding>& out) {
  Finding f = describe(cause);
  double const score = f.score;
  cause.score_max = std::max(cause.score_max, score);
  // What is said of it is how it stood when it was surest: one that nears its end has no score any more.
  f.score = cause.score_max;
  ++cause.steps_since_report;
  // Silence says nothing: who is not heard is not told of again.
  bool const heard = std::ranges::any_of(cause.members, [&](std::uint32_t m) { return stations_[m].present; });
  if (!heard) return;
  // Of before a restart and nearly over: it ends as silently as it was found.
  if (!cause.reported && score < threshold_) return;
  bool const news = !cause.reported || f.severity > cause.reported_severity || cause.members.size() > cause.reported_members ||
                    cause.steps_since_report >= report_every_;
  if (!news) return;
  cause.reported = true;
  cause.reported_severity = f.severity;
  cause.reported_members = cause.members.size();
  cause.steps_since_report = 0;
  out.push_back(std::move(f));
}

Finding Detector::describe(Cause const& cause) const {
  Finding f;
  f.key = cause.key;
  f.rule = rule_index_;
  f.since = cause.since;
  f.at = field_.step_begin();
  f.measured = field_.newest_at();
  f.threshold = threshold_;
  f.city_median = field_.median();
  auto const alone = std::ranges::count_if(cause.members, [&](std::uint32_t place) { return rose_alone(cause, place); });
  bool const lone_known = alone > 0 && alone + 2 <= std::ssize(cause.members);
  std::vector<LatLon> around;
  f.simulated = !cause.members.empty();
  for (auto const place : cause.members) {
    Station const& s = stations_[place];
    Stream const& stream = field_.streams()[place];
    f.score = std::max(f.score, score(s));
    f.simulated = f.simulated && stream.simulated;
    f.members.push_back(member(place, true));
    f.members.back().lone = lone_known && rose_alone(cause, place);
    if (f.members.back().lone) continue;
    f.excess = std::max<double>(f.excess, s.excess);
    around.push_back(stream.place);
  }
  f.place = around.empty() ? cause.centre : middle_of(around);
  f.radius = kRadiusLeast;
  for (auto const& place : around) f.radius = std::max(f.radius, distance_metres(place, *f.place) + kRadiusLeast);
  f.severity = severity(cause, f.excess);
  f.stations = around.empty() ? f.members.size() : around.size();
  auto const strength = [](Member const& m) { return std::pair(!m.lone, m.value - m.expected); };
  std::ranges::sort(f.members, std::ranges::greater{}, strength);
  for (auto const& m : f.members | std::views::take(kMembersNamed)) f.streams.push_back(m.stream);
  if (f.members.size() > kMembersReported) f.members.resize(kMembersReported);
  if (cause.members.empty()) return f;
  auto const number_of = [this](std::uint32_t place) { return field_.indices()[place]; };
  add_neighbours(f, *std::ranges::find(cause.members, f.members.front().stream, number_of));
  return f;
}

/// The nearest stations beside the strongest ones that are not part of it: what "normal" looks like next door.
void Detector::add_neighbours(Finding& f, std::uint32_t strongest) const {
  auto const& indices = field_.indices();
  for (auto const other : neighbours_.of(strongest)) {
    if (f.members.size() >= kMembersReported) return;
    Station const& s = stations_[other];
    bool const inside = std::ranges::find(f.members, indices[other], &Member::stream) != f.members.end();
    if (!inside && s.present) f.members.push_back(member(other, false));
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
  for (std::uint32_t place = 0; place < stations_.size(); ++place) {
    Station const& s = stations_[place];
    if (field_.is_witness(place) || std::isnan(s.value) || is_lost(s)) continue;
    ++k.speaking;
    bool const is_known = s.known >= kKnownLeast;
    k.known += is_known ? 1 : 0;
    k.stopped += !is_known && s.silent >= static_cast<std::uint32_t>(rule_.back_steps) ? 1 : 0;
  }
  return k;
}

std::string Detector::device_key(std::uint32_t place) const {
  return fmt::format("{}:{}:{}", rule_.id, kDeviceWord, field_.streams()[place].thing.value());
}

bool Detector::is_open(std::string_view key) const {
  auto const has_key = [key](auto const& each) { return each.key == key; };
  return std::ranges::any_of(causes_.open(), has_key) || std::ranges::any_of(alone_, has_key) || std::ranges::any_of(suspects_, has_key);
}

bool Detector::is_part(std::uint32_t place) const {
  return place < stations_.size() && (causes_.has(place) || stations_[place].suspect || stations_[place].alone);
}

bool Detector::shows(std::uint32_t place) const {
  if (place >= stations_.size()) return false;
  Station const& s = stations_[place];
  return (s.event > 0 && !is_unheard(s)) || s.as_usual.more > 0;
}

Finding Detector::describe_single(Single const& single, Finding::What what) const {
  auto const place = single.place;
  bool const suspect = what == Finding::What::kSuspect || what == Finding::What::kSuspectOver;
  Station const& s = stations_[place];
  Stream const& stream = field_.streams()[place];
  Finding f;
  f.what = what;
  f.over = how_over(place);
  f.key = single.key;
  f.rule = rule_index_;
  f.since = single.since;
  f.at = field_.step_begin();
  f.measured = field_.newest_at();
  f.score = single.score_max;
  f.threshold = suspect ? lonely_threshold() : threshold_;
  f.stations = 1;
  f.excess = s.excess;
  f.city_median = field_.median();
  if (stream.placed) f.place = stream.place;
  f.simulated = stream.simulated;
  f.members.push_back(member(place, true));
  f.streams = {field_.indices()[place]};
  add_neighbours(f, place);
  return f;
}

}  // namespace madang::sensing::warning
