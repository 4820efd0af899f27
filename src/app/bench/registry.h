// How large a city the registry holds: Things registered, held, looked up and opened again.
#pragma once

#include <cstdint>
#include <string>

namespace madang::app {

struct BenchRegistryOptions {
  std::string folder;               ///< a fresh folder inside is used and removed
  std::string json_path;            ///< where the figures go as well; empty: nowhere
  std::size_t things = 100'000;     ///< of 17 Datastreams each
};

/// Prints a table. 2: something could not be measured.
int bench_registry(BenchRegistryOptions const& options);

}  // namespace madang::app
