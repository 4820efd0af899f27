// Two rules that people use instead of ours: a fixed threshold, and a robust z against the station's own last day. They
// look at dust, temperature, noise and people, hear the values that the quality control lets pass, and get the same
// aids as ours: confirmation by a neighbour (air, warmth) or by lasting, and neighbours that are up are one alarm.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "evaluation/warning_score.h"

namespace madang::evaluation {

inline constexpr std::size_t kWatchedCount = 4;
inline constexpr std::array<simulation::Channel, kWatchedCount> kWatched{
    simulation::Channel::kPm25, simulation::Channel::kTemperature, simulation::Channel::kNoise, simulation::Channel::kPeople};
inline constexpr std::size_t kSettings = 8;
/// Settings that each is tried with; the third column of the first row is very bad air, 75 ug/m3.
inline constexpr std::array<std::array<double, kSettings>, kWatchedCount> kLimits{{{35, 50, 75, 100, 125, 150, 200, 300},
                                                                                    {25, 30, 33, 36, 40, 45, 50, 60},
                                                                                    {60, 65, 68, 71, 74, 77, 80, 85},
                                                                                    {300, 500, 700, 900, 1100, 1400, 1700, 2000}}};
inline constexpr std::array<double, kSettings> kDeviations{3, 5, 8, 12, 17, 24, 34, 50};

class Rivals {
 public:
  explicit Rivals(simulation::CityPlan const& plan, Millis step);
  ~Rivals();
  /// One step of one of the watched channels, all nodes; NaN: silent, or not a good value.
  void step(std::size_t watched, Instant when, std::span<float const> values);
  /// By watched channel, rule (0 threshold, 1 robust z) and setting.
  [[nodiscard]] std::vector<Alarm> const& alarms(std::size_t watched, std::size_t rule, std::size_t setting) const;

 private:
  struct Watch;
  std::vector<std::unique_ptr<Watch>> watches_;
  Millis step_;
};

}  // namespace madang::evaluation
