#include "city/city.h"

#include <mutex>
#include <shared_mutex>

#include "city/geojson.h"
#include "city/whole_areas.h"
#include "city/geometry.h"
#include "city/limits.h"
#include "city/plan.h"
#include "city/registry.h"
#include "city/store.h"
#include "runtime/log.h"

namespace madang::city {
namespace {

/// Parent: the Area of the nearest lower level that holds a point inside the child.
Result<void> find_parents(std::vector<std::shared_ptr<Area>> const& areas, AreaIndex const& index) {
  for (auto const& area : areas) {
    area->parent = AreaId{};
    if (area->level <= 1) continue;
    MADANG_TRY(auto const inside, interior_point(area->shape));
    for (int level = area->level - 1; level >= 1 && !area->parent; --level) area->parent = index.at(inside, level);
  }
  return {};
}

class CityInMemory final : public City {
 public:
  CityInMemory(storage::Records& records, runtime::Clock const& clock) : records_(records), clock_(clock) {}

  void load(Entities const& entities) { registry_.add(entities); }

  Result<ThingId> add_thing(NewThing thing) override { return planned<ThingId>(std::move(thing)); }

  Result<std::vector<ThingId>> add_things(std::vector<NewThing> things) override {
    if (things.size() > kThingsPerCallMax) {
      return fail(Code::kLimit, "Things: more than " + std::to_string(kThingsPerCallMax) + " in one call");
    }
    std::scoped_lock const one_writer(writing_);
    Plan plan(registry_, texts_, clock_.now());
    std::vector<ThingId> ids;
    ids.reserve(things.size());
    for (auto& thing : things) {
      auto const id = plan.add(std::move(thing));
      if (!id) return fail(id.error().code, "Things[" + std::to_string(ids.size()) + "]: " + id.error().sentence);
      ids.push_back(*id);
    }
    MADANG_CHECK(commit(plan.entities()));
    return ids;
  }

  Result<DatastreamId> add_datastream(ThingId thing, NewDatastream datastream) override {
    return planned<DatastreamId>(thing, std::move(datastream));
  }
  Result<LocationId> add_location(ThingId thing, Location location) override {
    return planned<LocationId>(thing, std::move(location));
  }
  Result<SensorId> add_sensor(Sensor sensor) override { return planned<SensorId>(std::move(sensor)); }
  Result<ObservedPropertyId> add_observed_property(ObservedProperty property) override {
    return planned<ObservedPropertyId>(std::move(property));
  }
  Result<FeatureId> add_feature(FeatureOfInterest feature) override { return planned<FeatureId>(std::move(feature)); }

  Result<void> write(std::function<Result<void>(Writer&)> const& work, std::string const& actor) override {
    std::scoped_lock const one_writer(writing_);
    Plan plan(registry_, texts_, clock_.now());
    MADANG_CHECK(work(plan));
    if (plan.is_empty()) return {};
    return commit(plan.entities(), actor);
  }

  Result<HistoryPage> history_before(EntryKind kind, std::int64_t entry, std::int64_t before) const override {
    return load_history(records_, kind, entry, before);
  }

  Result<AreasImported> import_areas(std::string_view geojson, AreaImport const& options) override {
    if (options.level < 1 || options.level > kAreaLevelMax) {
      return fail(Code::kInvalid, "level: " + std::to_string(options.level) + " is not between 1 and " +
                                      std::to_string(kAreaLevelMax));
    }
    MADANG_TRY(auto file, areas_of_geojson(geojson, options));
    MADANG_TRY(auto features, whole_areas(file));
    if (auto doubt = doubt_of_order(features, known_places())) file.note(*std::move(doubt));
    auto const count = features.size();
    std::scoped_lock const one_writer(writing_);
    Entities entities;
    MADANG_TRY(entities.areas, merged(std::move(features), options.level));
    if (entities.areas.size() > kAreasMax) {
      return fail(Code::kLimit, "areas: more than " + std::to_string(kAreasMax));
    }
    MADANG_CHECK(commit(entities));
    runtime::log_info("city", "areas imported", {{"level", options.level}, {"areas", count}});
    return AreasImported{count, file.set_aside, std::move(file.notes)};
  }

  [[nodiscard]] ThingPtr thing(ThingId id) const override { return read(&Registry::things, id); }
  [[nodiscard]] LocationPtr location(LocationId id) const override { return read(&Registry::locations, id); }
  [[nodiscard]] SensorPtr sensor(SensorId id) const override { return read(&Registry::sensors, id); }
  [[nodiscard]] ObservedPropertyPtr observed_property(ObservedPropertyId id) const override {
    return read(&Registry::observed_properties, id);
  }
  [[nodiscard]] DatastreamPtr datastream(DatastreamId id) const override { return read(&Registry::datastreams, id); }
  [[nodiscard]] FeaturePtr feature(FeatureId id) const override { return read(&Registry::features, id); }

  [[nodiscard]] ThingPtr thing_of_serial(std::string_view serial) const override {
    std::shared_lock const lock(mutex_);
    return registry_.thing_of_serial(serial);
  }
  [[nodiscard]] SensorPtr sensor_named(std::string_view name) const override {
    std::shared_lock const lock(mutex_);
    return registry_.sensor_named(name);
  }
  [[nodiscard]] ObservedPropertyPtr observed_property_defined(std::string_view definition) const override {
    std::shared_lock const lock(mutex_);
    return registry_.observed_property_defined(definition);
  }
  [[nodiscard]] DatastreamsPtr datastreams_of_serial(std::string_view serial) const override {
    std::shared_lock const lock(mutex_);
    auto const thing = registry_.thing_of_serial(serial);
    return registry_.datastreams_of(thing ? thing->id : ThingId{});
  }
  [[nodiscard]] std::vector<DatastreamPtr> datastreams_of(ThingId thing) const override {
    std::shared_lock const lock(mutex_);
    return *registry_.datastreams_of(thing);
  }
  [[nodiscard]] std::vector<LocationPtr> locations_of(ThingId thing) const override {
    std::shared_lock const lock(mutex_);
    return registry_.locations_of(thing);
  }

  [[nodiscard]] std::vector<ThingPtr> things_of(LocationId location) const override {
    std::shared_lock const lock(mutex_);
    return registry_.things_of(location);
  }

  [[nodiscard]] AreaPtr area(AreaId id) const override { return area_index()->find(id); }
  [[nodiscard]] std::vector<AreaPtr> areas() const override { return area_index()->areas(); }
  [[nodiscard]] AreaId area_at(LatLon point) const override { return area_index()->at(point); }

  [[nodiscard]] Page<Thing> things(PageOptions const& options) const override {
    return page(&Registry::things, options);
  }
  [[nodiscard]] Page<Location> locations(PageOptions const& options) const override {
    return page(&Registry::locations, options);
  }
  [[nodiscard]] Page<Sensor> sensors(PageOptions const& options) const override {
    return page(&Registry::sensors, options);
  }
  [[nodiscard]] Page<ObservedProperty> observed_properties(PageOptions const& options) const override {
    return page(&Registry::observed_properties, options);
  }
  [[nodiscard]] Page<Datastream> datastreams(PageOptions const& options) const override {
    return page(&Registry::datastreams, options);
  }
  [[nodiscard]] Page<FeatureOfInterest> features(PageOptions const& options) const override {
    return page(&Registry::features, options);
  }
  [[nodiscard]] ChangeCursor change_cursor() const override { return cursor_.load(); }
  [[nodiscard]] Changes changes_since(ChangeCursor cursor) const override {
    std::shared_lock const lock(mutex_);
    return log_.since(cursor);
  }

 private:
  /// Some points where the city is known to be.
  [[nodiscard]] std::vector<LatLon> known_places() const {
    std::vector<LatLon> places;
    for (auto const& location : locations({.top = 1000, .skip = 0, .descending = false}).entities)
      if (location->point) places.push_back(*location->point);
    for (auto const& area : areas()) places.push_back(area->shape.front().front().front());
    return places;
  }

  /// Plans with what Plan::add takes, then commits. Only writers change the registry, so while `writing_` is held it
  /// may be read without the shared lock.
  template <typename EntityId, typename... Arguments>
  Result<EntityId> planned(Arguments&&... arguments) {
    std::scoped_lock const one_writer(writing_);
    Plan plan(registry_, texts_, clock_.now());
    MADANG_TRY(auto const id, plan.add(std::forward<Arguments>(arguments)...));
    MADANG_CHECK(commit(plan.entities()));
    return id;
  }

  /// Durable first, then visible.
  Result<void> commit(Entities const& entities, std::string const& actor = {}) {
    MADANG_CHECK(save(records_, entities, registry_, {.actor = actor, .at = clock_.now()}));
    std::unique_lock const lock(mutex_);
    registry_.add(entities, &log_);
    cursor_ = log_.cursor();
    return {};
  }

  /// All Areas as they will be: the old ones, those of the same code replaced under their id, the new ones behind.
  Result<std::vector<AreaPtr>> merged(std::vector<AreaFeature> features, int level) const {
    std::map<std::string, std::shared_ptr<Area>, std::less<>> by_code;
    std::int64_t last_id = 0;
    for (auto const& area : registry_.area_index()->areas()) {
      by_code[area->code] = std::make_shared<Area>(*area);
      last_id = std::max(last_id, area->id.value());
    }
    for (auto& feature : features) {
      auto& area = by_code[feature.code];
      if (!area) {
        area = std::make_shared<Area>();
        area->id = AreaId{++last_id};
        area->code = feature.code;
      }
      area->name = std::move(feature.name);
      area->level = level;
      area->shape = std::move(feature.shape);
    }
    std::vector<std::shared_ptr<Area>> areas;
    areas.reserve(by_code.size());
    for (auto const& [code, area] : by_code) areas.push_back(area);
    AreaIndex const index({areas.begin(), areas.end()});
    MADANG_CHECK(find_parents(areas, index));
    return std::vector<AreaPtr>{areas.begin(), areas.end()};
  }

  template <typename Entity>
  [[nodiscard]] std::shared_ptr<Entity const> read(Table<Entity> Registry::*table,
                                                   typename Table<Entity>::EntityId id) const {
    std::shared_lock const lock(mutex_);
    return (registry_.*table).find(id);
  }
  template <typename Entity>
  [[nodiscard]] Page<Entity> page(Table<Entity> Registry::*table, PageOptions const& options) const {
    std::shared_lock const lock(mutex_);
    return (registry_.*table).page(options);
  }
  [[nodiscard]] std::shared_ptr<AreaIndex const> area_index() const {
    std::shared_lock const lock(mutex_);
    return registry_.area_index();
  }

  storage::Records& records_;
  runtime::Clock const& clock_;
  std::mutex writing_;                ///< held from planning to commit; taken before mutex_
  SharedTexts texts_;                 ///< guarded by writing_
  mutable std::shared_mutex mutex_;   ///< guards registry_ and log_
  Registry registry_;
  ChangeLog log_{kChangesKept};
  std::atomic<ChangeCursor> cursor_{log_.cursor()};
};

}  // namespace

Result<std::unique_ptr<City>> City::open(storage::Records& records, runtime::Clock const& clock) {
  MADANG_CHECK(migrate_registry(records));
  MADANG_TRY(auto const entities, load_registry(records));
  auto city = std::make_unique<CityInMemory>(records, clock);
  city->load(entities);
  runtime::log_info("city", "registry_loaded",
                    {{"things", entities.things.size()}, {"datastreams", entities.datastreams.size()},
                     {"areas", entities.areas.size()}});
  return city;
}

}  // namespace madang::city
