// `madang bench store`: the observation store measured on the workload of a city's sensor network.
#pragma once

#include <cstdint>
#include <string>

namespace madang::app {

struct BenchStoreOptions {
  std::string folder;     ///< a fresh folder inside is used and removed
  std::string json_path;  ///< results as JSON; empty: none
  double days = 3;
  std::int64_t nodes = 1'176;  ///< each has 17 quantities
  std::uint64_t seed = 1;
  bool keep_files = false;
};

/// Prints a table and writes the JSON. 0 when every floor is reached, 1 when one is missed, 2 when it cannot run.
/// The floors are meant for the whole workload (3 days, 1,176 nodes).
int bench_store(BenchStoreOptions const& options);

}  // namespace madang::app
