// What the metrics tell of Situations.
#pragma once

#include <array>
#include <span>

#include "runtime/metrics.h"
#include "situations/situations.h"

namespace madang::situations {

/// Thread-safe. `metrics` outlives it.
class Numbers {
 public:
  explicit Numbers(runtime::Metrics& metrics);
  void show(std::span<SituationPtr const> open);
  void count(Entry::Kind kind);
  void count_refused() { refused_.Increment(); }

 private:
  runtime::Metrics& metrics_;
  prometheus::Counter& refused_;
  std::array<prometheus::Gauge*, 4> open_{};  ///< by severity
};

}  // namespace madang::situations
