#include "storage/events/events.h"

#include <algorithm>
#include <array>
#include <vector>

#include "storage/events/limits.h"
#include "storage/events/names.h"
#include "storage/events/tables.h"
#include "storage/records/transactions.h"

namespace madang::storage::events {
namespace {

constexpr std::array kEventMigrations = {
    Migration{"2026-12 keep leases",
              "CREATE TABLE lease (name TEXT NOT NULL PRIMARY KEY, holder TEXT NOT NULL, number BIGINT NOT NULL,"
              " renewed BIGINT NOT NULL, length BIGINT NOT NULL, until_at BIGINT NOT NULL)"},
    Migration{"2026-12 keep events and how far their handlers are",
              "CREATE TABLE event (id BIGINT NOT NULL PRIMARY KEY, topic TEXT NOT NULL, event_key TEXT NOT NULL,"
              " payload TEXT NOT NULL, emitted_at BIGINT NOT NULL);"
              "CREATE INDEX event_by_topic ON event (topic, id);"
              "CREATE INDEX event_by_key ON event (topic, event_key, id);"
              "CREATE TABLE event_handler (name TEXT NOT NULL PRIMARY KEY, topic TEXT NOT NULL, place BIGINT NOT NULL,"
              " seen_at BIGINT NOT NULL);"
              "CREATE TABLE event_held (handler TEXT NOT NULL REFERENCES event_handler (name), event_key TEXT NOT NULL,"
              " event BIGINT NOT NULL REFERENCES event (id), attempts BIGINT NOT NULL, next_at BIGINT NOT NULL,"
              " sentence TEXT NOT NULL, PRIMARY KEY (handler, event_key));"
              "CREATE INDEX event_held_due ON event_held (handler, next_at);"
              "CREATE INDEX event_held_event ON event_held (event);"
              "CREATE TABLE event_dead (handler TEXT NOT NULL REFERENCES event_handler (name),"
              " event BIGINT NOT NULL REFERENCES event (id), attempts BIGINT NOT NULL, died_at BIGINT NOT NULL,"
              " sentence TEXT NOT NULL, again SMALLINT NOT NULL, PRIMARY KEY (handler, event));"
              "CREATE INDEX event_dead_event ON event_dead (event)"},
};

Result<void> check_emission(Emission const& emission) {
  if (emission.key.empty()) return fail(Code::kInvalid, "event: the key is empty");
  if (emission.key.size() > kEventKeyMax) return fail(Code::kLimit, "event: the key is longer than " + std::to_string(kEventKeyMax) + " bytes");
  if (emission.payload.size() > kPayloadMax) {
    return fail(Code::kLimit, "event: the payload is larger than " + std::to_string(kPayloadMax) + " bytes");
  }
  return {};
}

}  // namespace

Result<void> migrate(Records& records) { return records.migrate("events", kEventMigrations); }

Result<EventId> emit_all(soci::session& sql, Instant now, std::string_view topic, std::span<Emission const> emissions) {
  MADANG_CHECK(check_name("event: the topic", topic, kTopicMax));
  for (auto const& emission : emissions) MADANG_CHECK(check_emission(emission));
  if (emissions.empty()) return EventId{};
  // The row of this number stays locked until the transaction ends: who comes next waits for it, and gets a higher one.
  auto const first = take_ids(sql, "event", static_cast<std::int64_t>(emissions.size()));
  std::vector<EventRow> rows;
  rows.reserve(emissions.size());
  for (auto id = first; auto const& emission : emissions)
    rows.push_back({EventId{id++}, std::string{topic}, emission.key, Json{emission.payload}, now});
  MADANG_CHECK(insert_all(sql, kEvents, std::span<EventRow const>{rows}));
  return EventId{first};
}

Result<EventId> emit(soci::session& sql, Instant now, std::string_view topic, std::string_view key, std::string_view payload) {
  Emission const one{std::string{key}, std::string{payload}};
  return emit_all(sql, now, topic, {&one, 1});
}

}  // namespace madang::storage::events
