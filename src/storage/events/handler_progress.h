// How far handlers are, for metrics and operators; dead letters; and what is tidied up.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/events/events.h"

namespace madang::storage::events {

/// One handler that the records know.
struct HandlerProgress {
  std::string handler;
  std::string topic;
  std::optional<Instant> oldest;   ///< when the oldest event that is not done was emitted; dead letters do not count
  std::int64_t held_keys = 0;      ///< keys that wait because of a failure
  std::int64_t dead_letters = 0;
};
Result<std::vector<HandlerProgress>> handlers_progress(Records& records);
/// Events that the handler has not done, without dead letters. Counts those that wait one by one: for people who ask, not for metrics.
Result<std::int64_t> waiting_events(Records& records, std::string const& handler);

/// An event that a handler has failed too often. It is kept until somebody has it tried again with success, or drops it.
struct DeadLetter {
  std::string handler;
  Event event;
  std::int64_t attempts = 0;
  Instant died_at;
  std::string sentence;     ///< why the last attempt failed
  bool tried_again = false; ///< one more attempt was asked for and has not ended
};
/// By handler and event; at most `limit`, from behind `after` on.
struct DeadLetterPlace {
  std::string handler;
  EventId event;
};
Result<std::vector<DeadLetter>> dead_letters(Records& records, DeadLetterPlace const& after, std::size_t limit);

/// In the open transaction. Events of its key that came later have been handled before it. kNotFound: there is no such dead letter.
Result<void> try_again(soci::session& transaction, DeadLetterPlace const& which);
/// It will never be done. kNotFound.
Result<void> drop(soci::session& transaction, DeadLetterPlace const& which);

/// Says that a program has these handlers. Every server says it of its own, now and then: another one may have no such handlers. What was
/// seen later than now stays, unless it is later by more than kHandlerKept: no clock of a server is so far ahead. In the open transaction.
Result<void> mark_seen(soci::session& transaction, std::span<std::string const> handlers, Instant now);
/// Removes handlers that none has had for kHandlerKept. In a transaction of its own: what they have not done can be pruned only then.
Result<void> forget_handlers(soci::session& transaction, Instant now);
/// Removes events that all handlers have done for kKeptAfterDone; at most kPruneMax. How many went. Looks at none that some handler of the
/// topic has not come to. In the open transaction.
Result<std::int64_t> tidy(soci::session& transaction, Instant now);

}  // namespace madang::storage::events
