// Subscribers in the records: SQL through SOCI in the subset of SQLite and PostgreSQL.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "situations/journal_acts.h"
#include "situations/notices/model.h"
#include "storage/records/records.h"

namespace madang::situations::notices {

/// The tables of subscribers and outbox.
Result<void> migrate(storage::Records& records);

/// The first of the next `count` of a row of numbers that never gives one twice: "subscriber", "content", "owed". Throws
/// what SOCI throws, as the other two.
std::int64_t take_numbers(soci::session& sql, std::string const& name, std::size_t count);
/// Changes whenever a subscriber does.
std::int64_t subscribers_version(soci::session& sql);
/// How many notices wait for each.
std::map<std::int64_t, std::int64_t> pending_by_subscriber(soci::session& sql);
/// With their tallies, by id.
Result<std::vector<Subscriber>> read_subscribers(soci::session& sql);

/// Thread-safe as far as Records is.
class SubscriberStore {
 public:
  explicit SubscriberStore(storage::Records& records) : records_(records) {}

  Result<std::vector<Subscriber>> all();
  /// kNotFound
  Result<Subscriber> find(SubscriberId id);
  /// Gives it an id. kLimit: there are kSubscribersMax; kConflict: the same address for the same channel and audience.
  Result<SubscriberId> add(Subscriber const& subscriber, Act const& act);
  /// Everything but id, channel, time of making and tally. What is pending for a paused one is dropped and counted. kNotFound.
  Result<void> change(Subscriber const& subscriber, Act const& act);
  /// With all that is pending for it. kNotFound.
  Result<void> remove(SubscriberId id, Act const& act);

 private:
  storage::Records& records_;
};

}  // namespace madang::situations::notices
