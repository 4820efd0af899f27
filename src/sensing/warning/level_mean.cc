#include "sensing/warning/level_mean.h"

#include <algorithm>
#include <cmath>

namespace madang::sensing::warning {

LevelMean::LevelMean(Millis step, double minutes, bool energy)
    : steps_(std::max<std::int64_t>(1, std::llround(minutes * 60'000 / static_cast<double>(step.count())))),
      steps_of_part_((steps_ + kParts - 1) / kParts),
      energy_(energy) {}

void LevelMean::add(std::int64_t step, double value) {
  auto const number = step / steps_of_part_;
  if (parts_.empty() || parts_.back().number < number) parts_.push_back({.number = number});
  parts_.back().sum += energy_ ? std::pow(10.0, value / 10) : value;
  ++parts_.back().count;
}

std::optional<double> LevelMean::at(std::int64_t step) {
  auto const first = step / steps_of_part_ - (steps_ + steps_of_part_ - 1) / steps_of_part_ + 1;
  while (!parts_.empty() && parts_.front().number < first) parts_.pop_front();
  double sum = 0;
  std::int64_t count = 0;
  for (Part const& part : parts_) {
    sum += part.sum;
    count += part.count;
  }
  if (static_cast<double>(count) < kMeanShareLeast * static_cast<double>(steps_)) return std::nullopt;
  double const mean = sum / static_cast<double>(count);
  return energy_ ? 10 * std::log10(mean) : mean;
}

}  // namespace madang::sensing::warning
