// Strong ids: explicit in, explicit out, no arithmetic. read(pole_id, ...) does not compile where a
// DatastreamId is wanted. All ids are positive and stay below 2^53, so that JSON numbers hold them.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace madang {

template <typename Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(std::int64_t value) : value_(value) {}

  [[nodiscard]] constexpr std::int64_t value() const { return value_; }
  /// Zero means "none": ids are assigned from 1.
  [[nodiscard]] constexpr explicit operator bool() const { return value_ != 0; }
  friend constexpr auto operator<=>(Id, Id) = default;

 private:
  std::int64_t value_ = 0;
};

// OGC SensorThings entities.
using ThingId = Id<struct ThingTag>;
using LocationId = Id<struct LocationTag>;
using SensorId = Id<struct SensorTag>;
using ObservedPropertyId = Id<struct ObservedPropertyTag>;
using DatastreamId = Id<struct DatastreamTag>;
using ObservationId = Id<struct ObservationTag>;
using FeatureId = Id<struct FeatureTag>;
// The city's own.
using AreaId = Id<struct AreaTag>;
using PartyId = Id<struct PartyTag>;
using KeyId = Id<struct KeyTag>;
using SituationId = Id<struct SituationTag>;

}  // namespace madang

template <typename Tag>
struct std::hash<madang::Id<Tag>> {
  std::size_t operator()(madang::Id<Tag> id) const noexcept {
    return std::hash<std::int64_t>{}(id.value());
  }
};
