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

/// Share of what a Datastream should have sent in an hour, by its interval, that makes the hour count. Source: Directive
/// 2008/50/EC, Annex XI, section A: one-hour values need 75 % of their values, that is 45 minutes.
inline constexpr double kHourShareMin = 0.75;
/// Of a Datastream that sends less often than each hour, one value is enough.
[[nodiscard]] bool is_enough(std::uint32_t good, Millis interval);

/// One entry per hour; empty where fewer values than that were there and good.
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
