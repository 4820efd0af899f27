#include "simulation/feed/entities.h"

#include "core/json_writer.h"
#include "runtime/shipped.h"
#include "sensing/quantity_names.h"
#include "simulation/channels.h"
#include "simulation/names.h"

namespace madang::simulation {
namespace {

constexpr char const* kMeasurement = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement";
constexpr double kSentinel = -999;

runtime::Messages const& texts() { return runtime::shipped_messages(); }

void write_channels(JsonWriter& json) {
  json.key("channels").begin_array();
  for (auto const& quantity : sensing::city_node_quantities()) {
    json.begin_object().field("name", quantity.channel);
    json.field("validMin", quantity.valid_min).field("validMax", quantity.valid_max);
    json.key("sentinels").begin_array().value(kSentinel).end_array();
    json.field("fitted", true).end_object();
  }
  json.end_array();
}

void write_location(JsonWriter& json, Node const& node) {
  json.key("Locations").begin_array().begin_object();
  json.field("name", name_of(node.name).in(kSourceLanguage)).field("description", "Place of a simulated station");
  json.field("encodingType", "application/geo+json");
  json.key("location").begin_object().field("type", "Point").key("coordinates").begin_array();
  json.value(node.position.longitude).value(node.position.latitude).end_array().end_object();
  json.key("properties").begin_object();
  write_names(json.key("names"), node.name);
  json.end_object().end_object().end_array();
}

void write_datastream(JsonWriter& json, sensing::QuantityInfo const& quantity, std::int64_t property,
                      std::int64_t sensor, Millis interval) {
  json.begin_object().field("name", sensing::quantity_name(texts(), kSourceLanguage, quantity));
  json.field("description", "Simulated: computed, not measured").field("observationType", kMeasurement);
  json.key("unitOfMeasurement").begin_object().field("name", quantity.unit_name);
  json.field("symbol", quantity.unit_symbol).field("definition", quantity.unit_definition).end_object();
  json.key("properties").begin_object().field("channel", quantity.channel);
  json.field("intervalMs", std::int64_t{interval.count()});
  city::write_name(json.key("names"), sensing::quantity_names(texts(), quantity.channel));
  json.end_object();
  json.key("Sensor").begin_object().field("@iot.id", sensor).end_object();
  json.key("ObservedProperty").begin_object().field("@iot.id", property).end_object();
  json.end_object();
}

}  // namespace

std::string sensor_name() { return texts().text(kSourceLanguage, "simulation.sensor"); }

std::string sensor_json() {
  auto const notice = city::in_every_language(texts(), "simulation.notice");
  JsonWriter json;
  json.begin_object().field("name", sensor_name());
  json.field("description", "A station of the simulated city with 17 channels. " + notice.in(kSourceLanguage));
  json.field("encodingType", "text/html").field("metadata", "https://w3id.org/madang/simulated-city-node");
  json.key("properties").begin_object().field("model", "MD-17 (simulated)").field("measurementClass", "simulated");
  city::write_name(json.key("names"), city::in_every_language(texts(), "simulation.sensor"));
  city::write_name(json.key("notice"), notice);
  json.field("source", "madang simulate");
  write_channels(json);
  json.end_object().end_object();
  return json.take();
}

std::string observed_property_json(sensing::QuantityInfo const& quantity) {
  JsonWriter json;
  auto const name = sensing::quantity_name(texts(), kSourceLanguage, quantity);
  json.begin_object().field("name", name).field("definition", quantity.definition);
  json.field("description", name).key("properties").begin_object();
  city::write_name(json.key("names"), sensing::quantity_names(texts(), quantity.channel));
  json.end_object().end_object();
  return json.take();
}

std::string thing_json(Node const& node, SharedIds const& shared, Millis interval) {
  JsonWriter json;
  json.begin_object().field("name", name_of(node.name).in(kSourceLanguage)).field("description", "A station of the simulated city");
  json.key("properties").begin_object().field("serial", node.serial).field("simulated", true);
  if (node.ground > 0) json.field("crowdAreaM2", node.ground);
  write_names(json.key("names"), node.name);
  json.end_object();
  write_location(json, node);
  json.key("Datastreams").begin_array();
  auto const quantities = sensing::city_node_quantities();
  for (std::size_t i = 0; i < quantities.size(); ++i) {
    write_datastream(json, quantities[i], shared.properties[i], shared.sensor, interval);
  }
  json.end_array().end_object();
  return json.take();
}

}  // namespace madang::simulation
