#include "sensing/model/city_median.h"

#include <algorithm>

namespace madang::sensing {
namespace {

constexpr Millis kShortStep = std::chrono::minutes{10};
/// A clock may run ahead so far (quality's kClockAhead): who is there before the others has the last median.
constexpr Millis kLookBack = std::chrono::minutes{6};
/// Of many stations a sample says the same.
constexpr std::size_t kSampleMax = 2'048;
/// After so many steps with fewer stations those are the usual number.
constexpr std::int64_t kStepsOfFew = 3;

}  // namespace

double median_of(std::span<float> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  double const upper = static_cast<double>(*middle);
  if (values.size() % 2 == 1) return upper;
  return (upper + static_cast<double>(*std::max_element(values.begin(), middle))) / 2;
}

void Quorum::close(std::size_t count) {
  if (count < kMedianMembersMin) return;  // nobody speaks: nothing says how many do
  steps_of_few_ = holds(count) ? 0 : steps_of_few_ + 1;
  if (steps_of_few_ == 0 || steps_of_few_ >= kStepsOfFew) set(count);
}

std::int64_t CityMedian::step_of(Instant when) {
  // Nearly always the step that was asked for before; a division costs more than the rest.
  if (asked_ != kNone && when >= asked_from_ && when < asked_from_ + step_) return asked_;
  auto const millis = when.time_since_epoch().count();
  auto const step = step_.count();
  asked_ = millis >= 0 ? millis / step : (millis - step + 1) / step;
  asked_from_ = Instant{step_ * asked_};
  return asked_;
}

CityMedian::Step& CityMedian::slot(std::int64_t number) {
  auto const size = static_cast<std::int64_t>(kStepsOpen);
  return steps_[static_cast<std::size_t>(((number % size) + size) % size)];
}

void CityMedian::add(Instant when, double value) {
  auto const number = step_of(when);
  auto& step = slot(number);
  if (step.number > number) return;
  if (step.number < number) {
    step.number = number;
    step.values.clear();
    step.count = step.median_of = 0;
  }
  ++step.count;
  if (step.values.size() < kSampleMax) {
    step.values.push_back(static_cast<float>(value));
  } else {
    // Each has the same chance to stand in the sample; the multiplier scatters the counter (Knuth, 2^32 / golden ratio).
    auto const place = (step.count * 2'654'435'761U >> 8U) % step.count;
    if (place < kSampleMax) step.values[place] = static_cast<float>(value);
  }
  if (number > newest_ && step.count >= kMedianMembersMin) advance(number);
}

/// By number, not by the first: one clock that runs ahead moves nothing.
void CityMedian::advance(std::int64_t number) {
  auto const count_of = [this](std::int64_t n) { return slot(n).number == n ? slot(n).count : std::size_t{0}; };
  bool const few_for_long = newest_ == kNone || number >= newest_ + kStepsOfFew;
  if (!quorum_.holds(count_of(number)) && !few_for_long) return;
  if (newest_ != kNone) quorum_.set(count_of(few_for_long ? number - 1 : newest_));
  newest_ = number;
}

bool CityMedian::is_enough(Step const& step, std::int64_t number) const {
  if (step.number != number || step.count < kMedianMembersMin) return false;
  bool const over = newest_ != kNone && number < newest_;
  return over || quorum_.holds(step.count);
}

double CityMedian::middle(Step& step) {
  bool const over = step.number < newest_;
  bool const more = step.count >= step.median_of + step.median_of / 2 || (over && step.count != step.median_of);
  if (step.median_of == 0 || more) {
    step.median = median_of(step.values);
    step.median_of = step.count;
  }
  return step.median;
}

std::optional<double> CityMedian::at(Instant when) {
  auto const number = step_of(when);
  auto const back = step_ <= kShortStep ? std::max<std::int64_t>(1, kLookBack / step_) : 0;
  for (auto n = number; n >= number - back; --n) {
    auto& step = slot(n);
    if (is_enough(step, n)) return middle(step);
  }
  return std::nullopt;
}

}  // namespace madang::sensing
