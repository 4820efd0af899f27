// Brings events to one handler: at least once, in order per key, under a lease, so that of several servers one does it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "runtime/clock.h"
#include "storage/events/handler.h"
#include "storage/events/leases.h"
#include "storage/events/plan.h"

namespace madang::storage::events {

/// One thread at a time runs it.
class Delivery {
 public:
  struct Needs {
    Records& records;
    runtime::Clock const& clock;
    Leases& leases;
    std::function<void(Tally const&)> counted = {};  ///< after each batch that stands
  };
  Delivery(Needs needs, Handler handler, Pace pace = {});

  /// Writes down that there is such a handler, and asks for its lease. kInvalid, kLimit: its name or topic.
  Result<void> open();
  [[nodiscard]] Handler const& handler() const { return handler_; }
  [[nodiscard]] std::string const& lease() const { return lease_; }

  /// Handles batches until nothing is due, the lease is not held, or `at_most` is over.
  Result<void> run(Millis at_most);
  /// One batch, if the lease is held; whether there may be more to do at once.
  Result<bool> step();

 private:
  using Attempt = std::function<Result<void>(Event const&)>;
  /// What was done of a plan.
  struct Ran {
    std::vector<Outcome> outcomes;
    EventId place;
    bool all = true;
    Tally tally;
  };

  Result<Plan> read_plan();
  [[nodiscard]] std::vector<Task> tasks_of(Plan const& plan);
  Ran run_tasks(Plan const& plan, std::vector<Task> const& tasks, Attempt const& attempt);
  Result<Ran> apply_all(Plan const& plan, std::vector<Task> const& tasks);
  Result<Ran> act_all(Plan const& plan, std::vector<Task> const& tasks);
  Result<void> apply_one(soci::session& sql, Event const& event) const;
  Result<void> isolate_failure(Plan const& plan, Error const& error);

  Needs const needs_;
  Handler const handler_;
  Pace const pace_;
  std::string const lease_;
  std::size_t alone_ = 0;          ///< so many steps take one event each, for a batch could not be written
  bool fresh_first_ = true;        ///< in turns, so that slow ones of one kind do not starve the other
  std::vector<Task> begun_;        ///< attempts of the batch that runs
};

}  // namespace madang::storage::events
