// Events over HTTP: how far their handlers are, dead letters, and what somebody decides about one. docs/events.md.
#pragma once

#include "runtime/clock.h"
#include "storage/records/records.h"
#include "web/http/http.h"

namespace madang::app {

inline constexpr web::Permission kSeeEvents{"events.see"};
inline constexpr web::Permission kWorkEvents{"events.work"};

/// Both outlive the routes.
struct EventRouteNeeds {
  storage::Records& records;
  runtime::Clock const& clock;
};
web::Routes event_routes(EventRouteNeeds needs);

}  // namespace madang::app
