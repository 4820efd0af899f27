// What signals cost those who travel, from what SUMO writes of each trip. Pure functions.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace madang::evaluation::signals {

/// One vehicle; seconds.
struct Trip {
  std::string type;
  double time_loss = 0;     ///< against free flow, on the road
  double depart_delay = 0;  ///< before it found room on the road; until the end where it never did
  double waiting = 0;       ///< standing
  double stops = 0;
  bool inserted = true;     ///< it was on the road
  bool arrived = true;
};

struct TripMeans {
  std::size_t vehicles = 0;
  double delay = 0;    ///< time loss and departure delay of all, also of those that never were on the road
  double waiting = 0;  ///< of those on the road
  double stops = 0;    ///< of those on the road
};

/// The delay is RESCO's (Ault & Sharon 2021): the sum of timeLoss and departDelay, divided by all vehicles that wanted to depart
/// before the end.
struct TripScore {
  TripMeans all;
  TripMeans buses;
  std::map<std::string, TripMeans> by_type;
  std::size_t completed = 0;
  std::size_t inserted = 0;  ///< completed ones too
  std::size_t never = 0;
};
TripScore score_trips(std::span<Trip const> trips, std::set<std::string> const& bus_types);

/// Where a vehicle was.
struct Standpoint {
  std::string lane;
  double metres = 0;
};
using Standpoints = std::map<std::string, Standpoint>;  ///< by vehicle

/// Vehicles that did not even move up by one between two moments.
std::size_t count_standing(Standpoints const& earlier, Standpoints const& later);

/// A run is gridlocked when at least ten vehicles did not move up in its last ten minutes. No signal that works keeps anybody so long,
/// and a queue however long moves up; a rule against the median of all seeds would hide it where most of them are gridlocked.
bool is_gridlocked(std::size_t standing);
inline constexpr double kGridlockSeconds = 600;

struct Spread {
  double mean = 0;
  double deviation = 0;  ///< of a sample; 0 for a single value
  double median = 0;
  double p90 = 0;        ///< the smallest that nine tenths do not exceed
};
/// NaN for no values.
Spread spread_of(std::vector<double> values);

}  // namespace madang::evaluation::signals
