// Official thresholds as rules of their own: of the city's median (regional haze is one thing, not 850), of a
// district's median, or of the perceived temperature there. With a mean over time and a way back that is lower. Where
// half of the districts are above, it is the city that is told, and only those districts beside it that are worse.
#pragma once

#include <map>
#include <vector>

#include "sensing/warning/field.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

class Levels {
 public:
  /// `humidity`: the second field of a heat rule, else nullptr. All outlive this.
  Levels(Rule const& rule, std::uint32_t rule_index, Field const& field, Field const* humidity);

  /// After Field::close. `hour_of_day`: local.
  void step(std::size_t hour_of_day, std::vector<Finding>& out);

  [[nodiscard]] Rule const& rule() const { return rule_; }
  [[nodiscard]] Field const& field() const { return field_; }
  void retell();
  void adopt(std::string const& key, Instant since, Severity severity);
  bool forget(std::string_view key);

 private:
  /// One place that is looked at: the city (AreaId 0) or a district.
  struct Watch {
    double mean = 0;             ///< of the measure over the rule's minutes
    std::uint32_t known = 0;     ///< steps in the mean, at most the rule's
    std::uint32_t waited = 0;    ///< steps that it stands at a level and is not told, perhaps part of the city's cause
    std::optional<Severity> open;
    Severity told = Severity::kNotice;
    Instant since;
    int steps_since_told = 0;
  };

  [[nodiscard]] std::map<AreaId, double> measure() const;
  [[nodiscard]] std::map<AreaId, double> medians(Field const& field) const;
  [[nodiscard]] std::map<AreaId, double> perceived() const;
  [[nodiscard]] std::uint32_t steps_of_mean() const;
  [[nodiscard]] bool is_of_the_city(Watch const& district, std::optional<Severity> reached) const;
  void watch(AreaId area, double value, bool in_hours, std::vector<Finding>& out);
  [[nodiscard]] std::optional<Severity> severity(double value) const;
  [[nodiscard]] double begins_at(Severity severity) const;
  [[nodiscard]] std::string key_of(AreaId area) const;
  [[nodiscard]] Finding describe(AreaId area, Watch const& watch) const;

  Rule const& rule_;
  std::uint32_t rule_index_;
  Field const& field_;
  Field const* humidity_;
  std::map<AreaId, Watch> watches_;
};

}  // namespace madang::sensing::warning
