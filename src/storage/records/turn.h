// One at a time, with a deadline for those who wait. A std::timed_mutex would do, but GCC 12's thread sanitizer does not know
// how that is locked until a moment of the steady clock.
#pragma once

#include <condition_variable>
#include <mutex>

#include "core/time.h"

namespace madang::storage {

/// Thread-safe.
class Turn {
 public:
  /// Has the turn while it lives, if it was got in time.
  class Holder {
   public:
    /// Tick::max() waits for as long as it takes.
    Holder(Turn& turn, Tick deadline) : turn_(turn), has_it_(turn.take(deadline)) {}
    ~Holder() {
      if (has_it_) turn_.pass_on();
    }
    Holder(Holder const&) = delete;
    Holder& operator=(Holder const&) = delete;
    [[nodiscard]] bool has_it() const { return has_it_; }

   private:
    Turn& turn_;
    bool const has_it_;
  };

 private:
  bool take(Tick deadline) {
    std::unique_lock lock(mutex_);
    auto const is_free = [this] { return !taken_; };
    if (deadline == Tick::max()) free_.wait(lock, is_free);
    else if (!free_.wait_until(lock, deadline, is_free)) return false;
    taken_ = true;
    return true;
  }
  void pass_on() {
    {
      std::scoped_lock const lock(mutex_);
      taken_ = false;
    }
    free_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable free_;
  bool taken_ = false;
};

}  // namespace madang::storage
