// JSON Patch (RFC 6902), as FROST's clients send it: its operations one after the other, all or nothing. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::opendata {

/// `document`: a JSON object; `patch`: a body from outside, a list of operations. kInvalid names the operation and its path
/// ("/2/path: replace "/name": ..."); kConflict: a test does not hold; kUnsupported: the document as a whole; kLimit: more than
/// kPatchStepsMax, nested too deep, or an entity that grows above kPatchedBytesMax. Members keep their order, integers their digits.
Result<std::string> json_patched(std::string document, std::string_view patch);

/// Whether a Content-Type says that a body is one.
[[nodiscard]] bool is_json_patch(std::string_view content_type);

}  // namespace madang::opendata
