// A language that nobody speaks, made from the English texts: every letter has an accent and every text stands in ⟦ and ⟧.
// What a page shows in plain letters then did not come from locales/, and what lacks its ⟧ is cut.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/embedded.h"

namespace madang::test {

/// As BCP 47 calls it.
inline constexpr std::string_view kPseudoLanguage = "en-XA";

/// "{count, plural, one {# lamp}}" becomes "⟦{count, plural, one {# ļâɱƥ}}⟧".
std::string pseudo_text(std::string_view message);

/// The English ones of `files` again, in the pseudo language. Owns their bytes.
class PseudoFiles {
 public:
  explicit PseudoFiles(std::span<runtime::EmbeddedFile const> files);
  [[nodiscard]] std::vector<runtime::EmbeddedFile> const& files() const { return files_; }

 private:
  std::deque<std::string> owned_;
  std::vector<runtime::EmbeddedFile> files_;
};

}  // namespace madang::test
