#include "opendata/sensorthings/service_root.h"

#include <array>

#include "core/json_writer.h"
#include "opendata/sensorthings/paths.h"

namespace madang::opendata {
namespace {

/// Only what holds in full stands here; each is a requirements class or requirement of 18-088, and conformance_test.cc
/// shows each. Of Things and Locations only the properties: their relations name HistoricalLocations.
constexpr std::array<std::string_view, 20> kConformance = {
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/thing/properties",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/location/properties",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/datastream",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/sensor",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/observed-property",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/observation",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/feature-of-interest",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/datamodel/entity-control-information/common-control-information",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/resource-path/resource-path-to-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/status-code",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/query-status-code",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/select",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/top",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/skip",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/count",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/request-data/pagination",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/create-entity",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/link-to-existing-entities",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/create-update-delete/deep-insert",
    "http://www.opengis.net/spec/iot_sensing/1.1/req/data-array/data-array",
};

}  // namespace

std::span<std::string_view const> conformance() { return kConformance; }

std::string root_json(std::string const& base) {
  JsonWriter w;
  w.begin_object().key("value").begin_array();
  for (std::size_t i = 0; i < kEntityKinds; ++i) {
    auto const name = set_name(static_cast<EntityKind>(i));
    w.begin_object().field("name", name).field("url", base + "/" + std::string(name)).end_object();
  }
  w.end_array().key("serverSettings").begin_object().key("conformance").begin_array();
  for (auto const uri : kConformance) w.value(uri);
  w.end_array().end_object().end_object();
  return w.take();
}

}  // namespace madang::opendata
