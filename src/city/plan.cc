#include "city/plan.h"

#include <set>
#include <utility>

#include "city/geojson.h"
#include "city/limits.h"
#include "city/rules.h"

namespace madang::city {
namespace {

std::size_t hash_of(Sensor const& sensor) {
  return std::hash<std::string>{}(sensor.model + '\n' + sensor.name.in("en"));
}

std::size_t hash_of(ObservedProperty const& property) {
  return std::hash<std::string>{}(property.definition + '\n' + property.name.in("en"));
}

template <typename Entity>
bool equal_but_id(Entity& wanted, std::shared_ptr<Entity const> const& candidate) {
  if (!candidate) return false;
  auto const own = std::exchange(wanted.id, candidate->id);
  bool const equal = wanted == *candidate;
  wanted.id = own;
  return equal;
}

/// The one among the planned that is `wanted` but for its id.
template <typename Entity>
auto same_as(Entity& wanted, std::unordered_multimap<std::size_t, std::shared_ptr<Entity const>> const& planned) {
  auto const [first, last] = planned.equal_range(hash_of(wanted));
  for (auto at = first; at != last; ++at) {
    if (equal_but_id(wanted, at->second)) return at->second->id;
  }
  return decltype(wanted.id){};
}

Result<void> check_channels(std::vector<NewDatastream> const& datastreams) {
  if (datastreams.size() > kDatastreamsPerThingMax) {
    return fail(Code::kLimit, "Datastreams: more than " + std::to_string(kDatastreamsPerThingMax) + " of one Thing");
  }
  std::set<std::string_view> channels;
  for (auto const& each : datastreams) {
    auto const& channel = each.datastream.channel;
    if (!channel.empty() && !channels.insert(channel).second) {
      return fail(Code::kConflict, "Datastreams: the channel \"" + channel + "\" appears twice");
    }
  }
  return {};
}

}  // namespace

Plan::Plan(Registry const& registry, SharedTexts& texts) : registry_(registry), texts_(texts) {}

Result<ThingId> Plan::add(NewThing thing) {
  thing.thing.id = next_id(registry_.things, entities_.things);
  if (thing.thing.serial.empty()) thing.thing.serial = "thing-" + std::to_string(thing.thing.id.value());
  MADANG_CHECK(check(thing.thing));
  auto const& serial = thing.thing.serial;
  if (registry_.thing_of_serial(serial) || serials_.contains(serial)) {
    return fail(Code::kConflict, "serial: there is a Thing \"" + serial + "\" already");
  }
  if (thing.locations.size() > kLocationsPerThingMax) {
    return fail(Code::kLimit, "Locations: more than " + std::to_string(kLocationsPerThingMax) + " of one Thing");
  }
  MADANG_CHECK(check_channels(thing.datastreams));

  auto const id = thing.thing.id;
  serials_.emplace(serial, id);
  entities_.things.push_back(std::make_shared<Thing const>(std::move(thing.thing)));
  FeatureId feature;
  for (auto& location : thing.locations) {
    MADANG_TRY(auto const location_id, add(id, std::move(location)));
    if (!feature && !thing.datastreams.empty()) feature = feature_of(*entities_.locations.back());
    (void)location_id;
  }
  for (auto& each : thing.datastreams) {
    auto datastream = std::move(each.datastream);
    datastream.thing = id;
    if (!datastream.default_feature) datastream.default_feature = feature;
    MADANG_TRY(auto const datastream_id, add_checked(std::move(datastream), std::move(each)));
    (void)datastream_id;
  }
  return id;
}

Result<DatastreamId> Plan::add(ThingId thing, NewDatastream datastream) {
  if (!registry_.things.find(thing)) {
    return fail(Code::kNotFound, "there is no Thing " + std::to_string(thing.value()));
  }
  auto const siblings = registry_.datastreams_of(thing);
  if (siblings->size() >= kDatastreamsPerThingMax) {
    return fail(Code::kLimit, "Datastreams: more than " + std::to_string(kDatastreamsPerThingMax) + " of one Thing");
  }
  auto own = std::move(datastream.datastream);
  own.thing = thing;
  for (auto const& sibling : *siblings) {
    if (!own.channel.empty() && sibling->channel == own.channel) {
      return fail(Code::kConflict, "channel: the Thing has a Datastream \"" + own.channel + "\" already");
    }
    if (!own.default_feature) own.default_feature = sibling->default_feature;
  }
  if (!own.default_feature) {
    auto const locations = registry_.locations_of(thing);
    if (!locations.empty()) own.default_feature = feature_of(*locations.front());
  }
  return add_checked(std::move(own), std::move(datastream));
}

Result<DatastreamId> Plan::add_checked(Datastream datastream, NewDatastream rest) {
  MADANG_CHECK(check(datastream));
  auto const feature = datastream.default_feature;
  if (feature && feature >= next_id(registry_.features, entities_.features)) {
    return fail(Code::kNotFound, "there is no FeatureOfInterest " + std::to_string(feature.value()));
  }
  if (datastream.sensor) rest.sensor.id = datastream.sensor;
  if (datastream.observed_property) rest.observed_property.id = datastream.observed_property;
  MADANG_TRY(datastream.sensor, link_or_add(std::move(rest.sensor)));
  MADANG_TRY(datastream.observed_property, link_or_add(std::move(rest.observed_property)));
  datastream.id = next_id(registry_.datastreams, entities_.datastreams);
  if (datastream.id.value() > kDatastreamsMax) {
    return fail(Code::kLimit, "there are " + std::to_string(kDatastreamsMax) + " Datastreams; no more fit");
  }
  auto const id = datastream.id;
  texts_.share(datastream.name);
  entities_.datastreams.push_back(std::make_shared<Datastream const>(std::move(datastream)));
  return id;
}

Result<LocationId> Plan::add(ThingId thing, Location location) {
  bool const planned = !entities_.things.empty() && entities_.things.back()->id == thing;
  if (!planned && !registry_.things.find(thing)) {
    return fail(Code::kNotFound, "there is no Thing " + std::to_string(thing.value()));
  }
  if (!planned && registry_.locations_of(thing).size() >= kLocationsPerThingMax) {
    return fail(Code::kLimit, "Locations: more than " + std::to_string(kLocationsPerThingMax) + " of one Thing");
  }
  if (location.geometry.size() > kGeometryMax) {
    return fail(Code::kLimit, "location: more than " + std::to_string(kGeometryMax) + " bytes");
  }
  if (location.geometry.empty() && location.point) location.geometry = geometry_of_point(*location.point);
  if (!location.point && !location.geometry.empty() && location.encoding_type.find("geo+json") != std::string::npos) {
    MADANG_TRY(location.point, point_of_geometry(location.geometry));
  }
  MADANG_CHECK(check(location));
  location.id = next_id(registry_.locations, entities_.locations);
  location.thing = thing;
  location.area = location.point ? registry_.area_index()->at(*location.point) : AreaId{};
  auto const id = location.id;
  auto const first = !planned && registry_.locations_of(thing).empty();
  entities_.locations.push_back(std::make_shared<Location const>(std::move(location)));
  if (!first) return id;
  // Datastreams that had nowhere to be now have a feature.
  FeatureId feature;
  auto const datastreams = registry_.datastreams_of(thing);
  for (auto const& datastream : *datastreams) {
    if (datastream->default_feature) continue;
    if (!feature) feature = feature_of(*entities_.locations.back());
    auto changed = std::make_shared<Datastream>(*datastream);
    changed->default_feature = feature;
    entities_.changed_datastreams.push_back(std::move(changed));
  }
  return id;
}

FeatureId Plan::feature_of(Location const& location) {
  FeatureOfInterest feature;
  feature.id = next_id(registry_.features, entities_.features);
  feature.name = location.name;
  feature.description = location.description;
  feature.encoding_type = location.encoding_type;
  feature.geometry = location.geometry;
  auto const id = feature.id;
  entities_.features.push_back(std::make_shared<FeatureOfInterest const>(std::move(feature)));
  return id;
}

Result<SensorId> Plan::link_or_add(Sensor sensor) {
  if (sensor.id) {
    if (registry_.sensors.find(sensor.id)) return sensor.id;
    return fail(Code::kNotFound, "there is no Sensor " + std::to_string(sensor.id.value()));
  }
  for (auto const& name : {sensor.model, sensor.name.in("en")}) {
    auto const known = registry_.sensor_named(name);
    if (equal_but_id(sensor, known)) return known->id;
  }
  if (auto const planned = same_as(sensor, new_sensors_)) return planned;
  MADANG_TRY(auto const id, add(std::move(sensor)));
  new_sensors_.emplace(hash_of(*entities_.sensors.back()), entities_.sensors.back());
  return id;
}

Result<ObservedPropertyId> Plan::link_or_add(ObservedProperty property) {
  if (property.id) {
    if (registry_.observed_properties.find(property.id)) return property.id;
    return fail(Code::kNotFound, "there is no ObservedProperty " + std::to_string(property.id.value()));
  }
  auto const known = registry_.observed_property_defined(property.definition);
  if (equal_but_id(property, known)) return known->id;
  if (auto const planned = same_as(property, new_properties_)) return planned;
  MADANG_TRY(auto const id, add(std::move(property)));
  new_properties_.emplace(hash_of(*entities_.observed_properties.back()), entities_.observed_properties.back());
  return id;
}

Result<SensorId> Plan::add(Sensor sensor) {
  MADANG_CHECK(check(sensor));
  sensor.id = next_id(registry_.sensors, entities_.sensors);
  auto const id = sensor.id;
  entities_.sensors.push_back(std::make_shared<Sensor const>(std::move(sensor)));
  return id;
}

Result<ObservedPropertyId> Plan::add(ObservedProperty property) {
  MADANG_CHECK(check(property));
  property.id = next_id(registry_.observed_properties, entities_.observed_properties);
  auto const id = property.id;
  entities_.observed_properties.push_back(std::make_shared<ObservedProperty const>(std::move(property)));
  return id;
}

Result<FeatureId> Plan::add(FeatureOfInterest feature) {
  MADANG_CHECK(check(feature));
  feature.id = next_id(registry_.features, entities_.features);
  auto const id = feature.id;
  entities_.features.push_back(std::make_shared<FeatureOfInterest const>(std::move(feature)));
  return id;
}

}  // namespace madang::city
