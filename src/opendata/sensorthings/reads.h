// GET: from a resource path to its JSON.
#pragma once

#include <string>

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/paths.h"
#include "runtime/messages.h"
#include "storage/observations/store.h"
#include "web/http/http.h"

namespace madang::opendata {

struct ReadContext {
  city::City const& city;
  storage::ObservationStore& store;
  std::string base;  ///< "http://host/sta/v1.1"
  web::Fields const& query;
  runtime::Messages const* messages = nullptr;  ///< for the sentence in resultQuality
};

/// kNotFound: there is no such entity, link or property; an Observation that was superseded is answered 410 with a link to the
/// one that counts now. kUnsupported: the standard knows it, this service does not.
Result<web::Response> read_resource(ReadContext const& context, std::string_view path);

/// One entity as JSON.
Result<std::string> entity_json(ReadContext const& context, EntityRef ref);

}  // namespace madang::opendata
