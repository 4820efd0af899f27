#include "opendata/sensorthings/deep_insert.h"

#include <fmt/format.h>

#include "core/json_writer.h"
#include "opendata/sensorthings/entity_bodies.h"
#include "opendata/sensorthings/limits.h"
#include "opendata/sensorthings/observation_reader.h"

namespace madang::opendata {
namespace {

/// The value, or its error with the place in front.
template <typename Value>
Result<Value> placed(Node const& node, Result<Value> result) {
  if (result) return result;
  return at_pointer(node.pointer, std::move(result).error());
}

/// `nested` of a path or of an enclosing entity is the same as what the body says, or the body says nothing.
std::unexpected<Error> not_the_one_around(Node const& node, std::string_view name) {
  return wrong_at(node.at(name), "not the one of the path or of the entity around it");
}

Result<Node> element_node(Node const& node, std::string_view name, std::size_t index,
                          simdjson::dom::element const& element) {
  return object_at(element, fmt::format("{}/{}", node.at(name), index));
}

/// An observation's text without the entities that are nested in it.
std::string members_given(Node const& node) {
  std::string text = "{";
  for (auto const [name, value] : node.object) {
    if (name == "Datastream" || name == "FeatureOfInterest") continue;
    if (text.size() > 1) text += ',';
    append_json_string(text, name);
    text += ':';
    text += simdjson::minify(value);
  }
  return text + "}";
}

}  // namespace

Surroundings surroundings_of(std::optional<EntityRef> const& parent) {
  Surroundings around;
  if (!parent) return around;
  switch (parent->kind) {
    case EntityKind::kThing: around.thing = ThingId{parent->id}; break;
    case EntityKind::kLocation: around.location = LocationId{parent->id}; break;
    case EntityKind::kSensor: around.sensor = SensorId{parent->id}; break;
    case EntityKind::kObservedProperty: around.observed_property = ObservedPropertyId{parent->id}; break;
    case EntityKind::kDatastream: around.datastream = DatastreamId{parent->id}; break;
    case EntityKind::kFeatureOfInterest: around.feature = FeatureId{parent->id}; break;
    case EntityKind::kObservation: break;
  }
  return around;
}

Result<Inserted> DeepInsert::insert(Node const& node, EntityKind kind, Surroundings const& around) {
  Inserted made{kind};
  switch (kind) {
    case EntityKind::kThing: {
      MADANG_TRY(auto const id, insert_thing(node, around));
      made.id = id.value();
      break;
    }
    case EntityKind::kLocation: {
      MADANG_TRY(auto const id, insert_location(node, around));
      made.id = id.value();
      break;
    }
    case EntityKind::kDatastream: {
      MADANG_TRY(auto const id, insert_datastream(node, around));
      made.id = id.value();
      break;
    }
    case EntityKind::kSensor: {
      MADANG_CHECK(check_unscoped());
      MADANG_TRY(auto const id, insert_sensor(node, false));
      made.id = id.value();
      break;
    }
    case EntityKind::kObservedProperty: {
      MADANG_CHECK(check_unscoped());
      MADANG_TRY(auto const id, insert_observed_property(node, false));
      made.id = id.value();
      break;
    }
    case EntityKind::kFeatureOfInterest: {
      MADANG_CHECK(check_unscoped());
      MADANG_TRY(auto const id, insert_feature(node, false));
      made.id = id.value();
      break;
    }
    case EntityKind::kObservation: {
      MADANG_TRY(made.observation, insert_observation(node, around));
      break;
    }
  }
  return made;
}

Result<void> DeepInsert::check_thing(ThingId thing) const {
  auto const found = writer_.thing(thing);
  if (found == nullptr) return fail(Code::kNotFound, fmt::format("there is no Thing {}", thing.value()));
  return check_scope(context_.who, found->serial);
}

Result<void> DeepInsert::check_unscoped() const {
  if (context_.who.things.empty()) return {};
  return fail(Code::kForbidden, "this key may only write to its own Things");
}

Result<ThingId> DeepInsert::insert_thing(Node const& node, Surroundings const& around) {
  MADANG_TRY(auto thing, read_thing(node));
  MADANG_CHECK(check_scope(context_.who, thing.serial));
  MADANG_TRY(auto const id, placed(node, writer_.add(std::move(thing))));
  if (around.location) MADANG_CHECK(writer_.place(id, around.location));
  Surroundings inside;
  inside.thing = id;
  // Places first: the Datastreams' default feature is made from them.
  MADANG_TRY(auto const locations, optional_array(node, "Locations"));
  for (std::size_t i = 0; i < locations.size(); ++i) {
    MADANG_TRY(auto const location, element_node(node, "Locations", i, locations[i]));
    MADANG_TRY(auto const link, link_of(location));
    if (link != 0) {
      MADANG_CHECK(placed(location, writer_.place(id, LocationId{link})));
    } else {
      MADANG_CHECK(insert_location(location, inside));
    }
  }
  MADANG_CHECK(insert_datastreams(node, inside));
  return id;
}

Result<void> DeepInsert::insert_datastreams(Node const& node, Surroundings const& around) {
  MADANG_TRY(auto const datastreams, optional_array(node, "Datastreams"));
  for (std::size_t i = 0; i < datastreams.size(); ++i) {
    MADANG_TRY(auto const datastream, element_node(node, "Datastreams", i, datastreams[i]));
    MADANG_TRY(auto const link, link_of(datastream));
    if (link != 0) {
      return fail(Code::kUnsupported, datastream.pointer + ": a Datastream that exists stays where it is");
    }
    MADANG_CHECK(insert_datastream(datastream, around));
  }
  return {};
}

Result<void> DeepInsert::insert_observations(Node const& node, Surroundings const& around) {
  MADANG_TRY(auto const observations, optional_array(node, "Observations"));
  for (std::size_t i = 0; i < observations.size(); ++i) {
    MADANG_TRY(auto const observation, element_node(node, "Observations", i, observations[i]));
    MADANG_TRY(auto const link, link_of(observation));
    if (link != 0) {
      return fail(Code::kUnsupported, observation.pointer + ": an Observation that exists stays where it is");
    }
    MADANG_CHECK(insert_observation(observation, around));
  }
  return {};
}

Result<LocationId> DeepInsert::insert_location(Node const& node, Surroundings const& around) {
  MADANG_TRY(auto location, read_location(node));
  MADANG_TRY(auto const things, optional_array(node, "Things"));
  if (!around.thing && things.empty()) MADANG_CHECK(check_unscoped());
  MADANG_TRY(auto const id, placed(node, writer_.add(std::move(location))));
  if (around.thing) {
    MADANG_CHECK(check_thing(around.thing));
    MADANG_CHECK(placed(node, writer_.place(around.thing, id)));
  }
  for (std::size_t i = 0; i < things.size(); ++i) {
    MADANG_TRY(auto const thing, element_node(node, "Things", i, things[i]));
    MADANG_TRY(auto const link, link_of(thing));
    if (link == 0) {
      Surroundings here;
      here.location = id;
      MADANG_CHECK(insert_thing(thing, here));
      continue;
    }
    MADANG_CHECK(placed(thing, check_thing(ThingId{link})));
    MADANG_CHECK(placed(thing, writer_.place(ThingId{link}, id)));
  }
  return id;
}

Result<SensorId> DeepInsert::insert_sensor(Node const& node, bool shared) {
  MADANG_TRY(auto sensor, read_sensor(node));
  MADANG_TRY(auto const id, placed(node, shared ? writer_.share(std::move(sensor)) : writer_.add(std::move(sensor))));
  Surroundings inside;
  inside.sensor = id;
  MADANG_CHECK(insert_datastreams(node, inside));
  return id;
}

Result<ObservedPropertyId> DeepInsert::insert_observed_property(Node const& node, bool shared) {
  MADANG_TRY(auto property, read_observed_property(node));
  MADANG_TRY(auto const id,
             placed(node, shared ? writer_.share(std::move(property)) : writer_.add(std::move(property))));
  Surroundings inside;
  inside.observed_property = id;
  MADANG_CHECK(insert_datastreams(node, inside));
  return id;
}

Result<FeatureId> DeepInsert::insert_feature(Node const& node, bool shared) {
  MADANG_TRY(auto feature, read_feature(node));
  MADANG_TRY(auto const id, placed(node, shared ? writer_.share(std::move(feature)) : writer_.add(std::move(feature))));
  Surroundings inside;
  inside.feature = id;
  MADANG_CHECK(insert_observations(node, inside));
  return id;
}

Result<ThingId> DeepInsert::thing_of(Node const& node, ThingId around) {
  if (!node.find("Thing")) {
    if (!around) return wrong_at(node.at("Thing"), "missing");
    MADANG_CHECK(placed(node, check_thing(around)));
    return around;
  }
  MADANG_TRY(auto const thing, needed_object(node, "Thing"));
  MADANG_TRY(auto const link, link_of(thing));
  if (around && around != ThingId{link}) return not_the_one_around(node, "Thing");
  if (link == 0) return insert_thing(thing, {});
  MADANG_CHECK(placed(thing, check_thing(ThingId{link})));
  return ThingId{link};
}

Result<SensorId> DeepInsert::sensor_of(Node const& node, SensorId around) {
  if (around && !node.find("Sensor")) return around;
  MADANG_TRY(auto const sensor, needed_object(node, "Sensor"));
  MADANG_TRY(auto const link, link_of(sensor));
  if (around && around != SensorId{link}) return not_the_one_around(node, "Sensor");
  if (link == 0) return insert_sensor(sensor, true);
  return SensorId{link};
}

Result<ObservedPropertyId> DeepInsert::observed_property_of(Node const& node, ObservedPropertyId around) {
  if (around && !node.find("ObservedProperty")) return around;
  MADANG_TRY(auto const property, needed_object(node, "ObservedProperty"));
  MADANG_TRY(auto const link, link_of(property));
  if (around && around != ObservedPropertyId{link}) return not_the_one_around(node, "ObservedProperty");
  if (link == 0) return insert_observed_property(property, true);
  return ObservedPropertyId{link};
}

Result<DatastreamId> DeepInsert::insert_datastream(Node const& node, Surroundings const& around) {
  city::NewDatastream made;
  MADANG_TRY(made.datastream, read_datastream(node));
  MADANG_TRY(auto const thing, thing_of(node, around.thing));
  MADANG_TRY(made.datastream.sensor, sensor_of(node, around.sensor));
  MADANG_TRY(made.datastream.observed_property, observed_property_of(node, around.observed_property));
  MADANG_TRY(auto const id, placed(node, writer_.add(thing, std::move(made))));
  Surroundings inside;
  inside.datastream = id;
  MADANG_CHECK(insert_observations(node, inside));
  return id;
}

Result<DatastreamId> DeepInsert::datastream_of(Node const& node, DatastreamId around) {
  if (around && !node.find("Datastream")) return around;
  MADANG_TRY(auto const datastream, needed_object(node, "Datastream"));
  MADANG_TRY(auto const link, link_of(datastream));
  if (around && around != DatastreamId{link}) return not_the_one_around(node, "Datastream");
  if (link == 0) return insert_datastream(datastream, {});
  return DatastreamId{link};
}

Result<FeatureId> DeepInsert::feature_of(Node const& node, FeatureId around) {
  if (!node.find("FeatureOfInterest")) return around;
  MADANG_TRY(auto const feature, needed_object(node, "FeatureOfInterest"));
  MADANG_TRY(auto const link, link_of(feature));
  if (around && around != FeatureId{link}) return not_the_one_around(node, "FeatureOfInterest");
  if (link == 0) return insert_feature(feature, true);
  if (writer_.feature(FeatureId{link}) == nullptr) {
    return fail(Code::kNotFound, fmt::format("{}: there is no FeatureOfInterest {}", feature.pointer, link));
  }
  return FeatureId{link};
}

Result<std::uint32_t> DeepInsert::insert_observation(Node const& node, Surroundings const& around) {
  MADANG_TRY(auto const id, datastream_of(node, around.datastream));
  auto const datastream = writer_.datastream(id);
  if (datastream == nullptr) {
    return fail(Code::kNotFound, fmt::format("{}: there is no Datastream {}", node.at("Datastream"), id.value()));
  }
  MADANG_CHECK(placed(node, check_thing(datastream->thing)));
  MADANG_TRY(auto const feature, feature_of(node, around.feature));
  MADANG_TRY(auto draft, placed(node, read_draft(members_given(node), context_.plans.city())));
  draft.detail.feature = feature;
  if (!draft.has_time) {
    if (!identities_.is_first_untimed(id)) return wrong_at(node.pointer, kSecondUntimed);
    draft.observation.phenomenon_time = context_.plans.arrival_time(id, context_.now);
  }
  auto const plan = stream_plan(*datastream, writer_.sensor(datastream->sensor).get(), {});
  MADANG_CHECK(placed(node, finish(draft, plan, context_.now)));
  if (batch_.observations.size() >= kObservationsPerBodyMax) {
    return fail(Code::kLimit, fmt::format("body: more than {} observations", kObservationsPerBodyMax));
  }
  if (identities_.add(draft.observation, draft.detail, batch_)) {
    return fail(Code::kConflict, node.pointer + ": another one here has its Datastream, phenomenonTime and FeatureOfInterest");
  }
  auto const index = static_cast<std::uint32_t>(batch_.observations.size());
  append(batch_, std::move(draft));
  return index;
}

}  // namespace madang::opendata
