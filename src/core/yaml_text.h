// JSON written again as YAML 1.2, for people: blocks instead of braces, quotes only where a text would be read as something
// else. Every YAML reader makes the same of it.
#pragma once

#include <string>
#include <string_view>

#include "core/error.h"

namespace madang {

/// kInvalid: `json` is none; `what` names it in the sentence. Members stay in their order.
Result<std::string> yaml_of_json(std::string_view what, std::string_view json);

}  // namespace madang
