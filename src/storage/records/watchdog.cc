#include "storage/records/watchdog.h"

#include <utility>

#include "runtime/clock.h"

namespace madang::storage {

Watchdog::Watchdog() : thread_([this](std::stop_token const& stop) { watch(stop); }) {}

void Watchdog::watch(std::stop_token const& stop) {
  runtime::Lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (waiting_.empty()) {
      asleep_until_ = Tick::max();
      changed_.wait(lock, stop, [this]() MADANG_REQUIRES(mutex_) { return !waiting_.empty(); });
      continue;
    }
    auto const first = waiting_.begin();
    if (runtime::SystemClock{}.tick() < first->first) {
      auto const due = first->first;  // its own: the wait reads it while guards change the other
      asleep_until_ = due;
      changed_.wait_until(lock, stop, due, [this, due]() MADANG_REQUIRES(mutex_) { return !waiting_.empty() && waiting_.begin()->first < due; });
      continue;
    }
    auto& guard = *first->second;
    over_.insert(&guard);
    guard.cut_();  // under the lock: the guard, and with it the connection, cannot go meanwhile
    waiting_.erase(first);
  }
}

Watchdog::Guard::Guard(Watchdog& dog, Tick deadline, std::function<void()> cut) : dog_(dog), cut_(std::move(cut)) {
  {
    runtime::Lock const lock(dog_.mutex_);
    place_ = dog_.waiting_.emplace(deadline, this);
    if (deadline >= dog_.asleep_until_) return;
    dog_.asleep_until_ = deadline;
  }
  dog_.changed_.notify_one();
}

Watchdog::Guard::~Guard() {
  runtime::Lock const lock(dog_.mutex_);
  if (dog_.over_.erase(this) == 0) dog_.waiting_.erase(place_);
}

void Watchdog::Guard::cut_now() {
  {
    runtime::Lock const lock(dog_.mutex_);
    if (dog_.over_.contains(this)) return;
    dog_.waiting_.erase(place_);
    place_ = dog_.waiting_.emplace(Tick::min(), this);
    dog_.asleep_until_ = Tick::min();
  }
  dog_.changed_.notify_one();
}

bool Watchdog::Guard::has_cut() const {
  runtime::Lock const lock(dog_.mutex_);
  return dog_.over_.contains(this);
}

}  // namespace madang::storage
