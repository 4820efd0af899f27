#include "city/words.h"

namespace madang::city {

Name in_every_language(runtime::Messages const& messages, std::string_view key, runtime::Messages::Arguments const& arguments) {
  Name name;
  for (auto const& language : messages.languages())
    name.by_language.insert_or_assign(language, messages.text(language, key, arguments));
  return name;
}

void write_name(JsonWriter& w, Name const& name) {
  w.begin_object();
  for (auto const& [language, text] : name.by_language) w.field(language, text);
  w.end_object();
}

}  // namespace madang::city
