#include "sensing/indices/station_hours.h"

#include <algorithm>

#include "sensing/live/series.h"
#include "sensing/rules.h"

namespace madang::sensing::indices {
namespace {

constexpr Millis kHour = std::chrono::hours{1};
constexpr double kShareMin = 0.75;  ///< of the expected values of an hour, as Korea and the EPA ask for
/// Ours: twelve values an hour are as good as more, so that a station whose past came in coarser steps keeps its hours.
constexpr Millis kFinest = std::chrono::minutes{5};

bool is_enough(storage::Bucket const& bucket, Millis interval) {
  double const expected = std::max(1.0, static_cast<double>(kHour / std::max(interval, kFinest)));
  return bucket.good > 0 && static_cast<double>(bucket.good) >= kShareMin * expected;
}

}  // namespace

Result<std::vector<StationHours>> read_station_hours(storage::ObservationStore& store, StationIndex const& index,
                                                     std::string_view channel, Interval when) {
  std::vector<StationHours> out;
  auto const* streams = index.streams(channel);
  if (streams == nullptr) return out;
  auto const* info = quantity(channel);
  auto const averaging = info == nullptr ? Averaging::kArithmetic : info->averaging;
  std::vector<DatastreamId> ids;
  for (auto const& ref : *streams) ids.push_back(ref.datastream);
  MADANG_TRY(auto const series, store.aggregate(ids, when, {.step = kHour, .together = false, .from_raw = false}));
  auto const hours = static_cast<std::size_t>(when.length() / kHour);
  for (auto const& s : series) {
    auto const place = index.place_of.find(s.datastream);
    if (place == index.place_of.end()) continue;
    auto const& ref = (*streams)[place->second.index];
    StationHours station{&ref, HourlyMeans(hours)};
    for (auto const& bucket : s.buckets) {
      auto const hour = static_cast<std::size_t>((bucket.from - when.from) / kHour);
      if (hour < hours && is_enough(bucket, ref.interval)) station.hours[hour] = bucket_mean(bucket, averaging);
    }
    out.push_back(std::move(station));
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
      auto const district = index.stations[station.ref->station].district;
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
