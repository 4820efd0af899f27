// Whether whoever asks reads pages or is a program: it decides between a page and JSON where a request is refused.
#pragma once

#include <string_view>

#include "web/http/http.h"

namespace madang::web {

/// Whether an Accept field names text/html and prefers nothing to it: no other range has a higher weight (RFC 9110, 12.4.2), and JSON,
/// where it is named, a lower one.
bool prefers_html(std::string_view accept);
/// Paths at which nothing but programs is answered, whatever they say that they take: libraries' defaults name text/html first.
bool is_of_programs(std::string_view path);
/// By somebody who reads pages: a link was followed, or a form or nothing was sent, and the path is none of those for programs.
bool wants_page(Request const& request);

}  // namespace madang::web
