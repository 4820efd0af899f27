// How often somebody may guess. Counts tries, not failures, so that parallel guesses do not slip through.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/time.h"
#include "runtime/mutex.h"

namespace madang::city {

/// Thread-safe, bounded: when too many addresses (or logins) are known, those whose window is over are forgotten, and if that is
/// not enough, the one that has been quiet longest.
class Throttle {
 public:
  struct Options {
    std::size_t tries_max;
    Millis window;
    std::size_t addresses_max;
  };
  explicit Throttle(Options options) : options_(options) {}

  /// Counts one try; false: too many within the window.
  [[nodiscard]] bool try_once(std::string_view address, Instant now);
  /// The try of then was no wrong guess; others count as before.
  void forgive(std::string_view address, Instant then);

 private:
  void forget_old(Instant now) MADANG_REQUIRES(mutex_);

  Options const options_;
  runtime::Mutex mutex_;
  std::unordered_map<std::string, std::deque<Instant>> tries_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::city
