// A load generator for posts: keep-alive connections on one thread, one request in flight on each, the next one made
// when the answer is here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/error.h"

namespace madang::app {

struct PostLoad {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
  std::string key;                          ///< for Authorization: Bearer
  std::size_t connections = 64;
  std::chrono::milliseconds duration{5000};
  struct Next {
    std::string path;
    std::string body;
    std::size_t observations = 1;
  };
  /// Fills the next request; its strings keep their memory from call to call.
  std::function<void(Next&)> next;
};

struct PostLoadOutcome {
  std::uint64_t posts = 0;          ///< answered 201
  std::uint64_t observations = 0;   ///< of those, stored: one that was there already is none
  std::uint64_t turned_away = 0;    ///< answered 429 or 503
  double seconds = 0;
  std::vector<double> latencies;    ///< seconds, sorted

  /// Share 0 to 1, in milliseconds.
  [[nodiscard]] double percentile_ms(double share) const;
};

/// kUnavailable: a connection broke; kInvalid: another answer than 201, 429 or 503, or an observation was refused.
Result<PostLoadOutcome> run_post_load(PostLoad const& load);

}  // namespace madang::app
