// Signing in and out, as pages that work without JavaScript.
#pragma once

#include "city/city.h"
#include "runtime/messages.h"
#include "web/html/navigation.h"
#include "web/http/http.h"

namespace madang::app {

/// GET and POST /login, POST /logout. All arguments outlive the routes.
web::Routes login_routes(city::Rights& rights, runtime::Messages const& messages, web::Navigation const& navigation, city::Name city);

}  // namespace madang::app
