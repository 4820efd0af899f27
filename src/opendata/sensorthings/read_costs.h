// Which reads may walk through much and take seconds: they wait in a queue of their own, so that plain ones are answered meanwhile.
// Pure.
#pragma once

#include <string_view>

#include "web/http/http.h"

namespace madang::opendata {

/// By the request alone, before anything is looked up. What cannot be read costs no more than its refusal.
[[nodiscard]] bool may_walk(std::string_view path, web::Fields const& query);

}  // namespace madang::opendata
