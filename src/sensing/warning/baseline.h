// What a station usually reports at this hour, learned while it runs: the device's offset and gain against the city's
// median, the hour of the day and of the week, and how much it scatters. It knows how little it knows, so it can be
// asked from the first value on. Pure: no clock, no I/O.
#pragma once

#include <array>
#include <cstdint>

#include "sensing/model/device.h"

namespace madang::sensing::warning {

/// What all stations of a layer share.
struct BaselinePlan {
  bool gain = false;
  double step_hours = 1.0 / 30;
  double bias = 10;         ///< deviation of devices from one another
  double spread = 1;        ///< deviation from one value to the next before it is known
  double spread_min = 0.5;
  double memory_hours = 1;  ///< of the recent level
};

inline constexpr std::size_t kHoursOfDay = 24;
inline constexpr std::size_t kHoursOfWeek = 168;
/// Deviations by hour: shrunk towards 0 while few days (weeks) are known. In whole 1/16 of the plan's spread.
struct HourProfile {
  std::array<std::int16_t, kHoursOfDay> of_day{};
  std::array<std::int16_t, kHoursOfWeek> of_week{};
  std::array<std::uint8_t, kHoursOfDay> days{};
  std::array<std::uint8_t, kHoursOfWeek> weeks{};
};

/// One station. 64 bytes or so, beside its profile.
struct Baseline {
  // x = device + hour + slow residual.
  Device device;
  float level = 0;        ///< recent mean of the slow residual
  float level_city = 0;   ///< the city's median over the same time
  float spread = 0;       ///< deviation of a value from the recent level
  float wide = 0;         ///< deviation of the slow residual
  float hour_sum = 0;     ///< of the residuals of the running hour
  std::uint16_t hour_count = 0;
  std::uint8_t hour = 255;     ///< of the week; 255: none yet
  std::uint8_t frozen = 0;     ///< steps since it was frozen, at most 255
  std::uint32_t seen = 0;      ///< values learned from
};

struct Expectation {
  double usual = 0;      ///< by offset, gain and hour
  double expected = 0;   ///< and what it did lately
  double deviation = 1;  ///< of a value from `expected`
};

/// A station nothing is known about.
Baseline fresh_baseline(BaselinePlan const& plan);

/// `reference`: about where the city's median usually lies. `hour`: of the week in the city's zone, 0 up to 168, with its fraction.
Expectation expect(Baseline const& b, HourProfile const& profile, BaselinePlan const& plan, double city,
                   double reference, double hour);

/// Learns from a value that is no event.
void learn(Baseline& b, HourProfile& profile, BaselinePlan const& plan, double value, double city, double reference,
           double hour);

/// Learns from the mean of a past hour: what is slow, not how values tremble.
void learn_hour(Baseline& b, HourProfile& profile, BaselinePlan const& plan, double mean, double city, double reference,
                double hour);

/// An event: nothing is learned, what is known grows old.
inline void freeze(Baseline& b) {
  if (b.frozen < 255) ++b.frozen;
}
/// Perhaps an event: only the recent level follows, slowly, so that a slow wander is none.
void follow_slowly(Baseline& b, BaselinePlan const& plan, Expectation const& e, double value);
/// An event that has lasted for so long that it is how things are: the recent level stands where this value is.
inline void accept_as_usual(Baseline& b, Expectation const& e, double value) {
  b.level = static_cast<float>(value - e.usual);
  b.frozen = 0;
}

}  // namespace madang::sensing::warning
