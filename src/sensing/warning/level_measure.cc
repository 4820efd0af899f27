#include "sensing/warning/level_measure.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "sensing/indices/heat.h"
#include "sensing/model/city_median.h"
#include "sensing/quantities.h"

namespace madang::sensing::warning {
namespace {

constexpr std::size_t kStationsLeast = 3;   // fewer say nothing about a district
constexpr std::size_t kDistrictsLeast = 3;  // fewer are no city of their own
constexpr std::size_t kStationsMost = 100;

double to_mean_scale(double value, bool energy) { return energy ? std::pow(10.0, value / 10) : value; }
double from_mean_scale(double mean, bool energy) { return energy ? 10 * std::log10(mean) : mean; }

std::size_t stations_of(auto const& samples) {
  return std::accumulate(samples.begin(), samples.end(), std::size_t{0}, [](std::size_t sum, auto const& v) { return sum + v.stations; });
}

/// A median of a district stands for as many stations as it was made of.
double median_of_samples(auto const& samples) {
  std::vector<float> values;
  for (auto const& v : samples) values.insert(values.end(), std::min<std::size_t>(v.stations, kStationsMost), v.value);
  return median_of(values);
}

bool is_enough(auto const& samples) { return stations_of(samples) >= kStationsLeast; }

}  // namespace

bool is_sound_level(std::string_view channel) {
  auto const* info = quantity(channel);
  return info != nullptr && info->averaging == Averaging::kEnergy;
}

LevelMeasure::LevelMeasure(Rule const& rule, Millis step, Millis wait)
    : rule_(rule), step_(step), wait_(wait), energy_(is_sound_level(rule.channel)) {}

void LevelMeasure::attach(Field const& field, bool humidity) { (humidity ? humidity_ : values_) = &field; }

Field const* LevelMeasure::driver() const {
  if (values_ != nullptr && values_->started()) return values_;
  return humidity_ != nullptr && humidity_->started() ? humidity_ : nullptr;
}

std::map<AreaId, double> LevelMeasure::measure(LevelMeasure* slower, std::int64_t steps_inside) {
  fresh_steps_ = std::min(kFreshSteps, steps_inside);
  auto by_kind = take_due();
  switch (rule_.measure) {
    case Measure::kMedian: return city(std::move(by_kind), slower);
    case Measure::kDistrict: {
      auto found = districts(by_kind, slower);
      add_city(found, by_kind, slower);
      return found;
    }
    case Measure::kHeat: {
      auto found = perceived(by_kind, slower);
      add_city(found, by_kind, slower);
      return found;
    }
  }
  return {};
}

/// What quicker paces left of this step: of each station the mean of its values in it, or the last one shortly before.
LevelMeasure::ByKind LevelMeasure::take_due() {
  struct Sum {
    double sum = 0;
    std::size_t count = 0;
    Sample sample;
  };
  std::map<std::tuple<What, AreaId, ThingId>, Sum> sums;
  auto const when = span();
  for (auto const& w : waiting_) {
    if (w.from >= when.to) break;
    if (w.from + kFreshSteps * w.step <= when.from) continue;
    auto& of = sums[{w.sample.what, w.sample.area, w.sample.thing}];
    bool const inside = w.from + w.step > when.from;
    if (inside) of.sum += to_mean_scale(static_cast<double>(w.sample.value), energy_);
    if (inside) ++of.count;
    auto const stations = std::max(of.sample.stations, w.sample.stations);
    of.sample = w.sample;
    of.sample.stations = stations;
  }
  while (!waiting_.empty() && waiting_.front().from + kFreshSteps * waiting_.front().step <= when.to) waiting_.pop_front();
  ByKind by_kind;
  for (auto& [key, of] : sums) {
    if (of.count > 0) of.sample.value = static_cast<float>(from_mean_scale(of.sum / static_cast<double>(of.count), energy_));
    by_kind[of.sample.what][of.sample.area].push_back(of.sample);
  }
  return by_kind;
}

/// A station that is heard at two paces is one.
void LevelMeasure::add_own(Samples& samples, Field const* field, What what, bool by_district) const {
  if (field == nullptr || !field->started()) return;
  std::map<AreaId, std::vector<Sample>> own;
  for (std::uint32_t i = 0; i < field->size(); ++i) {
    if (field->is_witness(i)) continue;
    float const value = field->fresh(i, fresh_steps_);
    auto const& stream = field->streams()[i];
    auto const area = by_district ? stream.area : AreaId{};
    if (!std::isnan(value)) own[area].push_back({what, area, stream.thing, value, 1});
  }
  for (auto& [area, mine] : own) {
    auto& all = samples[area];
    std::erase_if(all, [&](Sample const& v) { return v.thing && std::ranges::find(mine, v.thing, &Sample::thing) != mine.end(); });
    all.insert(all.end(), mine.begin(), mine.end());
  }
}

void LevelMeasure::pass_on_to(LevelMeasure* slower, std::vector<Sample> const& samples) const {
  if (slower == nullptr) return;
  for (auto const& sample : samples) slower->waiting_.push_back({span().from, step_, sample});
  while (slower->waiting_.size() > kSamplesWaitingMax) slower->waiting_.pop_front();
}

std::vector<LevelMeasure::Sample> LevelMeasure::condensed(std::vector<Sample> const& samples) const {
  if (samples.empty() || !is_enough(samples)) return samples;
  auto one = samples.front();
  one.thing = {};
  one.value = static_cast<float>(median_of_samples(samples));
  one.stations = stations_of(samples);
  return {one};
}

/// Of a pace at which many usually speak the median of a few is that of the few.
std::map<AreaId, double> LevelMeasure::city(ByKind by_kind, LevelMeasure* slower) const {
  if (present() >= kMedianMembersMin) return {{AreaId{}, values_->median()}};
  auto& samples = by_kind[What::kValue];
  auto const silence = std::max(kSilentSteps, kSilentFor / step_);
  if (values_ != nullptr && values_->spoken_since(values_->number() - silence) < kMedianMembersMin)
    add_own(samples, values_, What::kValue, false);
  auto const& all = samples[AreaId{}];
  if (stations_of(all) >= kMedianMembersMin) return {{AreaId{}, median_of_samples(all)}};
  pass_on_to(slower, all);
  return {};
}

std::map<AreaId, double> LevelMeasure::districts(ByKind& by_kind, LevelMeasure* slower) const {
  auto& samples = by_kind[What::kValue];
  add_own(samples, values_, What::kValue, true);
  std::map<AreaId, double> found;
  for (auto const& [area, all] : samples) {
    if (is_enough(all)) found[area] = median_of_samples(all);
    else pass_on_to(slower, all);
  }
  return found;
}

std::map<AreaId, double> LevelMeasure::perceived(ByKind& by_kind, LevelMeasure* slower) const {
  auto& warm = by_kind[What::kValue];
  auto& humid = by_kind[What::kHumidity];
  add_own(warm, values_, What::kValue, true);
  add_own(humid, humidity_, What::kHumidity, true);
  std::map<AreaId, double> found;
  for (auto const& [area, samples] : warm) {
    if (is_enough(samples) && is_enough(humid[area])) {
      double const temperature = median_of_samples(samples);
      auto const felt = indices::perceived_temperature(Temperature{temperature}, RelativeHumidity{median_of_samples(humid[area])});
      found[area] = felt ? felt->value : temperature;
    } else {
      pass_on_to(slower, condensed(samples));
    }
  }
  for (auto const& [area, samples] : humid)
    if (!found.contains(area)) pass_on_to(slower, condensed(samples));
  return found;
}

/// Beside its districts the city, which stands where half of them stand. Stations outside all districts say nothing then.
void LevelMeasure::add_city(std::map<AreaId, double>& districts, ByKind const& by_kind, LevelMeasure* slower) const {
  std::map<AreaId, float> all;
  if (auto const left = by_kind.find(What::kDistrict); left != by_kind.end())
    for (auto const& [area, samples] : left->second) all[area] = samples.front().value;
  for (auto const& [area, value] : districts)
    if (area) all[area] = static_cast<float>(value);
  if (all.size() < kDistrictsLeast) {
    std::vector<Sample> few;
    for (auto const& [area, value] : all) few.push_back({What::kDistrict, area, {}, value, 1});
    return pass_on_to(slower, few);
  }
  std::vector<float> values;
  for (auto const& [area, value] : all) values.push_back(value);
  districts[AreaId{}] = median_of(values);
}

}  // namespace madang::sensing::warning
