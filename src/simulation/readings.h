// What each station reports at an instant: the city's conditions, what the place and happenings add, and what
// the device makes of it. Statistics follow the real network measured for this project: bias between stations,
// spread within a station with a heavy tail, and how the residuals of two stations hang together over distance.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "core/time.h"
#include "simulation/channels.h"
#include "simulation/city_plan.h"
#include "simulation/faults.h"
#include "simulation/happenings.h"
#include "simulation/weather.h"

namespace madang::simulation {

struct Reading {
  Instant phenomenon_time;  ///< by the device's clock, which may be wrong
  std::array<std::int32_t, kChannelCount> wire{};  ///< whole numbers of 10^-kDecimals

  [[nodiscard]] double value(Channel c) const { return physical(wire[index_of(c)], index_of(c)); }
};

/// What is generated. Leaving out a family of channels saves its time; its wires are then 0.
struct ReadingOptions {
  bool happenings = true;
  bool faults = true;
  bool air = true;
  bool climate = true;
  bool street = true;  ///< noise, vibration, people
  /// Instead of the happenings drawn from the seed: those that the caller wants at the instant that is read.
  std::vector<Happening> const* given = nullptr;
  std::vector<Happening> staged = {};  ///< besides those by seed
  /// Instead of the faults drawn from the seed; outlives the Readings. At most one of a node at a time.
  std::vector<Fault> const* given_faults = nullptr;
};

/// Any node and instant after 1970 directly; the same arguments give the same bytes. Holds a cache of the
/// happenings of recent hours: one Readings per thread.
class Readings {
 public:
  explicit Readings(CityPlan const& plan, ReadingOptions options = {});

  /// False: the device is silent. `out` is filled in either way with what it would have said.
  bool read(std::size_t node, Instant when, Reading& out);
  /// Whether this reading is one of those that a fault with a share below 1 touches.
  [[nodiscard]] bool is_touched(Fault const& fault, Instant when) const;
  /// What the station's own short spells (statistics.h) add to PM2.5, temperature or noise; 0 for other channels.
  [[nodiscard]] double spell_at(std::size_t node, Channel channel, Instant when) const;

 private:
  /// How one device and its place differ from the city.
  struct Device {
    std::uint64_t key = 0;
    double pm_gain = 1, pm_offset = 0, pm_spread = 0;
    double temperature_bias = 0, temperature_spread = 0;
    double humidity_bias = 0, humidity_spread = 0;
    double noise_base = 0, noise_spread = 0, noise_rhythm = 0;
    double gas_gain = 1;
    double wind_exposure = 0.5;
    double shade = 1;  ///< share of the sky's light that comes through
    double lamp = 0;   ///< lux at night
    double people_home = 0, people_office = 0, people_evening = 0;
  };
  /// What is the same for all channels of one message.
  struct Moment;
  struct HourSlot {
    std::int64_t hour = -1;
    std::vector<Happening> happenings;
  };

  void make_devices();
  [[nodiscard]] std::vector<Happening> const& happenings_of(std::int64_t hour);
  [[nodiscard]] Conditions const& conditions_of(Instant when);
  void add_happenings(Moment& moment, Point place, Instant when);
  static void add(Happening const& happening, Point place, Instant when, Moment& moment);
  void measure(std::size_t node, Instant when, Reading& out);
  static void measure_air(Moment const& m, Reading& out);
  static void measure_climate(Moment const& m, Reading& out);
  static void measure_street(Moment const& m, Reading& out);
  void break_down(Fault const& fault, Instant when, Reading& out);
  [[nodiscard]] Trouble trouble_of(std::size_t node, Instant when) const;

  CityPlan const& plan_;
  ReadingOptions options_;
  std::vector<Device> devices_;
  std::map<std::pair<std::size_t, std::int64_t>, std::int32_t> frozen_;  ///< of stuck channels, by node and beginning
  std::vector<std::vector<std::size_t>> given_of_node_;  ///< indices into given_faults
  std::array<HourSlot, 64> hours_;
  Conditions conditions_;      ///< of the instant last asked for: all nodes share them
  Instant conditions_when_{Millis{-1}};
};

}  // namespace madang::simulation
