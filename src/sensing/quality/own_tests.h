// Tests that need one Datastream alone. Pure but for the stream's own state; what they find out about values that are
// stored already they add to `later`.
#pragma once

#include <optional>
#include <vector>

#include "sensing/quality/stream.h"

namespace madang::sensing {

/// Number, sentinel, gross range: without any state. `value` is as it was sent, in the Datastream's unit.
Quality judge_alone(Stream const& stream, double sent);

/// Ahead of its arrival, or all of a sudden behind and staying so. Sees every value, also late ones.
Quality judge_clock(Stream& stream, Judged const& v);

// The following see values in order of time only, later ones than before.
/// QARTOD's rate of change at once and its spike when the next value is there.
Quality judge_change(Stream& stream, Judged const& v, std::vector<Revision>& later);
/// Flat line, and channels that never measured anything. `city`: the median, where it matters for a value at rest.
Quality judge_stillness(Stream& stream, Judged const& v, std::optional<double> city, std::vector<Revision>& later);
[[nodiscard]] inline bool is_at_rest(QuantityLimits const& limits, double value) {
  return value <= limits.rest_low || value >= limits.rest_high;
}

/// Moves a share of bad values by one value; `limit` is where it counts as high.
void count_share(Share& share, bool bad, Instant when, double weight, double limit);
/// Of the values that have come: a device that sent nothing else is at 1 from the first one on.
[[nodiscard]] double share_so_far(Share const& share, double weight);
/// Of one value among those of a day; at least ten and at most 720 count.
double share_weight(Millis interval);

}  // namespace madang::sensing
