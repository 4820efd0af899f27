// The registry's tables, each described once, and the entities as their rows.
#pragma once

#include <optional>
#include <string>

#include "city/changes.h"
#include "city/model.h"
#include "core/error.h"
#include "storage/records/rows.h"

namespace madang::city {

struct AreaRow {
  AreaId id;
  std::string code, name;
  AreaId parent;
  int level = 1;
  std::string shape;
};
inline constexpr auto kAreas = storage::table<AreaRow>(
    "area", storage::key("id", &AreaRow::id), storage::column("code", &AreaRow::code), storage::column("name", &AreaRow::name),
    storage::column("parent", &AreaRow::parent), storage::column("level", &AreaRow::level), storage::column("shape", &AreaRow::shape));

struct ThingRow {
  ThingId id;
  std::string serial, name, description, properties;
  bool simulated = false;
  std::optional<Instant> retired_at;
};
inline constexpr auto kThings = storage::table<ThingRow>(
    "thing", storage::key("id", &ThingRow::id), storage::column("serial", &ThingRow::serial), storage::column("name", &ThingRow::name),
    storage::column("description", &ThingRow::description), storage::column("properties", &ThingRow::properties),
    storage::column("simulated", &ThingRow::simulated), storage::column("retired_at", &ThingRow::retired_at));

struct LocationRow {
  LocationId id;
  std::string name, description, encoding_type, geometry;
  bool has_point = false;
  double latitude = 0, longitude = 0;
  std::string properties;
};
inline constexpr auto kLocations = storage::table<LocationRow>(
    "location", storage::key("id", &LocationRow::id), storage::column("name", &LocationRow::name),
    storage::column("description", &LocationRow::description), storage::column("encoding_type", &LocationRow::encoding_type),
    storage::column("geometry", &LocationRow::geometry), storage::column("has_point", &LocationRow::has_point),
    storage::column("latitude", &LocationRow::latitude), storage::column("longitude", &LocationRow::longitude),
    storage::column("properties", &LocationRow::properties));

struct PlacementRow {
  ThingId thing;
  LocationId location;
  std::int64_t sequence = 0;
};
inline constexpr auto kPlacements = storage::table<PlacementRow>(
    "placement", storage::key("thing", &PlacementRow::thing), storage::key("location", &PlacementRow::location),
    storage::column("sequence", &PlacementRow::sequence));

struct SensorRow {
  SensorId id;
  std::string name, description, encoding_type, metadata;
  bool metadata_is_json = false;
  std::string model;
  std::int64_t measurement_class = 0;  ///< a class of a newer Madang is read as unknown
  std::string grade, notice, source, channels, properties;
};
inline constexpr auto kSensors = storage::table<SensorRow>(
    "sensor", storage::key("id", &SensorRow::id), storage::column("name", &SensorRow::name),
    storage::column("description", &SensorRow::description), storage::column("encoding_type", &SensorRow::encoding_type),
    storage::column("metadata", &SensorRow::metadata), storage::column("metadata_is_json", &SensorRow::metadata_is_json),
    storage::column("model", &SensorRow::model), storage::column("measurement_class", &SensorRow::measurement_class),
    storage::column("grade", &SensorRow::grade), storage::column("notice", &SensorRow::notice),
    storage::column("source", &SensorRow::source), storage::column("channels", &SensorRow::channels),
    storage::column("properties", &SensorRow::properties));

struct ObservedPropertyRow {
  ObservedPropertyId id;
  std::string name, definition, description, properties;
};
inline constexpr auto kObservedProperties = storage::table<ObservedPropertyRow>(
    "observed_property", storage::key("id", &ObservedPropertyRow::id), storage::column("name", &ObservedPropertyRow::name),
    storage::column("definition", &ObservedPropertyRow::definition),
    storage::column("description", &ObservedPropertyRow::description),
    storage::column("properties", &ObservedPropertyRow::properties));

struct FeatureRow {
  FeatureId id;
  std::string name, description, encoding_type, geometry, properties;
};
inline constexpr auto kFeatures = storage::table<FeatureRow>(
    "feature_of_interest", storage::key("id", &FeatureRow::id), storage::column("name", &FeatureRow::name),
    storage::column("description", &FeatureRow::description), storage::column("encoding_type", &FeatureRow::encoding_type),
    storage::column("geometry", &FeatureRow::geometry), storage::column("properties", &FeatureRow::properties));

struct DatastreamRow {
  DatastreamId id;
  ThingId thing;
  SensorId sensor;
  ObservedPropertyId observed_property;
  std::string channel, name, description, observation_type, unit, properties;
  FeatureId default_feature;
  Millis interval_ms{0};
  bool fitted = true;
};
inline constexpr auto kDatastreams = storage::table<DatastreamRow>(
    "datastream", storage::key("id", &DatastreamRow::id), storage::column("thing", &DatastreamRow::thing),
    storage::column("sensor", &DatastreamRow::sensor), storage::column("observed_property", &DatastreamRow::observed_property),
    storage::column("channel", &DatastreamRow::channel), storage::column("name", &DatastreamRow::name),
    storage::column("description", &DatastreamRow::description),
    storage::column("observation_type", &DatastreamRow::observation_type), storage::column("unit", &DatastreamRow::unit),
    storage::column("properties", &DatastreamRow::properties),
    storage::column("default_feature", &DatastreamRow::default_feature),
    storage::column("interval_ms", &DatastreamRow::interval_ms), storage::column("fitted", &DatastreamRow::fitted));

using RegistryActId = Id<struct RegistryActTag>;
struct ActRow {
  RegistryActId id;
  EntryKind kind = EntryKind::kThing;
  std::int64_t entry = 0;
  Act act = Act::kEdited;
  Instant at;
  std::string actor, said_before, said_after;
  std::int64_t journal = 0;
  ThingId of_thing;  ///< of a Datastream; 0: of another entry, or written before this was kept
};
inline constexpr auto kActs = storage::table<ActRow>(
    "registry_act", storage::key("id", &ActRow::id), storage::column("kind", &ActRow::kind), storage::column("entry", &ActRow::entry),
    storage::column("act", &ActRow::act), storage::column("at", &ActRow::at), storage::column("actor", &ActRow::actor),
    storage::column("said_before", &ActRow::said_before), storage::column("said_after", &ActRow::said_after),
    storage::column("journal", &ActRow::journal), storage::column("of_thing", &ActRow::of_thing));

AreaRow row_of(Area const& area);
ThingRow row_of(Thing const& thing);
LocationRow row_of(Location const& location);
SensorRow row_of(Sensor const& sensor);
ObservedPropertyRow row_of(ObservedProperty const& property);
FeatureRow row_of(FeatureOfInterest const& feature);
DatastreamRow row_of(Datastream const& datastream);

// kCorrupt: structured text that this program could not have written. A Location's Area is not kept.
Result<Area> entity_of(AreaRow row);
Result<Thing> entity_of(ThingRow row);
Result<Location> entity_of(LocationRow row);
Result<Sensor> entity_of(SensorRow row);
Result<ObservedProperty> entity_of(ObservedPropertyRow row);
Result<FeatureOfInterest> entity_of(FeatureRow row);
Result<Datastream> entity_of(DatastreamRow row);

}  // namespace madang::city
