// What citizens read: /alerts, /alerts/{id}, the Atom feed and the CAP messages. Works without JavaScript.
#pragma once

#include "situations/alerts.h"
#include "situations/situations.h"

namespace madang::situations {

web::Routes alert_routes(RouteNeeds const& needs);

}  // namespace madang::situations
