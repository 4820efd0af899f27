// What citizens read: /alerts, /alerts/{id} with its picture, the Atom feed and the CAP messages. Works without JavaScript.
#pragma once

#include "situations/alerts.h"
#include "situations/situation_json.h"
#include "situations/situations.h"

namespace madang::situations {

web::Routes alert_routes(RouteNeeds const& needs);

/// The picture for whom it is; `?lang=` and `?theme=light|dark` choose, else what the browser says.
Result<web::Response> picture_response(web::Request const& request, Situation const& s, RouteNeeds const& needs,
                                       Audience audience);

}  // namespace madang::situations
