#include "city/entry_json.h"

#include "city/codec.h"
#include "core/json_writer.h"

namespace madang::city {
namespace {

template <typename Entity>
JsonWriter begun(Entity const& entity) {
  JsonWriter w;
  w.begin_object().field("id", entity.id.value()).key("name").raw(json_of(entity.name));
  w.field("description", entity.description).key("properties").raw(entity.properties);
  return w;
}

template <typename Place>
JsonWriter begun_place(Place const& place) {
  auto w = begun(place);
  w.field("encoding_type", place.encoding_type);
  // As text: what is no GeoJSON need not be JSON.
  w.field("geometry", place.geometry);
  return w;
}

}  // namespace

std::string json_of(Thing const& thing) {
  auto w = begun(thing);
  w.field("serial", thing.serial).field("simulated", thing.simulated);
  if (thing.retired_at) w.field("retired_at", format_instant(*thing.retired_at));
  w.end_object();
  return w.take();
}

std::string json_of(Location const& location) {
  auto w = begun_place(location);
  w.end_object();
  return w.take();
}

std::string json_of(FeatureOfInterest const& feature) {
  auto w = begun_place(feature);
  w.end_object();
  return w.take();
}

std::string json_of(Sensor const& sensor) {
  auto w = begun(sensor);
  w.field("encoding_type", sensor.encoding_type).field("metadata", sensor.metadata);
  w.field("metadata_is_json", sensor.metadata_is_json).field("model", sensor.model);
  w.field("measurement_class", static_cast<std::int64_t>(sensor.measurement_class)).field("grade", sensor.grade);
  w.key("notice").raw(json_of(sensor.notice));
  w.field("source", sensor.source).key("channels").raw(json_of(sensor.channels)).end_object();
  return w.take();
}

std::string json_of(ObservedProperty const& property) {
  auto w = begun(property);
  w.field("definition", property.definition).end_object();
  return w.take();
}

std::string json_of(Datastream const& datastream) {
  auto w = begun(datastream);
  w.field("thing", datastream.thing.value()).field("sensor", datastream.sensor.value());
  w.field("observed_property", datastream.observed_property.value()).field("channel", datastream.channel);
  w.field("observation_type", datastream.observation_type).key("unit").raw(json_of(datastream.unit));
  w.field("default_feature", datastream.default_feature.value()).field("interval_ms", datastream.interval.count());
  w.field("fitted", datastream.fitted).end_object();
  return w.take();
}

std::string json_of(std::vector<LocationId> const& places) {
  JsonWriter w;
  w.begin_object().key("locations").begin_array();
  for (auto const place : places) w.value(place.value());
  w.end_array().end_object();
  return w.take();
}

}  // namespace madang::city
