// How any thread reaches the network thread that owns a connection: letters pile up, one wake-up fetches them all.
#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/mutex.h"
#include "web/net/guarded.h"

namespace madang::web::net {

/// Thread-safe. `wake` is called by the first who posts since the letters were last taken; it must not block.
template <typename T>
class Mailbox {
 public:
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}

  /// False: it is closed, and `letter` is untouched.
  bool post(T&& letter) {
    runtime::Lock const lock(mutex_);
    if (closed_) return false;
    letters_.push_back(std::move(letter));
    if (!woken_) wake_();  // should it throw, the next one tries again
    woken_ = true;
    return true;
  }

  /// Puts the waiting letters into `into`, whose room is used again; what stood there goes.
  void take(std::vector<T>& into) {
    into.clear();
    runtime::Lock const lock(mutex_);
    letters_.swap(into);
    woken_ = false;
  }

  /// Opens the waiting letters one after the other, in `room`. Where one throws, that is logged for `module` and costs no other letter.
  template <typename Open>
  void open_each(std::string_view module, std::vector<T>& room, Open&& open) {
    take(room);
    for (auto& letter : room) guarded(module, [&] { open(letter); }, [] {});
    room.clear();
  }

  /// Takes no more letters and wakes nobody any more; returns those that nobody has taken.
  std::vector<T> close() {
    std::vector<T> last;
    runtime::Lock const lock(mutex_);
    closed_ = true;
    wake_ = [] {};
    letters_.swap(last);
    return last;
  }

 private:
  runtime::Mutex mutex_;
  std::vector<T> letters_ MADANG_GUARDED_BY(mutex_);
  std::function<void()> wake_ MADANG_GUARDED_BY(mutex_);
  bool woken_ MADANG_GUARDED_BY(mutex_) = false;
  bool closed_ MADANG_GUARDED_BY(mutex_) = false;
};

}  // namespace madang::web::net
