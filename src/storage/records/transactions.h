// What a store does inside or around a transaction of Records: a part that may fail alone, several reads of one moment, ids that are
// never given twice, and how long a thread waits.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "core/time.h"
#include "storage/records/records.h"

namespace madang::storage {

/// Inside a transaction: what `work` wrote is undone when it fails or throws, and the transaction lives on. Modules compose so:
/// who has a transaction passes its session on, and nobody opens a second one inside.
Result<void> nested(soci::session& transaction, Records::Work const& work);

/// Several reads that see one moment, whatever is written meanwhile. What `work` writes is undone.
Result<void> snapshot(Records& records, Records::Work const& work);

/// The first of `count` ids of a kind ("situation"), never given before, also when what had them is gone. In the open
/// transaction. The first call of a kind starts behind the largest id that `table` holds in its column `id`.
std::int64_t take_ids(soci::session& transaction, std::string_view table, std::int64_t count = 1);
/// The id that take_ids would give first; takes none and writes nothing.
std::int64_t next_id(soci::session& sql, std::string_view table);

/// While it lives, no call of this thread on records waits longer in all: for a session, for another writer, for an answer, for a
/// database that starts again. Without one it is kCallMax for each call. Deadlines nest; the earliest counts.
class CallDeadline {
 public:
  explicit CallDeadline(Millis from_now);
  ~CallDeadline();
  CallDeadline(CallDeadline const&) = delete;
  CallDeadline& operator=(CallDeadline const&) = delete;

  /// When a call that starts now must have ended.
  static Tick of_call();

 private:
  Tick before_;
};

}  // namespace madang::storage
