#include "city/city.h"

#include <functional>
#include <optional>
#include <utility>

#include "city/geojson.h"
#include "city/whole_areas.h"
#include "city/geometry.h"
#include "city/limits.h"
#include "city/plan.h"
#include "city/registry.h"
#include "city/registry_changes.h"
#include "city/store.h"
#include "city/stores.h"
#include "runtime/log.h"
#include "runtime/refusal.h"
#include "runtime/shared_mutex.h"
#include "storage/records/transactions.h"
#include "storage/records/turn.h"
#include "storage/records/whole_reading.h"

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
  CityInMemory(storage::Records& records, runtime::Clock const& clock, StoreEntry own_store)
      : records_(records), clock_(clock), own_store_(std::move(own_store)), said_at_(clock.tick()) {}

  void load(Entities const& entities) {
    storage::Turn::Holder const one_writer(writing_, Tick::max());
    runtime::WriteLock const lock(mutex_);
    registry_.add(entities);
    version_ = entities.version;
  }

  Result<void> write(std::function<Result<void>(Writer&)> const& work, std::string const& actor) override {
    return alone([&]() MADANG_REQUIRES(writing_) -> Result<void> {
      Plan plan(own_registry(), texts_, clock_.now());
      auto done = work(plan);
      if (done && !plan.is_empty()) done = commit(plan.entities(), actor);
      if (!may_stand_) end_closing();
      return done;
    });
  }

  Result<HistoryPage> history_before(EntryKind kind, std::int64_t entry, std::int64_t before) const override {
    return load_history(records_, kind, entry, before);
  }

  Result<std::vector<DeletedDatastream>> deleted_datastreams_of(ThingId thing) const override {
    return load_deleted_datastreams(records_, thing);
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
    MADANG_CHECK(alone([&]() MADANG_REQUIRES(writing_) -> Result<void> {
      Entities entities;
      MADANG_TRY(entities.area_index, merged(std::move(features), options.level));
      entities.areas = entities.area_index->areas();
      if (entities.areas.size() > kAreasMax) return fail(Code::kLimit, "areas: more than " + std::to_string(kAreasMax));
      return commit(entities);
    }));
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
    runtime::ReadLock const lock(mutex_);
    return registry_.thing_of_serial(serial);
  }
  [[nodiscard]] SensorPtr sensor_named(std::string_view name) const override {
    runtime::ReadLock const lock(mutex_);
    return registry_.sensor_named(name);
  }
  [[nodiscard]] ObservedPropertyPtr observed_property_defined(std::string_view definition) const override {
    runtime::ReadLock const lock(mutex_);
    return registry_.observed_property_defined(definition);
  }
  [[nodiscard]] DatastreamsPtr datastreams_of_serial(std::string_view serial) const override {
    runtime::ReadLock const lock(mutex_);
    auto const thing = registry_.thing_of_serial(serial);
    return registry_.datastreams_of(thing ? thing->id : ThingId{});
  }
  [[nodiscard]] std::vector<DatastreamPtr> datastreams_of(ThingId thing) const override {
    runtime::ReadLock const lock(mutex_);
    return *registry_.datastreams_of(thing);
  }
  [[nodiscard]] std::vector<LocationPtr> locations_of(ThingId thing) const override {
    runtime::ReadLock const lock(mutex_);
    return registry_.locations_of(thing);
  }

  [[nodiscard]] std::vector<ThingPtr> things_of(LocationId location) const override {
    runtime::ReadLock const lock(mutex_);
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
    runtime::ReadLock const lock(mutex_);
    return log_.since(cursor);
  }

  Result<void> refresh() override {
    storage::Turn::Holder const one_writer(writing_, Tick{});
    if (!one_writer.has_it()) return {};
    MADANG_CHECK(stay_known());
    return read_anew_if_changed(Patience::kWhole);
  }
  [[nodiscard]] ClosedStreams& closed_streams() const override { return closed_streams_; }
  [[nodiscard]] Result<std::vector<StoreEntry>> other_stores() const override {
    MADANG_TRY(auto known, stores(records_));
    std::erase_if(known, [this](StoreEntry const& store) { return store.id == own_store_.id; });
    return known;
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

  /// Somebody may have forgotten the own data directory while it is at work; and who lists them sees which are. With the writer's turn.
  Result<void> stay_known() MADANG_REQUIRES(writing_) {
    if (own_store_.id.empty()) return {};
    MADANG_TRY(bool const known, is_store_known(records_, own_store_.id));
    auto const tick = clock_.tick();
    if (known && tick - said_at_ < kStoreSeenEvery) return {};
    if (!known) runtime::log_warning("city", "store_was_forgotten", {{"id", own_store_.id}});
    auto own = own_store_;
    own.seen = clock_.now();
    MADANG_CHECK(add_store(records_, own));
    said_at_ = tick;
    return {};
  }

  /// Only writers change the registry, so while one has its turn it may read it without the shared lock: clang does not know of that.
  [[nodiscard]] Registry const& own_registry() const MADANG_REQUIRES(writing_) MADANG_UNCHECKED { return registry_; }

  template <typename Work>
  Result<void> alone(Work const& work) {
    storage::Turn::Holder const one_writer(writing_, storage::CallDeadline::of_call());
    if (!one_writer.has_it()) return runtime::refuse(Code::kOverloaded, "refusal.registry.busy");
    if (is_outdated_) MADANG_CHECK(read_anew_if_changed());
    return std::invoke(work);  // where clang sees the call itself, it looks for the turn in `work`
  }

  /// Durable first, then visible. Whatever takes long is done before readers must wait.
  Result<void> commit(Entities const& entities, std::string const& actor = {}) MADANG_REQUIRES(writing_) {
    auto const prepared = own_registry().prepare(entities);
    auto saved = save(records_, entities, {own_registry(), version_}, {.actor = actor, .at = clock_.now()});
    if (!saved) return refused(std::move(saved).error());
    version_ = *saved;
    read_at_.reset();
    auto const old_index = own_registry().area_index();  // goes after the lock
    runtime::WriteLock const lock(mutex_);
    registry_.add(entities, prepared, log_);
    cursor_ = log_.cursor();
    return {};
  }

  /// Whatever the failure was, the next write looks first how things stand. A view of yesterday is this server's own trouble: the same
  /// write goes in a moment, and nobody is to throw it away. Where it fails on what was read a moment ago, though nobody has written
  /// since, it fails for ever: memory cannot say what the records say, and reading them once more tells nothing new.
  std::unexpected<Error> refused(SaveFailure failure) MADANG_REQUIRES(writing_) {
    bool const differs = failure.error.code == Code::kConflict;
    bool const for_ever = differs && is_just_read() && failure.is_of_known_version;
    may_stand_ = failure.may_stand;
    is_outdated_ = true;
    is_stale_ = is_stale_ || (failure.is_stale && !for_ever);
    if (for_ever) {
      failure.error.sentence = "the registry was read anew for this write, and its records still say otherwise: " + failure.error.sentence;
      runtime::log_error("city", "registry_differs", {{"version", version_}, {"error", failure.error.sentence}});
    } else if (differs) {
      failure.error.code = Code::kUnavailable;
      failure.error.sentence += "; this one reads it anew in a moment: try again";
    }
    return fail(std::move(failure.error));
  }

  [[nodiscard]] bool is_just_read() const MADANG_REQUIRES(writing_) { return read_at_ && clock_.tick() - *read_at_ <= kRegistryJustRead; }

  /// A job reads for as long as it takes, once the records have answered; who waits for a write of his own does not.
  enum class Patience { kOfCall, kWhole };

  Result<void> read_anew_if_changed(Patience patience = Patience::kOfCall) MADANG_REQUIRES(writing_) {
    MADANG_TRY(auto const version, registry_version(records_));
    if (version != version_ || is_stale_) {
      std::optional<storage::WholeReading> whole;
      if (patience == Patience::kWhole) whole.emplace();
      auto changed = is_stale_ ? Result<std::optional<Entities>>{std::nullopt} : load_changed(records_, own_registry(), version_);
      if (!changed) return fail(std::move(changed).error());
      MADANG_CHECK(*changed ? take_in(**changed) : read_all_anew());
    }
    may_stand_ = is_outdated_ = is_stale_ = false;
    end_closing();
    return {};
  }

  /// What others have written. Whether the rest is as the records say nobody has looked.
  Result<void> take_in(Entities const& entities) MADANG_REQUIRES(writing_) {
    auto const prepared = own_registry().prepare(entities);
    {
      runtime::WriteLock const lock(mutex_);
      registry_.add(entities, prepared, log_);
      cursor_ = log_.cursor();
    }
    version_ = entities.version;
    runtime::log_info("city", "registry_changes_read", {{"version", version_}});
    return {};
  }

  Result<void> read_all_anew() MADANG_REQUIRES(writing_) {
    MADANG_TRY(auto const entities, load_registry(records_));
    Registry anew;
    anew.add(entities);
    {
      runtime::WriteLock const lock(mutex_);
      std::swap(registry_, anew);
      log_.forget_all();
      cursor_ = log_.cursor();
    }
    version_ = entities.version;
    read_at_ = clock_.tick();
    runtime::log_info("city", "registry_read_anew", {{"things", entities.things.size()}, {"version", version_}});
    return {};
  }

  /// What a write wanted to delete takes readings again where it stands still.
  void end_closing() MADANG_REQUIRES(writing_) {
    closed_streams_.end([&known = own_registry()](DatastreamId stream) { return known.datastreams.find(stream) == nullptr; });
  }

  /// All Areas as they will be: the old ones, those of the same code replaced under their id, the new ones behind.
  Result<std::shared_ptr<AreaIndex const>> merged(std::vector<AreaFeature> features, int level) const MADANG_REQUIRES(writing_) {
    std::map<std::string, std::shared_ptr<Area>, std::less<>> by_code;
    std::int64_t last_id = 0;
    for (auto const& area : own_registry().area_index()->areas()) {
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
    auto index = std::make_shared<AreaIndex const>(std::vector<AreaPtr>{areas.begin(), areas.end()});
    MADANG_CHECK(find_parents(areas, *index));
    return index;
  }

  template <typename Entity>
  [[nodiscard]] std::shared_ptr<Entity const> read(Table<Entity> Registry::*table,
                                                   typename Table<Entity>::EntityId id) const {
    runtime::ReadLock const lock(mutex_);
    return (registry_.*table).find(id);
  }
  template <typename Entity>
  [[nodiscard]] Page<Entity> page(Table<Entity> Registry::*table, PageOptions const& options) const {
    runtime::ReadLock const lock(mutex_);
    return (registry_.*table).page(options);
  }
  [[nodiscard]] std::shared_ptr<AreaIndex const> area_index() const {
    runtime::ReadLock const lock(mutex_);
    return registry_.area_index();
  }

  storage::Records& records_;
  runtime::Clock const& clock_;
  StoreEntry const own_store_;        ///< without an id: nobody else works on these records, or this one keeps no readings
  storage::Turn writing_;             ///< from planning to commit; taken before mutex_
  Tick said_at_ MADANG_GUARDED_BY(writing_);                      ///< that the own store is at work
  SharedTexts texts_ MADANG_GUARDED_BY(writing_);
  std::int64_t version_ MADANG_GUARDED_BY(writing_) = 0;          ///< of the records, as the registry stands in memory
  bool may_stand_ MADANG_GUARDED_BY(writing_) = false;            ///< whether the last write stands is not known
  bool is_outdated_ MADANG_GUARDED_BY(writing_) = false;          ///< it failed: another program may have written
  std::optional<Tick> read_at_ MADANG_GUARDED_BY(writing_);       ///< all of it, and nothing was committed since
  bool is_stale_ MADANG_GUARDED_BY(writing_) = false;             ///< memory and records differ, whatever the version says
  mutable ClosedStreams closed_streams_;
  mutable runtime::SharedMutex mutex_;  
  Registry registry_ MADANG_GUARDED_BY(mutex_);
  ChangeLog log_ MADANG_GUARDED_BY(mutex_){kChangesKept};
  std::atomic<ChangeCursor> cursor_{log_.cursor()};
};

/// One entry in a write of its own.
template <typename EntityId, typename... Arguments>
Result<EntityId> added(City& city, Arguments&&... arguments) {
  EntityId id;
  MADANG_CHECK(city.write([&](Writer& writer) -> Result<void> {
    MADANG_TRY(id, writer.add(std::forward<Arguments>(arguments)...));
    return {};
  }));
  return id;
}

}  // namespace

Result<ThingId> Writer::add(NewThing thing) {
  MADANG_TRY(auto const id, add(std::move(thing.thing)));
  for (auto& location : thing.locations) MADANG_CHECK(add(id, std::move(location)));
  for (auto& datastream : thing.datastreams) MADANG_CHECK(add(id, std::move(datastream)));
  return id;
}

Result<LocationId> Writer::add(ThingId thing, Location location) {
  MADANG_TRY(auto const id, add(std::move(location)));
  MADANG_CHECK(place(thing, id));
  return id;
}

Result<ThingId> City::add_thing(NewThing thing) { return added<ThingId>(*this, std::move(thing)); }

Result<std::vector<ThingId>> City::add_things(std::vector<NewThing> things) {
  if (things.size() > kThingsPerCallMax) {
    return fail(Code::kLimit, "Things: more than " + std::to_string(kThingsPerCallMax) + " in one call");
  }
  std::vector<ThingId> ids;
  ids.reserve(things.size());
  MADANG_CHECK(write([&](Writer& writer) -> Result<void> {
    for (auto& thing : things) {
      auto const id = writer.add(std::move(thing));
      if (!id) return fail(id.error().code, "Things[" + std::to_string(ids.size()) + "]: " + id.error().sentence);
      ids.push_back(*id);
    }
    return {};
  }));
  return ids;
}

Result<DatastreamId> City::add_datastream(ThingId thing, NewDatastream datastream) { return added<DatastreamId>(*this, thing, std::move(datastream)); }
Result<LocationId> City::add_location(ThingId thing, Location location) { return added<LocationId>(*this, thing, std::move(location)); }
Result<SensorId> City::add_sensor(Sensor sensor) { return added<SensorId>(*this, std::move(sensor)); }
Result<ObservedPropertyId> City::add_observed_property(ObservedProperty property) { return added<ObservedPropertyId>(*this, std::move(property)); }
Result<FeatureId> City::add_feature(FeatureOfInterest feature) { return added<FeatureId>(*this, std::move(feature)); }

Result<std::vector<StoreEntry>> City::other_stores() const { return std::vector<StoreEntry>{}; }

Result<std::unique_ptr<City>> City::open(storage::Records& records, runtime::Clock const& clock) { return open(records, clock, {}); }

Result<std::unique_ptr<City>> City::open(storage::Records& records, runtime::Clock const& clock, StoreEntry const& own) {
  MADANG_CHECK(migrate_registry(records));
  if (!own.id.empty()) MADANG_CHECK(add_store(records, own));
  MADANG_TRY(auto const entities, load_registry(records));
  auto city = std::make_unique<CityInMemory>(records, clock, own);
  city->load(entities);
  runtime::log_info("city", "registry_loaded",
                    {{"things", entities.things.size()}, {"datastreams", entities.datastreams.size()},
                     {"areas", entities.areas.size()}});
  return city;
}

}  // namespace madang::city
