#include "core/language.h"
#include "opendata/sensorthings/entity_json.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <utility>

namespace madang::opendata {
namespace {

using city::MeasurementClass;
using city::Name;
using storage::ObservationDetail;

constexpr std::array<std::pair<std::string_view, MeasurementClass>, 5> kClasses = {{
    {"reference", MeasurementClass::kReference}, {"indicative", MeasurementClass::kIndicative},
    {"simple_monitor", MeasurementClass::kSimpleMonitor}, {"simulated", MeasurementClass::kSimulated},
    {"unknown", MeasurementClass::kUnknown},
}};

constexpr std::array<std::string_view, 4> kThingOwn = {"serial", "simulated", "retiredAt", "names"};
constexpr std::array<std::string_view, 4> kDatastreamOwn = {"channel", "fitted", "intervalMs", "names"};
constexpr std::array<std::string_view, 7> kSensorOwn = {"model",  "measurementClass", "grade", "notice",
                                                        "source", "channels",         "names"};
constexpr std::array<std::string_view, 1> kOtherOwn = {"names"};

std::span<std::string_view const> own_properties(EntityKind kind) {
  if (kind == EntityKind::kThing) return kThingOwn;
  if (kind == EntityKind::kDatastream) return kDatastreamOwn;
  if (kind == EntityKind::kSensor) return kSensorOwn;
  return kOtherOwn;
}

void write_head(JsonWriter& w, std::string_view base, EntityRef ref) {
  w.begin_object().field("@iot.id", ref.id).field("@iot.selfLink", self_link(base, ref));
}

void write_links(JsonWriter& w, std::string_view base, EntityRef ref) {
  auto const self = self_link(base, ref);
  for (auto const& n : navigations(ref.kind)) {
    w.field(std::string(n.name) + "@iot.navigationLink", self + "/" + std::string(n.name));
  }
}

/// Opens `properties` with what the publisher put there; the caller adds Madang's own and closes it.
void open_properties(JsonWriter& w, std::string const& stored, Name const& names) {
  w.key("properties").begin_object();
  auto const first = stored.find_first_not_of(" \t\r\n{");
  auto const last = stored.find_last_of('}');
  if (first != std::string::npos && last != std::string::npos && first < last) {
    // An object's inside is a list of members already.
    w.raw(std::string_view(stored).substr(first, last - first));
  }
  if (names.by_language.size() < 2) return;
  w.key("names").begin_object();
  for (auto const& [language, text] : names.by_language) w.field(language, text);
  w.end_object();
}

void write_geojson(JsonWriter& w, std::string const& geometry) {
  if (geometry.empty()) {
    w.null();
  } else {
    w.raw(geometry);
  }
}

void write_channel(JsonWriter& w, city::Channel const& c) {
  w.begin_object().field("name", c.name);
  if (c.scale != 1) w.field("scale", c.scale);
  if (c.offset != 0) w.field("offset", c.offset);
  if (c.valid_min != 0 || c.valid_max != 0) w.field("validMin", c.valid_min).field("validMax", c.valid_max);
  if (!c.sentinels.empty()) {
    w.key("sentinels").begin_array();
    for (double const s : c.sentinels) w.value(s);
    w.end_array();
  }
  w.field("fitted", c.fitted).end_object();
}

/// Without a unit all three are null, as 18-088, 8.2.4 asks for.
void write_unit(JsonWriter& w, city::Unit const& unit) {
  w.key("unitOfMeasurement").begin_object();
  bool const none = unit == city::Unit{};
  for (auto const& [name, text] : {std::pair<std::string_view, std::string const&>{"name", unit.name},
                                   {"symbol", unit.symbol}, {"definition", unit.definition}}) {
    w.key(name);
    if (none) {
      w.null();
    } else {
      w.value(text);
    }
  }
  w.end_object();
}

void write_result(JsonWriter& w, storage::StoredObservation const& o) {
  auto const kind = o.detail ? o.detail->result_kind : ObservationDetail::ResultKind::kNumber;
  w.key("result");
  switch (kind) {
    case ObservationDetail::ResultKind::kNumber: w.value(o.value); break;
    case ObservationDetail::ResultKind::kBoolean: w.value(o.value != 0); break;
    case ObservationDetail::ResultKind::kText: w.value(o.detail->result); break;
    case ObservationDetail::ResultKind::kJson: w.raw(o.detail->result); break;
  }
}

/// A Location or a FeatureOfInterest: they differ in what their geometry is called.
template <typename Place>
void write_place(JsonWriter& w, std::string_view base, EntityRef ref, std::string_view geometry, Place const& e) {
  write_head(w, base, ref);
  w.field("name", e.name.in(kSourceLanguage)).field("description", e.description).field("encodingType", e.encoding_type);
  w.key(geometry);
  write_geojson(w, e.geometry);
  open_properties(w, e.properties, e.name);
  w.end_object();
  write_links(w, base, ref);
  w.end_object();
}

}  // namespace

std::string self_link(std::string_view base, EntityRef ref) {
  std::string link;
  link.reserve(base.size() + 48);
  link.append(base).append("/").append(set_name(ref.kind)).append("(").append(std::to_string(ref.id)).append(")");
  return link;
}

bool is_own_property(EntityKind kind, std::string_view name) {
  return std::ranges::find(own_properties(kind), name) != own_properties(kind).end();
}

std::string_view text_of(MeasurementClass c) {
  for (auto const& [text, value] : kClasses) {
    if (value == c) return text;
  }
  return "unknown";
}

std::optional<MeasurementClass> measurement_class_of(std::string_view text) {
  for (auto const& [name, value] : kClasses) {
    if (name == text) return value;
  }
  return std::nullopt;
}

void write_entity(JsonWriter& w, std::string_view base, city::Thing const& e) {
  EntityRef const ref{EntityKind::kThing, e.id.value()};
  write_head(w, base, ref);
  w.field("name", e.name.in(kSourceLanguage)).field("description", e.description);
  open_properties(w, e.properties, e.name);
  w.field("serial", e.serial).field("simulated", e.simulated);
  if (e.retired_at) w.field("retiredAt", format_instant(*e.retired_at));
  w.end_object();
  write_links(w, base, ref);
  w.end_object();
}

void write_entity(JsonWriter& w, std::string_view base, city::Location const& e) {
  write_place(w, base, {EntityKind::kLocation, e.id.value()}, "location", e);
}

void write_entity(JsonWriter& w, std::string_view base, city::Datastream const& e, std::optional<Interval> observed) {
  EntityRef const ref{EntityKind::kDatastream, e.id.value()};
  write_head(w, base, ref);
  w.field("name", e.name.in(kSourceLanguage)).field("description", e.description).field("observationType", e.observation_type);
  write_unit(w, e.unit);
  if (observed) w.field("phenomenonTime", format_interval(*observed));
  open_properties(w, e.properties, e.name);
  if (!e.channel.empty()) w.field("channel", e.channel);
  if (e.interval.count() > 0) w.field("intervalMs", std::int64_t{e.interval.count()});
  w.field("fitted", e.fitted).end_object();
  write_links(w, base, ref);
  w.end_object();
}

void write_entity(JsonWriter& w, std::string_view base, city::Sensor const& e) {
  EntityRef const ref{EntityKind::kSensor, e.id.value()};
  write_head(w, base, ref);
  w.field("name", e.name.in(kSourceLanguage)).field("description", e.description).field("encodingType", e.encoding_type);
  w.key("metadata");
  if (e.metadata_is_json) {
    w.raw(e.metadata);
  } else {
    w.value(e.metadata);
  }
  open_properties(w, e.properties, e.name);
  if (!e.model.empty()) w.field("model", e.model);
  w.field("measurementClass", text_of(e.measurement_class));
  if (!e.grade.empty()) w.field("grade", e.grade);
  if (!e.source.empty()) w.field("source", e.source);
  if (!e.notice.by_language.empty()) {
    w.key("notice").begin_object();
    for (auto const& [language, text] : e.notice.by_language) w.field(language, text);
    w.end_object();
  }
  if (!e.channels.empty()) {
    w.key("channels").begin_array();
    for (auto const& c : e.channels) write_channel(w, c);
    w.end_array();
  }
  w.end_object();
  write_links(w, base, ref);
  w.end_object();
}

void write_entity(JsonWriter& w, std::string_view base, city::ObservedProperty const& e) {
  EntityRef const ref{EntityKind::kObservedProperty, e.id.value()};
  write_head(w, base, ref);
  w.field("name", e.name.in(kSourceLanguage)).field("definition", e.definition).field("description", e.description);
  open_properties(w, e.properties, e.name);
  w.end_object();
  write_links(w, base, ref);
  w.end_object();
}

void write_entity(JsonWriter& w, std::string_view base, city::FeatureOfInterest const& e) {
  write_place(w, base, {EntityKind::kFeatureOfInterest, e.id.value()}, "feature", e);
}

void write_entity(JsonWriter& w, std::string_view base, storage::StoredObservation const& e, std::string_view reason) {
  EntityRef const ref{EntityKind::kObservation, e.id.value()};
  write_head(w, base, ref);
  w.key("phenomenonTime");
  if (e.detail && e.detail->phenomenon_end) {
    w.value(format_interval({e.phenomenon_time, *e.detail->phenomenon_end}));
  } else {
    w.value(format_instant(e.phenomenon_time));
  }
  w.key("resultTime");
  if (e.detail && e.detail->result_time) {
    w.value(format_instant(*e.detail->result_time));
  } else {
    w.null();
  }
  write_result(w, e);
  w.key("resultQuality").begin_object().field("flag", static_cast<int>(e.quality.flag));
  w.field("name", name_of(e.quality.flag));
  if (e.quality.reason != 0) w.field("reason", static_cast<int>(e.quality.reason));
  if (!reason.empty()) w.field("reasonText", reason);
  if (e.quality.rule_version != 0) w.field("ruleVersion", static_cast<int>(e.quality.rule_version));
  w.end_object();
  if (e.detail && !e.detail->parameters.empty()) w.key("parameters").raw(e.detail->parameters);
  write_links(w, base, ref);
  w.end_object();
}

}  // namespace madang::opendata
