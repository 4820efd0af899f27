// What the command line asks of a running server: an online backup, new areas. Only with the local key.
#pragma once

#include "city/city.h"
#include "storage/observations/store.h"
#include "storage/records/records.h"
#include "web/http/http.h"

namespace madang::app {

/// POST /api/v1/backups?folder=PATH writes records and observations into an empty folder; POST /api/v1/areas?level=N
/// takes GeoJSON. The three outlive the routes.
web::Routes administration_routes(city::City& city, storage::Records& records, storage::ObservationStore& store);

/// The same backup in process: records.db and observations/ in `folder`, which must be absent or empty.
Result<void> write_backup(storage::Records& records, storage::ObservationStore& store, std::string const& folder);

}  // namespace madang::app
