// What one writing call will make: ids are given, links are resolved and checked, before anything touches the
// records. Reads the registry, never changes it.
#pragma once

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>

#include "city/city.h"
#include "city/registry.h"

namespace madang::city {

class Plan final : public Writer {
 public:
  /// `texts` outlives the plan; what is planned shares its names with what was planned before.
  Plan(Registry const& registry, SharedTexts& texts, Instant now) : registry_(registry), texts_(texts), now_(now) {}

  using Writer::add;
  Result<ThingId> add(Thing thing) override;
  Result<LocationId> add(Location location) override;
  Result<void> place(ThingId thing, LocationId location) override;
  Result<SensorId> add(Sensor sensor) override;
  Result<SensorId> share(Sensor sensor) override;
  Result<ObservedPropertyId> add(ObservedProperty property) override;
  Result<ObservedPropertyId> share(ObservedProperty property) override;
  Result<FeatureId> add(FeatureOfInterest feature) override;
  Result<FeatureId> share(FeatureOfInterest feature) override;
  Result<DatastreamId> add(ThingId thing, NewDatastream datastream) override;

  Result<void> edit(Thing thing) override;
  Result<void> edit(Location location) override;
  Result<void> edit(Sensor sensor) override;
  Result<void> edit(ObservedProperty property) override;
  Result<void> edit(FeatureOfInterest feature) override;
  Result<void> edit(Datastream datastream) override;
  Result<void> move(ThingId thing, std::vector<LocationId> const& places) override;
  Result<void> retire(ThingId thing) override;
  Result<void> give_back(ThingId thing) override;
  Result<void> remove(ThingId thing) override;
  Result<void> remove(LocationId location) override;
  Result<void> remove(SensorId sensor) override;
  Result<void> remove(ObservedPropertyId property) override;
  Result<void> remove(DatastreamId datastream) override;

  [[nodiscard]] ThingPtr thing(ThingId id) const override {
    return current(registry_.things, entities_.things, altered().things, altered().deleted_things, id);
  }
  [[nodiscard]] LocationPtr location(LocationId id) const override {
    return current(registry_.locations, entities_.locations, altered().locations, altered().deleted_locations, id);
  }
  [[nodiscard]] SensorPtr sensor(SensorId id) const override {
    return current(registry_.sensors, entities_.sensors, altered().sensors, altered().deleted_sensors, id);
  }
  [[nodiscard]] ObservedPropertyPtr observed_property(ObservedPropertyId id) const override {
    return current(registry_.observed_properties, entities_.observed_properties, altered().observed_properties,
                   altered().deleted_properties, id);
  }
  [[nodiscard]] DatastreamPtr datastream(DatastreamId id) const override {
    return current(registry_.datastreams, entities_.datastreams, altered().datastreams, altered().deleted_datastreams, id);
  }
  [[nodiscard]] FeaturePtr feature(FeatureId id) const override {
    static std::vector<FeatureId> const kNoneDeleted;
    return current(registry_.features, entities_.features, altered().features, kNoneDeleted, id);
  }

  [[nodiscard]] Entities const& entities() const { return entities_; }
  [[nodiscard]] bool is_empty() const;

 private:
  /// What is planned for one Thing, new or old.
  struct OfThing {
    std::vector<LocationPtr> locations;
    std::vector<DatastreamPtr> datastreams;
  };

  /// The next id of a kind, counting what is planned.
  template <typename Entity>
  auto next_id(Table<Entity> const& table, std::vector<std::shared_ptr<Entity const>> const& planned) const {
    using EntityId = typename Table<Entity>::EntityId;
    return EntityId{table.next_id().value() + static_cast<std::int64_t>(planned.size())};
  }
  template <typename Entity>
  std::shared_ptr<Entity const> find(Table<Entity> const& table,
                                     std::vector<std::shared_ptr<Entity const>> const& planned,
                                     typename Table<Entity>::EntityId id) const {
    auto const place = id.value() - table.next_id().value();
    if (place < 0) return table.find(id);
    return static_cast<std::size_t>(place) < planned.size() ? planned[static_cast<std::size_t>(place)] : nullptr;
  }
  /// As it is after all that this write did before.
  template <typename Entity, typename EntityId>
  std::shared_ptr<Entity const> current(Table<Entity> const& table, std::vector<std::shared_ptr<Entity const>> const& planned,
                                        std::vector<std::shared_ptr<Entity const>> const& edited,
                                        std::vector<EntityId> const& deleted, EntityId id) const {
    if (std::ranges::find(deleted, id) != deleted.end()) return nullptr;
    auto const found = std::ranges::find(edited, id, [](auto const& entity) { return entity->id; });
    return found != edited.end() ? *found : find(table, planned, id);
  }
  [[nodiscard]] Alterations const& altered() const { return entities_.altered; }
  [[nodiscard]] bool is_planned(ThingId thing) const { return thing >= registry_.things.next_id(); }
  /// The first edit of an entry that exists, or one more of the same write.
  template <typename Entity>
  static void replace(std::vector<std::shared_ptr<Entity const>>& edited, Entity entity) {
    auto const found = std::ranges::find(edited, entity.id, [](auto const& other) { return other->id; });
    auto fresh = std::make_shared<Entity const>(std::move(entity));
    if (found == edited.end()) {
      edited.push_back(std::move(fresh));
    } else {
      *found = std::move(fresh);
    }
  }
  template <typename Entity>
  Result<void> edit_checked(Table<Entity> const& table, std::vector<std::shared_ptr<Entity const>>& edited, Entity entity, EntryKind kind);
  Result<void> record(Acted acted);
  [[nodiscard]] std::vector<LocationPtr> places_of(ThingId thing) const;
  void correct_features(Location const& before, Location const& after);
  Result<void> change_service(ThingId thing, bool retired);

  [[nodiscard]] std::string free_serial(ThingId id) const;
  Result<SensorId> link_or_share(Sensor sensor);
  Result<ObservedPropertyId> link_or_share(ObservedProperty property);
  Result<DatastreamId> add_checked(Datastream datastream, NewDatastream rest);
  /// What a new Datastream of the Thing is about when it does not say so; 0: the Thing is nowhere.
  FeatureId default_feature(ThingId thing);
  FeatureId feature_of(Location const& location);
  void give_feature(ThingId thing, Location const& location);

  Registry const& registry_;
  Entities entities_;
  SharedTexts& texts_;
  Instant now_;
  std::int64_t placed_ = 0;  ///< placements that were given a sequence
  TextMap<ThingId> serials_;
  std::unordered_map<ThingId, OfThing> of_things_;
  std::unordered_multimap<std::size_t, SensorPtr> new_sensors_;
  std::unordered_multimap<std::size_t, ObservedPropertyPtr> new_properties_;
  std::unordered_multimap<std::size_t, FeaturePtr> new_features_;
};

}  // namespace madang::city
