// How long a text is for who reads it.
#pragma once

#include <cstddef>
#include <string_view>

namespace madang {

/// What a reader calls characters, Unicode's grapheme clusters: a syllable is one however it is composed, a flag and a family of emojis
/// too. What is no UTF-8 counts by its bytes.
std::size_t characters_in(std::string_view utf8);

}  // namespace madang
