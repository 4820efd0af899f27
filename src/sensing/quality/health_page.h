// The page /health: how many stations report, which districts have gaps, what the marks and notices mean. No internals
// of devices, no JavaScript.
#pragma once

#include "sensing/quality/station_health.h"
#include "web/html/page_frame.h"

namespace madang::sensing {

web::Response health_page(HealthNeeds const& needs, StationHealth const& health, web::Request const& request);

}  // namespace madang::sensing
