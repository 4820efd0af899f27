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
#include "sensing/readings/unstored_messages.h"
#include "web/html/navigation.h"
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

/// A station as the counts have it.
struct StationLine {
  ThingId thing;
  ReportState state = ReportState::kNeverHeard;
  Instant heard;  ///< the arrival of the newest message; kInstantMin: none ever
};

struct StationHealth {
  Instant now;
  ReportCounts stations;                    ///< Things with at least one fitted Datastream, by the best of its channels
  std::map<Ailment, std::size_t> ailments;  ///< lines of the work list; those without any are left out
  std::vector<AreaHealth> areas;            ///< of level 1, by code
  std::vector<WorkLine> work;               ///< at most kWorkLinesMax, worst first
  std::vector<StationLine> lines;           ///< of all stations that are counted, by Thing
};

/// All outlive the routes.
struct HealthNeeds {
  HealthView const& health;
  std::shared_ptr<NowView> now;
  city::City const& city;
  runtime::Messages const& messages;
  runtime::Clock const& clock;
  UnstoredMessages const* unstored = nullptr;  ///< without it nobody knows of messages that were refused
  web::Navigation const* navigation = nullptr;  ///< without it the page has no links to others
};
StationHealth station_health(HealthNeeds const& needs);

/// `with_work`: for operators and the local command line only.
std::string station_health_json(StationHealth const& health, bool with_work);

/// The stations behind one of the counts: who is meant by "late".
std::string station_lines_json(StationHealth const& health, ReportState state);

/// GET /api/v1/health, GET /api/v1/health/stations?state=late, GET /health; /api/v1/health/work for who may see devices.
web::Routes health_routes(HealthNeeds const& needs);

}  // namespace madang::sensing
