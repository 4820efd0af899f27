// What one writing call will make: ids are given, links are resolved and checked, before anything touches the
// records. Reads the registry, never changes it.
#pragma once

#include <unordered_map>

#include "city/city.h"
#include "city/registry.h"

namespace madang::city {

class Plan {
 public:
  /// `texts` outlives the plan; what is planned shares its names with what was planned before.
  Plan(Registry const& registry, SharedTexts& texts);

  Result<ThingId> add(NewThing thing);
  Result<DatastreamId> add(ThingId thing, NewDatastream datastream);
  Result<LocationId> add(ThingId thing, Location location);
  Result<SensorId> add(Sensor sensor);
  Result<ObservedPropertyId> add(ObservedProperty property);
  Result<FeatureId> add(FeatureOfInterest feature);

  [[nodiscard]] Entities const& entities() const { return entities_; }

 private:
  /// The next id of a kind, counting what is planned.
  template <typename Entity>
  auto next_id(Table<Entity> const& table, std::vector<std::shared_ptr<Entity const>> const& planned) const {
    using EntityId = typename Table<Entity>::EntityId;
    return EntityId{table.next_id().value() + static_cast<std::int64_t>(planned.size())};
  }
  Result<SensorId> link_or_add(Sensor sensor);
  Result<ObservedPropertyId> link_or_add(ObservedProperty property);
  Result<DatastreamId> add_checked(Datastream datastream, NewDatastream rest);
  FeatureId feature_of(Location const& location);

  Registry const& registry_;
  Entities entities_;
  SharedTexts& texts_;
  TextMap<ThingId> serials_;
  std::unordered_multimap<std::size_t, SensorPtr> new_sensors_;
  std::unordered_multimap<std::size_t, ObservedPropertyPtr> new_properties_;
};

}  // namespace madang::city
