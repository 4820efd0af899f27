// What may throw on a network thread: a library, or a room above. It costs the one connection that it happens to.
#pragma once

#include <exception>
#include <string_view>
#include <utility>

#include "runtime/log.h"

namespace madang::web::net {

/// Runs `act`; when it throws, that is logged for `module`, and `otherwise` runs.
template <typename Act, typename Otherwise>
void guarded(std::string_view module, Act&& act, Otherwise&& otherwise) {
  try {
    std::forward<Act>(act)();
    return;
  } catch (std::exception const& e) {
    runtime::log_error(module, "connection_threw", {{"what", e.what()}});
  } catch (...) {
    runtime::log_error(module, "connection_threw", {{"what", "something that is no exception"}});
  }
  std::forward<Otherwise>(otherwise)();
}

}  // namespace madang::web::net
