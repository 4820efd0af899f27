// Resource paths of SensorThings: "Things(1)/Datastreams(2)/Observations", "Sensors(3)/name/$value". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"

namespace madang::opendata {

enum class EntityKind : std::uint8_t {
  kThing, kLocation, kDatastream, kSensor, kObservedProperty, kObservation, kFeatureOfInterest
};
inline constexpr std::size_t kEntityKinds = 7;

std::string_view set_name(EntityKind kind);     ///< "Things"
std::string_view entity_name(EntityKind kind);  ///< "Thing"
std::optional<EntityKind> kind_of_set(std::string_view name);

/// Where a name leads from an entity.
struct Navigation {
  EntityKind from;
  std::string_view name;
  EntityKind to;
  bool many = false;
};
/// nullptr: the kind has no such link.
Navigation const* navigation(EntityKind from, std::string_view name);
std::vector<Navigation> navigations(EntityKind from);

struct EntityRef {
  EntityKind kind;
  std::int64_t id = 0;
  friend bool operator==(EntityRef const&, EntityRef const&) = default;
};

/// One step: "Things", "Things(1)", "Datastream", "name".
struct PathSegment {
  std::string name;
  std::optional<std::int64_t> id;
};

/// What comes after the service root, cut into steps; empty for the root. kInvalid names the step.
struct ResourcePath {
  std::vector<PathSegment> segments;
  bool value = false;       ///< ended with $value
  bool references = false;  ///< ended with $ref
};
Result<ResourcePath> parse_path(std::string_view text);

}  // namespace madang::opendata
