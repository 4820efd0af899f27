#include "city/tables.h"

#include "city/codec.h"
#include "city/geojson.h"

namespace madang::city {
namespace {

MeasurementClass class_of(std::int64_t number) {
  constexpr auto kLast = static_cast<std::int64_t>(MeasurementClass::kUnknown);
  return number < 0 || number > kLast ? MeasurementClass::kUnknown : static_cast<MeasurementClass>(number);
}

}  // namespace

AreaRow row_of(Area const& a) { return {a.id, a.code, json_of(a.name), a.parent, a.level, geometry_of_shape(a.shape)}; }

Result<Area> entity_of(AreaRow row) {
  Area area{row.id, std::move(row.code), {}, row.parent, row.level, {}};
  MADANG_TRY(area.name, name_of_json(row.name));
  MADANG_TRY(area.shape, shape_of_geometry(row.shape));
  return area;
}

ThingRow row_of(Thing const& t) {
  return {t.id, t.serial, json_of(t.name), t.description, t.properties, t.simulated, t.retired_at};
}

Result<Thing> entity_of(ThingRow row) {
  Thing thing{row.id, std::move(row.serial), {}, std::move(row.description), std::move(row.properties), row.simulated, row.retired_at};
  MADANG_TRY(thing.name, name_of_json(row.name));
  return thing;
}

LocationRow row_of(Location const& l) {
  auto const point = l.point.value_or(LatLon{});
  return {l.id, json_of(l.name), l.description, l.encoding_type, l.geometry, l.point.has_value(), point.latitude, point.longitude, l.properties};
}

Result<Location> entity_of(LocationRow row) {
  Location location;
  location.id = row.id;
  MADANG_TRY(location.name, name_of_json(row.name));
  location.description = std::move(row.description);
  location.encoding_type = std::move(row.encoding_type);
  location.geometry = std::move(row.geometry);
  if (row.has_point) location.point = LatLon{row.latitude, row.longitude};
  location.properties = std::move(row.properties);
  return location;
}

SensorRow row_of(Sensor const& s) {
  return {s.id, json_of(s.name), s.description, s.encoding_type, s.metadata, s.metadata_is_json, s.model,
          static_cast<std::int64_t>(s.measurement_class), s.grade, json_of(s.notice), s.source, json_of(s.channels), s.properties};
}

Result<Sensor> entity_of(SensorRow row) {
  Sensor sensor;
  sensor.id = row.id;
  MADANG_TRY(sensor.name, name_of_json(row.name));
  sensor.description = std::move(row.description);
  sensor.encoding_type = std::move(row.encoding_type);
  sensor.metadata = std::move(row.metadata);
  sensor.metadata_is_json = row.metadata_is_json;
  sensor.model = std::move(row.model);
  sensor.measurement_class = class_of(row.measurement_class);
  sensor.grade = std::move(row.grade);
  MADANG_TRY(sensor.notice, name_of_json(row.notice));
  sensor.source = std::move(row.source);
  MADANG_TRY(sensor.channels, channels_of_json(row.channels));
  sensor.properties = std::move(row.properties);
  return sensor;
}

ObservedPropertyRow row_of(ObservedProperty const& p) { return {p.id, json_of(p.name), p.definition, p.description, p.properties}; }

Result<ObservedProperty> entity_of(ObservedPropertyRow row) {
  ObservedProperty property{row.id, {}, std::move(row.definition), std::move(row.description), std::move(row.properties)};
  MADANG_TRY(property.name, name_of_json(row.name));
  return property;
}

FeatureRow row_of(FeatureOfInterest const& f) {
  return {f.id, json_of(f.name), f.description, f.encoding_type, f.geometry, f.properties};
}

Result<FeatureOfInterest> entity_of(FeatureRow row) {
  FeatureOfInterest feature{row.id, {}, std::move(row.description), std::move(row.encoding_type), std::move(row.geometry),
                            std::move(row.properties)};
  MADANG_TRY(feature.name, name_of_json(row.name));
  return feature;
}

DatastreamRow row_of(Datastream const& d) {
  return {d.id, d.thing, d.sensor, d.observed_property, d.channel, json_of(d.name), d.description, d.observation_type,
          json_of(d.unit), d.properties, d.default_feature, d.interval, d.fitted};
}

Result<Datastream> entity_of(DatastreamRow row) {
  Datastream d;
  d.id = row.id;
  d.thing = row.thing;
  d.sensor = row.sensor;
  d.observed_property = row.observed_property;
  // Short texts are copied and not moved: what was read into is as large as the longest.
  d.channel = row.channel;
  MADANG_TRY(d.name, name_of_json(row.name));
  d.description = row.description;
  d.observation_type = row.observation_type;
  MADANG_TRY(d.unit, unit_of_json(row.unit));
  d.properties = row.properties;
  d.default_feature = row.default_feature;
  d.interval = row.interval_ms;
  d.fitted = row.fitted;
  return d;
}

}  // namespace madang::city
