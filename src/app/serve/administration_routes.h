// What the command line asks of a running server: an online backup, new areas. Only with the local key.
#pragma once

#include "city/city.h"
#include "runtime/data_directory.h"
#include "sensing/quality/calibration.h"
#include "sensing/quality/quality.h"
#include "sensing/sensing.h"
#include "storage/observations/store.h"
#include "storage/records/records.h"
#include "web/http/http.h"

namespace madang::app {

struct AdministrationNeeds {
  city::City& city;
  storage::Records& records;
  storage::ObservationStore& store;
  runtime::DataDirectory const& directory;
  sensing::Ingest& ingest;
  runtime::Clock const& clock;
};

/// POST /api/v1/backups?folder=PATH writes records and observations into an empty folder; POST /api/v1/areas?level=N
/// takes GeoJSON; POST /api/v1/basemap takes what maps draw under the areas, and GET gives it to everybody; POST
/// /api/v1/quality/rerun?from=TIME&to=TIME&channel=C judges history again; POST
/// /api/v1/quality/calibrate?channel=C&name=N&reference=SERIAL&from=TIME&to=TIME. What is needed outlives the routes.
web::Routes administration_routes(AdministrationNeeds needs);

/// {"rule_version":2,"datastreams":..,"values":..,"changed":..,"flagged":{"spike":..}}
std::string rerun_json(sensing::RerunSummary const& summary);
/// {"reference":"median of 845 stations","stations":..,"made":..,"values":..,"distance_before":..}
std::string calibration_json(sensing::CalibrationSummary const& summary);

/// The same backup in process: records.db and observations/ in `folder`, which must be absent or empty.
Result<void> write_backup(storage::Records& records, storage::ObservationStore& store, std::string const& folder);

}  // namespace madang::app
