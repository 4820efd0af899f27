// Hourly means of all stations of one channel, and their middle per district: what the indices are computed from.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/error.h"
#include "sensing/live/stations.h"
#include "sensing/quantities.h"
#include "storage/observations/store.h"

namespace madang::sensing::indices {

/// One entry per hour; empty where fewer than three quarters of the expected values were there and good
/// (of a station that reports more often than each five minutes: nine values).
using HourlyMeans = std::vector<std::optional<double>>;

struct StationHours {
  StreamRef const* ref = nullptr;  ///< lives as long as the index
  HourlyMeans hours;
};

/// `when` begins at a full hour of the city and has whole hours. Empty when no station has the channel.
Result<std::vector<StationHours>> read_station_hours(storage::ObservationStore& store, StationIndex const& index,
                                                     std::string_view channel, Interval when);

/// The middle of the stations per district, and of all stations under AreaId{0}.
std::map<AreaId, HourlyMeans> middle_by_area(StationIndex const& index, std::span<StationHours const> stations);

}  // namespace madang::sensing::indices
