#include "sensing/warning/field.h"

#include <algorithm>
#include <cmath>

#include "sensing/model/city_median.h"

namespace madang::sensing::warning {
namespace {

/// A clock may run ahead so far (quality's kClockAhead): its values wait for their step.
constexpr Millis kAhead = std::chrono::minutes{5};
/// So many stations, of those that usually speak, may be missing when a step is left behind by the others.
constexpr double kStragglers = 0.05;

std::int64_t step_number(Instant when, Millis step) {
  auto const t = millis_of(when);
  return t >= 0 ? t / step.count() : -1;
}

/// Of the value that stands in a step: so many milliseconds after its beginning.
std::int32_t after_begin(Instant when, std::int64_t number, Millis step) {
  return static_cast<std::int32_t>(std::min<std::int64_t>((when - Instant{step * number}).count(), INT32_MAX));
}

std::int64_t steps_in(Millis time, Millis step) { return (time + step - Millis{1}) / step; }

std::int64_t open_steps(Millis step, Millis wait) {
  auto const ahead = std::min<std::int64_t>(steps_in(kAhead, step), kStepsAheadMax);
  return std::min<std::int64_t>(1 + ahead + steps_in(wait, step), kStepsOpenMax);
}

bool holds(QualityFlag flag) { return flag == QualityFlag::kGood || flag == QualityFlag::kUnknown; }

}  // namespace

Field::Field(std::string channel, Millis step, Millis wait)
    : channel_(std::move(channel)),
      step_(step),
      wait_(wait),
      open_(open_steps(step, wait)),
      ring_(static_cast<std::size_t>(open_) + kHistorySteps) {}

std::uint32_t Field::add(std::uint32_t index, Stream const& stream, bool witness) {
  ++(witness ? witnesses_ : watched_);
  if (!free_.empty()) {
    auto const place = free_.back();
    free_.pop_back();
    streams_[place] = stream;
    indices_[place] = index;
    witness_[place] = witness;
    empty_[place] = false;
    return place;
  }
  streams_.push_back(stream);
  indices_.push_back(index);
  witness_.push_back(witness);
  empty_.push_back(false);
  newest_.push_back(-1);
  for (auto& slot : ring_) {
    slot.values.push_back(kNoValue);
    slot.flags.push_back(QualityFlag::kUnknown);
    slot.after.push_back(0);
  }
  return static_cast<std::uint32_t>(streams_.size() - 1);
}

void Field::forget(std::uint32_t place) {
  for (auto& slot : ring_) slot.values[place] = kNoValue;
  newest_[place] = -1;
}

void Field::replace(std::uint32_t place, Stream const& stream, bool forget_values) {
  streams_[place] = stream;
  if (forget_values) forget(place);
}

void Field::remove(std::uint32_t place) {
  forget(place);
  streams_[place].placed = false;
  streams_[place].area = {};
  streams_[place].simulated = false;
  --(witness_[place] ? witnesses_ : watched_);
  empty_[place] = true;
  leaving_.push_back(place);
}

Field::Slot& Field::open_slot(std::int64_t number) {
  Slot& slot = ring_[static_cast<std::size_t>(number) % ring_.size()];
  if (slot.number == number) return slot;
  slot.number = number;
  slot.median = kNoValue;
  slot.newest_after = 0;
  std::ranges::fill(slot.values, kNoValue);
  return slot;
}

Field::Slot const* Field::slot(std::int64_t number) const {
  if (number < 0) return nullptr;
  Slot const& slot = ring_[static_cast<std::size_t>(number) % ring_.size()];
  return slot.number == number ? &slot : nullptr;
}

/// The first value may come from any clock: the time decides which step is the first that is open. Until one is over the
/// others may begin before it.
void Field::begin(std::int64_t number, std::optional<Instant> now) {
  auto const oldest = now ? std::max<std::int64_t>(0, step_number(*now - wait_, step_) - 1) : 0;
  auto const newest = now ? std::max(oldest, step_number(*now, step_)) : number;
  auto const first = std::clamp(number, oldest, std::max(oldest, newest));
  if (number_ < 0 || first < number_) number_ = first;
}

Field::Acceptance Field::observe(std::uint32_t place, Instant when, double value, QualityFlag flag, std::optional<Instant> now) {
  auto const number = step_number(when, step_);
  if (number < 0) return Acceptance::kLate;
  if (number_ < 0 || (!any_closed_ && number < number_)) begin(number, now);
  if (number < number_) return Acceptance::kLate;
  if (number >= number_ + open_) return Acceptance::kEarly;
  Slot& slot = open_slot(number);
  slot.values[place] = static_cast<float>(value);
  slot.flags[place] = flag;
  slot.after[place] = after_begin(when, number, step_);
  newest_[place] = std::max(newest_[place], number);
  return Acceptance::kAccepted;
}

bool Field::revise(std::uint32_t place, Interval when, QualityFlag flag) {
  if (number_ < 0 || when.from >= when.to) return false;
  auto const oldest = std::max<std::int64_t>(0, number_ - static_cast<std::int64_t>(kHistorySteps));
  auto const from = std::max(oldest, step_number(when.from, step_));
  auto const to = std::min(number_ + open_ - 1, step_number(when.to - Millis{1}, step_));
  auto newest = last_closed();
  while (newest >= oldest && (slot(newest) == nullptr || std::isnan(slot(newest)->values[place]))) --newest;
  bool fell = false;
  for (auto n = from; n <= to; ++n) {
    if (slot(n) == nullptr || std::isnan(slot(n)->values[place])) continue;
    // Who sends quicker than the step has other values in it: those stand.
    if (!when.contains(Instant{step_ * n} + Millis{slot(n)->after[place]})) continue;
    Slot& revised = open_slot(n);
    revised.flags[place] = flag;
    fell = fell || n == newest;
    if (n > last_closed() && !holds(flag)) revised.values[place] = kNoValue;
  }
  return !holds(flag) && fell;
}

void Field::start_at(Instant when) { number_ = std::max(number_, step_number(when, step_)); }

std::optional<std::int64_t> Field::newest_passed_step() const {
  if (number_ < 0) return std::nullopt;
  // Who has been silent for longer than the wait and the shown past is not waited for.
  auto const usual = number_ - steps_in(wait_, step_) - static_cast<std::int64_t>(kHistorySteps);
  std::vector<std::int64_t> spoken;
  for (std::size_t place = 0; place < newest_.size(); ++place)
    if (!witness_[place] && newest_[place] >= std::max<std::int64_t>(0, usual)) spoken.push_back(newest_[place]);
  if (spoken.empty()) return std::nullopt;
  auto const stragglers = static_cast<std::ptrdiff_t>(kStragglers * static_cast<double>(spoken.size()));
  std::ranges::nth_element(spoken, spoken.begin() + stragglers);
  return spoken[static_cast<std::size_t>(stragglers)] - 1;
}

std::span<float const> Field::values() const {
  auto const* running = slot(number_);
  return running == nullptr ? std::span<float const>{} : std::span<float const>{running->values};
}

void Field::close() {
  closed_ = true;
  any_closed_ = true;
  Slot& running = open_slot(number_);
  scratch_.clear();
  present_ = 0;
  for (std::size_t place = 0; place < running.values.size(); ++place) {
    if (std::isnan(running.values[place])) continue;
    scratch_.push_back(running.values[place]);
    if (!witness_[place]) ++present_;
    running.newest_after = std::max(running.newest_after, running.after[place]);
  }
  // Of a step in which most are silent the median would be that of a few: the last one stands.
  bool const enough = quorum_.holds(scratch_.size());
  quorum_.close(scratch_.size());
  if (!enough) return;
  median_ = median_of(scratch_);
  has_median_ = true;
  running.median = static_cast<float>(median_);
}

void Field::next_step() {
  closed_ = false;
  ++number_;
  free_.insert(free_.end(), leaving_.begin(), leaving_.end());
  leaving_.clear();
}

Instant Field::measured_at(std::uint32_t place) const {
  auto const* running = slot(number_);
  bool const there = running != nullptr && !std::isnan(running->values[place]);
  return step_begin() + Millis{there ? running->after[place] : 0};
}

Instant Field::newest_at() const {
  auto const* running = slot(number_);
  return step_begin() + Millis{running == nullptr ? 0 : running->newest_after};
}

std::size_t Field::spoken_since(std::int64_t number) const {
  auto const first = std::max<std::int64_t>(0, number);
  std::size_t count = 0;
  for (std::size_t place = 0; place < newest_.size(); ++place) count += !witness_[place] && newest_[place] >= first ? 1 : 0;
  return count;
}

float Field::fresh(std::uint32_t place, std::int64_t steps) const {
  for (std::int64_t back = closed_ ? 0 : 1; back < steps; ++back) {
    auto const* then = slot(number_ - back);
    if (then != nullptr && !std::isnan(then->values[place])) return then->values[place];
  }
  return kNoValue;
}

std::vector<situations::EvidenceValue> Field::recent(std::uint32_t place) const {
  std::vector<situations::EvidenceValue> values;
  for (std::int64_t n = last_closed() - static_cast<std::int64_t>(kHistorySteps) + 1; n <= last_closed(); ++n) {
    auto const* then = slot(n);
    if (then == nullptr || std::isnan(then->values[place])) continue;
    values.push_back({Instant{step_ * n} + Millis{then->after[place]}, static_cast<double>(then->values[place]), then->flags[place]});
  }
  return values;
}

std::vector<situations::EvidenceValue> Field::recent_medians() const {
  std::vector<situations::EvidenceValue> values;
  for (std::int64_t n = last_closed() - static_cast<std::int64_t>(kHistorySteps) + 1; n <= last_closed(); ++n) {
    auto const* then = slot(n);
    if (then == nullptr || std::isnan(then->median)) continue;
    values.push_back({Instant{step_ * n} + Millis{then->newest_after}, static_cast<double>(then->median), QualityFlag::kUnknown});
  }
  return values;
}

}  // namespace madang::sensing::warning
