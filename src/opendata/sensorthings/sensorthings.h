// OGC SensorThings 1.1 (18-088) under /sta/v1.1: the city's registry and its observations for everybody, and the way in
// for devices and importers that speak HTTP.
#pragma once

#include <functional>

#include "city/city.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "sensing/sensing.h"
#include "storage/observations/store.h"
#include "web/http/http.h"

namespace madang::opendata {

struct SensorthingsNeeds {
  city::City& city;
  storage::ObservationStore& store;
  sensing::Ingest& ingest;
  runtime::Clock const& clock;
  runtime::Messages const* messages = nullptr;  ///< without them resultQuality has no sentence
  sensing::UnstoredMessages* unstored = nullptr;  ///< with it devices that post nothing that can be stored are known
  runtime::Metrics* metrics = nullptr;
};

/// The service's routes, and how it ends.
struct SensorthingsService {
  web::Routes routes;
  /// Posts that wait are answered 503 and not done, and so are those that come; what is being done is done. Before the doors shut, so
  /// that each of them hears it. Quick, from any thread.
  std::function<void()> stop;
};
SensorthingsService sensorthings_service(SensorthingsNeeds needs);

/// Its routes alone. Reading is public; writing needs a key, and a key with a scope writes only to its Things.
web::Routes sensorthings_routes(SensorthingsNeeds needs);

}  // namespace madang::opendata
