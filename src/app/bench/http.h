// How fast a small answer is: our server and nginx, one thread each, asked by the same load generator in turn.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace madang::app {

struct BenchHttpOptions {
  std::size_t connections = 64;
  std::chrono::milliseconds round{1500};  ///< of load on one server
  int rounds = 5;                         ///< per server and depth; the median counts
  std::string json_file;                  ///< where the figures go as well; empty: nowhere
  std::string nginx = "nginx";
  double ratio_min = 0.6;
};

/// Prints a table. 0: at every pipeline depth our rate is at least ratio_min of nginx's; 1: it is not; 2: no nginx, or
/// something else could not be measured.
int bench_http(BenchHttpOptions const& options);

}  // namespace madang::app
