// The face of evaluation: detectors held against ground truth. Each command prints seeds, sizes, machine and the
// numbers that docs/measurements.md claims, and ends with 1 when a floor is missed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace madang::evaluation {

/// madang evaluate warning.
struct WarningOptions {
  std::uint64_t first_seed = 1, last_seed = 2;
  double days = 28;
  std::size_t stations = 850;
  double alarms_per_day = 5;
  std::size_t threads = 2;
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

}  // namespace madang::evaluation
