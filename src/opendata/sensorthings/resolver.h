// From a resource path to what it stands for: an entity, a collection of everything of a kind, or one of a parent.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "city/city.h"
#include "core/error.h"
#include "opendata/sensorthings/paths.h"
#include "storage/observations/store.h"

namespace madang::opendata {

std::unexpected<Error> not_found(EntityRef ref);

struct Target {
  bool many = true;
  EntityKind kind = EntityKind::kThing;
  std::int64_t id = 0;
  std::optional<EntityRef> parent;
  std::vector<std::string> property;  ///< below the entity
};

struct ResolveContext {
  city::City const& city;
  storage::ObservationStore& store;
};

/// kNotFound: there is no such entity, link or property. kUnsupported: the standard knows it, this service does not.
/// The path is not empty.
Result<Target> resolve(ResolveContext const& context, ResourcePath const& path);

/// What an observation is about: what it says itself, or its Datastream's default; 0: nothing.
FeatureId feature_of(city::City const& city, storage::StoredObservation const& observation);

}  // namespace madang::opendata
