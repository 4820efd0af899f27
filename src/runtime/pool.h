// A bounded pool of threads for blocking work. Full means full: the caller answers 503, nothing piles up. Who has much to do takes
// turns with others (turns.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/mutex.h"
#include "runtime/turns.h"

namespace madang::runtime {

/// Thread-safe.
class Pool {
 public:
  struct Options {
    std::string name;
    std::size_t threads = 2;
    std::size_t queue_max = 256;  ///< jobs waiting; more are refused
  };
  using Job = Turns::Job;

  explicit Pool(Options options);
  /// Finishes the running and the queued jobs.
  ~Pool();
  Pool(Pool const&) = delete;
  Pool& operator=(Pool const&) = delete;

  /// False when the queue is full or the pool is closing; the job is then untouched by any thread.
  [[nodiscard]] bool try_submit(Job job) { return submit(std::move(job)).has_value(); }
  using Ticket = Turns::Ticket;
  /// The same, with what withdraws the job. `account`: whose it is; accounts take turns, and all without one are one.
  [[nodiscard]] std::optional<Ticket> submit(Job job, std::string_view account = {});
  /// Destroys a job that has not begun, whose place is free then. False: it has.
  bool withdraw(Ticket ticket);
  /// No new jobs; returns when all accepted ones have run.
  void close();
  [[nodiscard]] std::size_t waiting() const;

 private:
  void work();

  Options const options_;
  mutable Mutex mutex_;
  Condition wake_;
  Turns queue_ MADANG_GUARDED_BY(mutex_);
  bool closing_ MADANG_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace madang::runtime
