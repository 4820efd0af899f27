#include "storage/records/watchdog.h"

#include <utility>

#include "runtime/clock.h"

namespace madang::storage {

Watchdog::Watchdog() : thread_([this](std::stop_token const& stop) { watch(stop); }) {}

void Watchdog::watch(std::stop_token const& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (waiting_.empty()) {
      asleep_until_ = Tick::max();
      changed_.wait(lock, stop, [this] { return !waiting_.empty(); });
      continue;
    }
    auto const first = waiting_.begin();
    if (runtime::SystemClock{}.tick() < first->first) {
      auto const due = first->first;  // its own: the wait reads it while guards change the other
      asleep_until_ = due;
      changed_.wait_until(lock, stop, due, [this, due] { return !waiting_.empty() && waiting_.begin()->first < due; });
      continue;
    }
    auto& guard = *first->second;
    guard.is_cut_ = true;
    guard.cut_();  // under the lock: the guard, and with it the connection, cannot go meanwhile
    waiting_.erase(first);
    guard.place_ = waiting_.end();
  }
}

Watchdog::Guard::Guard(Watchdog& dog, Tick deadline, std::function<void()> cut) : dog_(dog), cut_(std::move(cut)) {
  {
    std::scoped_lock const lock(dog_.mutex_);
    place_ = dog_.waiting_.emplace(deadline, this);
    if (deadline >= dog_.asleep_until_) return;
    dog_.asleep_until_ = deadline;
  }
  dog_.changed_.notify_one();
}

Watchdog::Guard::~Guard() {
  std::scoped_lock const lock(dog_.mutex_);
  if (!is_cut_) dog_.waiting_.erase(place_);
}

bool Watchdog::Guard::has_cut() const {
  std::scoped_lock const lock(dog_.mutex_);
  return is_cut_;
}

}  // namespace madang::storage
