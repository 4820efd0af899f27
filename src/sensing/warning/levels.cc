#include "sensing/warning/levels.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "sensing/indices/heat.h"

namespace madang::sensing::warning {
namespace {

constexpr std::size_t kStationsLeast = 3;   // fewer say nothing about a district
constexpr std::size_t kDistrictsLeast = 3;  // fewer are no city of their own
constexpr int kTellEverySteps = 15;
constexpr double kMillisPerMinute = 60'000;

float median_of(std::vector<float>& values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

/// Beside its districts the city, which stands where half of them stand. Stations outside all districts say nothing then.
void add_city(std::map<AreaId, double>& districts) {
  if (districts.size() - districts.count(AreaId{}) < kDistrictsLeast) return;
  districts.erase(AreaId{});
  std::vector<float> values;
  values.reserve(districts.size());
  for (auto const& [area, value] : districts) values.push_back(static_cast<float>(value));
  districts[AreaId{}] = median_of(values);
}

}  // namespace

Levels::Levels(Rule const& rule, std::uint32_t rule_index, Field const& field, Field const* humidity)
    : rule_(rule), rule_index_(rule_index), field_(field), humidity_(humidity) {}

std::map<AreaId, double> Levels::medians(Field const& field) const {
  std::map<AreaId, std::vector<float>> by_area;
  for (std::uint32_t i = 0; i < field.size(); ++i) {
    float const value = field.fresh(i);
    if (!std::isnan(value)) by_area[field.streams()[i].area].push_back(value);
  }
  std::map<AreaId, double> found;
  for (auto& [area, values] : by_area) {
    if (values.size() >= kStationsLeast) found[area] = median_of(values);
  }
  return found;
}

std::map<AreaId, double> Levels::measure() const {
  switch (rule_.measure) {
    case Measure::kMedian:
      if (field_.present() < kMedianLeast) return {};
      return {{AreaId{}, field_.median()}};
    case Measure::kDistrict: {
      auto districts = medians(field_);
      add_city(districts);
      return districts;
    }
    case Measure::kHeat: return perceived();
  }
  return {};
}

std::map<AreaId, double> Levels::perceived() const {
  std::map<AreaId, double> found;
  if (humidity_ == nullptr) return found;
  auto const humidity = medians(*humidity_);
  for (auto const& [area, temperature] : medians(field_)) {
    auto const at = humidity.find(area);
    if (at == humidity.end()) continue;
    auto const felt = indices::perceived_temperature(Temperature{temperature}, RelativeHumidity{at->second});
    found[area] = felt ? felt->value : temperature;
  }
  add_city(found);
  return found;
}

void Levels::step(std::size_t hour_of_day, std::vector<Finding>& out) {
  auto const hour = static_cast<double>(hour_of_day);
  bool const over_midnight = rule_.hour_from > rule_.hour_to;
  bool const in_hours = over_midnight ? hour >= rule_.hour_from || hour < rule_.hour_to
                                      : hour >= rule_.hour_from && hour < rule_.hour_to;
  // Who is not measured any more is not watched: what is open stays open. The city's AreaId{} comes first.
  for (auto const& [area, value] : measure()) watch(area, value, in_hours, out);
}

std::uint32_t Levels::steps_of_mean() const {
  auto const minutes = static_cast<double>(field_.step().count()) / kMillisPerMinute;
  return static_cast<std::uint32_t>(std::max(1.0, std::round(rule_.minutes / minutes)));
}

/// A district's cause is the city's where the city stands as high, and may become it where the city is about to: then
/// the district waits as long as a mean takes.
bool Levels::is_of_the_city(Watch const& w, std::optional<Severity> reached) const {
  auto const city = watches_.find(AreaId{});
  auto const highest = std::max(reached, w.open);
  if (city == watches_.end() || !highest) return false;
  if (city->second.open >= highest) return true;
  bool const near = city->second.mean > begins_at(*highest) * (1 - rule_.hysteresis);
  return near && !w.open && w.waited < steps_of_mean();
}

void Levels::watch(AreaId area, double value, bool in_hours, std::vector<Finding>& out) {
  Watch& w = watches_[area];
  auto const steps = steps_of_mean();
  if (w.known < steps) ++w.known;
  w.mean += (value - w.mean) / w.known;
  if (w.known < steps && !w.open) return;
  auto const reached = in_hours ? severity(w.mean) : std::nullopt;
  w.waited = reached && !w.open ? w.waited + 1 : 0;
  bool const shared = area && is_of_the_city(w, reached);
  auto const now = shared ? std::nullopt : reached;
  if (now && (!w.open || *now > *w.open)) {
    if (!w.open) w.since = field_.step_begin();
    w.open = now;
  } else if (w.open && (!now || *now < *w.open)) {
    // A level is left only when clearly below its beginning.
    if (in_hours && !shared && w.mean > begins_at(*w.open) * (1 - rule_.hysteresis)) return;
    w.open = now;
    if (!now) {
      Finding over = describe(area, w);
      over.what = Finding::What::kClear;
      out.push_back(std::move(over));
      return;
    }
  }
  if (!w.open) return;
  ++w.steps_since_told;
  if (w.told == *w.open && w.steps_since_told < kTellEverySteps && w.since != field_.step_begin()) return;
  w.told = *w.open;
  w.steps_since_told = 0;
  out.push_back(describe(area, w));
}

std::optional<Severity> Levels::severity(double value) const {
  std::optional<Severity> found;
  for (auto const s : {Severity::kNotice, Severity::kCaution, Severity::kSerious, Severity::kCritical}) {
    if (begins_at(s) > 0 && value >= begins_at(s)) found = s;
  }
  return found;
}

double Levels::begins_at(Severity severity) const {
  switch (severity) {
    case Severity::kNotice: return rule_.notice;
    case Severity::kCaution: return rule_.caution;
    case Severity::kSerious: return rule_.serious;
    case Severity::kCritical: return rule_.critical;
  }
  return 0;
}

std::string Levels::key_of(AreaId area) const {
  return area ? fmt::format("{}:area:{}", rule_.id, area.value()) : fmt::format("{}:city", rule_.id);
}

Finding Levels::describe(AreaId area, Watch const& w) const {
  Finding f;
  f.key = key_of(area);
  f.rule = rule_index_;
  f.severity = w.open.value_or(Severity::kNotice);
  f.since = w.since;
  f.at = field_.step_begin();
  f.score = w.mean;
  f.threshold = begins_at(f.severity);
  f.excess = w.mean;
  f.city_median = field_.median();
  f.area = area;
  for (auto const& stream : field_.streams()) f.simulated = f.simulated || stream.simulated;
  return f;
}

void Levels::retell() {
  for (auto& [area, w] : watches_) w.steps_since_told = kTellEverySteps;
}

void Levels::adopt(std::string const& key, Instant since, Severity severity) {
  auto const area = key.rfind(":area:");
  std::int64_t number = 0;
  if (area != std::string::npos) {
    for (char const c : key.substr(area + 6)) number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : number;
  }
  Watch& w = watches_[AreaId{number}];
  w.open = severity;
  w.told = severity;
  w.since = since;
}

bool Levels::forget(std::string_view key) {
  for (auto& [area, w] : watches_) {
    if (!w.open || key_of(area) != key) continue;
    w.open.reset();
    w.known = 0;
    w.mean = 0;
    return true;
  }
  return false;
}

}  // namespace madang::sensing::warning
