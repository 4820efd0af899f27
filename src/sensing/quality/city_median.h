// The median of one channel over the whole city, step by step, while values come in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace madang::sensing {

class CityMedian {
 public:
  explicit CityMedian(Millis step) : step_(step) {}

  /// A value that is good by itself. Those of steps that are over are left out.
  void add(Instant when, double value);
  /// The median at this time: of its own step when at least half of the stations have spoken, else of the one before
  /// where steps are short; none when too few stations speak, or the step is long over.
  [[nodiscard]] std::optional<double> at(Instant when);

 private:
  static constexpr std::int64_t kNone = INT64_MIN;
  [[nodiscard]] std::int64_t step_of(Instant when) const;
  void close();

  Millis step_;
  std::int64_t current_ = kNone;
  Instant from_ = Instant::max() - Millis{1} * (std::int64_t{1} << 50U);  ///< of the current step
  std::vector<float> values_;
  float median_ = 0;              ///< of the current step, from its first `median_of_` values
  std::size_t median_of_ = 0;
  std::int64_t before_ = kNone;
  float median_before_ = 0;
  std::size_t count_before_ = 0;
};

}  // namespace madang::sensing
