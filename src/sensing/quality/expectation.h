// What a station should read when the city's median is known: its own slow bias or gain, learned from its past. From the
// distance to it come the tests for a wrong unit, for drift, and (with the neighbours) for being alone.
#pragma once

#include <optional>
#include <vector>

#include "sensing/quality/stream.h"

namespace madang::sensing {

/// None before about a day of learning.
std::optional<double> expected_value(Stream const& stream, double city_median, Instant when);
/// The mean distance of its values from what is expected, as far as the table believes that it is so steady.
[[nodiscard]] double spread_of(Stream const& stream);
/// Too little is known of it to expect anything, though its own values have been seen for long enough, and from long before
/// anything was learned of them.
[[nodiscard]] bool knows_less_than_it_saw(Stream const& stream);
/// Learns from one good value; outliers count as far as they are usual. At most one step each kModelStep.
void learn(Stream& stream, double city_median, Judged const& v);

/// How far the value before was from what was expected.
struct Residual {
  double value = 0;
  Instant at;
};
/// A constant factor away from what was expected, for as long as the table says.
Quality judge_scale(Stream& stream, double expected, Residual before, Judged const& v, std::vector<Revision>& later);
/// Whether this value counts for the daily bias: one in kModelStep does.
bool counts_for_drift(Stream const& stream, Judged const& v);
/// The daily bias against the city, with a one-sided CUSUM each way. `residual`: of this value, without what its neighbours
/// share.
Quality judge_drift(Stream& stream, Judged const& v, double residual);
/// What was found at the last day's end.
Quality drift_so_far(Stream const& stream);

}  // namespace madang::sensing
