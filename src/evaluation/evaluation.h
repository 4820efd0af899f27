// The face of evaluation: detectors held against ground truth, on the path that a value takes through the server. Each
// command prints seeds, sizes, machine and the numbers that docs/measurements.md claims, and ends with 1 when a floor is
// missed.
//
// Seeds: even ones are for development (rules are tuned on them, and so are the rivals), odd ones are reported and never
// looked at while something is tuned. Those of 1 to 16 were used before this split.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace madang::evaluation {

/// madang evaluate warning.
struct WarningOptions {
  std::uint64_t first_seed = 101, last_seed = 104;
  double days = 7;             ///< the first is for learning
  std::size_t stations = 850;
  double alarms_per_day = 5;
  double fixed_threshold = 0;  ///< of all detectors; 0: from the alarms a day
  double late_share = 0;       ///< of the stations: behind gateways that deliver each 3 min, 15 min or hour
  std::vector<std::string> channels;  ///< only these, for a quick look while rules are made; empty: all that a rule watches
  int restarts = 0;            ///< of the server, on its real store, spread over the days that are scored
  std::size_t threads = 2;
  bool notes = false;          ///< lists what was missed and made up
  std::string machine;         ///< where it runs, for the head line
};
int evaluate_warning(WarningOptions const& options);

/// madang evaluate warning --data DIR (which alarms the live rules would have given) and madang evaluate rule (a changed
/// rule set beside the live one, on the same stored history). There is no ground truth: alarms are counted and listed.
struct StoredOptions {
  std::filesystem::path data;
  std::string records_address;
  std::string rules_file;      ///< empty: the live rules alone
  std::string zone = "Asia/Seoul";
  double alarms_per_day = 5;
  double days = 0;             ///< the last so many; 0: all
};
int evaluate_stored(StoredOptions const& options);

/// madang evaluate warning|quality --data DIR --truth FILE: a directory that `madang simulate` has fed, beside the truth
/// file it wrote: its Situations beside the happenings, its stored flags beside the faults.
struct TruthOptions {
  std::filesystem::path data;
  std::string records_address;
  std::filesystem::path truth;
  bool quality = false;        ///< the faults; else the happenings
};
int evaluate_truth(TruthOptions const& options);

}  // namespace madang::evaluation
