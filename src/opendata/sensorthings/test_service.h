// The service over a city in memory, for tests: what to post, and how to ask.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <utility>

#include "opendata/sensorthings/sensorthings.h"
#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"

namespace madang::opendata {
using sensing::must;
using sensing::TestCity;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kThingBody = R"({
  "name": "Pole 7", "description": "by the gate",
  "properties": {"serial": "P7", "simulated": true, "owner": "city", "names": {"ko": "7번 기둥"}},
  "Locations": [{"name": "gate", "description": "", "encodingType": "application/geo+json",
                 "location": {"type": "Point", "coordinates": [126.95, 37.55]}}],
  "Datastreams": [{
    "name": "PM2.5", "description": "", "observationType": "OM_Measurement",
    "unitOfMeasurement": {"name": "microgram per cubic metre", "symbol": "ug/m3", "definition": "ug/m3"},
    "properties": {"channel": "pm25", "intervalMs": 120000},
    "Sensor": {"name": "Node", "description": "", "encodingType": "text/html", "metadata": "none",
      "properties": {"model": "N1", "measurementClass": "simulated", "notice": {"en": "Not official.", "ko": "비공식"},
                     "channels": [{"name": "pm25", "validMin": 0, "validMax": 1500, "sentinels": [-999]}]}},
    "ObservedProperty": {"name": "PM2.5", "definition": "urn:pm25", "description": ""}}]})";

/// A Datastream with its own Sensor and ObservedProperty; `more` are further members, each with a comma in front.
inline std::string datastream_body(std::string_view type, std::string_view more = "") {
  return R"({"name":"D","description":"d","observationType":"http://www.opengis.net/def/observationType/OGC-OM/2.0/)" +
         std::string(type) + R"(","unitOfMeasurement":{"name":"n","symbol":"s","definition":"d"},
    "Sensor":{"name":"S","description":"s","encodingType":"text/html","metadata":"m"},
    "ObservedProperty":{"name":"O","definition":"urn:o","description":"o"})" + std::string(more) + "}";
}
constexpr std::string_view kYard = R"({"name":"yard","description":"d","encodingType":"application/geo+json",
  "location":{"type":"Point","coordinates":[126.98,37.56]}})";
constexpr std::string_view kFeature = R"({"name":"yard","description":"d","encodingType":"application/geo+json",
  "feature":{"type":"Point","coordinates":[126.98,37.56]}})";

struct Sensorthings : testing::Test {
  TestCity t;
  runtime::Messages messages = sensing::test_messages();
  SensorthingsService service = sensorthings_service({*t.city, t.store, *t.ingest, t.clock, &messages, nullptr, &t.metrics});
  web::Routes routes = service.routes;
  web::Principal key;

  Sensorthings() { key.kind = web::Principal::Kind::kDevice; }

  Result<web::Response> get(std::string path, web::Fields query = {}) {
    web::Request request;
    request.base = "http://madang.test";
    request.headers = {{"host", "madang.test"}};
    request.path_parameters = {{"rest", std::move(path)}};
    request.query = std::move(query);
    for (auto const& r : routes.all()) {
      if (r.method == web::Method::kGet && r.pattern == "/sta/v1.1/{rest*}") return r.handler(request);
    }
    std::abort();
  }
  std::string body(std::string path, web::Fields query = {}) { return must(get(std::move(path), std::move(query))).body; }

  Result<web::Response> post(std::string path, std::string_view text, std::optional<Tick> received = std::nullopt) {
    return begin_post(std::move(path), text, received).get();
  }
  std::future<Result<web::Response>> begin_post(std::string path, std::string_view text, std::optional<Tick> received = std::nullopt) {
    web::Request request;
    request.received = received;
    request.base = "http://madang.test";
    request.method = web::Method::kPost;
    request.headers = {{"host", "madang.test"}};
    request.path_parameters = {{"rest", std::move(path)}};
    request.body = text;
    request.who = key;
    auto promise = std::make_shared<std::promise<Result<web::Response>>>();
    auto answer = promise->get_future();
    for (auto const& r : routes.all()) {
      if (r.method != web::Method::kPost) continue;
      r.async_handler(request, [promise](Result<web::Response> result) { promise->set_value(std::move(result)); });
      return answer;
    }
    std::abort();
  }
  /// PATCH or DELETE.
  Result<web::Response> change(web::Method method, std::string path, std::string_view text = "", std::string_view type = "application/json") {
    web::Request request;
    request.base = "http://madang.test";
    request.method = method;
    request.headers = {{"host", "madang.test"}, {"content-type", std::string(type)}};
    request.path_parameters = {{"rest", std::move(path)}};
    request.body = text;
    request.who = key;
    for (auto const& r : routes.all())
      if (r.method == method) return r.handler(request);
    std::abort();
  }
  Result<web::Response> patch(std::string path, std::string_view text) { return change(web::Method::kPatch, std::move(path), text); }
  Result<web::Response> json_patch(std::string path, std::string_view text) {
    return change(web::Method::kPatch, std::move(path), text, "application/json-patch+json; charset=utf-8");
  }
  Error refused(std::string path, std::string_view text) {
    auto const response = post(std::move(path), text);
    EXPECT_FALSE(response.has_value());
    return response ? Error{} : response.error();
  }
  std::size_t count(std::string path) {
    auto const text = body(std::move(path), {{"$top", "0"}, {"$count", "true"}});
    auto const at = text.find("@iot.count\":");
    return at == std::string::npos ? 0 : std::stoul(text.substr(at + 12));
  }
  std::uint64_t stored() { return t.store.statistics().observations; }
};

}  // namespace madang::opendata
