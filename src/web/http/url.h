// Percent-encoding, query strings and urlencoded forms: one grammar, bounded.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/error.h"
#include "web/http/http.h"

namespace madang::web {

enum class Plus { kIsPlus, kIsSpace };

/// kInvalid: a '%' without two hex digits, a NUL, or bytes that are not UTF-8; the sentence names the offset.
Result<std::string> percent_decode(std::string_view text, Plus plus = Plus::kIsPlus);
/// Everything but letters, digits and "-._~" becomes %XX.
std::string percent_encode(std::string_view text);

/// "a=1&b=%20&c": names and values decoded ('+' is a space), in order; a part without '=' has an empty value; empty
/// parts are skipped. kLimit: more than fields_max; kInvalid as percent_decode, naming the field.
Result<Fields> parse_urlencoded(std::string_view text, std::size_t fields_max);

/// The target of the page behind the one at `target`, as `link` (an absolute URL or a target) names it: our own path with the link's
/// query. A server names itself by its public address, and who stands behind its proxy asks it by another.
/// kInvalid: the link has no query, or leads back to the same page.
Result<std::string> next_page(std::string_view target, std::string_view link);

}  // namespace madang::web
