#include "web/forms/bound.h"

#include <algorithm>

#include "core/characters.h"
#include "core/text.h"
#include "runtime/refusal.h"

namespace madang::web {

std::string_view FilledForm::typed(std::string_view name) const {
  auto const* const field = shape(name);
  if (field == nullptr || field->secret) return {};
  auto const found = std::ranges::find(typed_, name, &Fields::value_type::first);
  return found == typed_.end() ? std::string_view{} : found->second;
}

FieldShape const* FilledForm::shape(std::string_view name) const {
  auto const found = std::ranges::find(shape_, name, &FieldShape::name);
  return found == shape_.end() ? nullptr : &*found;
}

Error const* FilledForm::fault(std::string_view name) const {
  for (auto const& [field, error] : faults_)
    if (field == name) return &error;
  return nullptr;
}

std::vector<std::pair<std::string_view, Error const*>> FilledForm::faults() const {
  std::vector<std::pair<std::string_view, Error const*>> all;
  if (auto const* const whole = fault()) all.emplace_back(std::string_view{}, whole);
  for (auto const& field : shape_)
    if (auto const* const error = fault(field.name)) all.emplace_back(field.name, error);
  return all;
}

void FilledForm::refuse(Error error) {
  std::string field = error.wording && shape(error.wording->field) != nullptr ? error.wording->field : std::string{};
  if (fault(field) == nullptr) faults_.emplace_back(std::move(field), std::move(error));
}

Result<std::string> read_text(std::string_view name, std::string_view typed, TextRules const& rules) {
  if (!rules.secret) typed = trim(typed);
  // Said in characters wherever it can be: nobody sees bytes. Of what is far too long no more is counted than may be kept.
  if (typed.size() > rules.characters_max && characters_in(shortened(typed, rules.bytes_max)) > rules.characters_max)
    return runtime::refuse_field(Code::kLimit, name, "refusal.too_many_characters", {{"max", rules.characters_max}});
  if (typed.size() > rules.bytes_max)
    return runtime::refuse_field(Code::kLimit, name, "refusal.too_long", {{"max", rules.bytes_max}});
  return std::string{typed};
}

Result<std::int64_t> read_number(std::string_view name, std::string_view typed, NumberRules const& rules) {
  auto const number = parse_int(trim(typed));
  if (!number) return runtime::refuse_field(Code::kInvalid, name, "refusal.whole_number");
  if (*number < rules.min) return runtime::refuse_field(Code::kInvalid, name, "refusal.below", {{"value", *number}, {"min", rules.min}});
  if (*number > rules.max) return runtime::refuse_field(Code::kInvalid, name, "refusal.above", {{"value", *number}, {"max", rules.max}});
  return *number;
}

std::unexpected<Error> no_such_choice(std::string_view name, std::string_view typed) {
  return runtime::refuse_field(Code::kInvalid, name, "refusal.no_choice", {{"value", typed.substr(0, 80)}});
}

bool is_blank(std::string_view typed) { return trim(typed).empty(); }

bool is_missing(FieldShape const& field, std::string_view typed) { return field.secret ? typed.empty() : is_blank(typed); }

std::unexpected<Error> refuse_missing(FieldShape const& field, std::string_view key) {
  return runtime::refuse_field(Code::kInvalid, field.name, key);
}

}  // namespace madang::web
