// The median of one channel over the whole city, step by step, while values come in. Several steps are open at once, so
// that a parcel of old values has the median of its own time, and one clock that runs ahead moves nobody else's.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/time.h"

namespace madang::sensing {

/// With fewer values at once there is no median of a city.
inline constexpr std::size_t kMedianMembersMin = 5;

/// The mean of both middles where the number is even. `values` is reordered and must not be empty.
[[nodiscard]] double median_of(std::span<float> values);

/// Whether enough stations speak: a median of fewer than half of those that usually do would be that of a few.
class Quorum {
 public:
  [[nodiscard]] bool holds(std::size_t count) const { return count >= kMedianMembersMin && 2 * count >= usual_; }
  /// So many speak usually.
  void set(std::size_t count) { usual_ = std::max(count, kMedianMembersMin); }
  /// A step is over in which so many spoke; fewer for several steps are the usual number from then on.
  void close(std::size_t count);

 private:
  std::size_t usual_ = 0;
  int steps_of_few_ = 0;
};

class CityMedian {
 public:
  static constexpr std::size_t kStepsOpen = 64;  ///< that take values at once

  explicit CityMedian(Millis step) : step_(step) {}
  [[nodiscard]] Millis step() const { return step_; }

  /// A value that is good by itself. Those of steps that are long over are left out.
  void add(Instant when, double value);
  /// The median at this time: of its own step when at least half of the stations have spoken, else of one shortly
  /// before where steps are short; none when too few stations speak.
  [[nodiscard]] std::optional<double> at(Instant when);

 private:
  static constexpr std::int64_t kNone = INT64_MIN;
  struct Step {
    std::int64_t number = kNone;
    std::vector<float> values;  ///< of many stations a sample
    std::size_t count = 0;
    double median = 0;          ///< of the first `median_of`
    std::size_t median_of = 0;
  };

  [[nodiscard]] std::int64_t step_of(Instant when);
  [[nodiscard]] Step& slot(std::int64_t number);
  [[nodiscard]] bool is_enough(Step const& step, std::int64_t number) const;
  void advance(std::int64_t number);
  double middle(Step& step);

  Millis step_;
  std::int64_t asked_ = kNone;  ///< the step that was asked for last, and its beginning
  Instant asked_from_;
  std::array<Step, kStepsOpen> steps_;  ///< a ring by step number
  std::int64_t newest_ = kNone;  ///< the newest step that a good part of the stations has reached
  Quorum quorum_;
};

}  // namespace madang::sensing
