// What the tables of the air quality indices look like; each scale fills its own: cai_table.h, aqi_table.h,
// eaqi_table.h, who_table.h.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "sensing/indices/air.h"

namespace madang::sensing::indices {

/// How a scale brings a concentration to the digits of its table.
enum class Digits : std::uint8_t { kRound, kTruncate };

/// One pollutant of a scale with classes between breakpoints.
template <std::size_t Classes>
struct Breakpoints {
  Pollutant pollutant;
  double per_channel_unit;          ///< the table's unit in one unit of the channel (µg/m³ or ppm)
  int decimals;                     ///< of the table
  std::array<double, Classes> high; ///< highest concentration of each class; 0: the class does not exist here
  double low = 0;                   ///< lowest of the first class that exists
};

/// To `decimals` digits. The small term keeps 0.07 from becoming 0.069 by binary fractions.
inline double to_digits(double value, int decimals, Digits how) {
  double const scale = std::pow(10.0, decimals);
  double const scaled = value * scale;
  double const kept = how == Digits::kRound ? std::floor(scaled + 0.5 + 1e-9) : std::floor(scaled + 1e-9);
  return kept / scale;
}

/// The line from (low, index_low) to (high, index_high) at `concentration`, as a whole number, halves upward; at most
/// index_high.
struct Segment {
  double low, high;
  double index_low, index_high;
};
inline int index_on(Segment const& s, double concentration) {
  double const index = (s.index_high - s.index_low) / (s.high - s.low) * (concentration - s.low) + s.index_low;
  return static_cast<int>(to_digits(std::min(index, s.index_high), 0, Digits::kRound));
}

/// The scale's own lookups, in the unit of the channel.
std::optional<SubIndex> cai_sub_index(Pollutant pollutant, double value);
std::optional<SubIndex> aqi_sub_index(Pollutant pollutant, double value);
std::optional<SubIndex> eaqi_sub_index(Pollutant pollutant, double value);
std::optional<SubIndex> who_sub_index(Pollutant pollutant, double value);
AirAnswer cai(AirHistory const& history);
AirAnswer aqi(AirHistory const& history);
AirAnswer eaqi(AirHistory const& history);
AirAnswer who(AirHistory const& history);

/// The worst of the parts, by index and then by class; the first of equals.
AirIndex worst_of(std::vector<SubIndex> parts);

/// The plain last hour.
template <typename Q>
std::optional<Q> last_hour(Hours<Q> const& hours) {
  return hours.empty() ? std::nullopt : hours.back();
}

template <typename Q>
std::optional<Q> mean_of_last(Hours<Q> const& hours, std::size_t count) {
  double sum = 0;
  std::size_t there = 0;
  std::size_t const first = hours.size() > count ? hours.size() - count : 0;
  for (std::size_t i = first; i < hours.size(); ++i) {
    if (!hours[i]) continue;
    sum += hours[i]->value;
    ++there;
  }
  if (there == 0 || there * 4 < count * 3) return std::nullopt;
  return Q{sum / static_cast<double>(there)};
}

/// Looks a value up when there is one.
template <typename Q>
void add_part(std::vector<SubIndex>& parts, AirScale scale, Pollutant pollutant, std::optional<Q> value) {
  if (!value) return;
  if (auto const part = sub_index(scale, pollutant, *value)) parts.push_back(*part);
}

}  // namespace madang::sensing::indices
