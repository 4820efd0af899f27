// The letters of mail: header texts and bodies as RFC 5322, 2045 and 2047 want them. Pure. Whatever text goes in, what
// comes out is one header field of ASCII, so nobody can add fields of their own.
#pragma once

#include <string>
#include <string_view>

#include "core/time.h"

namespace madang::situations::notices {

std::string base64(std::string_view bytes);

/// The value of the field `name` (without the name itself): the text as it is when that is a short line of printable
/// ASCII, else encoded words of UTF-8 in folded lines of at most kMailLineMax columns, never cutting a character.
std::string header_text(std::string_view name, std::string_view text);

/// UTF-8 text as a base64 body in lines of 76 columns, its line ends made CRLF before.
std::string base64_body(std::string_view text);

/// RFC 5322's date-time in UTC: "Thu, 26 Nov 2026 05:03:00 +0000".
std::string mail_date(Instant t);

}  // namespace madang::situations::notices
