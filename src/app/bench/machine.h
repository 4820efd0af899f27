// Where a measurement was made: every bench prints it above its table and writes it into its JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/time.h"

namespace madang::app {

inline constexpr double kMega = 1e6;
inline constexpr std::size_t kStride = 7'919;  ///< a prime: look-ups jump about

struct Machine {
  std::string processor;
  unsigned cores = 0;
  double memory_gib = 0;
  std::string kernel;
  std::string compiler;
  std::string version;  ///< of Madang
  std::string commit;   ///< that was built; "-dirty" at the end where files differed
};

Machine this_machine();
/// "2 cores of AMD EPYC, 23.4 GiB, Linux 6.1, g++ 12.2.0, madang 0.1.0"
std::string describe(Machine const& machine);
/// On the monotonic clock.
double seconds_since(Tick began);
/// Highest resident memory of this process so far, in bytes.
std::uint64_t peak_resident_bytes();

}  // namespace madang::app
