// Means over time by each quantity's own rule: whoever wants the mean of a Datastream's hour asks here, so that no level and
// no direction is ever averaged as a number.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "city/city.h"
#include "core/averaging.h"
#include "core/time.h"
#include "storage/observations/store.h"

namespace madang::sensing {

/// By the table of quantities; of a channel that it does not know, by unit and name: decibels of sound are levels, degrees
/// of something called a direction are directions.
Averaging averaging_of(std::string_view channel, std::string_view unit);
inline Averaging averaging_of(city::Datastream const& d) { return averaging_of(d.channel, d.unit.symbol); }

struct HourMean {
  DatastreamId datastream;
  Instant hour;            ///< its start, in steps of an hour from the range's start
  double mean = 0;         ///< energy mean, vector mean or plain mean, of the values that count
  std::uint32_t good = 0;  ///< of how many
};
/// Hours without a value that counts are left out. All `streams` are of one channel; ascending by Datastream as given, then
/// by hour.
Result<std::vector<HourMean>> read_hour_means(storage::ObservationStore& store, Averaging averaging,
                                              std::span<DatastreamId const> streams, Interval when);

/// Tells the store which Datastreams are levels or directions, so that their roll-ups hold the sums. Costs little when
/// nothing has changed; called at start and while Datastreams are added.
Result<void> keep_averaging(city::City const& city, storage::ObservationStore& store);

}  // namespace madang::sensing
