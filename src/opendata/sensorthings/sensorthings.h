// OGC SensorThings 1.1 (18-088) under /sta/v1.1: the city's registry and its observations for everybody, and the way in
// for devices and importers that speak HTTP.
#pragma once

#include "city/city.h"
#include "runtime/clock.h"
#include "runtime/messages.h"
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
};

/// Reading is public; writing needs a key, and a key with a scope writes only to its Things.
web::Routes sensorthings_routes(SensorthingsNeeds needs);

}  // namespace madang::opendata
