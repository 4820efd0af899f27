// Rules are data: the set that ships with Madang, what each number means and may be, JSON, and what is wrong with one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.h"
#include "sensing/warning/model.h"

namespace madang::sensing::warning {

/// One number of a rule: in JSON under `name`, explained by the catalogue's text `key`.
struct Parameter {
  std::string_view name;
  double Rule::*field;
  std::string_view unit;  ///< "": the channel's
  double min;
  double max;
  std::string_view key;
};
/// Those that a method uses.
std::span<Parameter const> parameters_of(Method method);

/// The catalogue's explanation of a method.
std::string_view key_of(Method method);

/// Version 1, made for 2-minute networks.
RuleSet shipped_rules();

/// kInvalid with a sentence that names rule and field.
Result<void> check(Rule const& rule);
Result<void> check(RuleSet const& set);

std::string json_of(Rule const& rule);
std::string json_of(RuleSet const& set);
/// A body {"note": "...", "rules": [...]}; what a rule leaves out keeps the default of its method. At most kRuleBytesMax.
Result<RuleSet> rule_set_of_json(std::string_view text);
/// Of a set that somebody hands in: kInvalid when a text is in a language that this build has no catalogue for. What is
/// stored is read as it is, since another build may have written it.
Result<void> check_languages(RuleSet const& set);

}  // namespace madang::sensing::warning
