#include "core/characters.h"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <memory>

#include "core/text.h"

namespace madang {

std::size_t characters_in(std::string_view utf8) {
  if (!is_utf8(utf8)) return utf8.size();
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> const breaks{icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status)};
  std::unique_ptr<UText, decltype(&utext_close)> const text{utext_openUTF8(nullptr, utf8.data(), static_cast<std::int64_t>(utf8.size()), &status), &utext_close};
  if (U_FAILURE(status) != 0) return utf8.size();
  breaks->setText(text.get(), status);
  if (U_FAILURE(status) != 0) return utf8.size();
  std::size_t count = 0;
  while (breaks->next() != icu::BreakIterator::DONE) ++count;
  return count;
}

}  // namespace madang
