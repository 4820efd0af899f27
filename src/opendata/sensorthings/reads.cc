#include "opendata/sensorthings/reads.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "core/json_input.h"
#include "core/language.h"
#include "opendata/sensorthings/entity_json.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/members.h"
#include "opendata/sensorthings/observation_reads.h"
#include "opendata/sensorthings/resolver.h"
#include "opendata/sensorthings/result_types.h"
#include "opendata/sensorthings/service_root.h"
#include "sensing/quality/quality.h"
#include "sensing/rules.h"

namespace madang::opendata {
namespace {

using web::Response;
using enum EntityKind;

/// The store flags every result that is no number, so that nothing counts it. Where it need not be one, that is no fault.
bool may_be_text(city::Datastream const& stream) {
  auto const type = result_type_of(stream.observation_type);
  return type == ResultType::kAny || type == ResultType::kText;
}

/// Observations say in a sentence why a test flagged them.
template <typename Entity>
void write(JsonWriter& w, ReadContext const& context, Entity const& entity) {
  if constexpr (std::is_same_v<Entity, storage::StoredObservation>) {
    std::string reason;
    bool const flagged = !sensing::counts(entity.quality.flag);
    auto const stream = flagged ? context.city.datastream(entity.datastream) : nullptr;
    if (stream != nullptr && !storage::is_number(entity) && may_be_text(*stream)) {
      auto shown = entity;
      shown.quality = {};
      return write_entity(w, context.base, shown);
    }
    if (stream != nullptr && context.messages != nullptr)
      reason = sensing::quality_sentence(*context.messages, kSourceLanguage, stream->channel, entity.value, entity.quality);
    write_entity(w, context.base, entity, reason);
  } else {
    write_entity(w, context.base, entity);
  }
}

/// From the first to the newest observation of a Datastream. An earlier interval that ends later is not looked for.
Result<std::optional<Interval>> observed_time(ReadContext const& context, storage::StoredObservation const& newest) {
  if (!newest.id) return std::nullopt;
  MADANG_TRY(auto const first, context.store.read(newest.datastream, {kInstantMin, kInstantMax},
                                                  {.limit = 1, .with_details = false, .deadline = context.until()}));
  if (first.empty()) return std::nullopt;
  auto const end = newest.detail ? newest.detail->phenomenon_end : std::nullopt;
  return Interval{first.front().phenomenon_time, end.value_or(newest.phenomenon_time)};
}

/// Datastreams say when they were observed.
Result<void> write_all(JsonWriter& w, ReadContext const& context, std::vector<city::DatastreamPtr> const& datastreams) {
  std::vector<DatastreamId> ids;
  ids.reserve(datastreams.size());
  for (auto const& d : datastreams) ids.push_back(d->id);
  MADANG_TRY(auto const newest, context.store.latest(ids));
  for (std::size_t i = 0; i < datastreams.size(); ++i) {
    MADANG_TRY(auto const observed, observed_time(context, newest[i]));
    write_entity(w, context.base, *datastreams[i], observed);
  }
  return {};
}

template <typename EntityPtr>
Result<void> write_all(JsonWriter& w, ReadContext const& context, std::vector<EntityPtr> const& entities) {
  for (auto const& e : entities) write(w, context, *e);
  return {};
}

template <typename EntityPtr>
Result<std::string> array_of(ReadContext const& context, std::vector<EntityPtr> const& entities) {
  JsonWriter w;
  w.begin_array();
  MADANG_CHECK(write_all(w, context, entities));
  w.end_array();
  return w.take();
}

/// The same, of what the registry alone knows.
template <typename EntityPtr>
Result<std::string> registered(ReadContext const& context, std::vector<EntityPtr> const& entities) {
  JsonWriter w;
  w.begin_array();
  for (auto const& e : entities) write(w, context, *e);
  w.end_array();
  return w.take();
}

struct CollectionRequest {
  ReadContext const& context;
  Target const& target;
  QueryOptions const& options;
  std::string_view path;
  bool references;
};

/// Those of `entities` from `from` on that are written together.
template <typename EntityPtr>
std::vector<EntityPtr> some_of(std::vector<EntityPtr> const& entities, std::size_t from, std::size_t count) {
  auto const begin = entities.begin() + static_cast<std::ptrdiff_t>(from);
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, entities.size() - from))};
}

/// Writes the entities of one page, and then the collection's frame around them.
class CollectionWriter {
 public:
  explicit CollectionWriter(CollectionRequest const& request) : request_(request) { values_.begin_array(); }

  /// How many were written: not all of them where they are more than a page may hold.
  template <typename EntityPtr>
  Result<std::size_t> add(std::vector<EntityPtr> const& entities, EntityKind kind) {
    std::size_t written = 0;
    while (written < entities.size() && values_.text().size() <= kPageBytesMax) {
      MADANG_CHECK(check(request_.context.deadline));
      auto const some = some_of(entities, written, kWrittenAtOnce);
      MADANG_CHECK(write_some(some, kind));
      written += some.size();
    }
    return written;
  }

  /// `next`: what the link to the next page says; empty: this is the last.
  std::string finish(std::optional<std::size_t> count, std::string const& next) {
    JsonWriter w;
    w.begin_object();
    if (count) w.field("@iot.count", *count);
    if (!next.empty()) w.field("@iot.nextLink", request_.context.base + "/" + std::string(request_.path) + next);
    values_.end_array();
    w.key("value").raw(values_.take()).end_object();
    return w.take();
  }

 private:
  template <typename EntityPtr>
  Result<void> write_some(std::vector<EntityPtr> const& entities, EntityKind kind) {
    auto const& select = request_.options.select;
    if (!request_.references && select.empty()) return write_all(values_, request_.context, entities);
    if (!request_.references) {
      MADANG_TRY(auto const whole, array_of(request_.context, entities));
      values_.raw(with_members(whole, select));
      return {};
    }
    for (auto const& e : entities) {
      values_.begin_object().field("@iot.selfLink", self_link(request_.context.base, {kind, e->id.value()})).end_object();
    }
    return {};
  }

  CollectionRequest const& request_;
  JsonWriter values_;
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

template <typename Entity>
Result<std::string> collection_json(CollectionRequest const& r, city::Page<Entity> const& page) {
  CollectionWriter writer(r);
  MADANG_TRY(auto const written, writer.add(page.entities, r.target.kind));
  auto const next = r.options.skip + written;
  bool const more = written > 0 && next < page.count;
  return writer.finish(r.options.count ? std::optional(page.count) : std::nullopt,
                       more ? next_query(r.context.query, "$skip", std::to_string(next)) : std::string{});
}

/// All Datastreams, or the parent's.
std::vector<DatastreamId> streams_of(city::City const& city, std::optional<EntityRef> const& parent) {
  std::vector<DatastreamId> streams;
  if (parent && parent->kind == kDatastream) {
    streams.push_back(DatastreamId{parent->id});
    return streams;
  }
  auto const all = city.datastreams({.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  for (auto const& d : all.entities) streams.push_back(d->id);
  return streams;
}

std::string next_of(CollectionRequest const& r, ObservationPage const& page) {
  if (!page.more || page.observations.empty()) return {};
  bool const named = r.target.parent && r.target.parent->kind == kDatastream;
  if (page.next && named) return next_query(r.context.query, "$skiptoken", text_of(*page.next));
  return next_query(r.context.query, "$skip", std::to_string(r.options.skip + page.observations.size()));
}

/// The page ends behind so many of its observations.
void end_at(ObservationPage& page, std::size_t count) {
  if (count == 0 || count >= page.observations.size()) return;
  page.observations.resize(count);
  page.more = true;
  if (page.next) page.next = PagePosition{page.observations.back().phenomenon_time, page.observations.back().id};
}

/// $resultFormat=dataArray (18-088, 13.1): one group of rows for each run of one Datastream's observations.
Result<std::string> data_array_json(CollectionRequest const& r, ObservationPage const& page) {
  std::vector<std::string> names = r.options.select;
  if (names.empty()) names = {"@iot.id", "phenomenonTime", "resultTime", "result", "resultQuality", "parameters"};
  JsonWriter w;
  w.begin_object();
  if (page.count) w.field("@iot.count", *page.count);
  auto const next = next_of(r, page);
  if (!next.empty()) w.field("@iot.nextLink", r.context.base + "/" + std::string(r.path) + next);
  w.key("value").begin_array();
  auto const& all = page.observations;
  for (std::size_t at = 0; at < all.size();) {
    auto const stream = all[at].datastream;
    std::vector<storage::StoredObservation const*> group;
    for (; at < all.size() && all[at].datastream == stream; ++at) group.push_back(&all[at]);
    MADANG_TRY(auto const whole, array_of(r.context, group));
    w.begin_object();
    w.field("Datastream@iot.navigationLink", self_link(r.context.base, {kDatastream, stream.value()}));
    w.key("components").begin_array();
    for (auto const& name : names) w.value(name == "@iot.id" ? std::string_view("id") : std::string_view(name));
    w.end_array().field("dataArray@iot.count", group.size());
    w.key("dataArray").raw(rows_of_members(whole, names)).end_object();
  }
  w.end_array().end_object();
  return w.take();
}

Result<std::string> observations_json(CollectionRequest const& r) {
  auto const& parent = r.target.parent;
  auto const& city = r.context.city;
  ObservationCondition about;
  if (parent && parent->kind == kFeatureOfInterest) {
    about = [&city, id = FeatureId{parent->id}](storage::StoredObservation const& o) { return feature_of(city, o) == id; };
  }
  MADANG_TRY(auto page, read_observations({r.context.store, streams_of(city, parent), about, r.context.deadline}, r.options));
  if (r.options.data_array) return data_array_json(r, page);
  std::vector<storage::StoredObservation const*> observations;
  observations.reserve(page.observations.size());
  for (auto const& o : page.observations) observations.push_back(&o);
  CollectionWriter writer(r);
  MADANG_TRY(auto const written, writer.add(observations, kObservation));
  end_at(page, written);
  return writer.finish(page.count, next_of(r, page));
}

/// Those of a whole collection that $filter lets through, then cut to the page.
template <typename Entity>
Result<city::Page<Entity>> filtered(CollectionRequest const& r, city::Page<Entity> const& all,
                                    city::PageOptions const& page) {
  if (all.count > kFilteredEntitiesMax) {
    return fail(Code::kLimit, fmt::format("$filter: {} {} would be looked at, the maximum is {}: name one entity around them",
                                          all.count, set_name(r.target.kind), kFilteredEntitiesMax));
  }
  // When Datastreams were observed is asked of the store only where it matters.
  bool const observed = mentions(*r.options.filter, "phenomenonTime");
  std::vector<std::shared_ptr<Entity const>> kept;
  for (std::size_t from = 0; from < all.entities.size(); from += kWrittenAtOnce) {
    MADANG_CHECK(check(r.context.deadline));
    auto const some = some_of(all.entities, from, kWrittenAtOnce);
    MADANG_TRY(auto const json, observed ? array_of(r.context, some) : registered(r.context, some));
    for (auto const place : matching(*r.options.filter, json)) kept.push_back(some[place]);
  }
  return cut(std::move(kept), page);
}

/// `list` gives a page of the collection.
template <typename List>
Result<std::string> entities_json(CollectionRequest const& r, List const& list) {
  bool const descending = !r.options.order.empty() && r.options.order.front().descending;
  city::PageOptions const page{.top = r.options.top, .skip = r.options.skip, .descending = descending};
  if (!r.options.filter) return collection_json(r, list(page));
  auto const all = list({.top = std::numeric_limits<std::size_t>::max(), .skip = 0, .descending = false});
  MADANG_TRY(auto const kept, filtered(r, all, page));
  return collection_json(r, kept);
}

Result<std::string> collection(CollectionRequest const& r) {
  using city::PageOptions;
  auto const& city = r.context.city;
  auto const& parent = r.target.parent;
  switch (r.target.kind) {
    case kObservation: return observations_json(r);
    case kThing:
      return entities_json(r, [&](PageOptions const& p) {
        return parent ? cut(city.things_of(LocationId{parent->id}), p) : city.things(p);
      });
    case kLocation:
      return entities_json(r, [&](PageOptions const& p) {
        return parent ? cut(city.locations_of(ThingId{parent->id}), p) : city.locations(p);
      });
    case kDatastream:
      return entities_json(r, [&](PageOptions const& p) {
        return parent ? datastreams_of(city, *parent, p) : city.datastreams(p);
      });
    case kSensor: return entities_json(r, [&](PageOptions const& p) { return city.sensors(p); });
    case kObservedProperty: return entities_json(r, [&](PageOptions const& p) { return city.observed_properties(p); });
    case kFeatureOfInterest: return entities_json(r, [&](PageOptions const& p) { return city.features(p); });
  }
  return fail(Code::kInternal, "a collection of an unknown kind");
}

template <typename EntityPtr>
Result<std::string> one(ReadContext const& context, EntityRef ref, EntityPtr const& entity) {
  if (entity == nullptr) return not_found(ref);
  JsonWriter w;
  MADANG_CHECK(write_all(w, context, std::vector<EntityPtr>{entity}));
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

/// Of a single entity only $select means anything here.
Result<std::vector<std::string>> selected(web::Fields const& query, EntityKind kind) {
  std::vector<std::string> names;
  for (auto const& [name, value] : query) {
    if (name == "$select") {
      MADANG_TRY(names, parse_select(value, kind));
    } else if (name.starts_with('$')) {
      return fail(Code::kUnsupported, name == "$expand" ? "$expand: this server expands nothing; follow the links of the entity" : name.substr(0, 80) + ": of a single entity only $select is known");
    }
  }
  return names;
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
  return one(context, ref, static_cast<storage::StoredObservation const*>(&o));
}

namespace {

/// An Observation whose link was given away and that another has superseded since: 410 says that it is gone for good, which
/// 404 leaves open (RFC 9110, 15.5.11), and which one counts now.
std::optional<Response> superseded(ReadContext const& context, ResourcePath const& path) {
  auto const& segments = path.segments;
  auto const at = std::ranges::find_if(segments, [](PathSegment const& s) { return s.name == "Observations" && s.id; });
  if (at == segments.end()) return std::nullopt;
  auto const newer = context.store.successor(ObservationId{*at->id});
  if (!newer) return std::nullopt;
  auto const link = self_link(context.base, {kObservation, newer->id.value()});
  auto response = web::error_response(
      {Code::kNotFound, fmt::format("Observation {} was superseded by another result for the same time; {} counts now", *at->id, link)});
  response.status = 410;
  response.headers.emplace_back("Link", fmt::format("<{}>; rel=\"successor-version\"", link));
  return response;
}

Result<Response> read_path(ReadContext const& context, ResourcePath const& path, std::string_view text) {
  if (path.segments.empty()) {
    if (path.value || path.references) return fail(Code::kNotFound, "path: $value and $ref need something before them");
    return web::json(root_json(context.base));
  }
  MADANG_TRY(auto const target, resolve({context.city, context.store}, path));
  if (target.many) {
    if (path.value) return fail(Code::kNotFound, "path: $value needs a property before it");
    MADANG_TRY(auto const options, parse_query(context.query, target.kind));
    while (text.ends_with('/')) text.remove_suffix(1);
    MADANG_TRY(auto body, collection({context, target, options, text, path.references}));
    return web::json(std::move(body));
  }
  MADANG_TRY(auto const select, selected(context.query, target.kind));
  EntityRef const ref{target.kind, target.id};
  if (path.references) {
    JsonWriter w;
    w.begin_object().field("@iot.selfLink", self_link(context.base, ref)).end_object();
    return web::json(w.take());
  }
  MADANG_TRY(auto entity, entity_json(context, ref));
  if (!target.property.empty()) return property_json(entity, target.property, path.value);
  if (path.value) return fail(Code::kNotFound, "path: $value needs a property before it");
  if (!select.empty()) entity = with_members("[" + entity + "]", select);
  return web::json(std::move(entity));
}

}  // namespace

Result<Response> read_resource(ReadContext const& context, std::string_view text) {
  MADANG_TRY(auto const path, parse_path(text));
  auto answer = read_path(context, path, text);
  if (answer || answer.error().code != Code::kNotFound) return answer;
  if (auto gone = superseded(context, path)) return *std::move(gone);
  return answer;
}

}  // namespace madang::opendata
