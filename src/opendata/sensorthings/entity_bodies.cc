#include "opendata/sensorthings/entity_bodies.h"

#include <fmt/format.h>

#include <cmath>

#include "core/language.h"
#include "opendata/sensorthings/entity_json.h"
#include "sensing/thing_properties.h"

namespace madang::opendata {
namespace {

/// A text, or one text per language.
Result<city::Name> name_at(Node const& node, std::string_view name) {
  city::Name out;
  auto const found = node.find(name);
  if (!found) return out;
  if (found->is_string()) {
    MADANG_TRY(out.by_language[std::string{kSourceLanguage}], optional_text(node, name));
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
  name.by_language.insert_or_assign(std::string{kSourceLanguage}, plain);
  return name;
}

Result<std::string> geometry_at(Node const& node, std::string_view name) {
  auto const found = node.find(name);
  if (!found) return wrong_at(node.at(name), "missing");
  if (!found->is_object()) return wrong_at(node.at(name), "a GeoJSON object expected");
  return simdjson::minify(*found);
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
      return wrong_at(fmt::format("{}/{}", node.at("sentinels"), i), "a number expected");
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
      return wrong_at(own.at("measurementClass"), "reference, indicative, simple_monitor, simulated or unknown expected");
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

Result<city::Unit> read_unit(Node const& node) {
  auto const found = node.find("unitOfMeasurement");
  if (!found) return wrong_at(node.at("unitOfMeasurement"), "missing");
  MADANG_TRY(auto const unit, object_at(*found, node.at("unitOfMeasurement")));
  MADANG_CHECK(check_names(unit, {"name", "symbol", "definition"}));
  city::Unit e;
  MADANG_TRY(e.name, optional_text(unit, "name"));
  MADANG_TRY(e.symbol, optional_text(unit, "symbol"));
  MADANG_TRY(e.definition, optional_text(unit, "definition"));
  return e;
}

/// A Location or a FeatureOfInterest: they differ in what their geometry is called.
template <typename Place>
Result<Place> read_place(Node const& node, EntityKind kind, std::string_view geometry) {
  MADANG_TRY(auto properties, properties_of(node, kind));
  Place e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.description, optional_text(node, "description"));
  MADANG_TRY(e.encoding_type, needed_text(node, "encodingType"));
  MADANG_TRY(e.geometry, geometry_at(node, geometry));
  e.properties = std::move(properties.rest);
  return e;
}

constexpr std::string_view kDerived = "this server derives it from the Observations; leave it out";

}  // namespace

Result<city::Thing> read_thing(Node const& node) {
  MADANG_CHECK(refuse(node, {"HistoricalLocations", "TaskingCapabilities", "MultiDatastreams"}, "not supported"));
  MADANG_CHECK(check_names(node, {"name", "description", "properties", "Locations", "Datastreams"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kThing));
  city::Thing e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.description, optional_text(node, "description"));
  if (properties.own) {
    MADANG_TRY(e.serial, optional_text(*properties.own, "serial"));
    MADANG_TRY(e.simulated, optional_bool(*properties.own, "simulated", false));
    if (auto const understood = sensing::check_thing_properties(properties.rest); !understood)
      return fail(Code::kInvalid, fmt::format("{}/{}", node.at("properties"), understood.error().sentence));
  }
  e.properties = std::move(properties.rest);
  return e;
}

Result<city::Location> read_location(Node const& node) {
  MADANG_CHECK(refuse(node, {"HistoricalLocations"}, "not supported"));
  MADANG_CHECK(check_names(node, {"name", "description", "encodingType", "location", "properties", "Things"}));
  return read_place<city::Location>(node, EntityKind::kLocation, "location");
}

Result<city::Sensor> read_sensor(Node const& node) {
  MADANG_CHECK(check_names(node, {"name", "description", "encodingType", "metadata", "properties", "Datastreams"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kSensor));
  city::Sensor e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.description, optional_text(node, "description"));
  MADANG_TRY(e.encoding_type, needed_text(node, "encodingType"));
  auto const metadata = node.find("metadata");
  if (!metadata) return wrong_at(node.at("metadata"), "missing");
  if (metadata->is_string()) {
    MADANG_TRY(e.metadata, optional_text(node, "metadata"));
  } else {
    e.metadata = simdjson::minify(*metadata);
    e.metadata_is_json = true;
  }
  if (properties.own) MADANG_CHECK(read_capabilities(e, *properties.own));
  e.properties = std::move(properties.rest);
  return e;
}

Result<city::ObservedProperty> read_observed_property(Node const& node) {
  MADANG_CHECK(check_names(node, {"name", "definition", "description", "properties", "Datastreams"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kObservedProperty));
  city::ObservedProperty e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.definition, needed_text(node, "definition"));
  MADANG_TRY(e.description, optional_text(node, "description"));
  e.properties = std::move(properties.rest);
  return e;
}

Result<city::FeatureOfInterest> read_feature(Node const& node) {
  MADANG_CHECK(check_names(node, {"name", "description", "encodingType", "feature", "properties", "Observations"}));
  return read_place<city::FeatureOfInterest>(node, EntityKind::kFeatureOfInterest, "feature");
}

Result<city::Datastream> read_datastream(Node const& node) {
  MADANG_CHECK(refuse(node, {"phenomenonTime", "resultTime", "observedArea"}, kDerived));
  MADANG_CHECK(check_names(node, {"name", "description", "observationType", "unitOfMeasurement", "properties", "Sensor",
                                  "ObservedProperty", "Thing", "Observations"}));
  MADANG_TRY(auto properties, properties_of(node, EntityKind::kDatastream));
  city::Datastream e;
  MADANG_TRY(e.name, entity_name_of(node, properties));
  MADANG_TRY(e.description, optional_text(node, "description"));
  MADANG_TRY(e.observation_type, needed_text(node, "observationType"));
  MADANG_TRY(e.unit, read_unit(node));
  if (properties.own) {
    MADANG_TRY(e.channel, optional_text(*properties.own, "channel"));
    MADANG_TRY(e.fitted, optional_bool(*properties.own, "fitted", true));
    MADANG_TRY(auto const interval, optional_number(*properties.own, "intervalMs", 0));
    if (!(interval >= 0 && interval <= 1e11) || interval != std::floor(interval)) {
      return wrong_at(properties.own->at("intervalMs"), "a whole number from 0 to 100000000000 expected");
    }
    e.interval = Millis{static_cast<std::int64_t>(interval)};
  }
  e.properties = std::move(properties.rest);
  return e;
}

}  // namespace madang::opendata
