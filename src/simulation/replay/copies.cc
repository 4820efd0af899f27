#include "simulation/replay/copies.h"

#include <simdjson.h>

#include <array>
#include <initializer_list>

#include "city/words.h"
#include "core/json_writer.h"
#include "runtime/shipped.h"

namespace madang::simulation {
namespace {

using simdjson::dom::element;

Result<element> parse(simdjson::dom::parser& parser, std::string const& json) {
  element root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS || !root.is_object()) {
    return fail(Code::kInvalid, "an entity of the source is not a JSON object");
  }
  return root;
}

/// Copies members as they are, where they exist.
void copy_members(JsonWriter& json, element const& from, std::initializer_list<std::string_view> names) {
  for (auto const name : names) {
    element value;
    if (from[name].get(value) == simdjson::SUCCESS && !value.is_null()) json.key(name).raw(simdjson::minify(value));
  }
}

/// What the source says already stands first, also in languages that the program has no texts in.
void write_notice(JsonWriter& json, element const& properties) {
  auto notice = city::in_every_language(runtime::shipped_messages(), "simulation.replayed");
  simdjson::dom::object known;
  if (properties["notice"].get(known) == simdjson::SUCCESS) {
    for (auto const [language, value] : known) {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS || text.empty()) continue;
      auto const ours = notice.by_language.find(language);
      auto both = std::string{text};
      if (ours != notice.by_language.end()) both += " " + ours->second;
      notice.by_language.insert_or_assign(std::string{language}, std::move(both));
    }
  }
  city::write_name(json.key("notice"), notice);
}

void write_copied_datastream(JsonWriter& json, element const& stream, StreamCopy const& copy, double speed) {
  json.begin_object();
  copy_members(json, stream, {"name", "description", "observationType", "unitOfMeasurement"});
  json.key("properties").begin_object();
  element properties;
  if (stream["properties"].get(properties) == simdjson::SUCCESS) {
    copy_members(json, properties, {"channel", "names", "fitted"});
    std::int64_t interval = 0;
    if (properties["intervalMs"].get(interval) == simdjson::SUCCESS) {
      json.field("intervalMs", static_cast<std::int64_t>(static_cast<double>(interval) / speed));
    }
  }
  json.end_object();
  json.key("Sensor").begin_object().field("@iot.id", copy.sensor).end_object();
  json.key("ObservedProperty").begin_object().field("@iot.id", copy.observed_property).end_object();
  json.end_object();
}

}  // namespace

Result<std::string> sensor_copy(std::string const& text) {
  simdjson::dom::parser parser;
  MADANG_TRY(auto const sensor, parse(parser, text));
  JsonWriter json;
  json.begin_object().field("name", std::string(text_at(sensor, "name")) + kReplayedSuffix);
  copy_members(json, sensor, {"description", "encodingType", "metadata"});
  json.key("properties").begin_object().field("measurementClass", "simulated");
  element properties;
  if (sensor["properties"].get(properties) == simdjson::SUCCESS) {
    copy_members(json, properties, {"model", "grade", "source", "channels"});
    write_notice(json, properties);
  }
  json.end_object().end_object();
  return json.take();
}

Result<std::string> observed_property_copy(std::string const& text) {
  simdjson::dom::parser parser;
  MADANG_TRY(auto const property, parse(parser, text));
  JsonWriter json;
  json.begin_object();
  copy_members(json, property, {"name", "definition", "description", "properties"});
  json.end_object();
  return json.take();
}

Result<std::string> thing_copy(ThingCopy const& copy) {
  simdjson::dom::parser thing_parser;
  simdjson::dom::parser parser;
  MADANG_TRY(auto const thing, parse(thing_parser, copy.json));
  JsonWriter json;
  json.begin_object();
  copy_members(json, thing, {"name", "description"});
  json.key("properties").begin_object().field("serial", copy.serial).field("simulated", true);
  element properties;
  if (thing["properties"].get(properties) == simdjson::SUCCESS) {
    copy_members(json, properties, {"names"});
    json.field("replayOf", text_at(properties, "serial"));
  }
  json.end_object();
  json.key("Locations").begin_array();
  for (auto const& text : copy.locations) {
    MADANG_TRY(auto const location, parse(parser, text));
    json.begin_object();
    copy_members(json, location, {"name", "description", "encodingType", "location", "properties"});
    json.end_object();
  }
  json.end_array().key("Datastreams").begin_array();
  for (auto const& stream : copy.streams) {
    MADANG_TRY(auto const root, parse(parser, stream.json));
    write_copied_datastream(json, root, stream, copy.speed);
  }
  json.end_array().end_object();
  return json.take();
}

std::string field_of(std::string const& json, std::string_view name) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json).get(root) != simdjson::SUCCESS) return {};
  return std::string(text_at(root, name));
}

}  // namespace madang::simulation
