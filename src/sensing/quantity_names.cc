#include "sensing/quantity_names.h"

namespace madang::sensing {

std::string quantity_name(runtime::Messages const& messages, std::string_view language, QuantityInfo const& quantity) {
  auto name = messages.text(language, quantity.name_key);
  if (quantity.span_key.empty()) return name;
  return messages.text(language, quantity.span_key, {{"quantity", std::move(name)}});
}

std::string quantity_name(runtime::Messages const& messages, std::string_view language, std::string_view channel) {
  auto const* const info = quantity(channel);
  return info == nullptr ? std::string{channel} : quantity_name(messages, language, *info);
}

city::Name quantity_names(runtime::Messages const& messages, std::string_view channel) {
  city::Name name;
  if (auto const* const info = quantity(channel))
    for (auto const& language : messages.languages())
      name.by_language.insert_or_assign(language, quantity_name(messages, language, *info));
  return name;
}

}  // namespace madang::sensing
