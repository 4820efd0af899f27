// Read-mostly state: build it anew, swap it in one step, readers keep what they hold.
#pragma once

#include <memory>

#include "runtime/mutex.h"

namespace madang::runtime {

/// Thread-safe. A mutex around a shared_ptr: atomic<shared_ptr> of g++ 12 fails under tsan.
template <typename State>
class Snapshot {
 public:
  Snapshot() : state_(std::make_shared<State const>()) {}
  explicit Snapshot(std::shared_ptr<State const> state) : state_(std::move(state)) {}

  [[nodiscard]] std::shared_ptr<State const> read() const {
    Lock const lock(mutex_);
    return state_;
  }
  void swap(std::shared_ptr<State const> next) {
    {
      Lock const lock(mutex_);
      state_.swap(next);
    }
    // The old state, perhaps large, dies here, outside the lock.
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<State const> state_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::runtime
