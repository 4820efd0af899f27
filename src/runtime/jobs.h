// Periodic work: each job on its own thread, which logs and counts a failure and goes on.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "core/time.h"
#include "runtime/metrics.h"
#include "runtime/mutex.h"

namespace madang::runtime {

/// Last member of its owner, so that jobs end before what they use. Thread-safe.
class Jobs {
 public:
  using Job = std::function<Result<void>()>;

  explicit Jobs(Metrics& metrics) : metrics_(metrics) {}
  ~Jobs() { stop(); }
  Jobs(Jobs const&) = delete;
  Jobs& operator=(Jobs const&) = delete;

  /// Runs `job` at once and then `period` after each end, until stop().
  void every(Millis period, std::string name, Job job);
  /// No further runs; returns when the running ones have ended.
  void stop();

 private:
  void run(Millis period, std::string const& name, Job const& job);

  Metrics& metrics_;
  Mutex mutex_;
  Condition wake_;
  bool stopping_ MADANG_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace madang::runtime
