#include "evaluation/signals/trip_score.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace madang::evaluation::signals {
namespace {

// Less than a short car with its gap.
constexpr double kMovedUpMetres = 5;
constexpr std::size_t kGridlockVehicles = 10;

/// Sums while trips are added; means after settle().
struct TripSums {
  TripMeans means;
  std::size_t on_the_road = 0;

  void add(Trip const& trip) {
    ++means.vehicles;
    means.delay += trip.time_loss + trip.depart_delay;
    if (!trip.inserted) return;
    ++on_the_road;
    means.waiting += trip.waiting;
    means.stops += trip.stops;
  }
  [[nodiscard]] TripMeans settle() const {
    auto settled = means;
    settled.delay /= static_cast<double>(std::max<std::size_t>(means.vehicles, 1));
    settled.waiting /= static_cast<double>(std::max<std::size_t>(on_the_road, 1));
    settled.stops /= static_cast<double>(std::max<std::size_t>(on_the_road, 1));
    return settled;
  }
};

}  // namespace

TripScore score_trips(std::span<Trip const> trips, std::set<std::string> const& bus_types) {
  TripScore score;
  TripSums all;
  TripSums buses;
  std::map<std::string, TripSums> by_type;
  for (auto const& trip : trips) {
    all.add(trip);
    by_type[trip.type].add(trip);
    if (bus_types.contains(trip.type)) buses.add(trip);
    score.completed += trip.arrived ? 1 : 0;
    score.inserted += trip.inserted ? 1 : 0;
    score.never += trip.inserted ? 0 : 1;
  }
  score.all = all.settle();
  score.buses = buses.settle();
  for (auto const& [type, sums] : by_type) score.by_type.emplace(type, sums.settle());
  return score;
}

std::size_t count_standing(Standpoints const& earlier, Standpoints const& later) {
  return static_cast<std::size_t>(std::ranges::count_if(later, [&](auto const& vehicle) {
    auto const before = earlier.find(vehicle.first);
    return before != earlier.end() && before->second.lane == vehicle.second.lane &&
           std::abs(before->second.metres - vehicle.second.metres) < kMovedUpMetres;
  }));
}

bool is_gridlocked(std::size_t standing) { return standing >= kGridlockVehicles; }

Spread spread_of(std::vector<double> values) {
  constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) return {kNothing, kNothing, kNothing, kNothing};
  std::ranges::sort(values);
  auto const count = values.size();
  auto const n = static_cast<double>(count);
  Spread spread;
  spread.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (double const value : values) squares += (value - spread.mean) * (value - spread.mean);
  spread.deviation = count > 1 ? std::sqrt(squares / (n - 1)) : 0;
  spread.median = (values[(count - 1) / 2] + values[count / 2]) / 2;
  spread.p90 = values[(count * 9 + 9) / 10 - 1];
  return spread;
}

}  // namespace madang::evaluation::signals
