// What a handler has to do next, read from the records; and what became of it, written down.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/events/handler.h"
#include "storage/events/tables.h"

namespace madang::storage::events {

enum class Origin : std::uint8_t {
  kFresh,  ///< behind the handler's place
  kHeld,   ///< of a key that waits
  kDead,   ///< a dead letter of which one more attempt was asked for
};

/// One event to be handled.
struct Task {
  Event event;
  Origin origin = Origin::kFresh;
  std::int64_t attempts = 0;    ///< that failed so far
  bool is_passed_over = false;  ///< fresh, but its key waits: counted in the place and left to the key
};

struct Plan {
  PlaceRow place;
  std::vector<Task> fresh;  ///< by id
  std::vector<Task> other;  ///< of keys that wait, in each key's order, and of dead letters
  bool has_more = false;    ///< fresh ones behind these
};

/// kNotFound: the handler is not registered.
Result<Plan> plan_of(soci::session& sql, Handler const& handler, Pace const& pace, Instant now, std::size_t limit);

struct Outcome {
  Task task;
  bool is_done = false;
  std::string sentence;  ///< why not
};

/// What became of a batch.
struct Tally {
  std::int64_t done = 0;
  std::int64_t failed = 0;
  std::int64_t dead = 0;
};

/// In the open transaction. `place`: how far the handler is with these outcomes.
Result<Tally> record_outcomes(soci::session& sql, Handler const& handler, Pace const& pace, EventId place, std::vector<Outcome> const& outcomes, Instant now);

}  // namespace madang::storage::events
