// One seed of the evaluation played from beginning to end, and what became of it.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "evaluation/warning_events.h"
#include "evaluation/warning_watchers.h"

namespace madang::evaluation {

struct RunOptions {
  std::uint64_t seed = 1;
  double days = 28;
  std::size_t stations = 850;
  double alarms_per_day = 5;
};

/// What one watcher made of one or more seeds.
struct Tally {
  std::string name;
  double days = 0;
  std::array<double, kWatchedCount> false_alarms{};
  std::array<int, kWatchedCount> faults_as_events{};  ///< of the false alarms
  // Plumes by the excess at their second node: 5-10, 10-20, 20-40, 40 and more ug/m3.
  std::array<int, 4> plumes{}, plumes_found{};
  int strong = 0, strong_found = 0;           ///< >= 20 ug/m3 at two nodes for >= 30 min
  std::vector<double> delays;                 ///< of those found, in steps
  int loud = 0, loud_found = 0;               ///< >= 10 dB for >= 10 min at a node
  std::vector<double> loud_delays;
  int crowds = 0, crowds_found = 0;           ///< >= 300 people more at a node
  std::vector<double> crowd_delays;
  int suspects_true = 0, suspects_event = 0, suspects_nothing = 0;
  int faults = 0, faults_suspected = 0;       ///< jumps and drifts: what a detector of events can mistake

  void add(Tally const& other);
  [[nodiscard]] double false_per_day() const;
};

/// The grids that the two simple rules are tried with.
inline constexpr std::array<double, 8> kLimitsAir{35, 50, 75, 100, 125, 150, 200, 300};
inline constexpr std::array<double, 8> kLimitsNoise{60, 65, 68, 71, 74, 77, 80, 85};
inline constexpr std::array<double, 8> kLimitsPeople{300, 500, 700, 900, 1100, 1400, 1700, 2000};
inline constexpr std::array<double, 8> kLimitsZ{3, 5, 8, 12, 17, 24, 34, 50};

/// Ours with fixed thresholds: the law from threshold to false alarms is read off them.
inline constexpr std::array<double, 6> kFixedThresholds{6, 10, 15, 20, 30, 45};

/// The tallies: ours, then for each channel the thresholds of its grid, then the robust z of its grid; last ours at
/// kFixedThresholds.
std::vector<Tally> run_seed(RunOptions const& options, std::string& notes);

}  // namespace madang::evaluation
