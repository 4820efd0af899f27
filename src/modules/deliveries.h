// The event handlers of all modules, run as leased jobs, and what is measured and tidied up about events.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/clock.h"
#include "runtime/jobs.h"
#include "runtime/metrics.h"
#include "storage/events/delivery.h"

namespace madang::modules {

class Deliveries {
 public:
  struct Needs {
    storage::Records& records;
    runtime::Clock const& clock;
    runtime::Metrics& metrics;
    storage::events::Leases& leases;
  };
  explicit Deliveries(Needs needs);

  /// kConflict: there is one of this name already; kInvalid, kLimit: its name or topic.
  Result<void> add(storage::events::Handler handler);
  /// All live as long as the jobs.
  void add_jobs(runtime::Jobs& jobs);

 private:
  Result<void> measure();
  Result<void> tidy();

  Needs const needs_;
  std::vector<std::unique_ptr<storage::events::Delivery>> all_;
  std::vector<std::string> names_;
};

}  // namespace madang::modules
