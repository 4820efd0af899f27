// The control room: files built from ui/ that live inside the binary, compressed beforehand.
#pragma once

#include <span>

#include "runtime/embedded.h"
#include "web/http/http.h"

namespace madang::app {

/// /control and below: hashed assets may be kept for ever, every other path is the one page. Sends the .br or .gz
/// twin to browsers that take it. The files outlive the routes.
web::Routes control_room_routes(std::span<runtime::EmbeddedFile const> files);

}  // namespace madang::app
