// JSON as devices write it, made into JSON: a nan printed by printf, a leading plus, Python's None, single quotes, a name
// without quotes, a comma too many, a degree sign in Latin-1. Only for text that a strict parser has refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace madang::sensing {

/// Without a byte order mark in front and the zero bytes of a C string behind.
std::string_view without_wrapping(std::string_view payload);

/// The text as JSON: words that mean "no value" become null, other words and numbers that no double holds become texts, so
/// that one bad value stays one bad value. nullopt: it is cut off, or its brackets do not match.
std::optional<std::string> repaired_json(std::string_view text);

/// "", nan, inf, null, None, n/a, --, unavailable and the like, in any case of letters.
bool means_no_value(std::string_view text);

/// A number in text, also with a plus in front; white space around it is passed over. Neither a comma nor a unit.
std::optional<double> number_of_text(std::string_view text);

}  // namespace madang::sensing
