#include "storage/events/plan.h"

#include <algorithm>
#include <set>

namespace madang::storage::events {
namespace {

std::string limited(std::size_t rows) { return " LIMIT " + std::to_string(rows); }

Result<void> plan_fresh(soci::session& sql, Plan& plan, std::size_t limit) {
  auto const place = plan.place.place;
  MADANG_TRY(auto events, select(sql, kEvents, {"WHERE topic = :topic AND id > :place ORDER BY id" + limited(limit),
                                                {{"topic", plan.place.topic}, {"place", place}}}));
  plan.has_more = events.size() == limit;
  if (events.empty()) return {};
  std::set<std::string> waiting;
  Search const of_these{"WHERE handler = :handler AND event_key IN"
                        " (SELECT event_key FROM event WHERE topic = :topic AND id > :place AND id <= :last)",
                        {{"handler", plan.place.name}, {"topic", plan.place.topic}, {"place", place}, {"last", events.back().id}}};
  MADANG_CHECK(for_each(sql, kHeldKeys, of_these, [&](HeldRow&& row) { waiting.insert(std::move(row.key)); }));
  for (auto& row : events) {
    bool const waits = waiting.contains(row.key);
    plan.fresh.push_back({.event = event_of(std::move(row)), .origin = Origin::kFresh, .attempts = 0, .is_passed_over = waits});
  }
  return {};
}

/// A key whose time has come: the event that failed, and those behind it that the handler's place has passed over.
Result<void> plan_key(soci::session& sql, Plan& plan, HeldRow const& held) {
  MADANG_TRY(auto events,
             select(sql, kEvents, {"WHERE topic = :topic AND event_key = :key AND id >= :event AND id <= :place ORDER BY id" + limited(kKeyRunMax),
                                   {{"topic", plan.place.topic}, {"key", held.key}, {"event", held.event}, {"place", plan.place.place}}}));
  for (auto& row : events) {
    std::int64_t const attempts = row.id == held.event ? held.attempts : 0;
    plan.other.push_back({.event = event_of(std::move(row)), .origin = Origin::kHeld, .attempts = attempts});
  }
  return {};
}

Result<void> plan_other(soci::session& sql, Plan& plan, Pace const& pace, Instant now, std::size_t limit) {
  // Also when the clock was set back: nobody waits longer than wait_max.
  Search const due{"WHERE handler = :handler AND (next_at <= :now OR next_at > :far) ORDER BY next_at, event" + limited(limit),
                   {{"handler", plan.place.name}, {"now", now}, {"far", now + pace.wait_max}}};
  MADANG_TRY(auto const held, select(sql, kHeldKeys, due));
  for (auto const& row : held) {
    if (plan.other.size() >= limit) break;
    MADANG_CHECK(plan_key(sql, plan, row));
  }
  MADANG_TRY(auto const dead, select(sql, kDeadLetters, {"WHERE handler = :handler AND again = 1 ORDER BY event" + limited(limit),
                                                  {{"handler", plan.place.name}}}));
  for (auto const& row : dead) {
    MADANG_TRY(auto event, find(sql, kEvents, row.event));
    if (event) plan.other.push_back({.event = event_of(*std::move(event)), .origin = Origin::kDead, .attempts = row.attempts});
  }
  return {};
}

}  // namespace

Millis wait_after(Pace const& pace, std::int64_t attempts) {
  auto wait = pace.wait_first;
  for (std::int64_t i = 1; i < attempts && wait < pace.wait_max; ++i) wait *= 2;
  return std::min(wait, pace.wait_max);
}

Result<Plan> plan_of(soci::session& sql, Handler const& handler, Pace const& pace, Instant now, std::size_t limit) {
  Plan plan;
  MADANG_TRY(auto place, find(sql, kPlaces, handler.name));
  if (!place) return fail(Code::kNotFound, "events: the handler \"" + handler.name + "\" is not registered");
  plan.place = *std::move(place);
  MADANG_CHECK(plan_fresh(sql, plan, limit));
  MADANG_CHECK(plan_other(sql, plan, pace, now, limit));
  return plan;
}

}  // namespace madang::storage::events
