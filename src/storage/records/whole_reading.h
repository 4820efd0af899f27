// The time that reading anew takes, for a job that may wait less otherwise.
#pragma once

#include <stop_token>

#include "core/time.h"

namespace madang::storage {

/// While it lives, the calls of this thread may take kCallMax in all, also where a CallDeadline around it is earlier. For who reads anew all
/// that a server must know, after the records have answered just now: with less time than that takes it would fail for ever. Where somebody
/// waits for the thread to end, `stop` ends its reads as their deadline would.
class WholeReading {
 public:
  explicit WholeReading(std::stop_token stop = {});
  ~WholeReading();
  WholeReading(WholeReading const&) = delete;
  WholeReading& operator=(WholeReading const&) = delete;

  /// What ends a read of this thread before its deadline; nothing does where it is no such reading.
  static std::stop_token stop_of_call();

 private:
  Tick before_;
  std::stop_token stop_;
  std::stop_token const* stop_before_;
};

}  // namespace madang::storage
