#include "sensing/quality/city_median.h"

#include <algorithm>

#include "sensing/quality/constants.h"

namespace madang::sensing {
namespace {

constexpr Millis kShortStep = std::chrono::minutes{10};
/// Of many stations a sample says the same.
constexpr std::size_t kSampleMax = 2'048;
/// Of one step; a flood of further ones is not needed for a median.
constexpr std::size_t kValuesMax = 500'000;

}  // namespace

std::int64_t CityMedian::step_of(Instant when) const {
  // Nearly always the step that is open; a division costs more than the rest.
  if (when >= from_ && when < from_ + step_) return current_;
  auto const millis = when.time_since_epoch().count();
  auto const step = step_.count();
  return millis >= 0 ? millis / step : (millis - step + 1) / step;
}

void CityMedian::add(Instant when, double value) {
  auto const step = step_of(when);
  if (step < current_) return;
  if (step > current_) {
    close();
    current_ = step;
    from_ = Instant{step_ * step};
  }
  if (values_.size() < kValuesMax) values_.push_back(static_cast<float>(value));
}

void CityMedian::close() {
  if (values_.size() >= kMedianMembersMin) {
    if (auto const m = at(Instant{step_ * current_}); m) median_before_ = static_cast<float>(*m);
    before_ = current_;
    count_before_ = values_.size();
  }
  values_.clear();
  median_of_ = 0;
}

std::optional<double> CityMedian::at(Instant when) {
  auto const step = step_of(when);
  if (step == current_ && values_.size() >= kMedianMembersMin && 2 * values_.size() >= count_before_) {
    if (median_of_ == 0 || values_.size() >= median_of_ + median_of_ / 2) {
      std::vector<float> sample;
      auto const stride = values_.size() / kSampleMax + 1;
      for (std::size_t i = 0; i < values_.size(); i += stride) sample.push_back(values_[i]);
      auto const middle = sample.begin() + static_cast<std::ptrdiff_t>(sample.size() / 2);
      std::ranges::nth_element(sample, middle);
      median_ = *middle;
      median_of_ = values_.size();
    }
    return median_;
  }
  if (step == before_) return median_before_;
  if (step == current_ && before_ == current_ - 1 && step_ <= kShortStep) return median_before_;
  return std::nullopt;
}

}  // namespace madang::sensing
