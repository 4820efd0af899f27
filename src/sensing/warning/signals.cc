#include "sensing/warning/signals.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sensing/quantities.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

using situations::EvidenceStream;
using situations::EvidenceValue;
using situations::Quantity;
using situations::Signal;

constexpr Millis kCourseEvery = std::chrono::minutes{10};
constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

/// To what the instrument says: more digits were never measured.
class Digits {
 public:
  explicit Digits(QuantityInfo const* info) : scale_(std::pow(10.0, info != nullptr ? info->decimals : 1)) {}
  [[nodiscard]] double operator()(double value) const { return std::round(value * scale_) / scale_; }

 private:
  double scale_;
};

/// Upwards, to what a reach is known: nobody can tell 1,397 m from 1,400 m.
double rounded_reach(double metres) {
  double const step = metres < 1'000 ? 50 : metres < 10'000 ? 100 : 1'000;
  return std::ceil(metres / step) * step;
}

std::string unit_of(QuantityInfo const* info) { return info == nullptr ? "" : std::string(info->unit_symbol); }

EvidenceStream member_evidence(Member const& m, Engine const& engine, QuantityInfo const* info) {
  Digits const digits(info);
  Stream const& stream = engine.stream(m.stream);
  EvidenceStream e;
  e.datastream = stream.datastream;
  e.thing = stream.thing;
  e.channel = stream.channel;
  e.unit = unit_of(info);
  e.role = m.cause && !m.lone ? "cause" : "neighbour";
  if (stream.placed) e.place = stream.place;
  e.expected = digits(m.expected);
  e.values = engine.recent(m.stream);
  for (auto& v : e.values) v.value = digits(v.value);
  return e;
}

EvidenceStream city_evidence(Finding const& f, Rule const& rule, Engine const& engine, QuantityInfo const* info) {
  Digits const digits(info);
  EvidenceStream e;
  e.channel = rule.channel;
  e.unit = unit_of(info);
  e.role = "city";
  e.expected = f.members.empty() ? kUnknown : digits(f.city_median);
  if (!f.members.empty()) e.values = engine.recent_medians(f.members.front().stream);
  if (e.values.empty()) e.values.push_back({f.measured, f.members.empty() ? f.excess : f.city_median, QualityFlag::kUnknown});
  for (auto& v : e.values) v.value = digits(v.value);
  return e;
}

/// The level of an Area has no series in the engine: it is written down here, report by report, each ten minutes and the newest.
void keep_course(EvidenceStream& level, Signal const& before) {
  if (before.evidence.streams.empty()) return;
  auto values = before.evidence.streams.front().values;
  std::erase_if(values, [&](EvidenceValue const& v) { return v.time >= level.values.front().time; });
  bool const is_between = values.size() > 2 && values.back().time - values[values.size() - 2].time < kCourseEvery;
  if (is_between && values.back().value != before.facts.quantities.front().peak) values.pop_back();
  values.insert(values.end(), level.values.begin(), level.values.end());
  if (values.size() > kCourseMax) values.erase(values.begin(), values.end() - static_cast<std::ptrdiff_t>(kCourseMax));
  level.values = std::move(values);
}

struct Peak {
  EvidenceStream const* stream = nullptr;
  EvidenceValue value;
};
/// Which is told where a value is measured again: the first, or its time would wander while nothing changes.
bool is_peak_before(EvidenceValue const& a, EvidenceValue const& b) {
  return a.value > b.value || (a.value == b.value && a.time < b.time);
}

/// The highest of the cause since it began, as the evidence shows it.
Peak peak_since(std::vector<EvidenceStream> const& streams, std::string_view role, Instant since) {
  Peak out;
  for (auto const& stream : streams) {
    if (stream.role != role) continue;
    for (auto const& v : stream.values)
      if (v.time >= since && (out.stream == nullptr || is_peak_before(v, out.value))) out = {&stream, v};
  }
  return out;
}

/// A peak that the engine has forgotten since stays in the facts, and in the evidence with them, also where it has been as high again.
void keep_peak(Quantity& now, std::vector<EvidenceStream>& streams, std::string_view role, Signal const& before) {
  auto const& old = before.facts.quantities.front();
  bool const is_passed = is_peak_before({now.peak_at, now.peak, QualityFlag::kUnknown}, {old.peak_at, old.peak, QualityFlag::kUnknown});
  if (is_passed || old.since != now.since) return;
  auto const shown = std::ranges::find_if(before.evidence.streams, [&](EvidenceStream const& s) {
    return s.role == role && std::ranges::any_of(s.values, [&](EvidenceValue const& v) { return v.time == old.peak_at && v.value == old.peak; });
  });
  if (shown == before.evidence.streams.end()) return;
  auto stream = std::ranges::find(streams, shown->datastream, &EvidenceStream::datastream);
  if (stream == streams.end()) {
    streams.push_back(*shown);
    std::erase_if(streams.back().values, [&](EvidenceValue const& v) { return v.time != old.peak_at; });
    stream = streams.end() - 1;
  }
  auto const after = std::ranges::lower_bound(stream->values, old.peak_at, {}, &EvidenceValue::time);
  if (after == stream->values.end() || after->time != old.peak_at)
    stream->values.insert(after, {old.peak_at, old.peak, QualityFlag::kUnknown});
  if (stream->values.size() > kCourseMax) stream->values.erase(stream->values.begin() + 1);
  now.peak = old.peak;
  now.peak_at = old.peak_at;
  // A level has no station of its peak: it begins where its rule and severity say now.
  if (role == "cause") now.expected = old.expected;
}

/// Of those that are a measure of it; nullptr: nobody says anything.
Member const* highest(Finding const& f) {
  Member const* found = nullptr;
  for (auto const& m : f.members) {
    if (!m.cause || m.lone || std::isnan(m.value)) continue;
    if (found == nullptr || m.value > found->value) found = &m;
  }
  return found;
}

/// Numbers of stations; `streams` are theirs.
Quantity station_facts(Finding const& f, Engine const& engine, std::vector<EvidenceStream> const& streams, Digits const& digits) {
  Quantity q;
  q.stations = static_cast<std::int64_t>(std::max<std::size_t>(f.stations, 1));
  auto const* const now = highest(f);
  q.value = now == nullptr ? 0 : digits(now->value);
  q.at = now == nullptr ? f.measured : now->at;
  q.city = digits(f.city_median);
  q.peak = q.value;
  q.peak_at = q.at;
  q.expected = digits(f.members.front().expected);
  q.ground = std::round(engine.stream(f.members.front().stream).square_metres);
  if (auto const peak = peak_since(streams, "cause", f.since); peak.stream != nullptr && peak.value.value >= q.peak) {
    q.peak = peak.value.value;
    q.peak_at = peak.value.time;
    q.expected = peak.stream->expected;
  }
  return q;
}

/// Numbers of an Area's or the city's level.
Quantity level_facts(Finding const& f, std::vector<EvidenceStream> const& streams, Digits const& digits) {
  Quantity q;
  q.value = digits(f.excess);
  q.at = f.measured;
  q.expected = digits(f.threshold);
  q.city = kUnknown;
  auto const peak = peak_since(streams, "city", f.since);
  q.peak = peak.stream != nullptr ? peak.value.value : q.value;
  q.peak_at = peak.stream != nullptr ? peak.value.time : f.measured;
  return q;
}

/// Of the station that leads it, since that is the one that is named: the middle of several may lie in another Area.
AreaId area_of(Finding const& f, Engine const& engine, city::City const& city) {
  if (!f.members.empty() && engine.stream(f.members.front().stream).placed) return city.area_at(engine.stream(f.members.front().stream).place);
  return f.place ? city.area_at(*f.place) : AreaId{};
}

std::string kind_of(Finding const& f, Rule const& rule) {
  if (f.what == Finding::What::kSuspect) return std::string{situations::kDeviceSuspect};
  if (f.what == Finding::What::kUnconfirmed) return std::string{situations::kUnconfirmed};
  return rule.kind;
}

}  // namespace

Signal part_of(Finding const& f, Engine const& engine, city::City const& city, Signal const* before) {
  Rule const& rule = engine.rules().rules[f.rule];
  auto const* const info = quantity(rule.channel);
  Digits const digits(info);
  bool const confirmed = f.what == Finding::What::kRaise;
  Signal s;
  s.source = kSource;
  s.key = f.key;
  s.kind = kind_of(f, rule);
  s.rule = rule.id;
  s.rule_version = engine.rules().version;
  s.severity = f.what == Finding::What::kSuspect ? Severity::kNotice : f.what == Finding::What::kUnconfirmed ? Severity::kCaution : f.severity;
  s.place = f.place;
  s.radius = std::min(rounded_reach(f.radius), kReachMax);
  s.area = f.area ? f.area : area_of(f, engine, city);
  s.since = f.since;
  s.is_public = rule.is_public && confirmed;
  s.simulated = f.simulated;
  auto& streams = s.evidence.streams;
  for (auto const& m : f.members) streams.push_back(member_evidence(m, engine, info));
  auto median = city_evidence(f, rule, engine, info);
  bool const level = f.members.empty();
  bool const known = before != nullptr && !before->facts.quantities.empty();
  if (level && known) keep_course(median, *before);
  streams.push_back(std::move(median));
  auto q = level ? level_facts(f, streams, digits) : station_facts(f, engine, streams, digits);
  q.part = f.key;
  q.kind = s.kind;
  q.rule = rule.id;
  q.severity = s.severity;
  q.channel = rule.channel;
  q.unit = unit_of(info);
  q.since = f.since;
  for (auto const stream : f.streams) q.members.push_back(engine.stream(stream).datastream);
  if (known) keep_peak(q, streams, level ? "city" : "cause", *before);
  s.facts.stations = q.stations;
  s.facts.quantities.push_back(std::move(q));
  s.evidence.score = f.score;
  s.evidence.threshold = f.threshold;
  return s;
}

}  // namespace madang::sensing::warning
