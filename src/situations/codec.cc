#include "situations/codec.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <limits>


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

/// What is not known is written as null.
double number_or_none_at(object const& from, std::string_view key) {
  double number = 0;
  if (from[key].get(number) != simdjson::SUCCESS) return std::numeric_limits<double>::quiet_NaN();
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

Severity severity_at(object const& from, std::string_view key) {
  constexpr std::array kAll = {Severity::kNotice, Severity::kCaution, Severity::kSerious, Severity::kCritical};
  auto const name = text_at(from, key);
  auto const found = std::ranges::find(kAll, std::string_view{name}, [](Severity s) { return name_of(s); });
  return found == kAll.end() ? Severity::kNotice : *found;
}

End end_at(object const& from, std::string_view key) {
  constexpr std::array kAll = {End::kGone, End::kOperator, End::kRuleOff, End::kUnheard, End::kJoined, End::kUnconfirmed, End::kUsual};
  static_assert(kAll.back() == last_of(End{}));
  auto const name = text_at(from, key);
  auto const found = std::ranges::find(kAll, std::string_view{name}, [](End e) { return name_of(e); });
  return found == kAll.end() ? End::kNone : *found;
}

Instant instant_at(object const& from, std::string_view key) { return instant_of_millis(integer_at(from, key)); }

void write_quantity(JsonWriter& w, Quantity const& q) {
  w.begin_object().field("part", q.part).field("kind", q.kind).field("rule", q.rule).field("severity", name_of(q.severity));
  write_name(w.field("channel", q.channel).key("name"), q.name);
  w.field("unit", q.unit).field("stations", q.stations).field("value", q.value);
  w.field("expected", q.expected).field("peak", q.peak).field("city", q.city).field("ground", q.ground);
  w.field("at", millis_of(q.at)).field("peak_at", millis_of(q.peak_at)).field("since", millis_of(q.since));
  w.key("members").begin_array();
  for (auto const member : q.members) w.value(member.value());
  w.end_array().end_object();
}

std::vector<DatastreamId> members_at(object const& from) {
  std::vector<DatastreamId> members;
  array ids;
  if (from["members"].get(ids) != simdjson::SUCCESS) return members;
  for (auto const each : ids) {
    std::int64_t id = 0;
    if (each.get(id) == simdjson::SUCCESS) members.emplace_back(id);
  }
  return members;
}

Quantity quantity_of(object const& from) {
  return {.part = text_at(from, "part"),
          .kind = text_at(from, "kind"),
          .rule = text_at(from, "rule"),
          .severity = severity_at(from, "severity"),
          .channel = text_at(from, "channel"),
          .name = name_at(from, "name"),
          .unit = text_at(from, "unit"),
          .stations = integer_at(from, "stations"),
          .value = number_at(from, "value"),
          .expected = number_at(from, "expected"),
          .peak = number_at(from, "peak"),
          .city = number_or_none_at(from, "city"),
          .ground = number_at(from, "ground"),
          .at = instant_at(from, "at"),
          .peak_at = instant_at(from, "peak_at"),
          .since = instant_at(from, "since"),
          .members = members_at(from)};
}

void write_not_judged(JsonWriter& w, std::vector<Unjudged> const& all) {
  w.begin_array();
  for (auto const& one : all) {
    write_name(w.begin_object().field("channel", one.channel).key("name"), one.name);
    w.field("since", millis_of(one.since)).end_object();
  }
  w.end_array();
}

std::vector<Unjudged> not_judged_at(object const& from) {
  std::vector<Unjudged> all;
  array rows;
  if (from["not_judged"].get(rows) != simdjson::SUCCESS) return all;
  for (auto const row : rows) {
    object one;
    if (row.get(one) == simdjson::SUCCESS)
      all.push_back({text_at(one, "channel"), name_at(one, "name"), instant_at(one, "since")});
  }
  return all;
}

Facts facts_at(object const& from) {
  Facts facts;
  object root;
  array quantities;
  if (from["facts"].get(root) != simdjson::SUCCESS) return facts;
  facts.stations = integer_at(root, "stations");
  facts.named_at = place_at(root, "named_at");
  facts.not_judged = not_judged_at(root);
  if (root["quantities"].get(quantities) != simdjson::SUCCESS) return facts;
  for (auto const each : quantities) {
    object quantity;
    if (each.get(quantity) == simdjson::SUCCESS) facts.quantities.push_back(quantity_of(quantity));
  }
  return facts;
}

Standing standing_of(object const& from) {
  return {severity_at(from, "severity"), integer_at(from, "stations"), text_at(from, "channel"), text_at(from, "unit"),
          number_at(from, "value")};
}

std::optional<Standing> standing_at(object const& from, std::string_view key) {
  object standing;
  if (from[key].get(standing) != simdjson::SUCCESS) return std::nullopt;
  return standing_of(standing);
}

EvidenceStream stream_of(object const& from) {
  EvidenceStream stream;
  stream.datastream = DatastreamId{integer_at(from, "datastream")};
  stream.thing = ThingId{integer_at(from, "thing")};
  stream.channel = text_at(from, "channel");
  stream.unit = text_at(from, "unit");
  stream.role = text_at(from, "role");
  stream.place = place_at(from, "place");
  stream.expected = number_or_none_at(from, "expected");
  stream.values = values_at(from, "values");
  return stream;
}

}  // namespace

void write_place(JsonWriter& w, std::optional<LatLon> const& place) {
  if (!place) {
    w.null();
    return;
  }
  w.begin_array().value(place->longitude).value(place->latitude).end_array();
}

void write_facts(JsonWriter& w, Facts const& facts) {
  w.begin_object().field("stations", facts.stations).key("quantities").begin_array();
  for (auto const& q : facts.quantities) write_quantity(w, q);
  write_place(w.end_array().key("named_at"), facts.named_at);
  if (!facts.not_judged.empty()) write_not_judged(w.key("not_judged"), facts.not_judged);
  w.end_object();
}

void write_standing(JsonWriter& w, std::optional<Standing> const& standing) {
  if (!standing) {
    w.null();
    return;
  }
  w.begin_object().field("severity", name_of(standing->severity)).field("stations", standing->stations);
  w.field("channel", standing->channel).field("unit", standing->unit).field("value", standing->value).end_object();
}

std::string json_of(Standing const& standing) {
  JsonWriter w;
  write_standing(w, standing);
  return w.take();
}

Standing standing_of_json(std::string_view json) {
  simdjson::dom::parser parser;
  object root;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return {};
  return standing_of(root);
}

void write_ended_parts(JsonWriter& w, std::vector<PartEnd> const& ended) {
  w.begin_array();
  for (auto const& part : ended) {
    write_name(w.begin_object().field("channel", part.channel).key("name"), part.name);
    w.field("why", name_of(part.why)).end_object();
  }
  w.end_array();
}

std::string changes_json(Entry const& entry) {
  if (!entry.from && !entry.to) return {};
  JsonWriter w;
  write_standing(w.begin_object().key("from"), entry.from);
  write_standing(w.key("to"), entry.to);
  if (!entry.ended_parts.empty()) write_ended_parts(w.key("ended_parts"), entry.ended_parts);
  w.end_object();
  return w.take();
}

void read_changes(std::string_view json, Entry& entry) {
  simdjson::dom::parser parser;
  object root;
  if (json.empty() || parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS) return;
  entry.from = standing_at(root, "from");
  entry.to = standing_at(root, "to");
  array ended;
  if (root["ended_parts"].get(ended) != simdjson::SUCCESS) return;
  for (auto const each : ended) {
    object part;
    if (each.get(part) == simdjson::SUCCESS) entry.ended_parts.push_back({text_at(part, "channel"), name_at(part, "name"), end_at(part, "why")});
  }
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
  if (signal.whole_city) w.field("whole_city", true);
  w.field("simulated", signal.simulated);
  if (signal.by_program) w.field("by_program", true);
  if (signal.milder) w.field("milder", static_cast<std::int64_t>(*signal.milder));
  write_facts(w.key("facts"), signal.facts);
  w.end_object();
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
  signal.whole_city = switch_at(root, "whole_city");
  signal.by_program = switch_at(root, "by_program");
  auto const milder = integer_at(root, "milder");
  bool const is_severity = milder >= static_cast<std::int64_t>(Severity::kNotice) && milder <= static_cast<std::int64_t>(Severity::kCritical);
  if (is_severity) signal.milder = static_cast<Severity>(milder);
  signal.facts = facts_at(root);
  return {};
}

}  // namespace madang::situations
