// One request to the server that holds a data directory, with its local key.
#pragma once

#include <string>
#include <string_view>

#include "modules/local_access.h"

namespace madang::modules {

/// The body of a 2xx answer; any other becomes an Error with the server's own sentence.
Result<std::string> post_to_local_server(LocalServer const& server, std::string_view target, std::string_view body);

Result<std::string> get_from_local_server(LocalServer const& server, std::string_view target);

}  // namespace madang::modules
