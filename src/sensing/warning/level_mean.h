// The mean of what a level rule looks at over its minutes, of steps inside its hours only. Sound levels are averaged as
// energy; a mean of a few values is none.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/time.h"

namespace madang::sensing::warning {

/// So much of what should have come in the time must be there (EU 2008/50/EC, annex VII, asks for 75 % of an hour).
inline constexpr double kMeanShareLeast = 0.75;

class LevelMean {
 public:
  /// At most kParts parts are kept, each of one step or of several.
  LevelMean(Millis step, double minutes, bool energy);

  void add(std::int64_t step, double value);
  /// The time in which the rule holds is over: nothing of it counts for the next one.
  void clear() { parts_.clear(); }
  /// At the end of `step`; none when too little is there.
  [[nodiscard]] std::optional<double> at(std::int64_t step);
  /// Steps in the whole time.
  [[nodiscard]] std::int64_t steps() const { return steps_; }

 private:
  static constexpr std::int64_t kParts = 240;
  struct Part {
    std::int64_t number = 0;
    double sum = 0;
    std::int64_t count = 0;
  };

  std::int64_t steps_;
  std::int64_t steps_of_part_;
  bool energy_;
  std::deque<Part> parts_;  ///< oldest first
};

}  // namespace madang::sensing::warning
