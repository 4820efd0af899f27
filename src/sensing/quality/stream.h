// What the rules know and remember of one Datastream: about 400 bytes, so that 100,000 of them fit everywhere.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/geo.h"
#include "core/id.h"
#include "core/quality.h"
#include "core/time.h"
#include "sensing/model/device.h"
#include "sensing/quality/constants.h"
#include "sensing/quality/neighbours.h"
#include "sensing/quality/tests.h"
#include "sensing/sentinels.h"
#include "sensing/units.h"

namespace madang::sensing {

/// What the registry says about one Datastream, as the rules need it.
struct StreamPlan {
  DatastreamId id;
  ThingId thing;
  std::string channel;
  Millis interval{0};         ///< expected; never 0
  std::optional<LatLon> place;
  double valid_min = 0;       ///< of the sensor; both 0: not stated
  double valid_max = 0;
  bool fitted = true;         ///< false: registered as not there
  UnitConversion unit = {};   ///< to the quantity's; the range above is in the Datastream's
  bool foreign = false;       ///< its unit is none of the quantity
  std::vector<double> sentinels = {};  ///< the Sensor's own, in the Datastream's unit
  bool simulated = false;     ///< what is real and what is simulated are two cities in one place
};

/// A later opinion on values that are stored already: those of this Datastream in [from, to).
struct Revision {
  DatastreamId stream;
  Interval when;
  Quality quality;
  bool better = false;        ///< also where it makes a value better than it stands
};

/// How a station's value follows from the city's median.
struct Expectation {
  Device device;
  float reference = 0;        ///< about where the city was when it was met; 0 where only an offset or a gain is learned
  float mean_city = 0, mean_own = 0;  ///< slow means
  float spread = 0;           ///< mean distance of values from what was expected
  std::uint16_t spread_of = 0;   ///< so many values, at most 1,000; hourly means are steadier, and count for less
  std::uint32_t updates = 0;
  Instant first{};
  Instant updated{};
};

/// The daily bias and its two one-sided sums.
struct BiasWatch {
  Instant day_end{kInstantMin};  ///< of the day being summed, UTC
  Instant counted{kInstantMin};  ///< the newest value in the sum
  std::uint32_t count = 0;
  float sum = 0;
  float deviation = 0;        ///< of daily biases in good times
  float up = 0, down = 0;
  float last = 0;             ///< the newest complete day's
  float recent = 0;           ///< of the last hours
  float shift = 0;            ///< how far it went at once, and when; 0: it did not
  Instant shifted{};
  std::uint16_t days = 0;
  std::uint8_t back = 0;      ///< values in a row that are back from there
  bool drifting = false;
  Instant since{};
};

/// Share of bad values over the last day (at least about ten values), and since when it is too high.
struct Share {
  float share = 0;            ///< begins at none and takes a day to be sure: share_so_far says what was seen
  std::uint16_t values = 0;   ///< seen; at most 65,535 are counted
  bool high = false;
  Instant since{};
};

struct StreamState {
  // The chain of values that were accepted, and what waits for the next value's opinion.
  Instant newest{kInstantMin};
  Instant accepted_at{kInstantMin};
  Instant jump_at{};
  float accepted = 0;
  float jump = 0;
  std::uint8_t jumps = 0;
  std::uint8_t level_values = 0;  ///< of a new level that is still young; 0: none
  float level_before = 0;
  Instant level_from{};
  // Standing still.
  bool stuck = false;
  bool not_fitted = false;    ///< by the values: always what an absent instrument reads
  Instant still_since{};
  float still = 0;
  std::uint32_t still_count = 0;
  std::uint32_t count = 0;
  std::uint32_t absent = 0;
  Instant first{};
  // The clock.
  bool clock_wrong = false;
  std::uint8_t clock_streak = 0;
  std::int64_t lag_usual = -1;  ///< ms from phenomenon to arrival; -1: none yet
  std::int64_t lag_last = 0;
  Instant received_last{};
  Instant clock_since{};
  Instant last_sign_of_life{kInstantMin};  ///< the arrival of the newest sign of life: reporting.h
  // The city.
  Expectation expectation;
  BiasWatch bias;
  float residual = 0;         ///< of the newest value after the city's median and the own bias
  Instant residual_at{kInstantMin};
  std::int8_t factor = -1;    ///< index into kUnitFactors of the wrong unit that the last values look like
  std::uint8_t factor_streak = 0;
  std::uint8_t factor_misses = 0;   ///< values in a row that fit without it
  std::uint8_t factor_strays = 0;   ///< values that fit neither with nor without it
  bool wrong_scale = false;
  Instant factor_since{};
  // The work list.
  Share out_of_range;
  Share suspect;
};

struct Stream {
  DatastreamId id;
  ThingId thing;
  QuantityLimits const* limits = &limits_table::kUnknownQuantity;
  std::uint32_t group = 0;    ///< of the channel, real or simulated
  Millis interval{0};
  double share_weight = 0.1;  ///< of one value among those of a day
  UnitConversion unit;        ///< everything below and all values are in the quantity's unit
  double valid_min = 0, valid_max = 0;
  Sentinels sentinels;        ///< the Sensor's own, as it sends them
  std::array<float, 2> absent_codes{};
  std::uint8_t absent_count = 0;
  bool stray_allowed = false;
  bool fitted = true;
  bool simulated = false;
  Instant known_since{kInstantMin};  ///< since when it is known here, or registered
  bool is_new = true;         ///< that is when it was registered: not missed at once, and since then
  bool in_service = true;
  Neighbours neighbours;
  StreamState state;

  [[nodiscard]] Millis gap() const { return std::max(kGapMin, interval * kGapIntervals); }
};

/// One value on its way through the tests.
struct Judged {
  Instant time;
  double value = 0;
  Instant received;
};

}  // namespace madang::sensing
