// One at a time, with a deadline for those who wait. A std::timed_mutex would do, but GCC 12's thread sanitizer does not know
// how that is locked until a moment of the steady clock.
#pragma once

#include "core/time.h"
#include "runtime/mutex.h"

namespace madang::storage {

/// Thread-safe.
class MADANG_LOCK_TYPE Turn {
 public:
  /// Has the turn while it lives, if it was got in time; clang takes it to be so even where nobody asks has_it().
  class MADANG_SCOPED_LOCK_TYPE Holder {
   public:
    /// Tick::max() waits for as long as it takes.
    Holder(Turn& turn, Tick deadline) MADANG_ACQUIRE(turn) : turn_(turn), has_it_(turn.take(deadline)) {}
    ~Holder() MADANG_RELEASE() {
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
    runtime::Lock lock(mutex_);
    auto const is_free = [this]() MADANG_REQUIRES(mutex_) { return !taken_; };
    if (deadline == Tick::max()) free_.wait(lock, is_free);
    else if (!free_.wait_until(lock, deadline, is_free)) return false;
    taken_ = true;
    return true;
  }
  void pass_on() {
    {
      runtime::Lock const lock(mutex_);
      taken_ = false;
    }
    free_.notify_one();
  }

  runtime::Mutex mutex_;
  runtime::Condition free_;
  bool taken_ MADANG_GUARDED_BY(mutex_) = false;
};

}  // namespace madang::storage
