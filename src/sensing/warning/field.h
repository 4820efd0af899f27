// All values of one channel at one step length and one pace of delivery: the steps that still take values, the recent
// past as evidence, and the city's median of each step.
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/time.h"
#include "sensing/model/city_median.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

inline constexpr float kNoValue = std::numeric_limits<float>::quiet_NaN();

/// A value counts as of now for so many steps.
inline constexpr std::int64_t kFreshSteps = 3;

class Field {
 public:
  /// `wait`: so long after its end a step still takes values.
  Field(std::string channel, Millis step, Millis wait);

  /// `index` is the engine's number of the stream. Returns its place here. A witness belongs to another field, whose steps
  /// are shorter or over sooner: here it stands beside those that have no others of their kind.
  std::uint32_t add(std::uint32_t index, Stream const& stream, bool witness = false);
  /// The registry says something else of this place. `forget`: what it said until now is in another unit.
  void replace(std::uint32_t place, Stream const& stream, bool forget);
  /// Nobody is here any more. After the next step, in which what it began has ended, the place is taken by another.
  void remove(std::uint32_t place);
  enum class Acceptance : std::uint8_t { kAccepted, kLate, kEarly };
  /// Late and early: outside the steps that are open. `now`: where it is known, no first value sets another time.
  Acceptance observe(std::uint32_t place, Instant when, double value, QualityFlag flag, std::optional<Instant> now = {});
  /// What is thought of the values in `when` now: one that fails leaves its step while it is open, and says so as
  /// evidence. True when the newest closed value of this place is among those that do not hold any more.
  bool revise(std::uint32_t place, Interval when, QualityFlag flag);
  /// The first step that is not closed yet begins here; steps before are passed over without being judged.
  void start_at(Instant when);
  /// The newest step that nearly all streams which usually speak have left behind; none before any spoke.
  [[nodiscard]] std::optional<std::int64_t> newest_passed_step() const;

  /// Closes the running step: computes the median, which the detectors then read with the values. After they did, `next_step`.
  void close();
  void next_step();

  [[nodiscard]] std::string const& channel() const { return channel_; }
  [[nodiscard]] Millis step() const { return step_; }
  [[nodiscard]] Millis wait() const { return wait_; }
  [[nodiscard]] bool started() const { return number_ >= 0; }
  [[nodiscard]] std::int64_t number() const { return number_; }
  [[nodiscard]] std::int64_t steps_open() const { return open_; }
  [[nodiscard]] Instant step_begin() const { return Instant{step_ * number_}; }
  [[nodiscard]] Instant step_end() const { return Instant{step_ * (number_ + 1)}; }
  /// With witnesses.
  [[nodiscard]] std::size_t size() const { return streams_.size(); }
  /// Own ones without those who left.
  [[nodiscard]] std::size_t watched() const { return watched_; }
  [[nodiscard]] std::size_t witnesses() const { return witnesses_; }
  [[nodiscard]] bool is_witness(std::uint32_t place) const { return witness_[place]; }
  /// Who was here has left.
  [[nodiscard]] bool is_empty(std::uint32_t place) const { return empty_[place]; }
  /// Values that are kept of each place.
  [[nodiscard]] std::size_t slots() const { return ring_.size(); }
  [[nodiscard]] std::vector<Stream> const& streams() const { return streams_; }
  [[nodiscard]] std::vector<std::uint32_t> const& indices() const { return indices_; }
  /// Of the running step, by place.
  [[nodiscard]] std::span<float const> values() const;
  /// The last one within so many steps, however it is silent since; NaN: none.
  [[nodiscard]] float fresh(std::uint32_t place, std::int64_t steps = kFreshSteps) const;
  [[nodiscard]] double median() const { return median_; }
  [[nodiscard]] bool has_median() const { return has_median_; }
  /// Own streams that spoke in the running step.
  [[nodiscard]] std::size_t present() const { return present_; }
  /// When the value of this place in the running step was measured; a step without one: its beginning.
  [[nodiscard]] Instant measured_at(std::uint32_t place) const;
  /// The same of the newest value in the running step.
  [[nodiscard]] Instant newest_at() const;
  /// Own streams that have spoken in this step or later.
  [[nodiscard]] std::size_t spoken_since(std::int64_t number) const;
  /// Newest last, each at the time at which it was measured; a step without a value is left out. A median stands at that of
  /// the newest value in it.
  [[nodiscard]] std::vector<situations::EvidenceValue> recent(std::uint32_t place) const;
  [[nodiscard]] std::vector<situations::EvidenceValue> recent_medians() const;

  /// Of one place in one slot: the value, its flag and when it was measured.
  static constexpr std::size_t kBytesOfValue = sizeof(float) + sizeof(QualityFlag) + sizeof(std::int32_t);

 private:
  struct Slot {
    std::int64_t number = -1;
    std::vector<float> values;
    std::vector<QualityFlag> flags;
    std::vector<std::int32_t> after;  ///< when in its step the value was measured, milliseconds
    float median = kNoValue;
    std::int32_t newest_after = 0;    ///< of all values in it; known when it is closed
  };
  void begin(std::int64_t number, std::optional<Instant> now);
  void forget(std::uint32_t place);
  [[nodiscard]] std::int64_t last_closed() const { return closed_ ? number_ : number_ - 1; }
  [[nodiscard]] Slot& open_slot(std::int64_t number);
  /// nullptr: nothing is known of that step any more.
  [[nodiscard]] Slot const* slot(std::int64_t number) const;

  std::string channel_;
  Millis step_;
  Millis wait_;
  std::int64_t open_;           ///< steps that take values
  std::int64_t number_ = -1;    ///< of the running step, the oldest that is open
  bool any_closed_ = false;
  std::vector<Stream> streams_;
  std::vector<std::uint32_t> indices_;
  std::vector<bool> witness_;
  std::vector<bool> empty_;
  std::size_t watched_ = 0;
  std::size_t witnesses_ = 0;
  std::vector<std::uint32_t> leaving_;  ///< places of who left in the running step
  std::vector<std::uint32_t> free_;     ///< places that others may take
  std::vector<std::int64_t> newest_;  ///< by place: the newest step it has spoken in
  std::vector<Slot> ring_;            ///< by step number: those that are open, and kHistorySteps before
  std::vector<float> scratch_;
  Quorum quorum_;
  double median_ = 0;
  bool has_median_ = false;
  bool closed_ = false;         ///< the running step's values are history already
  std::size_t present_ = 0;
};

}  // namespace madang::sensing::warning
