// The rows of leases, events and their handlers.
#pragma once

#include <cstdint>
#include <string>

#include "storage/events/events.h"
#include "storage/records/rows.h"

namespace madang::storage::events {

struct LeaseRow {
  std::string name;
  std::string holder;         ///< "DIRECTORY/LIFE"; empty: given back
  std::int64_t number = 0;    ///< the fencing number: another one with each holder, never one of before
  std::int64_t renewed = 0;   ///< changes while the holder lives
  Millis length{0};           ///< what the holder promised
  Instant until_at;           ///< by the holder's clock; for people's eyes, nothing follows from it
};
inline constexpr auto kLeases = table<LeaseRow>("lease", key("name", &LeaseRow::name), column("holder", &LeaseRow::holder),
                                                column("number", &LeaseRow::number), column("renewed", &LeaseRow::renewed),
                                                column("length", &LeaseRow::length), column("until_at", &LeaseRow::until_at));

struct EventRow {
  EventId id;
  std::string topic;
  std::string key;
  Json payload;
  Instant emitted_at;
};
inline constexpr auto kEvents = table<EventRow>("event", key("id", &EventRow::id), column("topic", &EventRow::topic),
                                                column("event_key", &EventRow::key), column("payload", &EventRow::payload),
                                                column("emitted_at", &EventRow::emitted_at));
[[nodiscard]] inline Event event_of(EventRow row) {
  return {row.id, std::move(row.topic), std::move(row.key), std::move(row.payload.text), row.emitted_at};
}

struct PlaceRow {
  std::string name;
  std::string topic;
  EventId place;      ///< all up to this one are done, or stand in event_held or event_dead
  Instant seen_at;    ///< a program had this handler
};
inline constexpr auto kPlaces = table<PlaceRow>("event_handler", key("name", &PlaceRow::name), column("topic", &PlaceRow::topic),
                                                column("place", &PlaceRow::place), column("seen_at", &PlaceRow::seen_at));

/// A key whose events wait, for `event` failed: it and all of the key behind it up to the place are not done.
struct HeldRow {
  std::string handler;
  std::string key;
  EventId event;
  std::int64_t attempts = 0;  ///< 0: its predecessor is done or dead, and it is its turn
  Instant next_at;
  std::string sentence;
};
inline constexpr auto kHeldKeys = table<HeldRow>("event_held", key("handler", &HeldRow::handler), key("event_key", &HeldRow::key),
                                             column("event", &HeldRow::event), column("attempts", &HeldRow::attempts),
                                             column("next_at", &HeldRow::next_at), column("sentence", &HeldRow::sentence));

struct DeadRow {
  std::string handler;
  EventId event;
  std::int64_t attempts = 0;
  Instant died_at;
  std::string sentence;
  bool again = false;  ///< an operator asked for one more attempt
};
inline constexpr auto kDeadLetters = table<DeadRow>("event_dead", key("handler", &DeadRow::handler), key("event", &DeadRow::event),
                                             column("attempts", &DeadRow::attempts), column("died_at", &DeadRow::died_at),
                                             column("sentence", &DeadRow::sentence), column("again", &DeadRow::again));

}  // namespace madang::storage::events
