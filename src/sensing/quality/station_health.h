// Which stations report and what ails the others, summed up: the one answer behind /api/v1/health and the page /health.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "city/city.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "sensing/live/now.h"
#include "sensing/quality/health.h"
#include "web/http/http.h"

namespace madang::sensing {

struct AreaHealth {
  AreaId area;
  city::Name name;
  std::size_t stations = 0;
  std::size_t reporting = 0;
};

/// A line of the work list with what people call the device.
struct WorkLine {
  WorkItem item;
  std::string serial;
  city::Name name;
};

struct StationHealth {
  Instant now;
  ReportCounts stations;                    ///< Things with at least one fitted Datastream, by the best of its channels
  std::map<Ailment, std::size_t> ailments;  ///< lines of the work list; those without any are left out
  std::vector<AreaHealth> areas;            ///< of level 1, by code
  std::vector<WorkLine> work;               ///< at most kWorkLinesMax, worst first
};

/// All outlive the routes.
struct HealthNeeds {
  HealthView const& health;
  std::shared_ptr<NowView> now;
  city::City const& city;
  runtime::Messages const& messages;
  runtime::Clock const& clock;
};
StationHealth station_health(HealthNeeds const& needs);

/// `with_work`: for operators and the local command line only.
std::string station_health_json(StationHealth const& health, bool with_work);

/// GET /api/v1/health and GET /health; /api/v1/health/work for who may see devices.
web::Routes health_routes(HealthNeeds const& needs);

}  // namespace madang::sensing
