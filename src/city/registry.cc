#include "city/registry.h"
#include "core/language.h"

#include <utility>

namespace madang::city {
namespace {

DatastreamsPtr const& no_datastreams() {
  static DatastreamsPtr const kNone = std::make_shared<std::vector<DatastreamPtr> const>();
  return kNone;
}

}  // namespace

std::size_t hash_of(FeatureOfInterest const& feature) {
  return std::hash<std::string>{}(feature.name.in(kSourceLanguage)) * 31 + std::hash<std::string>{}(feature.geometry);
}

void SharedTexts::share(Name& name) {
  std::size_t hash = 0;
  for (auto const& [language, text] : name.by_language) {
    hash = hash * 31 + std::hash<std::string>{}(language) + 7 * std::hash<std::string>{}(text);
  }
  auto const [first, last] = kept_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    if (at->second != name.by_language) continue;
    name.by_language = at->second;
    return;
  }
  if (kept_.size() >= kKept) kept_.clear();
  kept_.emplace(hash, name.by_language);
}

bool Alterations::empty() const {
  return things.empty() && locations.empty() && sensors.empty() && observed_properties.empty() && datastreams.empty() &&
         features.empty() && moves.empty() && deleted_things.empty() && deleted_locations.empty() &&
         deleted_sensors.empty() && deleted_properties.empty() && deleted_datastreams.empty();
}

void Registry::name(SensorPtr const& sensor) {
  if (!sensor->model.empty()) sensor_names_[sensor->model].insert(sensor->id);
  for (auto const& [language, name] : sensor->name.by_language) sensor_names_[name].insert(sensor->id);
}

void Registry::define(ObservedPropertyPtr const& property) {
  if (!property->definition.empty()) definitions_[property->definition].insert(property->id);
}

Prepared Registry::prepare(Entities const& entities) const {
  Prepared prepared;
  if (!entities.areas.empty()) {
    prepared.area_index = entities.area_index ? entities.area_index : std::make_shared<AreaIndex const>(entities.areas);
    for (auto const& location : locations.rows()) {
      auto const area = location->point ? prepared.area_index->at(*location->point) : AreaId{};
      if (area == location->area) continue;
      auto elsewhere = std::make_shared<Location>(*location);
      elsewhere->area = area;
      prepared.relocated.push_back(std::move(elsewhere));
    }
  }
  auto const& sensors_replaced = entities.altered.sensors;
  prepared.of_sensors.resize(sensors_replaced.size());
  std::unordered_map<SensorId, std::size_t> places;
  for (std::size_t i = 0; i < sensors_replaced.size(); ++i) places.emplace(sensors_replaced[i]->id, i);
  if (places.empty()) return prepared;
  for (auto const& d : datastreams.rows()) {
    if (auto const found = places.find(d->sensor); found != places.end()) prepared.of_sensors[found->second].push_back(d);
  }
  return prepared;
}

void Registry::add(Entities const& entities) {
  ChangeLog nobody(0);
  add(entities, prepare(entities), nobody);
}

void Registry::add(Entities const& entities, Prepared const& prepared, ChangeLog& told) {
  auto const log_made = [&told](EntryKind kind, auto const& made) {
    for (auto const& entry : made) told.add({kind, Act::kMade, entry->id.value(), {}});
  };
  if (prepared.area_index) set_areas(entities.areas, prepared, told);
  for (auto const& thing : entities.things) {
    things.add(thing);
    serials_.emplace(thing->serial, thing->id);
    told.add({EntryKind::kThing, Act::kMade, thing->id.value(), thing->id});
  }
  of_things_.resize(things.rows().size());
  for (auto const& sensor : entities.sensors) {
    sensors.add(sensor);
    name(sensor);
  }
  for (auto const& property : entities.observed_properties) {
    observed_properties.add(property);
    define(property);
  }
  for (auto const& feature : entities.features) features.add(feature);
  add_locations(entities.locations);
  add_placements(entities.placements);
  add_datastreams(entities.datastreams);
  log_made(EntryKind::kSensor, entities.sensors);
  log_made(EntryKind::kObservedProperty, entities.observed_properties);
  log_made(EntryKind::kFeature, entities.features);
  log_made(EntryKind::kLocation, entities.locations);
  for (auto const& placed : entities.placements) {
    bool const is_new = !entities.things.empty() && placed.thing >= entities.things.front()->id;
    if (!is_new) told.add({EntryKind::kThing, Act::kMoved, placed.thing.value(), placed.thing});
  }
  for (auto const& d : entities.datastreams) told.add({EntryKind::kDatastream, Act::kMade, d->id.value(), d->thing});
  alter(entities.altered, prepared, told);
  auto const& next = entities.next;
  things.keep_next_id(next.thing);
  locations.keep_next_id(next.location);
  sensors.keep_next_id(next.sensor);
  observed_properties.keep_next_id(next.observed_property);
  datastreams.keep_next_id(next.datastream);
  features.keep_next_id(next.feature);
}

void Registry::set_areas(std::vector<AreaPtr> const& areas, Prepared const& prepared, ChangeLog& log) {
  auto const before = std::exchange(area_index_, prepared.area_index);
  for (auto const& area : areas) {
    log.add({EntryKind::kArea, before->find(area->id) == nullptr ? Act::kMade : Act::kEdited, area->id.value(), {}});
  }
  for (auto const& location : prepared.relocated) {
    locations.replace(locations.position(location->id), location);
    put_in_places(location);
    log_moved_things(location->id, log);
  }
}

void Registry::add_locations(std::vector<LocationPtr> const& added) {
  for (auto const& location : added) {
    auto with_area = location;
    auto const area = location->point ? area_index_->at(*location->point) : AreaId{};
    if (area != location->area) {
      auto placed = std::make_shared<Location>(*location);
      placed->area = area;
      with_area = std::move(placed);
    }
    locations.add(std::move(with_area));
  }
  of_locations_.resize(locations.rows().size());
}

void Registry::add_placements(std::vector<Placement> const& added) {
  for (auto const& [thing, location, sequence] : added) {
    of_things_[things.position(thing)].locations.push_back(locations.find(location));
    of_locations_[locations.position(location)].push_back(thing);
    next_sequence_ = std::max(next_sequence_, sequence + 1);
  }
}

void Registry::add_datastreams(std::vector<DatastreamPtr> const& added) {
  // Those of one Thing mostly come together: its list is copied once for all of them.
  for (std::size_t i = 0; i < added.size();) {
    auto const thing = added[i]->thing;
    auto& of_thing = of_things_[things.position(thing)].datastreams;
    auto list = of_thing ? std::make_shared<std::vector<DatastreamPtr>>(*of_thing)
                         : std::make_shared<std::vector<DatastreamPtr>>();
    std::size_t end = i;
    while (end < added.size() && added[end]->thing == thing) ++end;
    list->reserve(list->size() + end - i);
    for (; i < end; ++i) {
      datastreams.add(added[i]);
      list->push_back(added[i]);
    }
    of_thing = std::move(list);
  }
}

ThingPtr Registry::thing_of_serial(std::string_view serial) const {
  auto const found = serials_.find(serial);
  return found == serials_.end() ? nullptr : things.find(found->second);
}

DatastreamsPtr Registry::datastreams_of(ThingId thing) const {
  auto const place = things.position(thing);
  if (place == things.rows().size() || !of_things_[place].datastreams) return no_datastreams();
  return of_things_[place].datastreams;
}

std::vector<LocationPtr> Registry::locations_of(ThingId thing) const {
  auto const place = things.position(thing);
  if (place == things.rows().size()) return {};
  return of_things_[place].locations;
}

std::vector<ThingPtr> Registry::things_of(LocationId location) const {
  std::vector<ThingPtr> found;
  auto const place = locations.position(location);
  if (place == locations.rows().size()) return found;
  for (auto const thing : of_locations_[place]) found.push_back(things.find(thing));
  return found;
}

FeaturePtr Registry::feature_like(FeatureOfInterest wanted) const {
  auto const& rows = features.rows();
  for (; features_hashed_ < rows.size(); ++features_hashed_) {
    feature_hashes_.emplace(hash_of(*rows[features_hashed_]), rows[features_hashed_]->id);
  }
  auto const [first, last] = feature_hashes_.equal_range(hash_of(wanted));
  for (auto at = first; at != last; ++at) {
    wanted.id = at->second;
    auto candidate = features.find(at->second);
    if (*candidate == wanted) return candidate;
  }
  return nullptr;
}

SensorPtr Registry::sensor_named(std::string_view name) const {
  auto const found = sensor_names_.find(name);
  return found == sensor_names_.end() ? nullptr : sensors.find(*found->second.begin());
}

ObservedPropertyPtr Registry::observed_property_defined(std::string_view definition) const {
  auto const found = definitions_.find(definition);
  return found == definitions_.end() ? nullptr : observed_properties.find(*found->second.begin());
}

}  // namespace madang::city
