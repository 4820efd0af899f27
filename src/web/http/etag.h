// Entity tags: a weak hash of the bytes, so that a page that did not change is not sent again.
#pragma once

#include <string>
#include <string_view>

namespace madang::web {

/// W/"16 hex digits"; the same bytes give the same tag in every run.
std::string weak_etag(std::string_view bytes);
/// RFC 9110 13.1.2, weak comparison: `if_none_match` is "*" or a list of tags.
bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace madang::web
