#include "modules/deliveries.h"

#include <algorithm>

#include "modules/module.h"
#include "storage/events/handler_progress.h"
#include "storage/records/transactions.h"

namespace madang::modules {
namespace {

namespace events = storage::events;

constexpr Millis kLookForEventsEvery{200};
/// So that a server that stops waits no longer for what has much to do.
constexpr Millis kHandleAtATime{1'000};
constexpr Millis kMeasureEventsEvery{5'000};
constexpr Millis kTidyEventsEvery{60'000};
constexpr char const* kTidyLease = "events";

runtime::Metrics::Labels of(std::string const& handler) { return {{"handler", handler}}; }

std::function<void(events::Tally const&)> counter_of(runtime::Metrics& metrics, std::string const& handler) {
  auto const counted = [&metrics, &handler](char const* result) {
    return &metrics.counter("madang_events_handled_total", "Attempts of event handlers by what became of them.",
                            {{"handler", handler}, {"result", result}});
  };
  return [done = counted("done"), failed = counted("failed"), dead = counted("dead")](events::Tally const& tally) {
    done->Increment(static_cast<double>(tally.done));
    failed->Increment(static_cast<double>(tally.failed - tally.dead));
    dead->Increment(static_cast<double>(tally.dead));
  };
}

}  // namespace

Deliveries::Deliveries(Needs needs) : needs_(needs) { needs_.leases.request(kTidyLease); }

Result<void> Deliveries::add(events::Handler handler) {
  if (std::ranges::find(names_, handler.name) != names_.end()) return fail(Code::kConflict, "event handler " + handler.name + ": two have this name");
  names_.push_back(handler.name);
  auto counted = counter_of(needs_.metrics, handler.name);
  all_.push_back(std::make_unique<events::Delivery>(
      events::Delivery::Needs{needs_.records, needs_.clock, needs_.leases, std::move(counted)}, std::move(handler)));
  return all_.back()->open();
}

void Deliveries::add_jobs(runtime::Jobs& jobs) {
  for (auto const& delivery : all_)
    jobs.every(kLookForEventsEvery, delivery->lease(), [&each = *delivery] { return each.run(kHandleAtATime); });
  jobs.every(kMeasureEventsEvery, "events_measured", [this] { return measure(); });
  jobs.every(kTidyEventsEvery, "events_tidied", [this] { return tidy(); });
}

Result<void> Deliveries::measure() {
  storage::CallDeadline const brief(kJobRecordsWait);
  MADANG_TRY(auto const all, events::handlers_progress(needs_.records));
  auto const now = needs_.clock.now();
  for (auto const& each : all) {
    // A clock that was set back makes nothing younger than now.
    auto const behind = each.oldest ? std::max(now - *each.oldest, Millis{0}) : Millis{0};
    auto& metrics = needs_.metrics;
    metrics.gauge("madang_events_lag_seconds", "Age of the oldest event that a handler has not done; 0: none.", of(each.handler))
        .Set(std::chrono::duration<double>(behind).count());
    metrics.gauge("madang_events_held_keys", "Keys whose events wait because one of them failed.", of(each.handler))
        .Set(static_cast<double>(each.held_keys));
    metrics.gauge("madang_events_dead_letters", "Events that failed too often and wait for an operator.", of(each.handler))
        .Set(static_cast<double>(each.dead_letters));
  }
  return {};
}

Result<void> Deliveries::tidy() {
  storage::CallDeadline const brief(kJobRecordsWait);
  // Each server has its own handlers; one of them removes what none has.
  if (!names_.empty())
    MADANG_CHECK(needs_.records.transaction([&](soci::session& sql) { return events::mark_seen(sql, names_, needs_.clock.now()); }));
  if (!needs_.leases.holds(kTidyLease)) return {};
  // By itself, so that what they leave behind, however much it is, cannot undo it.
  MADANG_CHECK(needs_.leases.transaction(kTidyLease, [&](soci::session& sql) { return events::forget_handlers(sql, needs_.clock.now()); }));
  auto const until = needs_.clock.tick() + kHandleAtATime;
  std::int64_t gone = 0;
  do {
    MADANG_CHECK(needs_.leases.transaction(kTidyLease, [&](soci::session& sql) -> Result<void> {
      MADANG_TRY(gone, events::tidy(sql, needs_.clock.now()));
      return {};
    }));
  } while (gone == static_cast<std::int64_t>(events::kPruneMax) && needs_.clock.tick() < until);
  return {};
}

}  // namespace madang::modules
