// Numbers as people and spreadsheets write them. What could be read in two ways, a thousand times apart, is not read.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::sensing {

/// How a file writes its numbers.
struct NumberStyle {
  bool decimal_comma = false;
  char thousands = 0;  ///< stated by the mapping: '.', ',', ' ' or '\''; 0: not stated

  [[nodiscard]] char decimal() const { return decimal_comma ? ',' : '.'; }
};

/// "1013.2", "+1 013,2", "1.013,2", "−5", "1.25E+01". Spaces (also those that do not break) and apostrophes between groups of
/// three digits are read in any style; dots or commas where they can be nothing else ("1.013,2", "1.013.200"), or where
/// the style states them. kInvalid: not a number, or one that could be a thousand times another; the sentence says what
/// would help.
Result<double> read_number(std::string_view text, NumberStyle style);

/// Without spaces around it, those of other alphabets included.
std::string_view bare(std::string_view text);
/// A row of nothing but separators, as spreadsheets leave them behind by the thousand.
bool is_blank_row(std::span<std::string_view const> fields);

}  // namespace madang::sensing
