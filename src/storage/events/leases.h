// Who of several servers on the same records does what must be done once for the city. A lease is a row; each side measures by
// its own steady clock and never compares it with another machine's:
//   the holder renews, and stops believing in the lease before it ends, counted from before the renewal was sent;
//   who waits takes it over only after it has seen the row unchanged for the whole length, counted from after it was read.
// A holder that slept through its end may still believe; so each commit under a lease checks the fencing number in its own
// transaction, and is refused when another one holds the lease since.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/time.h"
#include "runtime/clock.h"
#include "runtime/mutex.h"
#include "storage/events/limits.h"
#include "storage/records/records.h"

namespace madang::storage::events {

struct LeaseRow;

/// A lease that is held.
struct Holding {
  std::string name;
  std::int64_t number = 0;  ///< fencing number
};

/// In the open transaction, last: kConflict, and the transaction must end, when somebody else has taken the lease over. Until the
/// transaction ends nobody can. Throws what SOCI throws.
Result<void> confirm(soci::session& transaction, Holding const& holding);

/// All leases of one server. Thread-safe.
class Leases {
 public:
  struct Options {
    /// Names the data directory, which one process at a time holds: what an earlier process with it held is taken over at once.
    std::string directory;
    Millis length = kLeaseLength;
  };
  /// Both outlive it; events::migrate() has been called.
  Leases(Records& records, runtime::Clock const& clock, Options options);

  /// From the next renew_all() on this server tries to hold it.
  void request(std::string name);
  /// Renews what is held, looks at the rest, takes over what is free: at least every length / 4. Its error is the first of several.
  Result<void> renew_all();
  /// By this server's own clock.
  [[nodiscard]] std::optional<Holding> held(std::string_view name) const;
  /// All that this server tries to hold.
  [[nodiscard]] std::vector<std::string> wanted() const;
  [[nodiscard]] bool holds(std::string_view name) const { return held(name).has_value(); }
  /// A transaction that stands only if the lease is held when it commits. kConflict: it is not.
  Result<void> transaction(std::string_view name, Records::Work const& work);
  /// Gives all back, so that others need not wait.
  Result<void> release();

 private:
  /// What this server knows of one lease.
  struct View {
    std::int64_t number = 0;       ///< held under it; 0: not held
    Tick held_until{};
    bool looked = false;
    std::string seen_holder;       ///< the row as it was last seen, while another one holds it
    std::int64_t seen_number = 0;
    std::int64_t seen_renewed = 0;
    Tick seen_since{};             ///< unchanged since
  };
  struct Renewal {
    std::string name;
    std::int64_t number = 0;
  };

  Result<std::vector<LeaseRow>> read_rows();
  Result<void> renew(std::vector<Renewal> const& renewals);
  Result<void> take_over(std::string const& name, LeaseRow const* row);
  [[nodiscard]] bool may_be_taken_over(View& view, LeaseRow const& row, bool first_look, Tick read_at) const;
  void mark_held(std::string const& name, std::int64_t number, Tick asked);
  [[nodiscard]] bool is_of_earlier_process(std::string_view holder) const;

  Records& records_;
  runtime::Clock const& clock_;
  Options const options_;
  std::string const holder_;
  runtime::Mutex tending_;  ///< one turn at a time
  std::size_t turns_ MADANG_GUARDED_BY(tending_) = 0;
  mutable runtime::Mutex mutex_;  ///< never held while the records are asked
  std::map<std::string, View, std::less<>> views_ MADANG_GUARDED_BY(mutex_);
};

}  // namespace madang::storage::events
