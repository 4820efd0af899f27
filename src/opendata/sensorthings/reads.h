// GET: from a resource path to its JSON.
#pragma once

#include <optional>
#include <string>

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/deadline.h"
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
  std::optional<Deadline> deadline = {};        ///< by the store's clock

  [[nodiscard]] std::optional<Tick> until() const { return deadline ? std::optional(deadline->at) : std::nullopt; }
};

/// kNotFound: there is no such entity, link or property; an Observation that was superseded is answered 410 with a link to the
/// one that counts now. kUnsupported: the standard knows it, this service does not; kUnavailable: the deadline passed.
Result<web::Response> read_resource(ReadContext const& context, std::string_view path);

/// One entity as JSON.
Result<std::string> entity_json(ReadContext const& context, EntityRef ref);

}  // namespace madang::opendata
