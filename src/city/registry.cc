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
  if (!sensor->model.empty()) sensor_names_.emplace(sensor->model, sensor->id);
  for (auto const& [language, name] : sensor->name.by_language) sensor_names_.emplace(name, sensor->id);
}

void Registry::define(ObservedPropertyPtr const& property) {
  if (!property->definition.empty()) definitions_.emplace(property->definition, property->id);
}

void Registry::add(Entities const& entities, ChangeLog* log) {
  ChangeLog nobody(0);
  auto& told = log == nullptr ? nobody : *log;
  auto const tell_made = [&told](EntryKind kind, auto const& made) {
    for (auto const& entry : made) told.add({kind, Act::kMade, entry->id.value(), {}});
  };
  if (!entities.areas.empty()) set_areas(entities.areas, told);
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
  tell_made(EntryKind::kSensor, entities.sensors);
  tell_made(EntryKind::kObservedProperty, entities.observed_properties);
  tell_made(EntryKind::kFeature, entities.features);
  tell_made(EntryKind::kLocation, entities.locations);
  for (auto const& placed : entities.placements) {
    bool const is_new = !entities.things.empty() && placed.thing >= entities.things.front()->id;
    if (!is_new) told.add({EntryKind::kThing, Act::kMoved, placed.thing.value(), placed.thing});
  }
  for (auto const& d : entities.datastreams) told.add({EntryKind::kDatastream, Act::kMade, d->id.value(), d->thing});
  alter(entities.altered, told);
  auto const& next = entities.next;
  things.keep_next_id(next.thing);
  locations.keep_next_id(next.location);
  sensors.keep_next_id(next.sensor);
  observed_properties.keep_next_id(next.observed_property);
  datastreams.keep_next_id(next.datastream);
  features.keep_next_id(next.feature);
}

void Registry::set_areas(std::vector<AreaPtr> const& areas, ChangeLog& log) {
  auto const before = std::exchange(area_index_, std::make_shared<AreaIndex const>(areas));
  for (auto const& area : areas) {
    log.add({EntryKind::kArea, before->find(area->id) == nullptr ? Act::kMade : Act::kEdited, area->id.value(), {}});
  }
  for (std::size_t place = 0; place < locations.rows().size(); ++place) {
    auto const& old = locations.rows()[place];
    auto const area = old->point ? area_index_->at(*old->point) : AreaId{};
    if (area == old->area) continue;
    auto moved = std::make_shared<Location>(*old);
    moved->area = area;
    LocationPtr const now = std::move(moved);
    locations.replace(place, now);
    put_in_places(now);
    tell_moved(now->id, log);
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
    next_sequence_ = sequence + 1;
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
  return found == sensor_names_.end() ? nullptr : sensors.find(found->second);
}

ObservedPropertyPtr Registry::observed_property_defined(std::string_view definition) const {
  auto const found = definitions_.find(definition);
  return found == definitions_.end() ? nullptr : observed_properties.find(found->second);
}

}  // namespace madang::city
