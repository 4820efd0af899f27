#include "runtime/refusal.h"

#include <utility>

#include "core/language.h"
#include "runtime/shipped.h"

namespace madang::runtime {
namespace {

Messages::Arguments values_of(ErrorArguments const& arguments) {
  Messages::Arguments values;
  for (auto const& [name, argument] : arguments)
    values.emplace_back(name, std::visit([](auto const& value) { return Messages::Value{value}; }, argument.value));
  return values;
}

std::string with_field(std::string_view field, std::string sentence) {
  return field.empty() ? std::move(sentence) : std::string{field} + ": " + std::move(sentence);
}

}  // namespace

std::unexpected<Error> refuse(Code code, std::string_view key, ErrorArguments arguments) {
  return refuse_field(code, {}, key, std::move(arguments));
}

std::unexpected<Error> refuse_field(Code code, std::string_view field, std::string_view key, ErrorArguments arguments) {
  auto sentence = with_field(field, shipped_messages().text(kSourceLanguage, key, values_of(arguments)));
  return fail({code, std::move(sentence), std::make_shared<Wording const>(std::string{key}, std::string{field}, std::move(arguments))});
}

std::unexpected<Error> refuse_as(std::string_view field, Error error) {
  if (!error.wording) return fail({error.code, with_field(field, std::move(error.sentence)), nullptr});
  return refuse_field(error.code, field, error.wording->key, error.wording->arguments);
}

std::optional<std::string> said(Messages const& messages, std::string_view language, Error const& error) {
  if (!error.wording || !messages.knows(error.wording->key)) return std::nullopt;
  return messages.text(language, error.wording->key, values_of(error.wording->arguments));
}

}  // namespace madang::runtime
