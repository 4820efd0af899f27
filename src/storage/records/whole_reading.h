// The time that reading anew takes, for a job that may wait less otherwise.
#pragma once

#include "core/time.h"
#include "storage/records/limits.h"

namespace madang::storage {

/// While it lives, the calls of this thread may take `most` in all, also where a CallDeadline around it is earlier. For who reads anew all
/// that a server must know, after the records have answered just now: with less time than that takes it would fail for ever.
class WholeReading {
 public:
  explicit WholeReading(Millis most = kCallMax);
  ~WholeReading();
  WholeReading(WholeReading const&) = delete;
  WholeReading& operator=(WholeReading const&) = delete;

 private:
  Tick before_;
};

}  // namespace madang::storage
