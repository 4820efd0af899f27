// What ended long ago is kept shorter: of what was shown of it and of its messages the first, the last, and each with which severity,
// state or what the public saw changed. The Situation, its timeline and its evidence stay, and so does what the journal proves.
#pragma once

#include "core/error.h"
#include "core/time.h"
#include "runtime/clock.h"

namespace madang::storage {
class Records;
}

namespace madang::situations {

/// Not synchronised: of one job. What it has done it does not remember; after a restart it looks at all once more.
class Retention {
 public:
  /// `keep`: so long after its end all of one is kept. 0: for ever.
  Retention(storage::Records& records, runtime::Clock const& clock, Millis keep) : records_(records), clock_(clock), keep_(keep) {}

  /// The next kShortenedMax of those that ended before that, the oldest first; behind the last it begins anew a day later.
  Result<void> shorten();

 private:
  storage::Records& records_;
  runtime::Clock const& clock_;
  Millis const keep_;
  Instant ended_to_;            ///< all before it are short, and of those of this very moment
  std::int64_t id_to_ = 0;      ///< up to this one
  Instant idle_until_;
};

}  // namespace madang::situations
