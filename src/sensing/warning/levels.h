// Official thresholds as rules of their own: of the city's median (regional haze is one thing, not 850), of a
// district's median, or of the perceived temperature there. With a mean over time inside the rule's hours, energy for
// sound, and a way back that is lower. Where half of the districts are above, it is the city that is told, and only those districts beside it that are worse.
#pragma once

#include <map>
#include <vector>

#include "sensing/warning/field.h"
#include "sensing/warning/level_mean.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

class Levels {
 public:
  /// `humidity`: the second field of a heat rule, else nullptr. All outlive this.
  Levels(Rule const& rule, std::uint32_t rule_index, Field const& field, Field const* humidity);

  /// After Field::close. `hour_of_day`: local, of the step's beginning, 0 up to 24 with its fraction.
  void step(double hour_of_day, std::vector<Finding>& out);

  [[nodiscard]] Rule const& rule() const { return rule_; }
  [[nodiscard]] Field const& field() const { return field_; }
  void retell();
  Adoption adopt(Before const& before);
  [[nodiscard]] bool is_open(std::string_view key) const;

 private:
  /// One place that is looked at: the city (AreaId 0) or a district.
  struct Watch {
    LevelMean mean;              ///< of the measure over the rule's minutes
    double level = 0;            ///< the newest mean
    std::int64_t measured = -1;  ///< the newest step with a value
    std::int64_t waited = 0;    ///< steps that it stands at a level and is not told, perhaps part of the city's cause
    std::optional<Severity> open = {};
    Severity told = Severity::kNotice;
    Instant since = {};
    int steps_since_told = 0;
  };

  [[nodiscard]] std::map<AreaId, double> measure() const;
  [[nodiscard]] std::map<AreaId, double> medians(Field const& field) const;
  [[nodiscard]] std::map<AreaId, double> perceived() const;
  [[nodiscard]] bool is_in_hours(double hour_of_day) const;
  Watch& watch_of(AreaId area);
  [[nodiscard]] bool is_of_the_city(Watch const& district, std::optional<Severity> reached) const;
  void watch(AreaId area, double value, std::vector<Finding>& out);
  void tell(AreaId area, Watch& w, std::vector<Finding>& out);
  void end(AreaId area, Watch& w, Finding::Over over, std::vector<Finding>& out);
  [[nodiscard]] std::optional<Severity> severity(double value) const;
  [[nodiscard]] double begins_at(Severity severity) const;
  [[nodiscard]] std::string key_of(AreaId area) const;
  [[nodiscard]] Finding describe(AreaId area, Watch const& watch) const;

  Rule const& rule_;
  std::uint32_t rule_index_;
  Field const& field_;
  Field const* humidity_;
  bool energy_;
  std::map<AreaId, Watch> watches_;
};

}  // namespace madang::sensing::warning
