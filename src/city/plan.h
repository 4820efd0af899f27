// What one writing call will make: ids are given, links are resolved and checked, before anything touches the
// records. Reads the registry, never changes it.
#pragma once

#include <unordered_map>

#include "city/city.h"
#include "city/registry.h"

namespace madang::city {

class Plan final : public Writer {
 public:
  /// `texts` outlives the plan; what is planned shares its names with what was planned before.
  Plan(Registry const& registry, SharedTexts& texts) : registry_(registry), texts_(texts) {}

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

  [[nodiscard]] ThingPtr thing(ThingId id) const override { return find(registry_.things, entities_.things, id); }
  [[nodiscard]] SensorPtr sensor(SensorId id) const override { return find(registry_.sensors, entities_.sensors, id); }
  [[nodiscard]] DatastreamPtr datastream(DatastreamId id) const override {
    return find(registry_.datastreams, entities_.datastreams, id);
  }
  [[nodiscard]] FeaturePtr feature(FeatureId id) const override {
    return find(registry_.features, entities_.features, id);
  }

  Result<ThingId> add(NewThing thing);
  Result<LocationId> add(ThingId thing, Location location);

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
  TextMap<ThingId> serials_;
  std::unordered_map<ThingId, OfThing> of_things_;
  std::unordered_multimap<std::size_t, SensorPtr> new_sensors_;
  std::unordered_multimap<std::size_t, ObservedPropertyPtr> new_properties_;
  std::unordered_multimap<std::size_t, FeaturePtr> new_features_;
};

}  // namespace madang::city
