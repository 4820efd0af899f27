#include "storage/events/handler_progress.h"

#include <algorithm>

#include "storage/events/limits.h"
#include "storage/events/tables.h"

namespace madang::storage::events {
namespace {

void keep_older(std::optional<Instant>& oldest, std::vector<EventRow> const& found) {
  if (found.empty()) return;
  auto const at = found.front().emitted_at;
  oldest = oldest ? std::min(*oldest, at) : at;
}

Result<HandlerProgress> progress_of(soci::session& sql, PlaceRow const& row) {
  HandlerProgress progress{.handler = row.name, .topic = row.topic, .oldest = {}, .held_keys = 0, .dead_letters = 0};
  MADANG_TRY(auto const fresh, select(sql, kEvents, {"WHERE topic = :topic AND id > :place ORDER BY id LIMIT 1",
                                                     {{"topic", row.topic}, {"place", row.place}}}));
  MADANG_TRY(auto const held, select(sql, kEvents, {"WHERE id = (SELECT MIN(event) FROM event_held WHERE handler = :handler)",
                                                    {{"handler", row.name}}}));
  keep_older(progress.oldest, fresh);
  keep_older(progress.oldest, held);
  MADANG_TRY(progress.held_keys, count(sql, kHeldKeys, {"WHERE handler = :handler", {{"handler", row.name}}}));
  MADANG_TRY(progress.dead_letters, count(sql, kDeadLetters, {"WHERE handler = :handler", {{"handler", row.name}}}));
  return progress;
}

std::unexpected<Error> unknown(DeadLetterPlace const& which) {
  return fail(Code::kNotFound, "there is no dead letter " + std::to_string(which.event.value()) + " of \"" + which.handler + "\"");
}

/// The next topic that has events, by the index: nobody looks at each of them.
Result<std::optional<std::string>> topic_after(soci::session& sql, std::string const& topic) {
  MADANG_TRY(auto const first, select(sql, kEvents, {"WHERE topic > :topic ORDER BY topic, id LIMIT 1", {{"topic", topic}}}));
  if (first.empty()) return std::nullopt;
  return first.front().topic;
}

/// All of the topic up to this one have been come to by all its handlers; nothing: it has none.
Result<std::optional<EventId>> all_came_to(soci::session& sql, std::string const& topic) {
  MADANG_TRY(auto const last, select(sql, kPlaces, {"WHERE topic = :topic ORDER BY place LIMIT 1", {{"topic", topic}}}));
  if (last.empty()) return std::nullopt;
  return last.front().place;
}

/// Done by all: no handler of the topic is before it, and none waits with its key or has it as a dead letter.
Result<std::int64_t> prune(soci::session& sql, std::string const& topic, Instant before, std::size_t most) {
  MADANG_TRY(auto const place, all_came_to(sql, topic));
  return execute(sql,
                 "DELETE FROM event WHERE id IN (SELECT e.id FROM event e WHERE e.topic = :topic AND e.id <= :place AND e.emitted_at < :before"
                 " AND NOT EXISTS (SELECT 1 FROM event_held w JOIN event_handler h ON h.name = w.handler"
                 " WHERE h.topic = e.topic AND w.event_key = e.event_key AND w.event <= e.id)"
                 " AND NOT EXISTS (SELECT 1 FROM event_held w WHERE w.event = e.id)"
                 " AND NOT EXISTS (SELECT 1 FROM event_dead d WHERE d.event = e.id)"
                 " ORDER BY e.id LIMIT " + std::to_string(most) + ")",
                 {{"topic", topic}, {"place", place.value_or(EventId{INT64_MAX})}, {"before", before}});
}

}  // namespace

Result<std::vector<HandlerProgress>> handlers_progress(Records& records) {
  std::vector<HandlerProgress> all;
  MADANG_CHECK(records.read([&](soci::session& sql) -> Result<void> {
    all.clear();
    MADANG_TRY(auto const handlers, select(sql, kPlaces, {"ORDER BY name"}));
    for (auto const& row : handlers) {
      MADANG_TRY(auto progress, progress_of(sql, row));
      all.push_back(std::move(progress));
    }
    return {};
  }));
  return all;
}

Result<std::int64_t> waiting_events(Records& records, std::string const& handler) {
  std::int64_t waiting = 0;
  MADANG_CHECK(records.read([&](soci::session& sql) -> Result<void> {
    waiting = 0;
    MADANG_TRY(auto const place, find(sql, kPlaces, handler));
    if (!place) return {};
    // Behind the handler's place all; up to it those of the keys that wait, from the one that failed on.
    MADANG_TRY(auto const behind, count(sql, kEvents, {"WHERE topic = :topic AND id > :place", {{"topic", place->topic}, {"place", place->place}}}));
    // CROSS JOIN: SQLite begins with the keys, which are few, and not with the events.
    MADANG_TRY(auto const held, count(sql, kHeldKeys, {"CROSS JOIN event WHERE event_held.handler = :handler AND event.topic = :topic"
                                                       " AND event.event_key = event_held.event_key AND event.id >= event_held.event AND event.id <= :place",
                                                       {{"handler", handler}, {"topic", place->topic}, {"place", place->place}}}));
    waiting = behind + held;
    return {};
  }));
  return waiting;
}

Result<std::vector<DeadLetter>> dead_letters(Records& records, DeadLetterPlace const& after, std::size_t limit) {
  std::vector<DeadLetter> letters;
  MADANG_CHECK(records.read([&](soci::session& sql) -> Result<void> {
    letters.clear();
    MADANG_TRY(auto const rows, page_after(sql, kDeadLetters, limit, after.handler, after.event));
    for (auto const& row : rows) {
      MADANG_TRY(auto event, find(sql, kEvents, row.event));
      if (event) letters.push_back({row.handler, event_of(*std::move(event)), row.attempts, row.died_at, row.sentence, row.again});
    }
    return {};
  }));
  return letters;
}

Result<void> try_again(soci::session& sql, DeadLetterPlace const& which) {
  MADANG_TRY(auto const changed, execute(sql, "UPDATE event_dead SET again = 1 WHERE handler = :handler AND event = :event",
                                         {{"handler", which.handler}, {"event", which.event}}));
  if (changed == 0) return unknown(which);
  return {};
}

Result<void> drop(soci::session& sql, DeadLetterPlace const& which) {
  MADANG_TRY(auto const found, erase(sql, kDeadLetters, which.handler, which.event));
  if (!found) return unknown(which);
  return {};
}

Result<void> mark_seen(soci::session& sql, std::span<std::string const> handlers, Instant now) {
  // A clock that is behind another server's takes nothing back; but a clock that was once far ahead would keep a handler for as long.
  for (auto const& name : handlers)
    MADANG_CHECK(execute(sql, "UPDATE event_handler SET seen_at = :now WHERE name = :name AND (seen_at < :same OR seen_at > :ahead)",
                         {{"now", now}, {"name", name}, {"same", now}, {"ahead", now + kHandlerKept}}));
  return {};
}

Result<void> forget_handlers(soci::session& sql, Instant now) {
  auto const before = now - kHandlerKept;
  for (auto const* table : {"event_held", "event_dead"})
    MADANG_CHECK(execute(sql, std::string{"DELETE FROM "} + table + " WHERE handler IN (SELECT name FROM event_handler WHERE seen_at < :before)",
                         {{"before", before}}));
  MADANG_CHECK(execute(sql, "DELETE FROM event_handler WHERE seen_at < :before", {{"before", before}}));
  return {};
}

Result<std::int64_t> tidy(soci::session& sql, Instant now) {
  std::int64_t gone = 0;
  std::string topic;
  while (gone < static_cast<std::int64_t>(kPruneMax)) {
    MADANG_TRY(auto next, topic_after(sql, topic));
    if (!next) break;
    topic = *std::move(next);
    MADANG_TRY(auto const pruned, prune(sql, topic, now - kKeptAfterDone, kPruneMax - static_cast<std::size_t>(gone)));
    gone += pruned;
  }
  return gone;
}

}  // namespace madang::storage::events
