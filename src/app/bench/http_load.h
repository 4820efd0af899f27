// A load generator for one small GET: many keep-alive connections on one thread, `depth` requests in flight on each.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/error.h"

namespace madang::app {

struct HttpLoad {
  std::uint16_t port = 0;
  std::string path = "/hello";
  std::size_t connections = 64;
  std::size_t depth = 1;
  std::chrono::milliseconds duration{1000};
};

struct HttpLoadOutcome {
  std::uint64_t requests = 0;
  double seconds = 0;
  std::vector<double> batch_seconds;  ///< of each batch of `depth` requests, sorted

  [[nodiscard]] double per_second() const { return seconds > 0 ? static_cast<double>(requests) / seconds : 0; }
  /// Share 0 to 1, in milliseconds.
  [[nodiscard]] double percentile_ms(double share) const;
};

/// Answers must all be 200 and of one size. kUnavailable: nobody listens or a connection broke; kInvalid: another answer.
Result<HttpLoadOutcome> run_http_load(HttpLoad const& load);

}  // namespace madang::app
