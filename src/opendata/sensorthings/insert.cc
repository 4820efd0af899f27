#include "opendata/sensorthings/insert.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "core/json_input.h"
#include "opendata/sensorthings/entity_json.h"
#include "opendata/sensorthings/limits.h"

namespace madang::opendata {
namespace {

using simdjson::dom::element;

/// A JSON object and where it stands, so that an error can say so.
struct Node {
  simdjson::dom::object object;
  std::string pointer;  ///< "" is the body itself

  [[nodiscard]] std::string at(std::string_view name) const { return fmt::format("{}/{}", pointer, name); }

  [[nodiscard]] std::optional<element> find(std::string_view name) const {
    element found;
    if (object.at_key(name).get(found) != simdjson::SUCCESS || found.is_null()) return std::nullopt;
    return found;
  }
};

std::unexpected<Error> wrong(std::string const& pointer, std::string_view wanted) {
  return fail(Code::kInvalid, fmt::format("{}: {}", pointer, wanted));
}

Result<Node> object_at(element const& value, std::string pointer) {
  Node node;
  if (value.get_object().get(node.object) != simdjson::SUCCESS) {
    return wrong(pointer.empty() ? "body" : pointer, "a JSON object expected");
  }
  node.pointer = std::move(pointer);
  return node;
}

Result<element> parse_body(simdjson::dom::parser& parser, std::string_view body) {
  element root;
  if (auto const error = parser.parse(body.data(), body.size()).get(root)) {
    if (auto fault = json_fault("body", body)) return fail(*std::move(fault));
    return fail(Code::kInvalid, fmt::format("body: not JSON: {}", simdjson::error_message(error)));
  }
  return root;
}

/// A name that is not listed is refused, unless it is an annotation or null: a typing error must not go unnoticed.
Result<void> check_names(Node const& node, std::initializer_list<std::string_view> known) {
  for (auto const [name, value] : node.object) {
    if (value.is_null() || name.find("@iot.") != std::string_view::npos) continue;
    if (std::ranges::find(known, name) == known.end()) return wrong(node.at(name), "not known here");
  }
  return {};
}

Result<void> refuse(Node const& node, std::initializer_list<std::string_view> names) {
  for (auto const name : names) {
    if (node.find(name)) return fail(Code::kUnsupported, node.at(name) + ": not supported in a post");
  }
  return {};
}

Result<std::string> optional_text(Node const& node, std::string_view name) {
  auto const found = node.find(name);
  if (!found) return std::string{};
  std::string_view text;
  if (found->get_string().get(text) != simdjson::SUCCESS) return wrong(node.at(name), "a text expected");
  return std::string(text);
}

Result<std::string> needed_text(Node const& node, std::string_view name) {
  if (!node.find(name)) return wrong(node.at(name), "missing");
  return optional_text(node, name);
}

Result<double> optional_number(Node const& node, std::string_view name, double otherwise) {
  auto const found = node.find(name);
  if (!found) return otherwise;
  double number = 0;
  if (found->get_double().get(number) != simdjson::SUCCESS) return wrong(node.at(name), "a number expected");
  return number;
}

Result<bool> optional_bool(Node const& node, std::string_view name, bool otherwise) {
  auto const found = node.find(name);
  if (!found) return otherwise;
  bool truth = false;
  if (found->get_bool().get(truth) != simdjson::SUCCESS) return wrong(node.at(name), "true or false expected");
  return truth;
}

Result<std::vector<element>> optional_array(Node const& node, std::string_view name) {
  std::vector<element> items;
  auto const found = node.find(name);
  if (!found) return items;
  simdjson::dom::array array;
  if (found->get_array().get(array) != simdjson::SUCCESS) return wrong(node.at(name), "an array expected");
  for (auto const item : array) items.push_back(item);
  return items;
}

/// {"@iot.id": 3}: a link to what exists. 0: not a link.
Result<std::int64_t> link_of(Node const& node) {
  element found;
  if (node.object.at_key("@iot.id").get(found) != simdjson::SUCCESS) return 0;
  std::int64_t id = 0;
  if (found.get_int64().get(id) != simdjson::SUCCESS || id < 1) {
    return wrong(node.at("@iot.id"), "a positive number expected");
  }
  return id;
}

/// A text, or one text per language.
Result<city::Name> name_at(Node const& node, std::string_view name) {
  city::Name out;
  auto const found = node.find(name);
  if (!found) return out;
  if (found->is_string()) {
    MADANG_TRY(out.by_language["en"], optional_text(node, name));
    return out;
  }
  MADANG_TRY(auto const languages, object_at(*found, node.at(name)));
  for (auto const [language, text] : languages.object) {
    MADANG_TRY(out.by_language[std::string(language)], needed_text(languages, language));
  }
  return out;
}

/// The entity's `properties` and, cut out of them, those that the registry keeps itself.
struct Properties {
  std::string rest = "{}";
  std::optional<Node> own;
};

Result<Properties> properties_of(Node const& node, EntityKind kind) {
  Properties out;
  auto const found = node.find("properties");
  if (!found) return out;
  MADANG_TRY(out.own, object_at(*found, node.at("properties")));
  out.rest = "{";
  for (auto const [name, value] : out.own->object) {
    if (is_own_property(kind, name)) continue;
    if (out.rest.size() > 1) out.rest += ',';
    append_json_string(out.rest, name);
    out.rest += ':';
    out.rest += simdjson::minify(value);
  }
  out.rest += '}';
  return out;
}

/// `name`, with the other languages from properties.names.
Result<city::Name> entity_name_of(Node const& node, Properties const& properties) {
  MADANG_TRY(auto const plain, needed_text(node, "name"));
  city::Name name;
  if (properties.own) {
    MADANG_TRY(name, name_at(*properties.own, "names"));
  }
  // The plain name is what everybody sees; it must not be lost to a set of names that leaves it out.
  name.by_language.insert_or_assign("en", plain);
  return name;
}

Result<std::string> geometry_at(Node const& node, std::string_view name) {
  auto const found = node.find(name);
  if (!found) return wrong(node.at(name), "missing");
  if (!found->is_object()) return wrong(node.at(name), "a GeoJSON object expected");
  return simdjson::minify(*found);
}

Result<city::Location> read_location(Node const& node) {
  MADANG_CHECK(refuse(node, {"HistoricalLocations"}));
  MADANG_CHECK(check_names(node, {"name", "description", "encodingType", "location", "properties", "Things", "Thing"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kLocation));
  city::Location e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.description, optional_text(node, "description"));
  MADANG_TRY(e.encoding_type, needed_text(node, "encodingType"));
  MADANG_TRY(e.geometry, geometry_at(node, "location"));
  e.properties = std::move(properties.rest);
  return e;
}

Result<city::Channel> read_channel(Node const& node) {
  MADANG_CHECK(check_names(node, {"name", "scale", "offset", "validMin", "validMax", "sentinels", "fitted"}));
  city::Channel c;
  MADANG_TRY(c.name, needed_text(node, "name"));
  MADANG_TRY(c.scale, optional_number(node, "scale", 1));
  MADANG_TRY(c.offset, optional_number(node, "offset", 0));
  MADANG_TRY(c.valid_min, optional_number(node, "validMin", 0));
  MADANG_TRY(c.valid_max, optional_number(node, "validMax", 0));
  MADANG_TRY(c.fitted, optional_bool(node, "fitted", true));
  MADANG_TRY(auto const sentinels, optional_array(node, "sentinels"));
  for (std::size_t i = 0; i < sentinels.size(); ++i) {
    double number = 0;
    if (sentinels[i].get_double().get(number) != simdjson::SUCCESS) {
      return wrong(fmt::format("{}/{}", node.at("sentinels"), i), "a number expected");
    }
    c.sentinels.push_back(number);
  }
  return c;
}

Result<void> read_capabilities(city::Sensor& e, Node const& own) {
  MADANG_TRY(e.model, optional_text(own, "model"));
  MADANG_TRY(e.grade, optional_text(own, "grade"));
  MADANG_TRY(e.source, optional_text(own, "source"));
  MADANG_TRY(e.notice, name_at(own, "notice"));
  MADANG_TRY(auto const measurement_class, optional_text(own, "measurementClass"));
  if (!measurement_class.empty()) {
    auto const known = measurement_class_of(measurement_class);
    if (!known) {
      return wrong(own.at("measurementClass"), "reference, indicative, simple_monitor, simulated or unknown expected");
    }
    e.measurement_class = *known;
  }
  MADANG_TRY(auto const channels, optional_array(own, "channels"));
  for (std::size_t i = 0; i < channels.size(); ++i) {
    MADANG_TRY(auto const node, object_at(channels[i], fmt::format("{}/{}", own.at("channels"), i)));
    MADANG_TRY(auto channel, read_channel(node));
    e.channels.push_back(std::move(channel));
  }
  return {};
}

Result<city::Sensor> read_sensor(Node const& node) {
  MADANG_CHECK(refuse(node, {"Datastreams"}));
  MADANG_CHECK(check_names(node, {"name", "description", "encodingType", "metadata", "properties"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kSensor));
  city::Sensor e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.description, optional_text(node, "description"));
  MADANG_TRY(e.encoding_type, needed_text(node, "encodingType"));
  auto const metadata = node.find("metadata");
  if (!metadata) return wrong(node.at("metadata"), "missing");
  if (metadata->is_string()) {
    MADANG_TRY(e.metadata, optional_text(node, "metadata"));
  } else {
    e.metadata = simdjson::minify(*metadata);
  }
  if (properties.own) MADANG_CHECK(read_capabilities(e, *properties.own));
  e.properties = std::move(properties.rest);
  return e;
}

Result<city::ObservedProperty> read_observed_property(Node const& node) {
  MADANG_CHECK(refuse(node, {"Datastreams"}));
  MADANG_CHECK(check_names(node, {"name", "definition", "description", "properties"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kObservedProperty));
  city::ObservedProperty e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.definition, needed_text(node, "definition"));
  MADANG_TRY(e.description, optional_text(node, "description"));
  e.properties = std::move(properties.rest);
  return e;
}

Result<city::Unit> read_unit(Node const& node) {
  auto const found = node.find("unitOfMeasurement");
  if (!found) return wrong(node.at("unitOfMeasurement"), "missing");
  MADANG_TRY(auto const unit, object_at(*found, node.at("unitOfMeasurement")));
  MADANG_CHECK(check_names(unit, {"name", "symbol", "definition"}));
  city::Unit e;
  MADANG_TRY(e.name, optional_text(unit, "name"));
  MADANG_TRY(e.symbol, optional_text(unit, "symbol"));
  MADANG_TRY(e.definition, optional_text(unit, "definition"));
  return e;
}

/// A nested entity, or a link to one that exists.
Result<Node> nested(Node const& node, std::string_view name) {
  auto const found = node.find(name);
  if (!found) return wrong(node.at(name), "missing");
  return object_at(*found, node.at(name));
}

Result<city::NewDatastream> read_datastream(Node const& node) {
  MADANG_CHECK(refuse(node, {"Observations", "observedArea"}));
  MADANG_CHECK(check_names(node, {"name", "description", "observationType", "unitOfMeasurement", "properties", "Sensor",
                                  "ObservedProperty", "Thing", "phenomenonTime", "resultTime"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kDatastream));
  city::NewDatastream e;
  MADANG_TRY(e.datastream.name, entity_name_of(node, properties));
  MADANG_TRY(e.datastream.description, optional_text(node, "description"));
  MADANG_TRY(e.datastream.observation_type, needed_text(node, "observationType"));
  MADANG_TRY(e.datastream.unit, read_unit(node));
  if (properties.own) {
    MADANG_TRY(e.datastream.channel, optional_text(*properties.own, "channel"));
    MADANG_TRY(e.datastream.fitted, optional_bool(*properties.own, "fitted", true));
    MADANG_TRY(auto const interval, optional_number(*properties.own, "intervalMs", 0));
    if (interval < 0 || interval > 1e11) return wrong(properties.own->at("intervalMs"), "0 to 100000000000 expected");
    e.datastream.interval = Millis{static_cast<std::int64_t>(interval)};
  }
  e.datastream.properties = std::move(properties.rest);
  MADANG_TRY(auto const sensor, nested(node, "Sensor"));
  MADANG_TRY(auto const sensor_id, link_of(sensor));
  e.datastream.sensor = SensorId{sensor_id};
  if (sensor_id == 0) {
    MADANG_TRY(e.sensor, read_sensor(sensor));
  }
  MADANG_TRY(auto const property, nested(node, "ObservedProperty"));
  MADANG_TRY(auto const property_id, link_of(property));
  e.datastream.observed_property = ObservedPropertyId{property_id};
  if (property_id == 0) {
    MADANG_TRY(e.observed_property, read_observed_property(property));
  }
  return e;
}

/// The Thing that a Datastream or Location is posted for: {"Thing": {"@iot.id": 1}}.
Result<ThingId> linked_thing(Node const& node, std::string_view name) {
  auto const found = node.find(name);
  if (!found) return ThingId{};
  MADANG_TRY(auto const thing, object_at(*found, node.at(name)));
  MADANG_TRY(auto const id, link_of(thing));
  if (id == 0) return wrong(thing.at("@iot.id"), "missing");
  return ThingId{id};
}

Result<city::NewThing> read_thing(Node const& node) {
  MADANG_CHECK(refuse(node, {"HistoricalLocations", "TaskingCapabilities", "MultiDatastreams"}));
  MADANG_CHECK(check_names(node, {"name", "description", "properties", "Locations", "Datastreams"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kThing));
  city::NewThing e;
  MADANG_TRY(e.thing.name, entity_name_of(node, properties));
  MADANG_TRY(e.thing.description, optional_text(node, "description"));
  if (properties.own) {
    MADANG_TRY(e.thing.serial, optional_text(*properties.own, "serial"));
    MADANG_TRY(e.thing.simulated, optional_bool(*properties.own, "simulated", false));
  }
  if (e.thing.serial.empty()) {
    MADANG_TRY(e.thing.serial, needed_text(node, "name"));
  }
  e.thing.properties = std::move(properties.rest);
  MADANG_TRY(auto const locations, optional_array(node, "Locations"));
  for (std::size_t i = 0; i < locations.size(); ++i) {
    MADANG_TRY(auto const location, object_at(locations[i], fmt::format("{}/{}", node.at("Locations"), i)));
    MADANG_TRY(auto const link, link_of(location));
    if (link != 0) return fail(Code::kUnsupported, location.pointer + ": a Location belongs to one Thing only");
    MADANG_TRY(auto read, read_location(location));
    e.locations.push_back(std::move(read));
  }
  MADANG_TRY(auto const datastreams, optional_array(node, "Datastreams"));
  for (std::size_t i = 0; i < datastreams.size(); ++i) {
    MADANG_TRY(auto const datastream, object_at(datastreams[i], fmt::format("{}/{}", node.at("Datastreams"), i)));
    MADANG_TRY(auto read, read_datastream(datastream));
    e.datastreams.push_back(std::move(read));
  }
  return e;
}

/// `read` on the body's root object; the parser's memory lives as long as that takes.
template <typename Read>
auto parse_with(std::string_view body, Read read) -> decltype(read(std::declval<Node const&>())) {
  simdjson::dom::parser parser;
  if (auto const error = parser.allocate(body.size(), kEntityDepthMax)) {
    return fail(Code::kLimit, fmt::format("body: {}", simdjson::error_message(error)));
  }
  MADANG_TRY(auto const root, parse_body(parser, body));
  MADANG_TRY(auto const node, object_at(root, ""));
  return read(node);
}

}  // namespace

Result<city::NewThing> parse_thing(std::string_view body) { return parse_with(body, read_thing); }
Result<city::Sensor> parse_sensor(std::string_view body) { return parse_with(body, read_sensor); }
Result<city::ObservedProperty> parse_observed_property(std::string_view body) {
  return parse_with(body, read_observed_property);
}

Result<city::FeatureOfInterest> parse_feature(std::string_view body) {
  auto const read = [](Node const& node) -> Result<city::FeatureOfInterest> {
    MADANG_CHECK(refuse(node, {"Observations"}));
    MADANG_CHECK(check_names(node, {"name", "description", "encodingType", "feature", "properties"}));
    MADANG_TRY(auto properties, properties_of(node, EntityKind::kFeatureOfInterest));
    city::FeatureOfInterest e;
    MADANG_TRY(e.name, entity_name_of(node, properties));
    MADANG_TRY(e.description, optional_text(node, "description"));
    MADANG_TRY(e.encoding_type, needed_text(node, "encodingType"));
    MADANG_TRY(e.geometry, geometry_at(node, "feature"));
    e.properties = std::move(properties.rest);
    return e;
  };
  return parse_with(body, read);
}

Result<ParsedDatastream> parse_datastream(std::string_view body) {
  auto const read = [](Node const& node) -> Result<ParsedDatastream> {
    ParsedDatastream out;
    MADANG_TRY(out.thing, linked_thing(node, "Thing"));
    MADANG_TRY(out.datastream, read_datastream(node));
    return out;
  };
  return parse_with(body, read);
}

Result<ParsedLocation> parse_location(std::string_view body) {
  auto const read = [](Node const& node) -> Result<ParsedLocation> {
    ParsedLocation out;
    MADANG_TRY(auto const things, optional_array(node, "Things"));
    if (things.size() > 1) return fail(Code::kUnsupported, "/Things: a Location belongs to one Thing only");
    if (things.size() == 1) {
      MADANG_TRY(auto const thing, object_at(things[0], "/Things/0"));
      MADANG_TRY(auto const id, link_of(thing));
      if (id == 0) return wrong("/Things/0/@iot.id", "missing");
      out.thing = ThingId{id};
    }
    MADANG_TRY(out.location, read_location(node));
    return out;
  };
  return parse_with(body, read);
}

}  // namespace madang::opendata
