// A mutex, who holds it, and waiting for a change under it. The standard library's own, in words that clang's analysis of locks
// knows: std::mutex of libstdc++ has none. tools/tidy refuses another one in src/.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "runtime/guarded.h"

namespace madang::runtime {

/// Beside it stands what it guards: `std::vector<Job> waiting_ MADANG_GUARDED_BY(mutex_);`
class MADANG_LOCK_TYPE Mutex {
 public:
  Mutex() = default;
  Mutex(Mutex const&) = delete;
  Mutex& operator=(Mutex const&) = delete;

 private:
  friend class Lock;
  friend class Unlocked;
  std::mutex mutex_;
};

/// Holds a mutex while it lives, but between unlock() and lock().
class MADANG_SCOPED_LOCK_TYPE Lock {
 public:
  explicit Lock(Mutex& mutex) MADANG_ACQUIRE(mutex) : lock_(mutex.mutex_) {}
  ~Lock() MADANG_RELEASE() = default;
  Lock(Lock const&) = delete;
  Lock& operator=(Lock const&) = delete;

  void lock() MADANG_ACQUIRE() { lock_.lock(); }
  void unlock() MADANG_RELEASE() { lock_.unlock(); }

 private:
  friend class Condition;
  std::unique_lock<std::mutex> lock_;
};

/// Lets go, while it lives, of a mutex that the calling function was called with.
class MADANG_SCOPED_LOCK_TYPE Unlocked {
 public:
  explicit Unlocked(Mutex& mutex) MADANG_RELEASE(mutex) : mutex_(mutex.mutex_) { mutex_.unlock(); }
  ~Unlocked() MADANG_RELEASE() { mutex_.lock(); }
  Unlocked(Unlocked const&) = delete;
  Unlocked& operator=(Unlocked const&) = delete;

 private:
  std::mutex& mutex_;
};

/// Each call returns with the lock held again. What is waited for is asked with it held: `[this]() MADANG_REQUIRES(mutex_) { ... }`.
class Condition {
 public:
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

  template <typename Ready>
  void wait(Lock& lock, Ready ready) {
    condition_.wait(lock.lock_, std::move(ready));
  }
  /// False: it was not so in time. No moment is the end of time, which overflows inside the library: then wait().
  template <typename Rep, typename Period, typename Ready>
  bool wait_for(Lock& lock, std::chrono::duration<Rep, Period> const& time, Ready ready) {
    return condition_.wait_for(lock.lock_, time, std::move(ready));
  }
  template <typename Clock, typename Duration, typename Ready>
  bool wait_until(Lock& lock, std::chrono::time_point<Clock, Duration> const& moment, Ready ready) {
    return condition_.wait_until(lock.lock_, moment, std::move(ready));
  }

 private:
  std::condition_variable condition_;
};

/// The same for the thread of a std::jthread: a wait ends when it is asked to stop. Costs more than a Condition.
class StoppableCondition {
 public:
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

  /// Whether it is so; false too where the stop came first.
  template <typename Ready>
  bool wait(Lock& lock, std::stop_token stop, Ready ready) {
    return condition_.wait(lock, std::move(stop), std::move(ready));
  }
  template <typename Rep, typename Period, typename Ready>
  bool wait_for(Lock& lock, std::stop_token stop, std::chrono::duration<Rep, Period> const& time, Ready ready) {
    return condition_.wait_for(lock, std::move(stop), time, std::move(ready));
  }
  template <typename Clock, typename Duration, typename Ready>
  bool wait_until(Lock& lock, std::stop_token stop, std::chrono::time_point<Clock, Duration> const& moment, Ready ready) {
    return condition_.wait_until(lock, std::move(stop), moment, std::move(ready));
  }

 private:
  std::condition_variable_any condition_;
};

}  // namespace madang::runtime
