// A posted entity with everything nested in it: each nested entity is new, or a link ({"@iot.id": n}, whatever else
// stands beside it) to one that exists. The registry's part is made with city::Writer, so it is all or nothing; the
// observations are collected into one batch, checked before the registry is written.
#pragma once

#include <cstdint>
#include <optional>

#include "city/city.h"
#include "opendata/sensorthings/identities.h"
#include "opendata/sensorthings/json_node.h"
#include "opendata/sensorthings/observations.h"
#include "opendata/sensorthings/paths.h"

namespace madang::opendata {

/// What is around an entity: the collection's parent in the path, or the entity that it is nested in. 0: none of the kind.
struct Surroundings {
  ThingId thing;
  LocationId location;
  SensorId sensor;
  ObservedPropertyId observed_property;
  DatastreamId datastream;
  FeatureId feature;
};
Surroundings surroundings_of(std::optional<EntityRef> const& parent);

/// The entity that was asked for. Of an observation the id is known only after the batch is stored: its index is here.
struct Inserted {
  EntityKind kind = EntityKind::kThing;
  std::int64_t id = 0;
  std::uint32_t observation = 0;
};

class DeepInsert {
 public:
  DeepInsert(city::Writer& writer, PostContext const& context) : writer_(writer), context_(context) {}

  /// kInvalid, kNotFound, kUnsupported: the sentence names the place; kForbidden: outside the key's scope.
  Result<Inserted> insert(Node const& node, EntityKind kind, Surroundings const& around);
  [[nodiscard]] storage::Batch take_batch() { return std::move(batch_); }

 private:
  Result<ThingId> insert_thing(Node const& node, Surroundings const& around);
  Result<LocationId> insert_location(Node const& node, Surroundings const& around);
  Result<SensorId> insert_sensor(Node const& node, bool shared);
  Result<ObservedPropertyId> insert_observed_property(Node const& node, bool shared);
  Result<FeatureId> insert_feature(Node const& node, bool shared);
  Result<DatastreamId> insert_datastream(Node const& node, Surroundings const& around);
  Result<std::uint32_t> insert_observation(Node const& node, Surroundings const& around);

  Result<void> insert_datastreams(Node const& node, Surroundings const& around);
  Result<void> insert_observations(Node const& node, Surroundings const& around);
  Result<void> place_thing(Node const& location, ThingId thing);
  Result<ThingId> thing_of(Node const& node, ThingId around);
  Result<SensorId> sensor_of(Node const& node, SensorId around);
  Result<ObservedPropertyId> observed_property_of(Node const& node, ObservedPropertyId around);
  Result<DatastreamId> datastream_of(Node const& node, DatastreamId around);
  Result<FeatureId> feature_of(Node const& node, FeatureId around);
  Result<void> check_thing(ThingId thing) const;
  /// Sensors, ObservedProperties, FeaturesOfInterest and Locations alone belong to no Thing.
  Result<void> check_unscoped() const;

  city::Writer& writer_;
  PostContext const& context_;
  storage::Batch batch_;
  Identities identities_;
};

}  // namespace madang::opendata
