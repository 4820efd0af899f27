// The side of notices that stands in the transactions of changes: decides who is notified of what, and puts it into the outbox.
#pragma once

#include <set>
#include <vector>

#include "city/city.h"
#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "situations/notices/outbox.h"
#include "situations/notices/tally.h"
#include "situations/situations.h"

namespace madang::situations::notices {

/// Thread-safe.
class Ledger {
 public:
  Ledger(city::City const& city, runtime::Clock const& clock, Tallies& tallies)
      : city_(city), clock_(clock), tallies_(tallies) {}

  /// Situations::TransactionHook.
  Result<void> add_notices(soci::session& sql, Situations::Change const& change);

  /// Notices that are being delivered are not superseded.
  void set_on_its_way(std::int64_t notice, bool on_its_way);

 private:
  std::vector<AreaId> areas_of(Situation const& s) const;
  Result<std::vector<Recipient>> recipients(soci::session& sql, ChangeSeen const& change) MADANG_REQUIRES(mutex_);

  city::City const& city_;
  runtime::Clock const& clock_;
  Tallies& tallies_;
  runtime::Mutex mutex_;
  std::set<std::int64_t> on_their_way_ MADANG_GUARDED_BY(mutex_);
  std::int64_t version_ MADANG_GUARDED_BY(mutex_) = 0;
  std::vector<Subscriber> subscribers_ MADANG_GUARDED_BY(mutex_);  ///< as of version_
};

}  // namespace madang::situations::notices
