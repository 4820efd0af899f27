#include "city/model.h"

namespace madang::city {

std::string const& Name::in(std::string_view language) const {
  static std::string const kEmpty;
  for (auto const wanted : {language, std::string_view{"en"}}) {
    for (auto const& [tag, text] : by_language) {
      if (tag == wanted) return text;
    }
  }
  return by_language.empty() ? kEmpty : by_language.begin()->second;
}

}  // namespace madang::city
