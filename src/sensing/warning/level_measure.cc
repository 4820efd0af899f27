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

std::size_t stations_of(auto const& voices) {
  return std::accumulate(voices.begin(), voices.end(), std::size_t{0}, [](std::size_t sum, auto const& v) { return sum + v.stations; });
}

/// A median of a district stands for as many stations as it was made of.
double median_of_voices(auto const& voices) {
  std::vector<float> values;
  for (auto const& v : voices) values.insert(values.end(), std::min<std::size_t>(v.stations, kStationsMost), v.value);
  return median_of(values);
}

bool is_enough(auto const& voices) { return stations_of(voices) >= kStationsLeast; }

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
  auto heard = take_waiting();
  switch (rule_.measure) {
    case Measure::kMedian: return city(std::move(heard), slower);
    case Measure::kDistrict: {
      auto found = districts(heard, slower);
      add_city(found, heard, slower);
      return found;
    }
    case Measure::kHeat: {
      auto found = perceived(heard, slower);
      add_city(found, heard, slower);
      return found;
    }
  }
  return {};
}

/// What quicker paces left of this step: of each station the mean of its values in it, or the last one shortly before.
LevelMeasure::Heard LevelMeasure::take_waiting() {
  struct Sum {
    double sum = 0;
    std::size_t count = 0;
    Voice voice;
  };
  std::map<std::tuple<What, AreaId, ThingId>, Sum> sums;
  auto const when = span();
  for (auto const& w : waiting_) {
    if (w.from >= when.to) break;
    if (w.from + kFreshSteps * w.step <= when.from) continue;
    auto& of = sums[{w.voice.what, w.voice.area, w.voice.thing}];
    bool const inside = w.from + w.step > when.from;
    if (inside) of.sum += to_mean_scale(static_cast<double>(w.voice.value), energy_);
    if (inside) ++of.count;
    auto const stations = std::max(of.voice.stations, w.voice.stations);
    of.voice = w.voice;
    of.voice.stations = stations;
  }
  while (!waiting_.empty() && waiting_.front().from + kFreshSteps * waiting_.front().step <= when.to) waiting_.pop_front();
  Heard heard;
  for (auto& [key, of] : sums) {
    if (of.count > 0) of.voice.value = static_cast<float>(from_mean_scale(of.sum / static_cast<double>(of.count), energy_));
    heard[of.voice.what][of.voice.area].push_back(of.voice);
  }
  return heard;
}

/// A station that is heard at two paces is one.
void LevelMeasure::add_own(Voices& voices, Field const* field, What what, bool by_district) const {
  if (field == nullptr || !field->started()) return;
  std::map<AreaId, std::vector<Voice>> own;
  for (std::uint32_t i = 0; i < field->size(); ++i) {
    if (field->is_witness(i)) continue;
    float const value = field->fresh(i, fresh_steps_);
    auto const& stream = field->streams()[i];
    auto const area = by_district ? stream.area : AreaId{};
    if (!std::isnan(value)) own[area].push_back({what, area, stream.thing, value, 1});
  }
  for (auto& [area, mine] : own) {
    auto& all = voices[area];
    std::erase_if(all, [&](Voice const& v) { return v.thing && std::ranges::find(mine, v.thing, &Voice::thing) != mine.end(); });
    all.insert(all.end(), mine.begin(), mine.end());
  }
}

void LevelMeasure::leave_to(LevelMeasure* slower, std::vector<Voice> const& voices) const {
  if (slower == nullptr) return;
  for (auto const& voice : voices) slower->waiting_.push_back({span().from, step_, voice});
  while (slower->waiting_.size() > kVoicesWaitingMax) slower->waiting_.pop_front();
}

std::vector<LevelMeasure::Voice> LevelMeasure::condensed(std::vector<Voice> const& voices) const {
  if (voices.empty() || !is_enough(voices)) return voices;
  auto one = voices.front();
  one.thing = {};
  one.value = static_cast<float>(median_of_voices(voices));
  one.stations = stations_of(voices);
  return {one};
}

/// Of a pace at which many usually speak the median of a few is that of the few.
std::map<AreaId, double> LevelMeasure::city(Heard heard, LevelMeasure* slower) const {
  if (present() >= kMedianMembersMin) return {{AreaId{}, values_->median()}};
  auto& voices = heard[What::kValue];
  auto const silence = std::max(kSilentSteps, kSilentFor / step_);
  if (values_ != nullptr && values_->spoken_since(values_->number() - silence) < kMedianMembersMin)
    add_own(voices, values_, What::kValue, false);
  auto const& all = voices[AreaId{}];
  if (stations_of(all) >= kMedianMembersMin) return {{AreaId{}, median_of_voices(all)}};
  leave_to(slower, all);
  return {};
}

std::map<AreaId, double> LevelMeasure::districts(Heard& heard, LevelMeasure* slower) const {
  auto& voices = heard[What::kValue];
  add_own(voices, values_, What::kValue, true);
  std::map<AreaId, double> found;
  for (auto const& [area, all] : voices) {
    if (is_enough(all)) found[area] = median_of_voices(all);
    else leave_to(slower, all);
  }
  return found;
}

std::map<AreaId, double> LevelMeasure::perceived(Heard& heard, LevelMeasure* slower) const {
  auto& warm = heard[What::kValue];
  auto& humid = heard[What::kHumidity];
  add_own(warm, values_, What::kValue, true);
  add_own(humid, humidity_, What::kHumidity, true);
  std::map<AreaId, double> found;
  for (auto const& [area, voices] : warm) {
    if (is_enough(voices) && is_enough(humid[area])) {
      double const temperature = median_of_voices(voices);
      auto const felt = indices::perceived_temperature(Temperature{temperature}, RelativeHumidity{median_of_voices(humid[area])});
      found[area] = felt ? felt->value : temperature;
    } else {
      leave_to(slower, condensed(voices));
    }
  }
  for (auto const& [area, voices] : humid)
    if (!found.contains(area)) leave_to(slower, condensed(voices));
  return found;
}

/// Beside its districts the city, which stands where half of them stand. Stations outside all districts say nothing then.
void LevelMeasure::add_city(std::map<AreaId, double>& districts, Heard const& heard, LevelMeasure* slower) const {
  std::map<AreaId, float> all;
  if (auto const left = heard.find(What::kDistrict); left != heard.end())
    for (auto const& [area, voices] : left->second) all[area] = voices.front().value;
  for (auto const& [area, value] : districts)
    if (area) all[area] = static_cast<float>(value);
  if (all.size() < kDistrictsLeast) {
    std::vector<Voice> few;
    for (auto const& [area, value] : all) few.push_back({What::kDistrict, area, {}, value, 1});
    return leave_to(slower, few);
  }
  std::vector<float> values;
  for (auto const& [area, value] : all) values.push_back(value);
  districts[AreaId{}] = median_of(values);
}

}  // namespace madang::sensing::warning
