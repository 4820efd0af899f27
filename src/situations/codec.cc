#include "situations/codec.h"

#include <simdjson.h>

namespace madang::situations {
namespace {

using simdjson::dom::array;
using simdjson::dom::object;

std::unexpected<Error> corrupt(std::string_view what, std::string_view json) {
  return fail(Code::kCorrupt, std::string{what} + ": cannot be read from \"" + std::string{json.substr(0, 80)} + "\"");
}

std::string text_at(object const& from, std::string_view key) {
  std::string_view text;
  if (from[key].get(text) != simdjson::SUCCESS) return {};
  return std::string{text};
}

std::int64_t integer_at(object const& from, std::string_view key) {
  std::int64_t number = 0;
  if (from[key].get(number) != simdjson::SUCCESS) return 0;
  return number;
}

double number_at(object const& from, std::string_view key) {
  double number = 0;
  if (from[key].get(number) != simdjson::SUCCESS) return 0;
  return number;
}

bool switch_at(object const& from, std::string_view key) {
  bool on = false;
  return from[key].get(on) == simdjson::SUCCESS && on;
}

city::Name name_at(object const& from, std::string_view key) {
  city::Name name;
  object texts;
  if (from[key].get(texts) != simdjson::SUCCESS) return name;
  for (auto const [language, value] : texts) {
    std::string_view text;
    if (value.get(text) == simdjson::SUCCESS) name.by_language.emplace(language, text);
  }
  return name;
}

std::optional<LatLon> place_at(object const& from, std::string_view key) {
  array pair;
  LatLon place;
  if (from[key].get(pair) != simdjson::SUCCESS || pair.at(0).get(place.longitude) != simdjson::SUCCESS ||
      pair.at(1).get(place.latitude) != simdjson::SUCCESS)
    return std::nullopt;
  return place;
}

std::vector<EvidenceValue> values_at(object const& from, std::string_view key) {
  std::vector<EvidenceValue> values;
  array rows;
  if (from[key].get(rows) != simdjson::SUCCESS) return values;
  for (auto const row : rows) {
    std::int64_t time = 0;
    double value = 0;
    std::int64_t flag = 0;
    if (row.at(0).get(time) == simdjson::SUCCESS && row.at(1).get(value) == simdjson::SUCCESS &&
        row.at(2).get(flag) == simdjson::SUCCESS)
      values.push_back({instant_of_millis(time), value, static_cast<QualityFlag>(flag)});
  }
  return values;
}

void write_stream(JsonWriter& w, EvidenceStream const& stream) {
  w.begin_object().field("datastream", stream.datastream.value()).field("thing", stream.thing.value());
  w.field("channel", stream.channel).field("unit", stream.unit).field("role", stream.role).key("place");
  write_place(w, stream.place);
  w.field("expected", stream.expected).key("values").begin_array();
  for (auto const& v : stream.values)
    w.begin_array().value(millis_of(v.time)).value(v.value).value(static_cast<int>(v.flag)).end_array();
  w.end_array().end_object();
}

EvidenceStream stream_of(object const& from) {
  EvidenceStream stream;
  stream.datastream = DatastreamId{integer_at(from, "datastream")};
  stream.thing = ThingId{integer_at(from, "thing")};
  stream.channel = text_at(from, "channel");
  stream.unit = text_at(from, "unit");
  stream.role = text_at(from, "role");
  stream.place = place_at(from, "place");
  stream.expected = number_at(from, "expected");
  stream.values = values_at(from, "values");
  return stream;
}

}  // namespace

void write_name(JsonWriter& w, city::Name const& name) {
  w.begin_object();
  for (auto const& [language, text] : name.by_language) w.field(language, text);
  w.end_object();
}

void write_place(JsonWriter& w, std::optional<LatLon> const& place) {
  if (!place) {
    w.null();
    return;
  }
  w.begin_array().value(place->longitude).value(place->latitude).end_array();
}

std::string json_of(Evidence const& evidence) {
  JsonWriter w;
  w.begin_object().key("reason");
  write_name(w, evidence.reason);
  w.field("score", evidence.score).field("threshold", evidence.threshold).key("streams").begin_array();
  for (auto const& stream : evidence.streams) write_stream(w, stream);
  w.end_array().end_object();
  return w.take();
}

Result<Evidence> evidence_of_json(std::string_view json) {
  simdjson::dom::parser parser;
  object root;
  array streams;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS ||
      root["streams"].get(streams) != simdjson::SUCCESS)
    return corrupt("evidence", json);
  Evidence evidence;
  evidence.reason = name_at(root, "reason");
  evidence.score = number_at(root, "score");
  evidence.threshold = number_at(root, "threshold");
  for (auto const each : streams) {
    object stream;
    if (each.get(stream) == simdjson::SUCCESS) evidence.streams.push_back(stream_of(stream));
  }
  return evidence;
}

std::string json_of(Signal const& signal) {
  JsonWriter w;
  w.begin_object().field("group", signal.group).field("rule", signal.rule);
  w.field("rule_version", static_cast<std::int64_t>(signal.rule_version)).key("headline");
  write_name(w, signal.headline);
  write_name(w.key("description"), signal.description);
  write_name(w.key("instruction"), signal.instruction);
  write_place(w.key("place"), signal.place);
  w.field("radius", signal.radius).field("area", signal.area.value()).field("since", millis_of(signal.since));
  w.field("simulated", signal.simulated).end_object();
  return w.take();
}

Result<void> read_signal(std::string_view json, Signal& signal) {
  simdjson::dom::parser parser;
  object root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return corrupt("signal", json);
  signal.group = text_at(root, "group");
  signal.rule = text_at(root, "rule");
  signal.rule_version = static_cast<std::uint32_t>(integer_at(root, "rule_version"));
  signal.headline = name_at(root, "headline");
  signal.description = name_at(root, "description");
  signal.instruction = name_at(root, "instruction");
  signal.place = place_at(root, "place");
  signal.radius = number_at(root, "radius");
  signal.area = AreaId{integer_at(root, "area")};
  signal.since = instant_of_millis(integer_at(root, "since"));
  signal.simulated = switch_at(root, "simulated");
  return {};
}

}  // namespace madang::situations
