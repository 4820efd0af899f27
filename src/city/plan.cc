#include "city/plan.h"

#include <algorithm>
#include <utility>

#include "city/geojson.h"
#include "city/limits.h"
#include "city/places.h"
#include "city/rules.h"
#include "core/language.h"

namespace madang::city {
namespace {

std::size_t hash_of(Sensor const& sensor) {
  return std::hash<std::string>{}(sensor.model + '\n' + sensor.name.in(kSourceLanguage));
}

std::size_t hash_of(ObservedProperty const& property) {
  return std::hash<std::string>{}(property.definition + '\n' + property.name.in(kSourceLanguage));
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

template <typename EntityId>
std::unexpected<Error> no_such_named(std::string_view kind, EntityId id) {
  return fail(Code::kNotFound, "there is no " + std::string{kind} + " " + std::to_string(id.value()));
}

}  // namespace

bool Plan::is_empty() const {
  auto const& e = entities_;
  return e.things.empty() && e.locations.empty() && e.placements.empty() && e.sensors.empty() &&
         e.observed_properties.empty() && e.datastreams.empty() && e.features.empty() && e.altered.empty();
}

/// "thing-7", or what is free next to it: somebody may have called another Thing so.
std::string Plan::free_serial(ThingId id) const {
  auto const plain = "thing-" + std::to_string(id.value());
  auto serial = plain;
  for (int more = 2; registry_.thing_of_serial(serial) || serials_.contains(serial); ++more) {
    serial = plain + "-" + std::to_string(more);
  }
  return serial;
}

Result<ThingId> Plan::add(Thing thing) {
  thing.id = next_id(registry_.things, entities_.things);
  if (thing.serial.empty()) thing.serial = free_serial(thing.id);
  MADANG_CHECK(check(thing));
  if (thing.serial == kNoThing) {
    return fail(Code::kInvalid, "serial: " + std::string{kNoThing} + " is what keys say that write to no Thing; another serial is needed");
  }
  if (registry_.thing_of_serial(thing.serial) || serials_.contains(thing.serial)) {
    return fail(Code::kConflict, "serial: there is a Thing \"" + thing.serial + "\" already");
  }
  auto const id = thing.id;
  serials_.emplace(thing.serial, id);
  entities_.things.push_back(std::make_shared<Thing const>(std::move(thing)));
  return id;
}

Result<LocationId> Plan::add(Location location) {
  MADANG_CHECK(place_on_earth(location));
  location.id = next_id(registry_.locations, entities_.locations);
  location.area = location.point ? registry_.area_index()->at(*location.point) : AreaId{};
  auto const id = location.id;
  entities_.locations.push_back(std::make_shared<Location const>(std::move(location)));
  return id;
}

Result<void> Plan::place(ThingId thing, LocationId location) {
  if (!this->thing(thing)) return no_such_named("Thing", thing);
  auto const where = this->location(location);
  if (!where) return no_such_named("Location", location);
  auto const before = places_of(thing);
  auto& planned = of_things_[thing].locations;
  auto const same = [location](LocationPtr const& other) { return other->id == location; };
  if (std::ranges::any_of(before, same) || std::ranges::any_of(planned, same)) return {};
  if (before.size() + planned.size() >= kLocationsPerThingMax) {
    return fail(Code::kLimit, "Locations: more than " + std::to_string(kLocationsPerThingMax) + " of one Thing");
  }
  bool const first = before.empty() && planned.empty();
  // After a move this is one more of the places where it went.
  auto& moves = entities_.altered.moves;
  if (auto const move = std::ranges::find(moves, thing, &Move::thing); move != moves.end()) {
    move->to.push_back({thing, location, registry_.next_sequence() + placed_++});
    return {};
  }
  planned.push_back(where);
  entities_.placements.push_back({thing, location, registry_.next_sequence() + placed_++});
  if (first) give_feature(thing, *where);
  return {};
}

/// Datastreams that had nowhere to be now have a feature.
void Plan::give_feature(ThingId thing, Location const& location) {
  FeatureId feature;
  auto const with_feature = [&](DatastreamPtr const& old) {
    if (!feature) feature = feature_of(location);
    auto changed = std::make_shared<Datastream>(*old);
    changed->default_feature = feature;
    return changed;
  };
  auto const existing = registry_.datastreams_of(thing);
  for (auto const& old : *existing) {
    auto const datastream = this->datastream(old->id);
    if (datastream != nullptr && !datastream->default_feature) replace(entities_.altered.datastreams, *with_feature(datastream));
  }
  for (auto& datastream : of_things_[thing].datastreams) {
    if (datastream->default_feature) continue;
    datastream = with_feature(datastream);
    auto const place = datastream->id.value() - registry_.datastreams.next_id().value();
    entities_.datastreams[static_cast<std::size_t>(place)] = datastream;
  }
}

FeatureId Plan::default_feature(ThingId thing) {
  auto const existing = registry_.datastreams_of(thing);
  for (auto const& sibling : *existing) {
    if (sibling->default_feature) return sibling->default_feature;
  }
  auto const& planned = of_things_[thing];
  for (auto const& sibling : planned.datastreams) {
    if (sibling->default_feature) return sibling->default_feature;
  }
  auto const before = places_of(thing);
  if (!before.empty()) return feature_of(*before.front());
  if (!planned.locations.empty()) return feature_of(*planned.locations.front());
  return {};
}

Result<DatastreamId> Plan::add(ThingId thing, NewDatastream datastream) {
  if (!this->thing(thing)) return no_such_named("Thing", thing);
  auto const existing = registry_.datastreams_of(thing);
  auto const& planned = of_things_[thing].datastreams;
  if (existing->size() + planned.size() >= kDatastreamsPerThingMax) {
    return fail(Code::kLimit, "Datastreams: more than " + std::to_string(kDatastreamsPerThingMax) + " of one Thing");
  }
  auto own = std::move(datastream.datastream);
  own.thing = thing;
  auto const same = [&own](DatastreamPtr const& sibling) { return sibling->channel == own.channel; };
  if (!own.channel.empty() && (std::ranges::any_of(*existing, same) || std::ranges::any_of(planned, same))) {
    return fail(Code::kConflict, "channel: the Thing has a Datastream \"" + own.channel + "\" already");
  }
  if (!own.default_feature) own.default_feature = default_feature(thing);
  return add_checked(std::move(own), std::move(datastream));
}

Result<DatastreamId> Plan::add_checked(Datastream datastream, NewDatastream rest) {
  MADANG_CHECK(check(datastream));
  auto const feature = datastream.default_feature;
  if (feature && !this->feature(feature)) return no_such_named("FeatureOfInterest", feature);
  if (datastream.sensor) rest.sensor.id = datastream.sensor;
  if (datastream.observed_property) rest.observed_property.id = datastream.observed_property;
  MADANG_TRY(datastream.sensor, link_or_share(std::move(rest.sensor)));
  MADANG_TRY(datastream.observed_property, link_or_share(std::move(rest.observed_property)));
  datastream.id = next_id(registry_.datastreams, entities_.datastreams);
  if (datastream.id.value() > kDatastreamsMax) {
    return fail(Code::kLimit, "there are " + std::to_string(kDatastreamsMax) + " Datastreams; no more fit");
  }
  auto const id = datastream.id;
  texts_.share(datastream.name);
  auto& planned = of_things_[datastream.thing].datastreams;
  entities_.datastreams.push_back(std::make_shared<Datastream const>(std::move(datastream)));
  planned.push_back(entities_.datastreams.back());
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

Result<SensorId> Plan::link_or_share(Sensor sensor) {
  if (!sensor.id) return share(std::move(sensor));
  if (!this->sensor(sensor.id)) return no_such_named("Sensor", sensor.id);
  return sensor.id;
}

Result<SensorId> Plan::share(Sensor sensor) {
  for (auto const& name : {sensor.model, sensor.name.in(kSourceLanguage)}) {
    auto const known = registry_.sensor_named(name);
    if (equal_but_id(sensor, known)) return known->id;
  }
  if (auto const planned = same_as(sensor, new_sensors_)) return planned;
  MADANG_TRY(auto const id, add(std::move(sensor)));
  new_sensors_.emplace(hash_of(*entities_.sensors.back()), entities_.sensors.back());
  return id;
}

Result<ObservedPropertyId> Plan::link_or_share(ObservedProperty property) {
  if (!property.id) return share(std::move(property));
  if (!observed_property(property.id)) {
    return no_such_named("ObservedProperty", property.id);
  }
  return property.id;
}

Result<ObservedPropertyId> Plan::share(ObservedProperty property) {
  auto const known = registry_.observed_property_defined(property.definition);
  if (equal_but_id(property, known)) return known->id;
  if (auto const planned = same_as(property, new_properties_)) return planned;
  MADANG_TRY(auto const id, add(std::move(property)));
  new_properties_.emplace(hash_of(*entities_.observed_properties.back()), entities_.observed_properties.back());
  return id;
}

Result<FeatureId> Plan::share(FeatureOfInterest feature) {
  if (auto const known = registry_.feature_like(feature)) return known->id;
  if (auto const planned = same_as(feature, new_features_)) return planned;
  MADANG_TRY(auto const id, add(std::move(feature)));
  new_features_.emplace(city::hash_of(*entities_.features.back()), entities_.features.back());
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
  MADANG_CHECK(check_place(feature));
  feature.id = next_id(registry_.features, entities_.features);
  auto const id = feature.id;
  entities_.features.push_back(std::make_shared<FeatureOfInterest const>(std::move(feature)));
  return id;
}

}  // namespace madang::city
