// Whether anybody still waits for what a thread works at: a long walk looks at its turns, and ends where nobody does.
#pragma once

#include <atomic>
#include <memory>
#include <utility>

namespace madang::runtime {

/// Set once by whoever sees that the answer has no taker any more.
using NobodyWaits = std::shared_ptr<std::atomic<bool>>;

/// While it lives, the work of this thread is for one taker. Only for what nobody else shares the outcome of: an answer that is
/// kept for others is theirs too.
class Awaited {
 public:
  explicit Awaited(NobodyWaits sign) : sign_(std::move(sign)), before_(std::exchange(current(), sign_.get())) {}
  ~Awaited() { current() = before_; }
  Awaited(Awaited const&) = delete;
  Awaited& operator=(Awaited const&) = delete;

  /// Of this thread's work; false where nobody said for whom it is.
  static bool by_nobody() { return current() != nullptr && current()->load(std::memory_order_relaxed); }

 private:
  static std::atomic<bool> const*& current() {
    thread_local std::atomic<bool> const* sign = nullptr;
    return sign;
  }

  NobodyWaits const sign_;
  std::atomic<bool> const* const before_;
};

}  // namespace madang::runtime
