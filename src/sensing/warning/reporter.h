// From findings to Situations: parts of one cause are reported as one, what one judgement finds of it as one report, and what
// was reported before a restart goes on.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "city/city.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "sensing/warning/engine.h"
#include "sensing/warning/shared_cause.h"
#include "sensing/warning/warm_start.h"
#include "situations/situations.h"

namespace madang::sensing::warning {

/// Not thread-safe. What Situations refuse is logged and counted; an end is tried again.
class Reporter {
 public:
  struct Needs {
    situations::Situations& situations;
    city::City const& city;
    runtime::Messages const& messages;
    runtime::Metrics& metrics;
  };
  explicit Reporter(Needs needs);

  /// What of before goes on, is dormant, or is over. A part that nobody looks at any more ends alone where others go on.
  void continue_causes(std::vector<Continued> const& all, RuleSet const& rules);
  /// After a restart, of those that go on: how parts of them ended before, as far as their timelines say.
  void restore_ended_parts(std::vector<Continued> const& all, Engine const& engine);
  /// What was reported and is over by now: stations that deliver late may still show it.
  void remember(std::vector<situations::SituationPtr> const& ended);
  /// All that one judgement found.
  void report(std::vector<Finding> findings, Engine const& engine);
  void retry_refused_ends();

  void raise(situations::Signal signal);
  void end(std::string const& key, situations::End why);

 private:
  void report_finding(Finding const& finding, Engine const& engine);
  void end_parts(Continued const& continued);
  /// What one judgement says of a cause until all of it is known.
  struct PendingReport {
    situations::Signal whole;
    bool only_left = true;  ///< nothing was found of it but that parts of it are over
  };
  PendingReport& add_pending(situations::Signal whole);
  void raise_pending(std::string const& key);
  void raise_all_pending();
  void raise_cause(situations::Signal signal);
  void clear(std::string const& key);

  /// A part that ended while stations still showed it, or as usual: an engine that is made anew numbers rules and stations anew.
  struct StillShown {
    std::string rule;
    std::vector<DatastreamId> streams;  ///< none: nobody knows which, and it counts as shown
    situations::End why = situations::End::kUnconfirmed;
  };
  void remember_ended_part(std::string const& key, Finding const& finding, Engine const& engine);
  /// Why a cause whose last part was measured to be over ends: kGone, unless some of it is shown still.
  [[nodiscard]] static situations::End end_of_last_part(std::vector<StillShown> const& parts, SharedCauses::Cleared const& cleared, Engine const& engine);

  Needs needs_;
  RuleSet rules_;
  SharedCauses causes_;
  std::map<std::string, PendingReport> pending_;  ///< of this judgement and not reported yet, by key
  std::map<std::string, std::vector<StillShown>> still_shown_;  ///< by key of a cause that goes on with other parts
  std::vector<std::string> clears_due_;
  std::map<std::string, situations::End> ends_due_;
  prometheus::Counter& kept_;
  prometheus::Counter& refused_;
};

}  // namespace madang::sensing::warning
