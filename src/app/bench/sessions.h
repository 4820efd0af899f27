// How many people can be signed in at once: looked up, signed in and out, and forgotten by a second server.
#pragma once

#include <cstddef>
#include <string>

namespace madang::app {

struct BenchSessionsOptions {
  std::string folder;              ///< a fresh folder inside is used and removed
  std::string address;             ///< of empty records; empty: an SQLite file in the folder
  std::string json_path;           ///< where the figures go as well; empty: nowhere
  std::size_t sessions = 100'000;
};

/// Prints a table. 1: a floor was missed; 2: something could not be measured.
int bench_sessions(BenchSessionsOptions const& options);

}  // namespace madang::app
