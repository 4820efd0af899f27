#include "sensing/warning/rules.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <set>

#include "runtime/refusal.h"
#include "sensing/warning/limits.h"

namespace madang::sensing::warning {
namespace {

constexpr Parameter kShare{"share", &Rule::share, "of the alarms a day", 0, 1, "warning.parameter.share"};
constexpr Parameter kThreshold{"threshold", &Rule::threshold, "deviations", 0, 80, "warning.parameter.threshold"};
constexpr Parameter kSlack{"slack", &Rule::slack, "deviations", 0.25, 5, "warning.parameter.slack"};
constexpr Parameter kStepMost{"step_most", &Rule::step_most, "deviations", 1, 40, "warning.parameter.step_most"};
constexpr Parameter kSpread{"spread", &Rule::spread, "", 0.001, 1000, "warning.parameter.spread"};
constexpr Parameter kSpreadMin{"spread_min", &Rule::spread_min, "", 0.0001, 1000, "warning.parameter.spread_min"};
constexpr Parameter kBias{"bias", &Rule::bias, "", 0, 10'000, "warning.parameter.bias"};
constexpr Parameter kExcessMin{"excess_min", &Rule::excess_min, "", 0, 10'000, "warning.parameter.excess_min"};
constexpr Parameter kExcessSerious{"excess_serious", &Rule::excess_serious, "", 0, 100'000, "warning.parameter.excess_serious"};
constexpr Parameter kExcessAlone{"excess_alone", &Rule::excess_alone, "", 0, 100'000, "warning.parameter.excess_alone"};
constexpr Parameter kRadius{"radius", &Rule::radius, "m", 50, 10'000, "warning.parameter.radius"};
constexpr Parameter kSteps{"steps", &Rule::steps, "values", 1, 1000, "warning.parameter.steps"};
constexpr Parameter kBackSteps{"back_steps", &Rule::back_steps, "values", 1, 1000, "warning.parameter.back_steps"};
constexpr Parameter kMemory{"memory_minutes", &Rule::memory_minutes, "min", 1, 10'080, "warning.parameter.memory_minutes"};

constexpr std::array kNeighbourParameters{kShare,      kThreshold, kSlack,     kStepMost,      kSpread, kSpreadMin,
                                          kBias,       kExcessMin, kExcessSerious, kExcessAlone, kRadius, kBackSteps, kMemory};
constexpr std::array kPersistenceParameters{kShare, kThreshold, kSlack, kStepMost, kSpread, kSpreadMin, kBias,
                                            kExcessMin, kExcessSerious, kExcessAlone, kRadius, kSteps, kBackSteps, kMemory,
                                            Parameter{"level_alone", &Rule::level_alone, "", 0, 10'000, "warning.parameter.level_alone"},
                                            Parameter{"saturation", &Rule::saturation, "", 0, 10'000, "warning.parameter.saturation"}};
constexpr std::array kSurgeParameters{
    kShare, kThreshold, kSlack, kStepMost, kSpread, kSpreadMin, kBias, kExcessMin, kExcessSerious, kExcessAlone, kRadius,
    kSteps, kBackSteps, kMemory, Parameter{"level_min", &Rule::level_min, "people", 0, 1'000'000, "warning.parameter.level_min"},
    Parameter{"rate_min", &Rule::rate_min, "people/min", 0, 100'000, "warning.parameter.rate_min"},
    Parameter{"density_min", &Rule::density_min, "people/m2", 0, 20, "warning.parameter.density_min"},
    Parameter{"density_serious", &Rule::density_serious, "people/m2", 0, 20, "warning.parameter.density_serious"},
    Parameter{"density_critical", &Rule::density_critical, "people/m2", 0, 20, "warning.parameter.density_critical"}};
constexpr std::array kLevelParameters{Parameter{"notice", &Rule::notice, "", 0, 100'000, "warning.parameter.notice"},
                                      Parameter{"caution", &Rule::caution, "", 0, 100'000, "warning.parameter.caution"},
                                      Parameter{"serious", &Rule::serious, "", 0, 100'000, "warning.parameter.serious"},
                                      Parameter{"critical", &Rule::critical, "", 0, 100'000, "warning.parameter.critical"},
                                      Parameter{"hysteresis", &Rule::hysteresis, "share", 0, 0.9, "warning.parameter.hysteresis"},
                                      Parameter{"minutes", &Rule::minutes, "min", 1, 1440, "warning.parameter.minutes"},
                                      Parameter{"hour_from", &Rule::hour_from, "h", 0, 24, "warning.parameter.hour_from"},
                                      Parameter{"hour_to", &Rule::hour_to, "h", 0, 24, "warning.parameter.hour_to"}};

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::kNeighbours: return "neighbours";
    case Method::kPersistence: return "persistence";
    case Method::kSurge: return "surge";
    case Method::kLevel: return "level";
  }
  return "";
}

std::optional<Method> method_of(std::string_view name) {
  for (auto const m : {Method::kNeighbours, Method::kPersistence, Method::kSurge, Method::kLevel}) {
    if (name_of(m) == name) return m;
  }
  return std::nullopt;
}

std::string_view name_of(Measure measure) {
  switch (measure) {
    case Measure::kMedian: return "city_median";
    case Measure::kDistrict: return "district_median";
    case Measure::kHeat: return "perceived_temperature";
  }
  return "";
}

std::optional<Measure> measure_of(std::string_view name) {
  for (auto const m : {Measure::kMedian, Measure::kDistrict, Measure::kHeat}) {
    if (name_of(m) == name) return m;
  }
  return std::nullopt;
}

std::span<Parameter const> parameters_of(Method method) {
  switch (method) {
    case Method::kNeighbours: return kNeighbourParameters;
    case Method::kPersistence: return kPersistenceParameters;
    case Method::kSurge: return kSurgeParameters;
    case Method::kLevel: return kLevelParameters;
  }
  return {};
}

std::string_view key_of(Method method) {
  switch (method) {
    case Method::kNeighbours: return "warning.method.neighbours";
    case Method::kPersistence: return "warning.method.persistence";
    case Method::kSurge: return "warning.method.surge";
    case Method::kLevel: return "warning.method.level";
  }
  return "";
}

Result<void> check(Rule const& rule) {
  if (rule.id.empty() || rule.id.size() > 64 || rule.id.find(':') != std::string::npos)
    return runtime::refuse(Code::kInvalid, "refusal.rules.id", {{"rule", rule.id}});
  for (auto const& [field, text] : {std::pair{"channel", &rule.channel}, std::pair{"kind", &rule.kind}})
    if (text->empty() || text->size() > 64)
      return runtime::refuse(Code::kInvalid, "refusal.rules.length", {{"rule", rule.id}, {"field", field}});
  for (auto const& p : parameters_of(rule.method)) {
    double const value = rule.*p.field;
    if (!std::isfinite(value) || value < p.min || value > p.max) {
      return runtime::refuse(Code::kInvalid, "refusal.rules.bounds",
                             {{"rule", rule.id}, {"field", p.name}, {"value", fmt::format("{}", value)},
                              {"min", fmt::format("{}", p.min)}, {"max", fmt::format("{}", p.max)}});
    }
  }
  return {};
}

Result<void> check(RuleSet const& set) {
  if (set.rules.size() > kRulesMax) return runtime::refuse_field(Code::kLimit, "rules", "refusal.rules.too_many", {{"max", kRulesMax}});
  std::set<std::string_view> ids;
  double shares = 0;
  for (auto const& rule : set.rules) {
    MADANG_CHECK(check(rule));
    if (!ids.insert(rule.id).second) {
      return runtime::refuse(Code::kInvalid, "refusal.rules.id_twice", {{"rule", rule.id}});
    }
    if (rule.enabled && rule.method != Method::kLevel) shares += rule.share;
  }
  if (shares > 1 + 1e-9) {
    return runtime::refuse_field(Code::kInvalid, "rules", "refusal.rules.shares", {{"sum", fmt::format("{:.2f}", shares)}});
  }
  return {};
}

}  // namespace madang::sensing::warning
