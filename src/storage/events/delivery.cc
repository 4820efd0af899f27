#include "storage/events/delivery.h"

#include <soci/soci.h>

#include <algorithm>
#include <set>

#include "runtime/log.h"
#include "storage/events/names.h"
#include "storage/records/sessions.h"
#include "storage/records/transactions.h"

namespace madang::storage::events {
namespace {

constexpr std::string_view kLeasePrefix = "events ";

/// Failures that say nothing about the event.
bool is_of_the_records(Code code) { return code == Code::kUnavailable || code == Code::kFull; }

}  // namespace

Delivery::Delivery(Needs needs, Handler handler, Pace pace)
    : needs_(std::move(needs)), handler_(std::move(handler)), pace_(pace), lease_(std::string{kLeasePrefix} + handler_.name) {
  MADANG_ASSERT(static_cast<bool>(handler_.apply) != static_cast<bool>(handler_.act));
}

Result<void> Delivery::open() {
  MADANG_CHECK(check_name("event handler", handler_.name, kHandlerNameMax));
  MADANG_CHECK(check_name("event handler " + handler_.name + ": the topic", handler_.topic, kTopicMax));
  auto const now = needs_.clock.now();
  auto const sign_on = [&](soci::session& sql) -> Result<void> {
    EventId const place{handler_.from_the_beginning ? 0 : next_id(sql, "event") - 1};
    MADANG_CHECK(execute(sql, "INSERT INTO event_handler (name, topic, place, seen_at) VALUES (:name, :topic, :place, :now) ON CONFLICT (name) DO NOTHING",
                         {{"name", handler_.name}, {"topic", handler_.topic}, {"place", place}, {"now", now}}));
    MADANG_CHECK(execute(sql, "UPDATE event_handler SET topic = :topic, seen_at = :now WHERE name = :name",
                         {{"topic", handler_.topic}, {"now", now}, {"name", handler_.name}}));
    return {};
  };
  MADANG_CHECK(needs_.records.transaction(sign_on));
  needs_.leases.request(lease_);
  return {};
}

Result<void> Delivery::run(Millis at_most) {
  auto const until = needs_.clock.tick() + at_most;
  for (bool more = true; more;) {
    MADANG_TRY(more, step());
    if (needs_.clock.tick() >= until) break;
  }
  return {};
}

Result<Plan> Delivery::read_plan() {
  CallDeadline const within(kHandleMax);
  Plan plan;
  MADANG_CHECK(needs_.records.read([&](soci::session& sql) -> Result<void> {
    MADANG_TRY(plan, plan_of(sql, handler_, pace_, needs_.clock.now(), alone_ > 0 ? 1 : kBatchMax));
    return {};
  }));
  return plan;
}

std::vector<Task> Delivery::tasks_of(Plan const& plan) {
  fresh_first_ = !fresh_first_;
  auto tasks = fresh_first_ ? plan.fresh : plan.other;
  auto const& second = fresh_first_ ? plan.other : plan.fresh;
  tasks.insert(tasks.end(), second.begin(), second.end());
  if (alone_ > 0 && tasks.size() > 1) tasks.resize(1);
  return tasks;
}

Result<bool> Delivery::step() {
  if (!needs_.leases.holds(lease_)) return false;
  MADANG_TRY(auto const plan, read_plan());
  auto const tasks = tasks_of(plan);
  if (tasks.empty()) return false;
  begun_.clear();
  auto const ran = handler_.apply ? apply_all(plan, tasks) : act_all(plan, tasks);
  if (!ran) {
    MADANG_CHECK(isolate_failure(plan, ran.error()));
    return fail(ran.error());
  }
  bool const was_alone = alone_ > 0;
  if (was_alone) --alone_;
  // Behind a dead letter its key goes on at once.
  return was_alone || plan.has_more || !ran->all || ran->tally.dead > 0 || !plan.other.empty();
}

Delivery::Ran Delivery::run_tasks(Plan const& plan, std::vector<Task> const& tasks, Attempt const& attempt) {
  auto const until = needs_.clock.tick() + kBatchTime;
  Ran ran{.outcomes = {}, .place = plan.place.place, .all = true, .tally = {}};
  std::set<std::string> failed;
  begun_.clear();
  for (auto const& task : tasks) {
    bool const is_late = !begun_.empty() && needs_.clock.tick() >= until;
    if (is_late || !needs_.leases.holds(lease_)) {
      ran.all = false;
      break;
    }
    bool const is_fresh = task.origin == Origin::kFresh;
    bool const waits = task.origin != Origin::kDead && (task.is_passed_over || failed.contains(task.event.key));
    if (!waits) {
      begun_.push_back(task);
      auto const done = attempt(task.event);
      if (!done && task.origin != Origin::kDead) failed.insert(task.event.key);
      ran.outcomes.push_back({task, done.has_value(), done ? "" : done.error().sentence});
    }
    if (is_fresh) ran.place = task.event.id;
  }
  return ran;
}

Result<void> Delivery::apply_one(soci::session& sql, Event const& event) const {
  sql << "SAVEPOINT one_event";
  Result<void> done;
  try {
    done = handler_.apply(sql, event);
  } catch (std::exception const& exception) {
    // The transaction itself is lost: it is begun anew, or fails as a whole.
    if (lost_against_another(exception) || !is_alive(sql)) throw;
    done = fail(error_of(exception, handler_.name));
  }
  // Throws where an engine has ended the transaction with the statement, and then nothing of it may stand.
  if (!done) sql << "ROLLBACK TO SAVEPOINT one_event";
  sql << "RELEASE SAVEPOINT one_event";
  return done;
}

Result<Delivery::Ran> Delivery::apply_all(Plan const& plan, std::vector<Task> const& tasks) {
  CallDeadline const within(kHandleMax);
  Ran ran;
  MADANG_CHECK(needs_.leases.transaction(lease_, [&](soci::session& sql) -> Result<void> {
    ran = run_tasks(plan, tasks, [&](Event const& event) { return apply_one(sql, event); });
    MADANG_TRY(ran.tally, record_outcomes(sql, handler_, pace_, ran.place, ran.outcomes, needs_.clock.now()));
    return {};
  }));
  if (needs_.counted) needs_.counted(ran.tally);
  return ran;
}

Result<Delivery::Ran> Delivery::act_all(Plan const& plan, std::vector<Task> const& tasks) {
  auto const act = [this](Event const& event) -> Result<void> {
    try {
      return handler_.act(event);
    } catch (std::exception const& exception) {
      return fail(Code::kInternal, handler_.name + ": " + exception.what());
    }
  };
  auto ran = run_tasks(plan, tasks, act);
  MADANG_CHECK(needs_.leases.transaction(lease_, [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(ran.tally, record_outcomes(sql, handler_, pace_, ran.place, ran.outcomes, needs_.clock.now()));
    return {};
  }));
  if (needs_.counted) needs_.counted(ran.tally);
  return ran;
}

/// A batch could not be written, such as one in which a handler hung. The next ones are single events, and one that cannot be written
/// alone either has failed.
Result<void> Delivery::isolate_failure(Plan const& plan, Error const& error) {
  if (!handler_.apply || begun_.empty() || is_of_the_records(error.code) || !needs_.leases.holds(lease_)) return {};
  bool const was_alone = alone_ > 0;
  alone_ = 2 * kBatchMax;
  if (!was_alone) return {};
  auto const& task = begun_.front();
  auto const place = task.origin == Origin::kFresh ? task.event.id : plan.place.place;
  Tally tally;
  MADANG_CHECK(needs_.leases.transaction(lease_, [&](soci::session& sql) -> Result<void> {
    MADANG_TRY(tally, record_outcomes(sql, handler_, pace_, place, {{task, false, error.sentence}}, needs_.clock.now()));
    return {};
  }));
  if (needs_.counted) needs_.counted(tally);
  return {};
}

}  // namespace madang::storage::events
