// Pure rules on single values: what a value means by the capability registry, and the quality tests that need no
// neighbours and no history. The others stand in quality/.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "city/model.h"
#include "core/quality.h"
#include "core/time.h"
#include "sensing/quality/tests.h"
#include "sensing/quantities.h"
#include "sensing/units.h"

namespace madang::sensing {

/// What the registry says about one channel, ready for values in the Datastream's unit.
struct ChannelRules {
  double valid_min = 0;  ///< both 0: no range is stated
  double valid_max = 0;
  std::vector<double> sentinels;  ///< in the Datastream's unit
  bool fitted = true;
  UnitConversion unit = {};       ///< from the Datastream's unit to the quantity's
  bool foreign = false;           ///< the Datastream's unit is none of the quantity: neither judged nor counted with it
};

/// From the Sensor's channel of this name (sentinels brought from the wire's scale to the unit) and the Datastream.
ChannelRules channel_rules(city::Sensor const* sensor, city::Datastream const& datastream);

/// Whether its observationType wants words (OM_CategoryObservation) and no numbers.
bool takes_words(city::Datastream const& datastream);

/// Whether a device says by this number that it has no value; also where the number went through 32 bits on its way.
bool is_sentinel(std::span<double const> sentinels, double value);

/// Whether everybody means "no value" by this number: -999, -9999 and the like, where they lie outside a stated range.
bool is_common_sentinel(ChannelRules const& rules, double value);

/// Whether a number that has still to be scaled to `physical` means "no value" as it stands: -999 times 0.1 would be -99.9. Not
/// where the scaled value lies within the stated range: -999 hundredths of a degree are -9.99 degrees.
bool means_no_value_on_the_wire(ChannelRules const& rules, double number, double physical);

/// Means "no value" by the registry: a sentinel, or anything from a channel that is not fitted.
bool is_no_value(ChannelRules const& rules, double value);

/// A clock that shows less has never been set: 1970, 1980, 2000 are where clocks start.
inline constexpr Instant kClockSetFrom = Instant{std::chrono::sys_days{std::chrono::year{2015} / 1 / 1}};

/// The test that doubts a time that somebody told, whichever door it came through; none: it can be believed.
std::optional<QualityTest> doubt_of_time(Instant told, Instant received_at);

/// A common sentinel is missing; then QARTOD's gross range test (outside is fail) and timing test (a time more than
/// kFutureMax ahead of the arrival, or from before kClockSetFrom, is suspect). Without a stated range the value stays unknown.
Quality judge(ChannelRules const& rules, double value, Instant phenomenon_time, Instant received_at);

/// Suspect, failed and missing values are shown with their flag but left out of medians.
constexpr bool counts(QualityFlag flag) { return flag == QualityFlag::kGood || flag == QualityFlag::kUnknown; }

/// The middle (mean of both middles when even), or the vector mean for directions in degrees. `values` is reordered
/// and must not be empty.
double typical_value(std::span<double> values, Averaging averaging);
/// Arithmetic, energy (levels in dB) or vector (degrees) mean. `values` must not be empty.
double mean_value(std::span<double const> values, Averaging averaging);

}  // namespace madang::sensing
