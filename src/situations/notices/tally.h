// What became of notices, as metrics.
#pragma once

#include <atomic>
#include <optional>
#include <string>

#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "situations/notices/outbox.h"

namespace madang::situations::notices {

/// Thread-safe; lives as long as the metrics are asked.
class Tallies {
 public:
  Tallies(runtime::Metrics& metrics, runtime::Clock const& clock);

  /// `result`: delivered, failed, refused, given_up, superseded, dropped.
  void count(Channel channel, std::string const& result, std::int64_t how_many = 1);
  void set_backlog(Backlog const& backlog);

 private:
  runtime::Metrics& metrics_;
  /// Shared with the functions that metrics ask, which may outlive this.
  struct Seen {
    std::atomic<std::int64_t> pending = 0;
    std::atomic<std::int64_t> oldest = 0;  ///< milliseconds since 1970; 0: nothing is pending
  };
  std::shared_ptr<Seen> const seen_ = std::make_shared<Seen>();
};

}  // namespace madang::situations::notices
