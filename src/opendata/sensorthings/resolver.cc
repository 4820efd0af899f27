#include "opendata/sensorthings/resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace madang::opendata {
namespace {

using enum EntityKind;

constexpr std::array<std::string_view, 5> kKnownButAbsent = {"HistoricalLocations", "MultiDatastreams",
                                                             "TaskingCapabilities", "Actuators", "Tasks"};

class Resolver {
 public:
  explicit Resolver(ResolveContext const& context) : context_(context) {}

  Result<Target> resolve(ResourcePath const& path) {
    auto const& first = path.segments.front();
    auto const kind = kind_of_set(first.name);
    if (!kind) return unknown(first.name);
    target_.kind = *kind;
    MADANG_CHECK(choose(first));
    for (std::size_t i = 1; i < path.segments.size(); ++i) MADANG_CHECK(step(path.segments[i]));
    return target_;
  }

 private:
  static std::unexpected<Error> unknown(std::string const& name) {
    if (std::ranges::find(kKnownButAbsent, name) != kKnownButAbsent.end()) {
      return fail(Code::kUnsupported, fmt::format("path: {} are not supported", name));
    }
    return fail(Code::kNotFound, fmt::format("path: \"{}\" is not known", name.substr(0, 80)));
  }

  /// The id of a set's segment picks one entity, which must be in the set.
  Result<void> choose(PathSegment const& segment) {
    if (!segment.id) return {};
    EntityRef const ref{target_.kind, *segment.id};
    MADANG_TRY(auto const inside, belongs(ref, target_.parent));
    if (!inside) return not_found(ref);
    target_.many = false;
    target_.id = *segment.id;
    target_.parent.reset();
    return {};
  }

  Result<void> step(PathSegment const& segment) {
    if (target_.many) return fail(Code::kNotFound, fmt::format("path: \"{}\" cannot follow a collection", segment.name));
    auto const* link = target_.property.empty() ? navigation(target_.kind, segment.name) : nullptr;
    if (link == nullptr) {
      if (segment.id) return unknown(segment.name);
      if (target_.property.empty() && std::ranges::find(kKnownButAbsent, segment.name) != kKnownButAbsent.end()) {
        return unknown(segment.name);
      }
      target_.property.push_back(segment.name);
      return {};
    }
    EntityRef const from{target_.kind, target_.id};
    target_.kind = link->to;
    if (link->many) {
      target_.many = true;
      target_.parent = from;
      return choose(segment);
    }
    if (segment.id) return unknown(segment.name);
    MADANG_TRY(target_.id, linked(from, link->to));
    if (target_.id == 0) {
      return fail(Code::kNotFound, fmt::format("{} {} has no {}", entity_name(from.kind), from.id, segment.name));
    }
    return {};
  }

  Result<std::int64_t> linked(EntityRef from, EntityKind to) const {
    if (from.kind == kDatastream) {
      auto const d = context_.city.datastream(DatastreamId{from.id});
      if (d == nullptr) return not_found(from);
      if (to == kThing) return d->thing.value();
      return to == kSensor ? d->sensor.value() : d->observed_property.value();
    }
    MADANG_TRY(auto const o, context_.store.find(ObservationId{from.id}));
    if (to == kDatastream) return o.datastream.value();
    return feature_of(context_.city, o).value();
  }

  /// It exists, and below the parent if there is one.
  Result<bool> belongs(EntityRef ref, std::optional<EntityRef> const& parent) const {
    auto const& city = context_.city;
    switch (ref.kind) {
      case kThing: {
        auto const e = city.thing(ThingId{ref.id});
        if (e == nullptr || !parent) return e != nullptr;
        return is_there(ThingId{ref.id}, LocationId{parent->id});
      }
      case kLocation: {
        auto const e = city.location(LocationId{ref.id});
        if (e == nullptr || !parent) return e != nullptr;
        return is_there(ThingId{parent->id}, LocationId{ref.id});
      }
      case kDatastream: {
        auto const e = city.datastream(DatastreamId{ref.id});
        if (e == nullptr || !parent) return e != nullptr;
        if (parent->kind == kThing) return e->thing.value() == parent->id;
        return (parent->kind == kSensor ? e->sensor.value() : e->observed_property.value()) == parent->id;
      }
      case kSensor: return city.sensor(SensorId{ref.id}) != nullptr;
      case kObservedProperty: return city.observed_property(ObservedPropertyId{ref.id}) != nullptr;
      case kFeatureOfInterest: return city.feature(FeatureId{ref.id}) != nullptr;
      case kObservation: break;
    }
    auto const o = context_.store.find(ObservationId{ref.id});
    if (!o && o.error().code != Code::kNotFound) return fail(o.error());
    if (!o || !parent) return o.has_value();
    if (parent->kind == kFeatureOfInterest) return feature_of(city, *o).value() == parent->id;
    return o->datastream.value() == parent->id;
  }

  [[nodiscard]] bool is_there(ThingId thing, LocationId location) const {
    auto const things = context_.city.things_of(location);
    return std::ranges::any_of(things, [thing](auto const& t) { return t->id == thing; });
  }

  ResolveContext const& context_;
  Target target_;
};

}  // namespace

std::unexpected<Error> not_found(EntityRef ref) {
  return fail(Code::kNotFound, fmt::format("there is no {} {}", entity_name(ref.kind), ref.id));
}

Result<Target> resolve(ResolveContext const& context, ResourcePath const& path) {
  return Resolver(context).resolve(path);
}

FeatureId feature_of(city::City const& city, storage::StoredObservation const& observation) {
  if (observation.detail && observation.detail->feature) return observation.detail->feature;
  auto const datastream = city.datastream(observation.datastream);
  return datastream == nullptr ? FeatureId{} : datastream->default_feature;
}

}  // namespace madang::opendata
