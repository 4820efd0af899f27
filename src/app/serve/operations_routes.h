// What those who run a server ask it: is it alive, is it ready, how is it doing.
#pragma once

#include <atomic>

#include "modules/permissions.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "storage/observations/store.h"
#include "web/http/http.h"

namespace madang::app {

/// /healthz: the process answers. /readyz: it has opened everything and the store takes writes. /metrics: Prometheus
/// text 0.0.4, or OpenMetrics 1.0 by Accept. /api/v1/me: who is signed in here, and what he may do. All outlive the routes.
web::Routes operations_routes(runtime::Metrics& metrics, std::atomic<bool> const& ready, modules::Permissions const& permissions);

/// Numbers of the store, read at a scrape, at most once a second. All outlive the metrics' last scrape.
void measure_store(runtime::Metrics& metrics, storage::ObservationStore& store, runtime::Clock const& clock);

}  // namespace madang::app
