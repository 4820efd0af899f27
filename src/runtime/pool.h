// A bounded pool of threads for blocking work. Full means full: the caller answers 503, nothing piles up.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace madang::runtime {

/// Thread-safe.
class Pool {
 public:
  struct Options {
    std::string name;
    std::size_t threads = 2;
    std::size_t queue_max = 256;  ///< jobs waiting; more are refused
  };
  using Job = std::move_only_function<void()>;

  explicit Pool(Options options);
  /// Finishes the running and the queued jobs.
  ~Pool();
  Pool(Pool const&) = delete;
  Pool& operator=(Pool const&) = delete;

  /// False when the queue is full or the pool is closing; the job is then untouched by any thread.
  [[nodiscard]] bool try_submit(Job job);
  /// No new jobs; returns when all accepted ones have run.
  void close();
  [[nodiscard]] std::size_t waiting() const;

 private:
  void work();

  Options const options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queue_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace madang::runtime
