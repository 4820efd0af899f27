#include "city/model.h"

#include "core/language.h"

namespace madang::city {

std::string const& Name::in(std::string_view language) const {
  static std::string const kEmpty;
  for (auto const wanted : {language, kSourceLanguage}) {
    for (auto const& [tag, text] : by_language) {
      if (tag == wanted) return text;
    }
  }
  return by_language.empty() ? kEmpty : by_language.begin()->second;
}

}  // namespace madang::city
