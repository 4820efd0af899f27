#include "sensing/indices/station_hours.h"

#include <algorithm>
#include <unordered_map>

#include "sensing/means.h"
#include "sensing/rules.h"

namespace madang::sensing::indices {
namespace {

constexpr Millis kHour = std::chrono::hours{1};

}  // namespace

bool is_enough(std::uint32_t good, Millis interval) {
  double const expected = std::max(1.0, static_cast<double>(kHour / std::max(interval, Millis{1})));
  return good > 0 && static_cast<double>(good) >= kHourShareMin * expected;
}

Result<std::vector<StationHours>> read_station_hours(storage::ObservationStore& store, StationIndex const& index,
                                                     std::string_view channel, Interval when) {
  std::vector<StationHours> out;
  auto const* streams = index.streams(channel);
  if (streams == nullptr) return out;
  std::vector<DatastreamId> ids;
  std::unordered_map<DatastreamId, std::size_t> place_of;
  auto const hours = static_cast<std::size_t>(when.length() / kHour);
  for (auto const& ref : *streams) {
    place_of.emplace(ref.datastream, out.size());
    ids.push_back(ref.datastream);
    out.push_back({&ref, HourlyMeans(hours)});
  }
  // Index functions are of channels of the table, whose averaging needs no unit.
  MADANG_TRY(auto const means, read_hour_means(store, averaging_of(channel, {}), ids, when));
  for (auto const& m : means) {
    auto& station = out[place_of.at(m.datastream)];
    auto const hour = static_cast<std::size_t>((m.hour - when.from) / kHour);
    if (hour < hours && is_enough(m.good, station.ref->interval)) station.hours[hour] = station.ref->unit(m.mean);
  }
  return out;
}

std::map<AreaId, HourlyMeans> middle_by_area(StationIndex const& index, std::span<StationHours const> stations) {
  std::map<AreaId, HourlyMeans> out;
  if (stations.empty()) return out;
  auto const hours = stations.front().hours.size();
  for (std::size_t hour = 0; hour < hours; ++hour) {
    std::map<AreaId, std::vector<double>> values;
    for (auto const& station : stations) {
      if (!station.hours[hour]) continue;
      values[AreaId{}].push_back(*station.hours[hour]);
      auto const district = index.stations[station.ref->station]->district;
      if (district) values[district].push_back(*station.hours[hour]);
    }
    for (auto& [area, of_area] : values) {
      auto& means = out.try_emplace(area, hours).first->second;
      means[hour] = typical_value(of_area, Averaging::kArithmetic);
    }
  }
  return out;
}

}  // namespace madang::sensing::indices
