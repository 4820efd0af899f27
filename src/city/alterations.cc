// What replaces entries of the registry in memory or takes them away, with all that points to them.
#include <algorithm>
#include <utility>

#include "city/registry.h"

namespace madang::city {
namespace {

/// Whoever else has the name is found under it from now on.
template <typename EntityId>
void forget_names(NamedIds<EntityId>& ids, EntityId id, std::vector<std::string> const& names) {
  for (auto const& name : names) {
    auto const found = ids.find(name);
    if (found == ids.end()) continue;  // the same name in two languages
    found->second.erase(id);
    if (found->second.empty()) ids.erase(found);
  }
}

std::vector<std::string> names_of(Sensor const& sensor) {
  std::vector<std::string> names;
  if (!sensor.model.empty()) names.push_back(sensor.model);
  for (auto const& [language, name] : sensor.name.by_language) names.push_back(name);
  return names;
}

std::vector<std::string> definition_of(ObservedProperty const& property) {
  return property.definition.empty() ? std::vector<std::string>{} : std::vector{property.definition};
}

}  // namespace

void Registry::alter(Alterations const& altered, Prepared const& prepared, ChangeLog& log) {
  for (auto const& thing : altered.things) replace(thing, log);
  for (auto const& location : altered.locations) replace(location, log);
  for (std::size_t i = 0; i < altered.sensors.size(); ++i) replace(altered.sensors[i], prepared.of_sensors[i], log);
  for (auto const& property : altered.observed_properties) replace(property, log);
  for (auto const& datastream : altered.datastreams) replace(datastream, log);
  for (auto const& feature : altered.features) replace(feature, log);
  for (auto const& each : altered.moves) move(each, log);
  for (auto const id : altered.deleted_datastreams) erase(id, log);
  for (auto const id : altered.deleted_things) erase(id, log);
  for (auto const id : altered.deleted_locations) erase(id, log);
  for (auto const id : altered.deleted_sensors) erase(id, log);
  for (auto const id : altered.deleted_properties) erase(id, log);
}

void Registry::replace(ThingPtr const& thing, ChangeLog& log) {
  auto const place = things.position(thing->id);
  auto const was_retired = things.rows()[place]->retired_at.has_value();
  things.replace(place, thing);
  auto const act = thing->retired_at.has_value() == was_retired ? Act::kEdited : was_retired ? Act::kReturned : Act::kRetired;
  log.add({EntryKind::kThing, act, thing->id.value(), thing->id});
}

void Registry::put_in_places(LocationPtr const& location) {
  for (auto const thing : of_locations_[locations.position(location->id)]) {
    for (auto& of_thing : of_things_[things.position(thing)].locations) {
      if (of_thing->id == location->id) of_thing = location;
    }
  }
}

void Registry::log_moved_things(LocationId location, ChangeLog& log) const {
  for (auto const thing : of_locations_[locations.position(location)]) {
    log.add({EntryKind::kThing, Act::kMoved, thing.value(), thing});
  }
}

void Registry::replace(LocationPtr const& location, ChangeLog& log) {
  auto const place = locations.position(location->id);
  bool const elsewhere = location->point != locations.rows()[place]->point || location->geometry != locations.rows()[place]->geometry;
  locations.replace(place, location);
  put_in_places(location);
  log.add({EntryKind::kLocation, Act::kEdited, location->id.value(), {}});
  if (elsewhere) log_moved_things(location->id, log);
}

void Registry::replace(SensorPtr const& sensor, std::vector<DatastreamPtr> const& named_by, ChangeLog& log) {
  auto const place = sensors.position(sensor->id);
  forget_names(sensor_names_, sensor->id, names_of(*sensors.rows()[place]));
  sensors.replace(place, sensor);
  name(sensor);
  log.add({EntryKind::kSensor, Act::kEdited, sensor->id.value(), {}});
  // What a Sensor says of its channels is part of what its Datastreams are.
  for (auto const& d : named_by) log.add({EntryKind::kDatastream, Act::kEdited, d->id.value(), d->thing});
}

void Registry::replace(ObservedPropertyPtr const& property, ChangeLog& log) {
  auto const place = observed_properties.position(property->id);
  forget_names(definitions_, property->id, definition_of(*observed_properties.rows()[place]));
  observed_properties.replace(place, property);
  define(property);
  log.add({EntryKind::kObservedProperty, Act::kEdited, property->id.value(), {}});
}

void Registry::replace(DatastreamPtr const& datastream, ChangeLog& log) {
  datastreams.replace(datastreams.position(datastream->id), datastream);
  auto& of_thing = of_things_[things.position(datastream->thing)].datastreams;
  auto list = std::make_shared<std::vector<DatastreamPtr>>(*of_thing);
  std::ranges::replace_if(*list, [&](DatastreamPtr const& old) { return old->id == datastream->id; }, datastream);
  of_thing = std::move(list);
  log.add({EntryKind::kDatastream, Act::kEdited, datastream->id.value(), datastream->thing});
}

void Registry::replace(FeaturePtr const& feature, ChangeLog& log) {
  auto const place = features.position(feature->id);
  features.replace(place, feature);
  // Under its old hash it is looked at and found to be another.
  if (place < features_hashed_) feature_hashes_.emplace(hash_of(*feature), feature->id);
  log.add({EntryKind::kFeature, Act::kEdited, feature->id.value(), {}});
}

void Registry::leave_places(ThingId thing) {
  for (auto const& location : of_things_[things.position(thing)].locations) {
    std::erase(of_locations_[locations.position(location->id)], thing);
  }
  of_things_[things.position(thing)].locations.clear();
}

void Registry::move(Move const& move, ChangeLog& log) {
  leave_places(move.thing);
  add_placements(move.to);
  log.add({EntryKind::kThing, Act::kMoved, move.thing.value(), move.thing});
}

void Registry::erase(ThingId thing, ChangeLog& log) {
  auto const place = things.position(thing);
  leave_places(thing);
  serials_.erase(serials_.find(things.rows()[place]->serial));
  things.erase(place);
  of_things_.erase(of_things_.begin() + static_cast<std::ptrdiff_t>(place));
  log.add({EntryKind::kThing, Act::kDeleted, thing.value(), thing});
}

void Registry::erase(LocationId location, ChangeLog& log) {
  auto const place = locations.position(location);
  locations.erase(place);
  of_locations_.erase(of_locations_.begin() + static_cast<std::ptrdiff_t>(place));
  log.add({EntryKind::kLocation, Act::kDeleted, location.value(), {}});
}

void Registry::erase(SensorId sensor, ChangeLog& log) {
  auto const place = sensors.position(sensor);
  forget_names(sensor_names_, sensor, names_of(*sensors.rows()[place]));
  sensors.erase(place);
  log.add({EntryKind::kSensor, Act::kDeleted, sensor.value(), {}});
}

void Registry::erase(ObservedPropertyId property, ChangeLog& log) {
  auto const place = observed_properties.position(property);
  forget_names(definitions_, property, definition_of(*observed_properties.rows()[place]));
  observed_properties.erase(place);
  log.add({EntryKind::kObservedProperty, Act::kDeleted, property.value(), {}});
}

void Registry::erase(DatastreamId datastream, ChangeLog& log) {
  auto const place = datastreams.position(datastream);
  auto const thing = datastreams.rows()[place]->thing;
  auto& of_thing = of_things_[things.position(thing)].datastreams;
  auto list = std::make_shared<std::vector<DatastreamPtr>>(*of_thing);
  std::erase_if(*list, [datastream](DatastreamPtr const& d) { return d->id == datastream; });
  of_thing = std::move(list);
  datastreams.erase(place);
  log.add({EntryKind::kDatastream, Act::kDeleted, datastream.value(), thing});
}

bool Registry::is_used(SensorId sensor) const {
  return std::ranges::any_of(datastreams.rows(), [sensor](DatastreamPtr const& d) { return d->sensor == sensor; });
}

bool Registry::is_used(ObservedPropertyId property) const {
  return std::ranges::any_of(datastreams.rows(), [property](DatastreamPtr const& d) { return d->observed_property == property; });
}

}  // namespace madang::city
