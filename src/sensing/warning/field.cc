#include "sensing/warning/field.h"

#include <algorithm>
#include <cmath>

namespace madang::sensing::warning {
namespace {

std::int64_t step_number(Instant when, Millis step) {
  auto const t = millis_of(when);
  return t >= 0 ? t / step.count() : -1;
}

std::size_t slot_of(std::int64_t number) { return static_cast<std::size_t>(number) % kHistorySteps; }

}  // namespace

std::uint32_t Field::add(std::uint32_t index, Stream const& stream) {
  streams_.push_back(stream);
  indices_.push_back(index);
  now_.push_back(kNoValue);
  next_.push_back(kNoValue);
  history_.resize(history_.size() + kHistorySteps, kNoValue);
  return static_cast<std::uint32_t>(streams_.size() - 1);
}

bool Field::observe(std::uint32_t place, Instant when, double value) {
  auto const number = step_number(when, step_);
  if (number < 0) return false;
  if (number_ < 0) number_ = number;
  if (number == number_) {
    now_[place] = static_cast<float>(value);
    return true;
  }
  if (number == number_ + 1) {
    next_[place] = static_cast<float>(value);
    return true;
  }
  return false;
}

void Field::start_at(Instant when) {
  auto const number = step_number(when, step_);
  if (number <= number_) return;
  bool const next_becomes_now = number == number_ + 1;
  auto const skipped = std::min<std::int64_t>(number - number_, kHistorySteps);
  for (std::int64_t n = number - skipped; n < number && number_ >= 0; ++n) {
    for (std::size_t i = 0; i < now_.size(); ++i) history_[i * kHistorySteps + slot_of(n)] = kNoValue;
    medians_[slot_of(n)] = kNoValue;
  }
  number_ = number;
  if (next_becomes_now) now_.swap(next_);
  else std::ranges::fill(now_, kNoValue);
  std::ranges::fill(next_, kNoValue);
}

void Field::close() {
  closed_ = true;
  scratch_.clear();
  for (std::size_t i = 0; i < now_.size(); ++i) {
    history_[i * kHistorySteps + slot_of(number_)] = now_[i];
    if (!std::isnan(now_[i])) scratch_.push_back(now_[i]);
  }
  present_ = scratch_.size();
  medians_[slot_of(number_)] = kNoValue;
  // Of a step in which most are silent the median would be that of a few: the last one stands.
  if (present_ < kMedianLeast || (has_median_ && present_ * 4 < now_.size())) return;
  auto const middle = scratch_.begin() + static_cast<std::ptrdiff_t>(present_ / 2);
  std::ranges::nth_element(scratch_, middle);
  double const upper = *middle;
  double const lower = present_ % 2 == 1 ? upper : *std::max_element(scratch_.begin(), middle);
  median_ = (upper + lower) / 2;
  has_median_ = true;
  medians_[slot_of(number_)] = static_cast<float>(median_);
}

void Field::turn() {
  closed_ = false;
  now_.swap(next_);
  std::ranges::fill(next_, kNoValue);
  ++number_;
}

float Field::fresh(std::uint32_t place) const {
  for (std::int64_t back = closed_ ? 0 : 1; back < 3 && back <= number_; ++back) {
    float const value = history_[place * kHistorySteps + slot_of(number_ - back)];
    if (!std::isnan(value)) return value;
  }
  return kNoValue;
}

std::vector<situations::EvidenceValue> Field::recent(std::uint32_t place) const {
  std::vector<situations::EvidenceValue> values;
  for (std::int64_t n = last_closed() - static_cast<std::int64_t>(kHistorySteps) + 1; n <= last_closed(); ++n) {
    if (n < 0) continue;
    float const value = history_[place * kHistorySteps + slot_of(n)];
    if (!std::isnan(value)) values.push_back({Instant{step_ * n}, static_cast<double>(value), QualityFlag::kUnknown});
  }
  return values;
}

std::vector<situations::EvidenceValue> Field::recent_medians() const {
  std::vector<situations::EvidenceValue> values;
  for (std::int64_t n = last_closed() - static_cast<std::int64_t>(kHistorySteps) + 1; n <= last_closed(); ++n) {
    if (n < 0) continue;
    float const value = medians_[slot_of(n)];
    if (!std::isnan(value)) values.push_back({Instant{step_ * n}, static_cast<double>(value), QualityFlag::kUnknown});
  }
  return values;
}

}  // namespace madang::sensing::warning
