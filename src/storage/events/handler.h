// What a module brings to hear of events: a name that stays, a topic, and what is to be done.
#pragma once

#include <functional>
#include <string>

#include "core/error.h"
#include "storage/events/events.h"
#include "storage/events/limits.h"

namespace madang::storage::events {

/// Exactly one of `apply` and `act` is given. A failure, also an exception, holds back later events of the same key until the
/// event is done or is a dead letter; other keys go on.
struct Handler {
  std::string name;   ///< durable: under it stands how far it is; small letters, digits, '_', '.', '-'
  std::string topic;
  /// Work in the records: in the transaction that counts the event as done, so exactly once. It uses this session alone, and
  /// takes milliseconds, for other writers wait. What it wrote is undone when it fails.
  std::function<Result<void>(soci::session& transaction, Event const& event)> apply;
  /// Work elsewhere: at least once; whoever gets it knows a repetition by the event's id. It ends within kHandleMax.
  std::function<Result<void>(Event const& event)> act;
  /// A handler that is new hears what is emitted from now on; true: also what is still kept.
  bool from_the_beginning = false;
};

/// How failures are tried again; tests make it short.
struct Pace {
  Millis wait_first = kWaitFirst;
  Millis wait_max = kWaitMax;
  int attempts_max = kAttemptsMax;
};
/// Until the next attempt after `attempts` failed ones (1, 2, ...).
[[nodiscard]] Millis wait_after(Pace const& pace, std::int64_t attempts);

}  // namespace madang::storage::events
