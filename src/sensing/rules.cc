#include "sensing/rules.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/geo.h"
#include "sensing/limits.h"
#include "sensing/quality/constants.h"

namespace madang::sensing {
namespace {

double vector_mean(std::span<double const> degrees) {
  double north = 0;
  double east = 0;
  for (double const d : degrees) {
    north += std::cos(radians(d));
    east += std::sin(radians(d));
  }
  double const angle = std::atan2(east, north) * 180.0 / std::numbers::pi;
  return angle < 0 ? angle + 360.0 : angle;
}

double energy_mean(std::span<double const> levels) {
  double energy = 0;
  for (double const level : levels) energy += std::pow(10.0, level / 10.0);
  return 10.0 * std::log10(energy / static_cast<double>(levels.size()));
}

}  // namespace

ChannelRules channel_rules(city::Sensor const* sensor, city::Datastream const& datastream) {
  ChannelRules rules;
  rules.fitted = datastream.fitted;
  auto const unit = to_quantity(datastream.channel, datastream.unit);
  rules.unit = unit.value_or(UnitConversion{});
  rules.foreign = !unit;
  if (sensor == nullptr) return rules;
  auto const channel = std::ranges::find(sensor->channels, datastream.channel, &city::Channel::name);
  if (channel == sensor->channels.end()) return rules;
  rules.valid_min = channel->valid_min;
  rules.valid_max = channel->valid_max;
  rules.fitted = rules.fitted && channel->fitted;
  for (double const wire : channel->sentinels) rules.sentinels.push_back(wire * channel->scale + channel->offset);
  return rules;
}

bool takes_words(city::Datastream const& datastream) {
  std::string_view const type = datastream.observation_type;
  return type.ends_with("OM_CategoryObservation") || type.ends_with("OM_TextObservation");
}

bool is_sentinel(std::span<double const> sentinels, double value) {
  auto const same = [value](double sentinel) { return std::abs(sentinel - value) <= 1e-7 * (1 + std::abs(sentinel)); };
  return std::ranges::any_of(sentinels, same);
}

bool is_common_sentinel(ChannelRules const& rules, double value) {
  if (value > kSentinelsBelow) return false;
  bool const ranged = rules.valid_min != 0 || rules.valid_max != 0;
  if (ranged && value >= rules.valid_min && value <= rules.valid_max) return false;
  return std::ranges::any_of(kSentinels, [value](double s) { return std::abs(value - s) < 1e-3; });
}

bool means_no_value_on_the_wire(ChannelRules const& rules, double number, double physical) {
  if (number == physical) return false;
  bool const ranged = rules.valid_min != 0 || rules.valid_max != 0;
  if (ranged && physical >= rules.valid_min && physical <= rules.valid_max) return false;
  return is_sentinel(rules.sentinels, number) || is_common_sentinel(rules, number);
}

bool is_no_value(ChannelRules const& rules, double value) { return !rules.fitted || is_sentinel(rules.sentinels, value); }

std::optional<QualityTest> doubt_of_time(Instant told, Instant received_at) {
  if (told < kClockSetFrom) return QualityTest::kClock;
  if (told > received_at + kFutureMax) return QualityTest::kTiming;
  return std::nullopt;
}

Quality judge(ChannelRules const& rules, double value, Instant phenomenon_time, Instant received_at) {
  auto const spoke = [](QualityFlag flag, QualityTest test) {
    return Quality{flag, static_cast<std::uint8_t>(test), kRuleVersion};
  };
  if (is_common_sentinel(rules, value)) return spoke(QualityFlag::kMissing, QualityTest::kSentinel);
  bool const ranged = rules.valid_min != 0 || rules.valid_max != 0;
  if (ranged && (value < rules.valid_min || value > rules.valid_max)) {
    return spoke(QualityFlag::kFail, QualityTest::kGrossRange);
  }
  if (auto const doubt = doubt_of_time(phenomenon_time, received_at)) return spoke(QualityFlag::kSuspect, *doubt);
  if (!ranged) return {};
  return spoke(QualityFlag::kGood, QualityTest::kNone);
}

double typical_value(std::span<double> values, Averaging averaging) {
  MADANG_ASSERT(!values.empty());
  if (averaging == Averaging::kCircular) return vector_mean(values);
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

double mean_value(std::span<double const> values, Averaging averaging) {
  MADANG_ASSERT(!values.empty());
  if (averaging == Averaging::kCircular) return vector_mean(values);
  if (averaging == Averaging::kEnergy) return energy_mean(values);
  double sum = 0;
  for (double const v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

}  // namespace madang::sensing
