#include "opendata/sensorthings/reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "core/json_input.h"
#include "opendata/sensorthings/entity_json.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/observation_reads.h"
#include "sensing/quality/quality.h"
#include "sensing/rules.h"

namespace madang::opendata {
namespace {

using web::Response;
using enum EntityKind;

/// Only what holds in full stands here; each is a requirements class or requirement of 18-088.
constexpr std::array<std::string_view, 19> kConformance = {
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/thing",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/location",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/datastream",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/sensor",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/observed-property",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/observation",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/feature-of-interest",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/entity-control-information/common-control-information",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/resource-path/resource-path-to-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/status-code",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/query-status-code",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/top",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/skip",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/count",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/pagination",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/create-entity",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/link-to-existing-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/deep-insert",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array",
};

constexpr std::array<std::string_view, 5> kKnownButAbsent = {"HistoricalLocations", "MultiDatastreams",
                                                             "TaskingCapabilities", "Actuators", "Tasks"};

std::string root_json(std::string const& base) {
  JsonWriter w;
  w.begin_object().key("value").begin_array();
  for (std::size_t i = 0; i < kEntityKinds; ++i) {
    auto const name = set_name(static_cast<EntityKind>(i));
    w.begin_object().field("name", name).field("url", base + "/" + std::string(name)).end_object();
  }
  w.end_array().key("serverSettings").begin_object().key("conformance").begin_array();
  for (auto const uri : kConformance) w.value(uri);
  w.end_array().end_object().end_object();
  return w.take();
}

std::unexpected<Error> not_found(EntityRef ref) {
  return fail(Code::kNotFound, fmt::format("there is no {} {}", entity_name(ref.kind), ref.id));
}

/// What a path stands for: an entity, or a collection of a kind (of everything, or of one parent).
struct Target {
  bool many = true;
  EntityKind kind = kThing;
  std::int64_t id = 0;
  std::optional<EntityRef> parent;
  std::vector<std::string> property;  ///< below the entity
};

class Resolver {
 public:
  explicit Resolver(ReadContext const& context) : context_(context) {}

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
    if (o.detail && o.detail->feature) return o.detail->feature.value();
    auto const d = context_.city.datastream(o.datastream);
    return d == nullptr ? 0 : d->default_feature.value();
  }

  /// It exists, and below the parent if there is one.
  Result<bool> belongs(EntityRef ref, std::optional<EntityRef> const& parent) const {
    auto const& city = context_.city;
    switch (ref.kind) {
      case kThing: {
        auto const e = city.thing(ThingId{ref.id});
        if (e == nullptr || !parent) return e != nullptr;
        auto const location = city.location(LocationId{parent->id});
        return location != nullptr && location->thing == e->id;
      }
      case kLocation: {
        auto const e = city.location(LocationId{ref.id});
        return e != nullptr && (!parent || e->thing.value() == parent->id);
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
    if (parent && parent->kind == kFeatureOfInterest) {
      return fail(Code::kUnsupported, "path: Observations of a FeatureOfInterest are not supported");
    }
    auto const o = context_.store.find(ObservationId{ref.id});
    if (!o && o.error().code != Code::kNotFound) return fail(o.error());
    return o.has_value() && (!parent || o->datastream.value() == parent->id);
  }

  ReadContext const& context_;
  Target target_;
};

/// Writes a collection's frame around the entities of one page.
/// Observations say in a sentence why a test flagged them.
template <typename Entity>
void write(JsonWriter& w, ReadContext const& context, Entity const& entity) {
  if constexpr (std::is_same_v<Entity, storage::StoredObservation>) {
    std::string reason;
    bool const flagged = !sensing::counts(entity.quality.flag);
    auto const stream = flagged && context.messages != nullptr ? context.city.datastream(entity.datastream) : nullptr;
    if (stream != nullptr)
      reason = sensing::quality_sentence(*context.messages, "en", stream->channel, entity.value, entity.quality);
    write_entity(w, context.base, entity, reason);
  } else {
    write_entity(w, context.base, entity);
  }
}

class CollectionWriter {
 public:
  CollectionWriter(ReadContext const& context, std::string_view path, bool references)
      : context_(context), path_(path), references_(references) {
    w_.begin_object();
  }

  void head(std::optional<std::size_t> count, bool more, std::size_t next_skip) {
    if (count) w_.field("@iot.count", *count);
    if (more) w_.field("@iot.nextLink", context_.base + "/" + std::string(path_) + next_query(context_.query, next_skip));
    w_.key("value").begin_array();
  }

  template <typename Entity>
  void add(Entity const& entity, EntityKind kind) {
    if (!references_) return write(w_, context_, entity);
    w_.begin_object().field("@iot.selfLink", self_link(context_.base, {kind, entity.id.value()})).end_object();
  }

  std::string finish() {
    w_.end_array().end_object();
    return w_.take();
  }

 private:
  ReadContext const& context_;
  std::string_view path_;
  bool references_;
  JsonWriter w_;
};

/// A page out of entities that are all at hand.
template <typename Entity>
city::Page<Entity> cut(std::vector<std::shared_ptr<Entity const>> all, city::PageOptions const& options) {
  auto const by_id = [](auto const& e) { return e->id; };
  std::ranges::sort(all, {}, by_id);
  if (options.descending) std::ranges::reverse(all);
  city::Page<Entity> page;
  page.count = all.size();
  auto const begin = std::min(options.skip, all.size());
  auto const end = std::min(all.size(), begin + options.top);
  page.entities.assign(all.begin() + static_cast<std::ptrdiff_t>(begin), all.begin() + static_cast<std::ptrdiff_t>(end));
  return page;
}

city::Page<city::Datastream> datastreams_of(city::City const& city, EntityRef parent, city::PageOptions const& options) {
  if (parent.kind == kThing) return cut(city.datastreams_of(ThingId{parent.id}), options);
  auto const all = city.datastreams({.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  std::vector<city::DatastreamPtr> fitting;
  for (auto const& d : all.entities) {
    auto const id = parent.kind == kSensor ? d->sensor.value() : d->observed_property.value();
    if (id == parent.id) fitting.push_back(d);
  }
  return cut(std::move(fitting), options);
}

city::Page<city::Thing> things_of(city::City const& city, EntityRef parent, city::PageOptions const& options) {
  std::vector<city::ThingPtr> all;
  auto const location = city.location(LocationId{parent.id});
  if (location != nullptr) {
    if (auto thing = city.thing(location->thing)) all.push_back(std::move(thing));
  }
  return cut(std::move(all), options);
}

struct CollectionRequest {
  ReadContext const& context;
  Target const& target;
  QueryOptions const& options;
  std::string_view path;
  bool references;
};

template <typename Entity>
std::string collection_json(CollectionRequest const& r, city::Page<Entity> const& page) {
  CollectionWriter writer(r.context, r.path, r.references);
  auto const next = r.options.skip + page.entities.size();
  bool const more = !page.entities.empty() && next < page.count;
  writer.head(r.options.count ? std::optional(page.count) : std::nullopt, more, next);
  for (auto const& e : page.entities) writer.add(*e, r.target.kind);
  return writer.finish();
}

Result<std::string> observations_json(CollectionRequest const& r) {
  std::vector<DatastreamId> streams;
  auto const& parent = r.target.parent;
  if (parent && parent->kind == kFeatureOfInterest) {
    return fail(Code::kUnsupported, "path: Observations of a FeatureOfInterest are not supported");
  }
  if (parent) {
    streams.push_back(DatastreamId{parent->id});
  } else {
    auto const all = r.context.city.datastreams(
        {.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
    for (auto const& d : all.entities) streams.push_back(d->id);
  }
  MADANG_TRY(auto const page, read_observations(r.context.store, streams, r.options));
  CollectionWriter writer(r.context, r.path, r.references);
  writer.head(page.count, page.more && r.options.top > 0, r.options.skip + page.observations.size());
  for (auto const& o : page.observations) writer.add(o, kObservation);
  return writer.finish();
}

Result<std::string> collection(CollectionRequest const& r) {
  if (r.target.kind == kObservation) return observations_json(r);
  auto const& city = r.context.city;
  auto const& parent = r.target.parent;
  bool const descending = !r.options.order.empty() && r.options.order.front().descending;
  city::PageOptions const page{.top = r.options.top, .skip = r.options.skip, .descending = descending};
  switch (r.target.kind) {
    case kThing: return collection_json(r, parent ? things_of(city, *parent, page) : city.things(page));
    case kLocation:
      return collection_json(r, parent ? cut(city.locations_of(ThingId{parent->id}), page) : city.locations(page));
    case kDatastream: return collection_json(r, parent ? datastreams_of(city, *parent, page) : city.datastreams(page));
    case kSensor: return collection_json(r, city.sensors(page));
    case kObservedProperty: return collection_json(r, city.observed_properties(page));
    default: return collection_json(r, city.features(page));
  }
}

template <typename EntityPtr>
Result<std::string> one(ReadContext const& context, EntityRef ref, EntityPtr const& entity) {
  if (entity == nullptr) return not_found(ref);
  JsonWriter w;
  write(w, context, *entity);
  return w.take();
}

/// The property as {"name": ...}, or with $value its bare text.
Result<Response> property_json(std::string const& entity, std::vector<std::string> const& path, bool bare) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.parse(entity).get(value) != simdjson::SUCCESS) return fail(Code::kInternal, "an entity is not JSON");
  for (auto const& name : path) {
    if (value.at_key(name).get(value) != simdjson::SUCCESS) {
      return fail(Code::kNotFound, fmt::format("path: there is no property \"{}\"", name.substr(0, 80)));
    }
  }
  if (bare) {
    Response response;
    std::string_view text;
    bool const is_text = value.get_string().get(text) == simdjson::SUCCESS;
    if (is_text) response.content_type = "text/plain; charset=utf-8";
    response.body = is_text ? std::string(text) : simdjson::minify(value);
    return response;
  }
  JsonWriter w;
  w.begin_object().key(path.back()).raw(simdjson::minify(value)).end_object();
  return web::json(w.take());
}

Result<void> refuse_options(web::Fields const& query) {
  for (auto const& [name, value] : query) {
    if (name.starts_with('$')) return fail(Code::kUnsupported, name.substr(0, 80) + ": not supported for a single entity");
  }
  return {};
}

}  // namespace

Result<std::string> entity_json(ReadContext const& context, EntityRef ref) {
  auto const& city = context.city;
  switch (ref.kind) {
    case kThing: return one(context, ref, city.thing(ThingId{ref.id}));
    case kLocation: return one(context, ref, city.location(LocationId{ref.id}));
    case kDatastream: return one(context, ref, city.datastream(DatastreamId{ref.id}));
    case kSensor: return one(context, ref, city.sensor(SensorId{ref.id}));
    case kObservedProperty: return one(context, ref, city.observed_property(ObservedPropertyId{ref.id}));
    case kFeatureOfInterest: return one(context, ref, city.feature(FeatureId{ref.id}));
    case kObservation: break;
  }
  MADANG_TRY(auto const o, context.store.find(ObservationId{ref.id}));
  return one(context, ref, &o);
}

Result<Response> read_resource(ReadContext const& context, std::string_view text) {
  MADANG_TRY(auto const path, parse_path(text));
  if (path.segments.empty()) {
    if (path.value || path.references) return fail(Code::kNotFound, "path: $value and $ref need something before them");
    return web::json(root_json(context.base));
  }
  MADANG_TRY(auto const target, Resolver(context).resolve(path));
  if (target.many) {
    if (path.value) return fail(Code::kNotFound, "path: $value needs a property before it");
    MADANG_TRY(auto const options, parse_query(context.query, target.kind));
    while (text.ends_with('/')) text.remove_suffix(1);
    MADANG_TRY(auto body, collection({context, target, options, text, path.references}));
    return web::json(std::move(body));
  }
  MADANG_CHECK(refuse_options(context.query));
  EntityRef const ref{target.kind, target.id};
  if (path.references) {
    JsonWriter w;
    w.begin_object().field("@iot.selfLink", self_link(context.base, ref)).end_object();
    return web::json(w.take());
  }
  MADANG_TRY(auto entity, entity_json(context, ref));
  if (!target.property.empty()) return property_json(entity, target.property, path.value);
  if (path.value) return fail(Code::kNotFound, "path: $value needs a property before it");
  return web::json(std::move(entity));
}

}  // namespace madang::opendata
