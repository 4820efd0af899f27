// Events: what happened, durable with its cause. Who changes something emits an event in the same transaction; handlers that
// are registered for its topic get it at least once, in order per key, whichever server of the city runs them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/id.h"
#include "core/time.h"
#include "storage/records/records.h"

namespace madang::storage::events {

using EventId = Id<struct EventTag>;

struct Event {
  EventId id;              ///< ascending in the order in which the causes were committed; never given twice
  std::string topic;       ///< such as of a situation that changed
  std::string key;         ///< events of one topic and key are handled in their order
  std::string payload;     ///< JSON
  Instant emitted_at;
};

/// The tables of leases and events. Before anything else here; may be called more than once.
Result<void> migrate(Records& records);

/// Writes an event in the open transaction of its cause. From here on the transaction holds the lock on the order of events
/// until it ends (so that an id never becomes visible behind a higher one): emit late, and before the journal's append.
/// kInvalid, kLimit: topic (small letters, digits, '_', '.'), key or payload. Throws what SOCI throws.
Result<EventId> emit(soci::session& transaction, Instant now, std::string_view topic, std::string_view key, std::string_view payload);

struct Emission {
  std::string key;
  std::string payload = "{}";
};
/// Many at once, in this order; the id of the first. 0: there are none.
Result<EventId> emit_all(soci::session& transaction, Instant now, std::string_view topic, std::span<Emission const> emissions);

}  // namespace madang::storage::events
