// What a writing call changes of what exists: each act with what the entry said before and says since.
#include <algorithm>
#include <unordered_set>

#include "city/entry_json.h"
#include "city/limits.h"
#include "city/places.h"
#include "city/plan.h"
#include "city/rules.h"
#include "runtime/refusal.h"

namespace madang::city {
namespace {

template <typename EntityId>
std::unexpected<Error> no_such(EntryKind kind, EntityId id) {
  return runtime::refuse(Code::kNotFound, "refusal.registry.none", {{"kind", name_of(kind)}, {"id", std::to_string(id.value())}});
}

/// An act on a Datastream names its Thing, which finds its history by that when both are gone.
template <typename Entity>
ThingId thing_above(Entity const& entity) {
  if constexpr (std::is_same_v<Entity, Datastream>) return entity.thing;
  return {};
}

}  // namespace

Result<void> Plan::record(Acted acted) {
  if (entities_.altered.acts.size() >= kActsPerWriteMax) {
    return runtime::refuse(Code::kLimit, "refusal.registry.too_many_changes", {{"max", kActsPerWriteMax}});
  }
  entities_.altered.acts.push_back(std::move(acted));
  return {};
}

/// An entry that stands in the records already, as it is by now; nullptr: there is none.
template <typename Entity>
Result<void> Plan::edit_checked(Table<Entity> const& table, std::vector<std::shared_ptr<Entity const>>& edited, Entity entity,
                                EntryKind kind) {
  auto const found = std::ranges::find(edited, entity.id, [](auto const& other) { return other->id; });
  auto const before = found == edited.end() ? table.find(entity.id) : *found;
  if (before == nullptr) return no_such(kind, entity.id);
  if (*before == entity) return {};
  MADANG_CHECK(record({kind, entity.id.value(), Act::kEdited, json_of(*before), json_of(entity), thing_above(entity)}));
  replace(edited, std::move(entity));
  return {};
}

Result<void> Plan::edit(Thing thing) {
  auto const before = is_planned(thing.id) ? nullptr : this->thing(thing.id);
  if (before == nullptr) return no_such(EntryKind::kThing, thing.id);
  if (thing.serial != before->serial) {
    return runtime::refuse_field(Code::kInvalid, "serial", "refusal.serial.stays", {{"serial", before->serial}});
  }
  thing.retired_at = before->retired_at;
  MADANG_CHECK(check(thing));
  return edit_checked(registry_.things, entities_.altered.things, std::move(thing), EntryKind::kThing);
}

Result<void> Plan::edit(Location location) {
  auto const before = location.id >= registry_.locations.next_id() ? nullptr : this->location(location.id);
  if (before == nullptr) return no_such(EntryKind::kLocation, location.id);
  if (location.geometry != before->geometry && location.point == before->point) location.point.reset();
  MADANG_CHECK(place_on_earth(location));
  location.area = location.point ? registry_.area_index()->at(*location.point) : AreaId{};
  auto const after = location;
  MADANG_CHECK(edit_checked(registry_.locations, entities_.altered.locations, std::move(location), EntryKind::kLocation));
  correct_features(*before, after);
  return {};
}

/// A correction: the features that were made from this place lie where it lies, and no act of their own.
void Plan::correct_features(Location const& before, Location const& after) {
  if (before.geometry == after.geometry) return;
  std::unordered_set<FeatureId> corrected;
  for (auto const& thing : registry_.things_of(before.id)) {
    auto const datastreams = registry_.datastreams_of(thing->id);
    for (auto const& datastream : *datastreams) {
      auto const feature = this->feature(datastream->default_feature);
      if (feature == nullptr || feature->geometry != before.geometry || !corrected.insert(feature->id).second) continue;
      auto moved = *feature;
      moved.geometry = after.geometry;
      moved.encoding_type = after.encoding_type;
      replace(entities_.altered.features, std::move(moved));
    }
  }
}

Result<void> Plan::edit(Sensor sensor) {
  if (this->sensor(sensor.id) == nullptr) return no_such(EntryKind::kSensor, sensor.id);
  MADANG_CHECK(check(sensor));
  return edit_checked(registry_.sensors, entities_.altered.sensors, std::move(sensor), EntryKind::kSensor);
}

Result<void> Plan::edit(ObservedProperty property) {
  if (observed_property(property.id) == nullptr) return no_such(EntryKind::kObservedProperty, property.id);
  MADANG_CHECK(check(property));
  return edit_checked(registry_.observed_properties, entities_.altered.observed_properties, std::move(property),
                      EntryKind::kObservedProperty);
}

Result<void> Plan::edit(FeatureOfInterest feature) {
  MADANG_CHECK(check_place(feature));
  return edit_checked(registry_.features, entities_.altered.features, std::move(feature), EntryKind::kFeature);
}

Result<void> Plan::edit(Datastream datastream) {
  auto const before = this->datastream(datastream.id);
  if (before == nullptr) return no_such(EntryKind::kDatastream, datastream.id);
  if (datastream.thing != before->thing) return runtime::refuse_field(Code::kInvalid, "Thing", "refusal.registry.stays_with_thing");
  MADANG_CHECK(check(datastream));
  if (sensor(datastream.sensor) == nullptr) return no_such(EntryKind::kSensor, datastream.sensor);
  if (observed_property(datastream.observed_property) == nullptr) {
    return no_such(EntryKind::kObservedProperty, datastream.observed_property);
  }
  auto const siblings = registry_.datastreams_of(datastream.thing);
  for (auto const& each : *siblings) {
    auto const sibling = this->datastream(each->id);
    if (sibling == nullptr || sibling->id == datastream.id || datastream.channel.empty()) continue;
    if (sibling->channel == datastream.channel) {
      return runtime::refuse_field(Code::kConflict, "channel", "refusal.registry.channel_taken", {{"channel", datastream.channel}});
    }
  }
  texts_.share(datastream.name);
  return edit_checked(registry_.datastreams, entities_.altered.datastreams, std::move(datastream), EntryKind::kDatastream);
}

std::vector<LocationPtr> Plan::places_of(ThingId thing) const {
  auto const move = std::ranges::find(altered().moves, thing, &Move::thing);
  if (move == altered().moves.end()) return registry_.locations_of(thing);
  std::vector<LocationPtr> places;
  for (auto const& placement : move->to) places.push_back(location(placement.location));
  return places;
}

Result<void> Plan::move(ThingId thing, std::vector<LocationId> const& places) {
  if (is_planned(thing) || this->thing(thing) == nullptr) return no_such(EntryKind::kThing, thing);
  if (places.empty()) return runtime::refuse_field(Code::kInvalid, "Locations", "refusal.registry.no_place");
  if (places.size() > kLocationsPerThingMax) {
    return runtime::refuse_field(Code::kLimit, "Locations", "refusal.registry.places", {{"max", kLocationsPerThingMax}});
  }
  std::vector<LocationId> before;
  for (auto const& place : places_of(thing)) before.push_back(place->id);
  if (before == places) return {};
  Move move{thing, {}};
  for (auto const id : places) {
    if (location(id) == nullptr) return no_such(EntryKind::kLocation, id);
    auto const same = std::ranges::find(move.to, id, &Placement::location);
    if (same != move.to.end()) return runtime::refuse_field(Code::kInvalid, "Locations", "refusal.registry.place_twice", {{"id", std::to_string(id.value())}});
    move.to.push_back({thing, id, registry_.next_sequence() + placed_++});
  }
  MADANG_CHECK(record({EntryKind::kThing, thing.value(), Act::kMoved, json_of(before), json_of(places)}));
  std::erase_if(entities_.altered.moves, [thing](Move const& earlier) { return earlier.thing == thing; });
  entities_.altered.moves.push_back(std::move(move));
  if (before.empty()) give_feature(thing, *location(places.front()));
  return {};
}

Result<void> Plan::change_service(ThingId id, bool retired) {
  auto const before = is_planned(id) ? nullptr : thing(id);
  if (before == nullptr) return no_such(EntryKind::kThing, id);
  if (before->retired_at.has_value() == retired) {
    auto const number = std::to_string(id.value());
    return retired ? runtime::refuse(Code::kConflict, "refusal.registry.retired", {{"id", number}})
                   : runtime::refuse(Code::kConflict, "refusal.registry.in_service", {{"id", number}});
  }
  auto changed = *before;
  changed.retired_at = retired ? std::optional{now_} : std::nullopt;
  MADANG_CHECK(record({EntryKind::kThing, id.value(), retired ? Act::kRetired : Act::kReturned, {}, {}}));
  replace(entities_.altered.things, std::move(changed));
  return {};
}

Result<void> Plan::retire(ThingId thing) { return change_service(thing, true); }
Result<void> Plan::give_back(ThingId thing) { return change_service(thing, false); }

Result<void> Plan::remove(ThingId id) {
  auto const gone = is_planned(id) ? nullptr : thing(id);
  if (gone == nullptr) return no_such(EntryKind::kThing, id);
  auto const datastreams = registry_.datastreams_of(id);
  for (auto const& each : *datastreams) {
    if (datastream(each->id) != nullptr) MADANG_CHECK(remove(each->id));
  }
  auto& altered = entities_.altered;
  std::erase_if(altered.things, [id](ThingPtr const& edited) { return edited->id == id; });
  std::erase_if(altered.moves, [id](Move const& move) { return move.thing == id; });
  altered.deleted_things.push_back(id);
  return record({EntryKind::kThing, id.value(), Act::kDeleted, json_of(*gone), {}});
}

Result<void> Plan::remove(DatastreamId id) {
  auto const gone = id >= registry_.datastreams.next_id() ? nullptr : datastream(id);
  if (gone == nullptr) return no_such(EntryKind::kDatastream, id);
  auto& altered = entities_.altered;
  std::erase_if(altered.datastreams, [id](DatastreamPtr const& edited) { return edited->id == id; });
  altered.deleted_datastreams.push_back(id);
  return record({EntryKind::kDatastream, id.value(), Act::kDeleted, json_of(*gone), {}, gone->thing});
}

Result<void> Plan::remove(LocationId id) {
  auto const gone = id >= registry_.locations.next_id() ? nullptr : location(id);
  if (gone == nullptr) return no_such(EntryKind::kLocation, id);
  auto const is_here = [&](ThingId thing) {
    auto const places = places_of(thing);
    return this->thing(thing) != nullptr && std::ranges::find(places, id, [](auto const& place) { return place->id; }) != places.end();
  };
  bool used = std::ranges::any_of(entities_.placements, [id](Placement const& p) { return p.location == id; });
  for (auto const& thing : registry_.things_of(id)) used = used || is_here(thing->id);
  for (auto const& move : altered().moves) used = used || is_here(move.thing);
  if (used) return runtime::refuse(Code::kConflict, "refusal.registry.place_used", {{"id", std::to_string(id.value())}});
  std::erase_if(entities_.altered.locations, [id](LocationPtr const& edited) { return edited->id == id; });
  entities_.altered.deleted_locations.push_back(id);
  return record({EntryKind::kLocation, id.value(), Act::kDeleted, json_of(*gone), {}});
}

Result<void> Plan::remove(SensorId id) {
  auto const gone = id >= registry_.sensors.next_id() ? nullptr : sensor(id);
  if (gone == nullptr) return no_such(EntryKind::kSensor, id);
  auto const names = [id](DatastreamPtr const& d) { return d->sensor == id; };
  if (registry_.is_used(id) || std::ranges::any_of(entities_.datastreams, names) || std::ranges::any_of(altered().datastreams, names)) {
    return runtime::refuse(Code::kConflict, "refusal.registry.sensor_used", {{"id", std::to_string(id.value())}});
  }
  std::erase_if(entities_.altered.sensors, [id](SensorPtr const& edited) { return edited->id == id; });
  entities_.altered.deleted_sensors.push_back(id);
  return record({EntryKind::kSensor, id.value(), Act::kDeleted, json_of(*gone), {}});
}

Result<void> Plan::remove(ObservedPropertyId id) {
  auto const gone = id >= registry_.observed_properties.next_id() ? nullptr : observed_property(id);
  if (gone == nullptr) return no_such(EntryKind::kObservedProperty, id);
  auto const names = [id](DatastreamPtr const& d) { return d->observed_property == id; };
  if (registry_.is_used(id) || std::ranges::any_of(entities_.datastreams, names) || std::ranges::any_of(altered().datastreams, names)) {
    return runtime::refuse(Code::kConflict, "refusal.registry.property_used", {{"id", std::to_string(id.value())}});
  }
  std::erase_if(entities_.altered.observed_properties, [id](ObservedPropertyPtr const& edited) { return edited->id == id; });
  entities_.altered.deleted_properties.push_back(id);
  return record({EntryKind::kObservedProperty, id.value(), Act::kDeleted, json_of(*gone), {}});
}

}  // namespace madang::city
