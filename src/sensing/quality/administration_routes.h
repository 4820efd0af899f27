// What the command line asks of a running server about quality: history judged again, calibrated values. Only with the
// local key.
#pragma once

#include "city/city.h"
#include "sensing/quality/calibration.h"
#include "sensing/quality/quality.h"
#include "sensing/sensing.h"
#include "storage/observations/store.h"
#include "web/http/http.h"

namespace madang::sensing {

struct AdministrationNeeds {
  city::City& city;
  storage::ObservationStore& store;
  Ingest& ingest;
  runtime::Clock const& clock;
};

/// POST /api/v1/quality/rerun?from=TIME&to=TIME&channel=C judges history again; POST
/// /api/v1/quality/calibrate?channel=C&name=N&reference=SERIAL&from=TIME&to=TIME. What is needed outlives the routes.
web::Routes administration_routes(AdministrationNeeds needs);

/// {"rule_version":2,"datastreams":..,"values":..,"changed":..,"flagged":{"spike":..}}
std::string rerun_json(RerunSummary const& summary);
/// {"reference":"median of 845 stations","stations":..,"made":..,"values":..,"distance_before":..}
std::string calibration_json(CalibrationSummary const& summary);

}  // namespace madang::sensing
