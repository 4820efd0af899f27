// Text without I/O: UTF-8, Korea's CP949, numbers in text, and the nearest word for "did you mean".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace madang {

bool is_utf8(std::string_view text);
/// Every malformed sequence becomes U+FFFD.
std::string repair_utf8(std::string_view text);

/// CP949 (windows-949, a superset of EUC-KR) to UTF-8. kInvalid: names the byte offset.
Result<std::string> utf8_of_cp949(std::string_view bytes);
/// windows-1252 (a superset of ISO 8859-1), and UTF-16 without its mark; what cannot be read becomes U+FFFD.
std::string utf8_of_windows1252(std::string_view bytes);
std::string utf8_of_utf16(std::string_view bytes, bool big_endian);

/// At most so many bytes, cut between two characters.
std::string_view shortened(std::string_view text, std::size_t bytes_max);
std::string_view trim(std::string_view text);
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// A to Z as a to z, every other byte as it is: for words of protocols and files, whatever the locale says.
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string ascii_lower(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);

/// The whole text as a finite number; nothing else around it.
std::optional<double> parse_double(std::string_view text);
std::optional<std::int64_t> parse_int(std::string_view text);

/// The candidate with the smallest edit distance, if it is near enough to be a typing error.
std::optional<std::string_view> nearest_word(std::string_view word, std::span<std::string_view const> candidates);

}  // namespace madang
