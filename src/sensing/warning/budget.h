// From alarms a day to a threshold: how often chance passes a score in a city, measured on generated background by
// `madang evaluate warning`, and a guard against floods for networks that are worse than that.
#pragma once

#include <cstddef>
#include <deque>

#include "core/time.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

/// Where chance alone begins `alarms` causes a day among `stations` that say something each `step`: who speaks by the hour has
/// a thirtieth of the occasions of one who speaks each two minutes.
double threshold_for(Method method, double alarms, std::size_t stations, Millis step);

/// Ranks the peaks of the last days. Only when there are many times more alarms than allowed does the threshold rise to
/// the rank that the budget (times kFloodFactor) leaves: then something is wrong with the network, not with the city.
class FloodGuard {
 public:
  void add(Instant when, double peak);
  [[nodiscard]] bool empty() const { return peaks_.empty(); }
  /// `threshold`, or higher.
  [[nodiscard]] double guard(double threshold, double alarms, Instant now);

 private:
  struct Peak {
    Instant when;
    double score;
  };
  std::deque<Peak> peaks_;  ///< of the last days, oldest first, bounded
};

}  // namespace madang::sensing::warning
