// Official thresholds as rules of their own: of the city's median (regional haze is one thing, not 850), of a
// district's median, or of the perceived temperature there. With a mean over time inside the rule's hours, energy for
// sound, and a way back that is lower. Where half of the districts are above, it is the city that is reported, and only those districts beside it that are worse.
#pragma once

#include <list>
#include <map>
#include <vector>

#include "sensing/warning/field.h"
#include "sensing/warning/level_mean.h"
#include "sensing/warning/level_measure.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

/// One rule over all streams of its channel that are real, or all that are simulated, whatever their steps and paces are.
class Levels {
 public:
  /// `rule` outlives this.
  Levels(Rule const& rule, std::uint32_t rule_index, bool simulated);

  /// Streams of one step and pace; `humidity`: that heat is felt with. Outlives this.
  void attach(Field const& field, bool humidity);
  /// After Field::close of one that is attached. `hour_of_day`: local, of the step's beginning, 0 up to 24 with its fraction.
  void step(Field const& closed, double hour_of_day, std::vector<Finding>& out);
  /// Goes on with the means of another one of the same rule: what it has measured is measured.
  void inherit(Levels const& before);

  [[nodiscard]] Rule const& rule() const { return rule_; }
  [[nodiscard]] bool is_simulated() const { return simulated_; }
  /// Keys of real and of simulated streams differ.
  [[nodiscard]] bool is_under(std::string_view key) const;
  void mark_open_unreported();
  Adoption adopt(Before const& before);
  [[nodiscard]] bool is_open(std::string_view key) const;

 private:
  /// One place that is looked at: the city (AreaId 0) or a district.
  struct Watch {
    LevelMean mean;              ///< of the measure over the rule's minutes
    double level = 0;            ///< the newest mean
    std::int64_t measured = -1;  ///< the newest step with a mean, or from which on silence counts
    std::int64_t judged = -1;    ///< the newest step with a value that its mean holds
    std::int64_t waited = 0;    ///< steps that it stands at a level and is not reported, perhaps part of the city's cause
    std::optional<Severity> open = {};
    Severity reported = Severity::kNotice;
    Instant since = {};
    int steps_since_report = 0;
    bool whole = false;          ///< a mean of it was seen here; before, after a restart, it is only not whole yet
    bool due = false;            ///< to be reported, however shortly after the last time
  };
  /// What is seen at one step and pace.
  struct Pace {
    LevelMeasure measure;
    std::map<AreaId, Watch> watches;
    [[nodiscard]] bool is_open(Levels const& levels, std::string_view key) const;
  };

  Pace& pace_of(Field const& field);
  [[nodiscard]] LevelMeasure* slower_than(Pace const& pace);
  [[nodiscard]] Pace* pace_of_most();
  [[nodiscard]] Pace* pace_that_knows(AreaId area);
  [[nodiscard]] std::int64_t steps_in_hours(Pace const& pace, double hour_of_day) const;
  Watch& watch_of(Pace& pace, AreaId area);
  [[nodiscard]] bool is_of_the_city(Watch const& district, std::optional<Severity> reached) const;
  void judge(Pace& pace, double hour_of_day, std::vector<Finding>& out);
  void watch(Pace& pace, AreaId area, double value, std::vector<Finding>& out);
  void report(Pace const& pace, AreaId area, Watch& w, std::vector<Finding>& out);
  void end(Pace const& pace, AreaId area, Watch& w, Finding::Over over, std::vector<Finding>& out);
  [[nodiscard]] std::optional<Severity> severity(double value) const;
  [[nodiscard]] double begins_at(Severity severity) const;
  [[nodiscard]] std::string key_of(AreaId area) const;
  [[nodiscard]] Finding describe(Pace const& pace, AreaId area, Watch const& watch) const;

  Rule const& rule_;
  std::uint32_t rule_index_;
  bool simulated_;
  std::list<Pace> paces_;  ///< those that wait longer come later
};

}  // namespace madang::sensing::warning
