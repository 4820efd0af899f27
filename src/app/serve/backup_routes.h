// An online backup, asked for by the command line. Only with the local key.
#pragma once

#include <functional>
#include <string>

#include "storage/observations/store.h"
#include "storage/records/records.h"
#include "web/http/http.h"

namespace madang::app {

/// POST /api/v1/backups?folder=PATH writes records and observations into an empty folder. Both outlive the routes.
web::Routes backup_routes(storage::Records& records, storage::ObservationStore& store);

using CopyObservations = std::function<Result<void>(std::string const& folder)>;
/// The same backup in process: records.db and observations/ in `folder`, which must be absent or empty.
Result<void> write_backup(storage::Records& records, CopyObservations const& copy_observations, std::string const& folder);

}  // namespace madang::app
