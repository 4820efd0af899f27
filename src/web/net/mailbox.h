// How any thread reaches the network thread that owns a connection: letters pile up, one wake-up fetches them all.
#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace madang::web::net {

/// Thread-safe. `wake` is called by the poster when the box was empty; it must not block.
template <typename T>
class Mailbox {
 public:
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// False: it is closed, and `letter` is untouched.
  bool post(T&& letter) {
    std::scoped_lock const lock(mutex_);
    if (closed_) return false;
    letters_.push_back(std::move(letter));
    if (letters_.size() == 1) wake_();
    return true;
  }

  /// Swaps the waiting letters into `into`, which must be empty; its room is used again.
  void take(std::vector<T>& into) {
    std::scoped_lock const lock(mutex_);
    letters_.swap(into);
  }

  /// Takes no more letters and wakes nobody any more; returns those that nobody has taken.
  std::vector<T> close() {
    std::vector<T> last;
    std::scoped_lock const lock(mutex_);
    closed_ = true;
    wake_ = [] {};
    letters_.swap(last);
    return last;
  }

 private:
  std::mutex mutex_;
  std::vector<T> letters_;
  std::function<void()> wake_;
  bool closed_ = false;
};

}  // namespace madang::web::net
