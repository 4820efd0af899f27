#include "sensing/warning/levels.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "sensing/indices/heat.h"
#include "sensing/model/city_median.h"
#include "sensing/quantities.h"

namespace madang::sensing::warning {
namespace {

constexpr std::size_t kStationsLeast = 3;   // fewer say nothing about a district
constexpr std::size_t kDistrictsLeast = 3;  // fewer are no city of their own
constexpr int kTellEverySteps = 15;
constexpr double kMillisPerHour = 3'600'000;

/// Sound levels of different times are averaged as energy, whatever statistic of a level the channel is.
bool is_level(std::string_view channel) {
  auto const* info = quantity(channel);
  return info != nullptr && info->averaging == Averaging::kEnergy;
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
    : rule_(rule), rule_index_(rule_index), field_(field), humidity_(humidity), energy_(is_level(rule.channel)) {}

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
      if (field_.present() < kMedianMembersMin) return {};
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

/// A step counts when it lies in the hours as a whole, over midnight and in zones of half hours too.
bool Levels::is_in_hours(double hour_of_day) const {
  if (rule_.hour_to - rule_.hour_from >= 24) return true;
  double const length = std::fmod(rule_.hour_to - rule_.hour_from + 24, 24);  // 0: never
  double const since = std::fmod(hour_of_day - rule_.hour_from + 24, 24);
  double const step_hours = static_cast<double>(field_.step().count()) / kMillisPerHour;
  return since + step_hours <= length + 1e-6;
}

Levels::Watch& Levels::watch_of(AreaId area) {
  auto const known = watches_.find(area);
  if (known != watches_.end()) return known->second;
  return watches_.emplace(area, Watch{.mean = LevelMean(field_.step(), rule_.minutes, energy_)}).first->second;
}

void Levels::step(double hour_of_day, std::vector<Finding>& out) {
  if (!is_in_hours(hour_of_day)) {
    for (auto& [area, w] : watches_) {
      w.mean.clear();
      w.waited = 0;
      if (w.open) end(area, w, Finding::Over::kBack, out);
    }
    return;
  }
  // The city's AreaId{} comes first.
  for (auto const& [area, value] : measure()) watch(area, value, out);
  auto const silence = std::max(kSilentSteps, kSilentFor / field_.step());
  for (auto& [area, w] : watches_) {
    if (w.measured < 0) w.measured = field_.number();  // gone on with after a restart
    if (w.open && field_.number() - w.measured >= silence) end(area, w, Finding::Over::kSilent, out);
  }
}

/// A district's cause is the city's where the city stands as high, and may become it where the city is about to: then
/// the district waits as long as a mean takes.
bool Levels::is_of_the_city(Watch const& w, std::optional<Severity> reached) const {
  auto const city = watches_.find(AreaId{});
  auto const highest = std::max(reached, w.open);
  if (city == watches_.end() || !highest) return false;
  if (city->second.open >= highest) return true;
  bool const near = city->second.level > begins_at(*highest) * (1 - rule_.hysteresis);
  return near && !w.open && w.waited < w.mean.steps();
}

void Levels::watch(AreaId area, double value, std::vector<Finding>& out) {
  Watch& w = watch_of(area);
  w.measured = field_.number();
  w.mean.add(field_.number(), value);
  auto const mean = w.mean.at(field_.number());
  if (!mean) return;
  w.level = *mean;
  auto const reached = severity(w.level);
  w.waited = reached && !w.open ? w.waited + 1 : 0;
  bool const shared = area && is_of_the_city(w, reached);
  auto const now = shared ? std::nullopt : reached;
  if (now && (!w.open || *now > *w.open)) {
    if (!w.open) w.since = field_.step_begin();
    w.open = now;
  } else if (w.open && (!now || *now < *w.open)) {
    // A level is left only when clearly below its beginning.
    if (!shared && w.level > begins_at(*w.open) * (1 - rule_.hysteresis)) return;
    if (!now) return end(area, w, shared ? Finding::Over::kJoined : Finding::Over::kBack, out);
    w.open = now;
  }
  if (w.open) tell(area, w, out);
}

void Levels::tell(AreaId area, Watch& w, std::vector<Finding>& out) {
  ++w.steps_since_told;
  if (w.told == *w.open && w.steps_since_told < kTellEverySteps && w.since != field_.step_begin()) return;
  w.told = *w.open;
  w.steps_since_told = 0;
  out.push_back(describe(area, w));
}

void Levels::end(AreaId area, Watch& w, Finding::Over how, std::vector<Finding>& out) {
  Finding over = describe(area, w);
  over.what = Finding::What::kClear;
  over.over = how;
  out.push_back(std::move(over));
  w.open.reset();
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
  f.score = w.level;
  f.threshold = begins_at(f.severity);
  f.excess = w.level;
  f.city_median = field_.median();
  f.area = area;
  for (auto const& stream : field_.streams()) f.simulated = f.simulated || stream.simulated;
  return f;
}

void Levels::retell() {
  for (auto& [area, w] : watches_) w.steps_since_told = kTellEverySteps;
}

Adoption Levels::adopt(Before const& before) {
  auto const area = before.key.rfind(":area:");
  std::int64_t number = 0;
  if (area != std::string::npos) {
    for (char const c : before.key.substr(area + 6)) number = c >= '0' && c <= '9' ? number * 10 + (c - '0') : number;
  }
  Watch& w = watch_of(AreaId{number});
  // What stands there is the same one by its key.
  if (before.stood == Before::Stood::kCleared && (!w.open || !severity(w.level))) {
    w.open.reset();
    return Adoption::kOver;
  }
  auto const within = std::max(kGoesOnWithin, kGoesOnSteps * field_.step());
  bool const seen_lately = field_.started() && field_.step_begin() - before.seen <= within;
  if (before.stood == Before::Stood::kSettled && !w.open && !seen_lately) return Adoption::kOver;
  w.open = before.severity;
  w.told = before.severity;
  w.since = before.since;
  w.steps_since_told = 0;
  // Silence counts from now on: how long it was before nobody knows here.
  w.measured = std::max(w.measured, field_.number());
  return Adoption::kGoesOn;
}

bool Levels::is_open(std::string_view key) const {
  return std::ranges::any_of(watches_, [&](auto const& each) { return each.second.open && key_of(each.first) == key; });
}

}  // namespace madang::sensing::warning
