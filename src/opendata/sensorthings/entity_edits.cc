#include "opendata/sensorthings/entity_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "city/module.h"
#include "city/permissions.h"
#include "core/json_writer.h"
#include "core/text.h"
#include "opendata/sensorthings/entity_bodies.h"
#include "opendata/sensorthings/entity_json.h"
#include "opendata/sensorthings/json_patch.h"
#include "opendata/sensorthings/observations.h"

namespace madang::opendata {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

/// `properties` and `unitOfMeasurement` are merged, not what stands in them.
constexpr int kMergedDepth = 1;

std::optional<element> member(object const& from, std::string_view name) {
  element found;
  if (from[name].get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

void append_member(std::string& out, std::string_view name, std::string_view json) {
  if (out.size() > 1) out += ',';
  append_json_string(out, name);
  out += ':';
  out += json;
}

std::string merged(object const& before, object const& patch, int depth) {
  std::string out = "{";
  for (auto const [name, value] : before) {
    auto const news = member(patch, name);
    object inside;
    object inside_news;
    if (!news) {
      append_member(out, name, simdjson::minify(value));
    } else if (depth > 0 && value.get(inside) == simdjson::SUCCESS && news->get(inside_news) == simdjson::SUCCESS) {
      append_member(out, name, merged(inside, inside_news, depth - 1));
    } else if (!news->is_null()) {
      append_member(out, name, simdjson::minify(*news));
    }
  }
  for (auto const [name, value] : patch)
    if (!member(before, name) && !value.is_null()) append_member(out, name, simdjson::minify(value));
  return out + "}";
}

bool is_control(std::string_view name) { return name.contains("@iot."); }

/// What the patch says of the entity itself, and of its links.
struct Patch {
  std::string own = "{}";
  std::string links = "{}";
  PatchFormat format = PatchFormat::kMerge;  ///< of `own`
};

constexpr std::array<std::string_view, 9> kLinks = {"Locations", "Datastreams", "Things", "Thing", "Sensor", "ObservedProperty",
                                                    "Observations", "FeatureOfInterest", "HistoricalLocations"};

bool is_link(std::string_view name) { return std::ranges::find(kLinks, name) != kLinks.end(); }

Patch patch_of(object const& body) {
  Patch patch{"{", "{"};
  for (auto const [name, value] : body) {
    if (is_control(name)) continue;
    append_member(is_link(name) ? patch.links : patch.own, name, simdjson::minify(value));
  }
  patch.own += '}';
  patch.links += '}';
  return patch;
}

/// The entity as it is served, without what the service itself writes into it.
template <typename Entity>
std::string own_members(Entity const& entity) {
  JsonWriter w;
  if constexpr (std::is_same_v<Entity, city::Datastream>) {
    write_entity(w, "", entity, std::nullopt);
  } else {
    write_entity(w, "", entity);
  }
  simdjson::dom::parser parser;
  object served;
  MADANG_ASSERT(parser.parse(w.text()).get(served) == simdjson::SUCCESS);
  std::string own = "{";
  for (auto const [name, value] : served)
    if (!is_control(name)) append_member(own, name, simdjson::minify(value));
  return own + "}";
}

std::unexpected<Error> no_such(EntityRef ref) {
  return fail(Code::kNotFound, fmt::format("there is no {} {}", entity_name(ref.kind), ref.id));
}

bool may_correct_all(web::Principal const& who) { return who.may(city::kChangeRegistry); }

Result<void> check_corrects_all(web::Principal const& who) {
  if (may_correct_all(who)) return {};
  return fail(Code::kForbidden, fmt::format("this key may not correct or delete what is not its own Things'; that needs the permission {}, which its party holds by a role",
                                            city::kChangeRegistry.name()));
}

class Edit {
 public:
  Edit(PatchContext const& context, city::Writer& writer, Patch const& patch, Node const& links)
      : context_(context), writer_(writer), patch_(patch), links_(links) {}

  Result<void> apply(EntityRef ref) {
    switch (ref.kind) {
      case EntityKind::kThing: return edit_thing(ThingId{ref.id});
      case EntityKind::kDatastream: return edit_datastream(DatastreamId{ref.id});
      case EntityKind::kLocation: return edit_location(LocationId{ref.id});
      case EntityKind::kSensor: return edit_alone(context_.city.sensor(SensorId{ref.id}), read_sensor, ref);
      case EntityKind::kObservedProperty:
        return edit_alone(context_.city.observed_property(ObservedPropertyId{ref.id}), read_observed_property, ref);
      case EntityKind::kFeatureOfInterest: return edit_alone(context_.city.feature(FeatureId{ref.id}), read_feature, ref);
      case EntityKind::kObservation: break;
    }
    return fail(Code::kUnsupported, "a reading is never edited; another one of the same time supersedes it");
  }

 private:
  template <typename Entity, typename Read>
  Result<Entity> patched(Entity const& before, Read const& read) const {
    MADANG_TRY(auto const text, rewritten(own_members(before)));
    simdjson::dom::parser parser;
    MADANG_TRY(auto const body, parse_body(parser, text));
    for (auto const [name, value] : body.object)
      if (is_link(name)) return fail(Code::kUnsupported, fmt::format("/{}: a JSON Patch changes no links; a patch of application/json does", name));
    MADANG_TRY(auto after, read(body));
    after.id = before.id;
    return after;
  }

  Result<std::string> rewritten(std::string before) const {
    if (patch_.format == PatchFormat::kJsonPatch) return json_patched(std::move(before), patch_.own);
    return merged_json(before, patch_.own, kMergedDepth);
  }

  template <typename Pointer, typename Read>
  Result<void> edit_alone(Pointer const& before, Read const& read, EntityRef ref) {
    if (before == nullptr) return no_such(ref);
    MADANG_CHECK(check_all());
    MADANG_CHECK(check_links({}));
    MADANG_TRY(auto after, patched(*before, read));
    return writer_.edit(std::move(after));
  }

  Result<void> edit_thing(ThingId id) {
    auto const before = context_.city.thing(id);
    if (before == nullptr) return no_such({EntityKind::kThing, id.value()});
    MADANG_CHECK(check_own(before->serial));
    MADANG_CHECK(check_links({"Locations"}));
    MADANG_TRY(auto after, patched(*before, read_thing));
    // What the service itself wrote into `properties` is not taken away with what others did.
    if (after.serial.empty()) after.serial = before->serial;
    MADANG_CHECK(writer_.edit(std::move(after)));
    if (!links_.find("Locations")) return {};
    MADANG_TRY(auto const locations, optional_array(links_, "Locations"));
    std::vector<LocationId> places;
    for (std::size_t i = 0; i < locations.size(); ++i) {
      MADANG_TRY(auto const node, object_at(locations[i], fmt::format("/Locations/{}", i)));
      MADANG_TRY(auto const link, link_of(node));
      if (link != 0) {
        places.push_back(LocationId{link});
        continue;
      }
      MADANG_TRY(auto location, read_location(node));
      MADANG_TRY(auto const made, writer_.add(std::move(location)));
      places.push_back(made);
    }
    return writer_.move(id, places);
  }

  Result<void> edit_datastream(DatastreamId id) {
    auto const before = context_.city.datastream(id);
    if (before == nullptr) return no_such({EntityKind::kDatastream, id.value()});
    MADANG_CHECK(check_thing(before->thing));
    MADANG_CHECK(check_links({"Thing", "Sensor", "ObservedProperty"}));
    MADANG_TRY(auto after, patched(*before, read_datastream));
    after.thing = before->thing;
    after.default_feature = before->default_feature;
    MADANG_TRY(after.thing, linked("Thing", before->thing));
    MADANG_TRY(after.sensor, linked("Sensor", before->sensor));
    MADANG_TRY(after.observed_property, linked("ObservedProperty", before->observed_property));
    return writer_.edit(std::move(after));
  }

  Result<void> edit_location(LocationId id) {
    auto const before = context_.city.location(id);
    if (before == nullptr) return no_such({EntityKind::kLocation, id.value()});
    auto const things = context_.city.things_of(id);
    if (things.empty()) MADANG_CHECK(check_all());
    for (auto const& thing : things) MADANG_CHECK(check_own(thing->serial));
    MADANG_CHECK(check_links({}));
    MADANG_TRY(auto after, patched(*before, read_location));
    return writer_.edit(std::move(after));
  }

  template <typename EntityId>
  Result<EntityId> linked(std::string_view name, EntityId otherwise) const {
    if (!links_.find(name)) return otherwise;
    MADANG_TRY(auto const node, needed_object(links_, name));
    MADANG_TRY(auto const link, link_of(node));
    if (link == 0) return fail(Code::kInvalid, fmt::format("/{}: a link expected, as {{\"@iot.id\": 1}}", name));
    return EntityId{link};
  }

  /// 18-088, 10.3.1: related entities are made by their own requests, and what is to many stays.
  Result<void> check_links(std::initializer_list<std::string_view> allowed) const {
    for (auto const [name, value] : links_.object)
      if (std::ranges::find(allowed, name) == allowed.end())
        return fail(Code::kInvalid, fmt::format("/{}: is not changed with this entity", name));
    return {};
  }

  Result<void> check_thing(ThingId id) const {
    auto const thing = context_.city.thing(id);
    return check_own(thing == nullptr ? std::string_view{} : std::string_view{thing->serial});
  }

  /// Who was given some Things to write to corrects those; to write to all Things is no leave to correct what all have.
  Result<void> check_own(std::string_view serial) const {
    if (context_.who.things.empty()) return check_all();
    return may_correct_all(context_.who) ? Result<void>{} : check_scope(context_.who, serial);
  }
  Result<void> check_all() const { return check_corrects_all(context_.who); }

  PatchContext const& context_;
  city::Writer& writer_;
  Patch const& patch_;
  Node const& links_;
};

}  // namespace

std::string merged_json(std::string_view before, std::string_view patch, int depth) {
  simdjson::dom::parser first;
  simdjson::dom::parser second;
  object a;
  object b;
  MADANG_ASSERT(first.parse(before.data(), before.size()).get(a) == simdjson::SUCCESS);
  MADANG_ASSERT(second.parse(patch.data(), patch.size()).get(b) == simdjson::SUCCESS);
  return merged(a, b, depth);
}

namespace {

Result<Patch> parse_patch(std::string_view body, PatchFormat format) {
  if (format == PatchFormat::kJsonPatch) return Patch{.own = std::string(body), .format = format};
  if (trim(body).starts_with('['))
    return fail(Code::kInvalid, "body: one JSON object expected; a list of operations has the Content-Type application/json-patch+json");
  simdjson::dom::parser parser;
  MADANG_TRY(auto const node, parse_body(parser, body));
  return patch_of(node.object);
}

}  // namespace

Result<void> plan_patch(PatchContext const& context, city::Writer& writer, EntityRef ref, std::string_view body, PatchFormat format) {
  MADANG_TRY(auto const patch, parse_patch(body, format));
  simdjson::dom::parser link_parser;
  MADANG_TRY(auto const links, parse_body(link_parser, patch.links));
  return Edit(context, writer, patch, links).apply(ref);
}

Result<void> patch_entity(EditContext const& context, EntityRef ref, std::string_view body, PatchFormat format) {
  auto const work = [&](city::Writer& writer) { return plan_patch({context.city, context.who}, writer, ref, body, format); };
  return context.city.write(work, context.who.name);
}

Result<void> delete_entity(EditContext const& context, EntityRef ref) {
  MADANG_CHECK(check_corrects_all(context.who));
  auto const remove_checked = [&](auto id, auto const& check) {
    auto const work = [&](city::Writer& writer) -> Result<void> {
      MADANG_CHECK(check());
      return writer.remove(id);
    };
    return context.city.write(work, context.who.name);
  };
  auto const remove = [&](auto id) { return remove_checked(id, [] { return Result<void>{}; }); };
  switch (ref.kind) {
    case EntityKind::kThing:
      return remove_checked(ThingId{ref.id}, [&] { return city::check_never_measured(context.city, context.store, ThingId{ref.id}); });
    case EntityKind::kDatastream:
      return remove_checked(DatastreamId{ref.id}, [&] { return city::check_never_measured(context.city, context.store, {DatastreamId{ref.id}}); });
    case EntityKind::kLocation: return remove(LocationId{ref.id});
    case EntityKind::kSensor: return remove(SensorId{ref.id});
    case EntityKind::kObservedProperty: return remove(ObservedPropertyId{ref.id});
    case EntityKind::kFeatureOfInterest:
    case EntityKind::kObservation: break;
  }
  return fail(Code::kUnsupported, "readings and what they are about are never deleted");
}

}  // namespace madang::opendata
