// What the root document claims, requirement by requirement: each claim has a test here that shows it, and the last test
// lets nothing be claimed without one.
#include <set>

#include "opendata/sensorthings/service_root.h"
#include "opendata/sensorthings/test_service.h"

namespace madang::opendata {
namespace {

using testing::AllOf;

constexpr std::string_view kRequirements = "http://www.opengis.net/spec/iot_sensing/1.1/req/";

/// One Thing with all that hangs on it, and one Observation.
struct Conformance : Sensorthings {
  void SetUp() override {
    must(post("Things", kThingBody));
    must(post("Datastreams(1)/Observations", R"({"phenomenonTime":"2026-11-24T01:00:00Z","resultTime":"2026-11-24T01:00:01Z","result":1})"));
  }
  std::string observation() {
    auto const text = body("Observations");
    auto const at = text.find("@iot.id\":") + 9;
    return "Observations(" + text.substr(at, text.find(',', at) - at) + ")";
  }
  void expect_members(std::string const& path, std::initializer_list<std::string_view> names) {
    auto const text = body(path);
    for (auto const name : names) EXPECT_THAT(text, HasSubstr("\"" + std::string(name) + "\":")) << path;
  }
  /// Every link that the entity shows leads somewhere.
  void expect_links_lead(std::string const& path, std::size_t links) {
    auto const text = body(path);
    std::size_t found = 0;
    for (auto at = text.find("navigationLink\":\""); at != std::string::npos; at = text.find("navigationLink\":\"", at + 1)) {
      auto const begin = at + 17 + std::string_view("http://madang.test/sta/v1.1/").size();
      auto const link = text.substr(begin, text.find('"', begin) - begin);
      EXPECT_TRUE(get(link).has_value()) << link;
      ++found;
    }
    EXPECT_EQ(found, links) << path;
  }
};

TEST_F(Conformance, datamodel_thing_and_location_properties) {
  expect_members("Things(1)", {"name", "description", "properties"});
  expect_members("Locations(1)", {"name", "description", "encodingType", "location", "properties"});
}

TEST_F(Conformance, datamodel_datastream) {
  expect_members("Datastreams(1)", {"name", "description", "unitOfMeasurement", "observationType", "phenomenonTime", "properties"});
  expect_links_lead("Datastreams(1)", 4);
}

TEST_F(Conformance, datamodel_sensor) {
  expect_members("Sensors(1)", {"name", "description", "encodingType", "metadata", "properties"});
  expect_links_lead("Sensors(1)", 1);
}

TEST_F(Conformance, datamodel_observed_property) {
  expect_members("ObservedProperties(1)", {"name", "definition", "description", "properties"});
  expect_links_lead("ObservedProperties(1)", 1);
}

TEST_F(Conformance, datamodel_observation) {
  expect_members(observation(), {"phenomenonTime", "result", "resultTime", "resultQuality"});
  expect_links_lead(observation(), 2);
}

TEST_F(Conformance, datamodel_feature_of_interest) {
  expect_members("FeaturesOfInterest(1)", {"name", "description", "encodingType", "feature", "properties"});
  expect_links_lead("FeaturesOfInterest(1)", 1);
}

TEST_F(Conformance, entity_control_information) {
  EXPECT_THAT(body("Things(1)"), AllOf(HasSubstr(R"j("@iot.id":1,"@iot.selfLink":"http://madang.test/sta/v1.1/Things(1)")j"),
                                       HasSubstr(R"("Datastreams@iot.navigationLink":)")));
}

TEST_F(Conformance, resource_path_to_entities) {
  for (std::string const path : {"", "Things", "Things(1)", "Things(1)/name", "Things(1)/name/$value", "Things(1)/Datastreams",
                                 "Things(1)/Datastreams/$ref", "Things(1)/Datastreams(1)/Sensor/Datastreams(1)/Thing/properties/owner"}) {
    EXPECT_TRUE(get(path).has_value()) << path;
  }
}

TEST_F(Conformance, request_data_status_codes) {
  EXPECT_EQ(http_status_of(get("Things(9)").error().code), 404);
  EXPECT_EQ(http_status_of(get("Things", {{"$top", "-1"}}).error().code), 400);
  EXPECT_EQ(http_status_of(get("Things", {{"$filter", "name eq"}}).error().code), 400);
  EXPECT_EQ(http_status_of(get("Things", {{"$expand", "Datastreams"}}).error().code), 501);
  EXPECT_EQ(http_status_of(get("Things", {{"$orderby", "name"}}).error().code), 501);
}

TEST_F(Conformance, request_data_select) {
  EXPECT_EQ(body("Things", {{"$select", "name"}}), R"({"value":[{"name":"Pole 7"}]})");
}

TEST_F(Conformance, request_data_top_skip_count_and_pagination) {
  must(post("Things", R"({"name":"B","description":""})"));
  must(post("Things", R"({"name":"C","description":""})"));
  auto const page = body("Things", {{"$top", "1"}, {"$skip", "1"}, {"$count", "true"}});
  EXPECT_THAT(page, AllOf(HasSubstr(R"("@iot.count":3)"), HasSubstr(R"("name":"B")"), HasSubstr("$skip=2"), Not(HasSubstr(R"("name":"C")"))));
  EXPECT_EQ(body("Things", {{"$top", "0"}}), R"({"value":[]})");
  EXPECT_THAT(body("Observations", {{"$top", "0"}, {"$count", "true"}}), HasSubstr(R"({"@iot.count":1,"value":[]})"));
  EXPECT_THAT(body("Observations", {{"$skip", "999999999999"}, {"$count", "true"}}), HasSubstr(R"({"@iot.count":1,"value":[]})"));
}

TEST_F(Conformance, create_entity_of_every_kind) {
  for (auto const& [path, text] : std::initializer_list<std::pair<std::string, std::string>>{
           {"Things", R"({"name":"T","description":""})"}, {"Locations", std::string(kYard)},
           {"Datastreams", datastream_body("OM_Measurement", R"(,"Thing":{"@iot.id":1})")},
           {"Sensors", R"({"name":"S","description":"","encodingType":"x","metadata":"m"})"},
           {"ObservedProperties", R"({"name":"O","definition":"urn:x","description":""})"},
           {"FeaturesOfInterest", std::string(kFeature)},
           {"Observations", R"({"result":3,"Datastream":{"@iot.id":1}})"}}) {
    auto const made = must(post(path, text));
    EXPECT_EQ(made.status, 201) << path;
    ASSERT_FALSE(made.headers.empty()) << path;
    EXPECT_EQ(made.headers[0].first, "Location");
    EXPECT_TRUE(get(made.headers[0].second.substr(std::string_view("http://madang.test/sta/v1.1/").size())).has_value());
  }
}

TEST_F(Conformance, create_with_links_to_what_exists) {
  must(post("Datastreams", R"({"name":"D","description":"","observationType":"x","unitOfMeasurement":{},"Thing":{"@iot.id":1},
    "Sensor":{"@iot.id":1},"ObservedProperty":{"@iot.id":1}})"));
  must(post("Things", R"({"name":"T","description":"","Locations":[{"@iot.id":1}]})"));
  must(post("Observations", R"({"result":3,"Datastream":{"@iot.id":2},"FeatureOfInterest":{"@iot.id":1}})"));
  EXPECT_EQ(count("Sensors"), 1u);
  EXPECT_EQ(count("Locations"), 1u);
  EXPECT_EQ(count("Datastreams(2)/Observations"), 1u);
}

TEST_F(Conformance, create_with_deep_insert) {
  must(post("Things", R"({"name":"T","description":"","Locations":[)" + std::string(kYard) + R"(],"Datastreams":[)" +
      datastream_body("OM_Measurement", R"(,"Observations":[{"result":1,"FeatureOfInterest":)" + std::string(kFeature) + "}]") + "]}"));
  EXPECT_EQ(count("Things(2)/Locations"), 1u);
  EXPECT_EQ(count("Things(2)/Datastreams"), 1u);
  EXPECT_EQ(count("Datastreams(2)/Observations"), 1u);
}

TEST_F(Conformance, data_array) {
  auto const made = must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result","FeatureOfInterest/id"],
    "dataArray@iot.count":2,"dataArray":[["2026-11-24T02:00:00Z",5,1],["never",6,1]]}])"));
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(made.body, AllOf(HasSubstr("/Observations("), HasSubstr(R"(,"error phenomenonTime)")));
  EXPECT_EQ(body("Datastreams(1)/Observations", {{"$resultFormat", "dataArray"}, {"$select", "phenomenonTime,result"}, {"$count", "true"}}),
            R"j({"@iot.count":2,"value":[{"Datastream@iot.navigationLink":"http://madang.test/sta/v1.1/Datastreams(1)",)j"
            R"j("components":["phenomenonTime","result"],"dataArray@iot.count":2,)j"
            R"j("dataArray":[["2026-11-24T01:00:00Z",1],["2026-11-24T02:00:00Z",5]]}]})j");
  EXPECT_THAT(body("Observations", {{"$resultFormat", "dataArray"}}), HasSubstr(R"("components":["id","phenomenonTime",)"));
  EXPECT_EQ(get("Observations", {{"$resultFormat", "GeoJSON"}}).error().code, Code::kUnsupported);
}

TEST_F(Conformance, is_claimed_for_what_is_shown_here_only) {
  std::set<std::string> claimed;
  for (auto const uri : conformance()) {
    ASSERT_TRUE(uri.starts_with(kRequirements)) << uri;
    claimed.emplace(uri.substr(kRequirements.size()));
    EXPECT_THAT(body(""), HasSubstr(std::string(uri)));
  }
  EXPECT_THAT(claimed, testing::UnorderedElementsAre(
      "datamodel/thing/properties", "datamodel/location/properties", "datamodel/datastream", "datamodel/sensor",
      "datamodel/observed-property", "datamodel/observation", "datamodel/feature-of-interest",
      "datamodel/entity-control-information/common-control-information", "resource-path/resource-path-to-entities",
      "request-data/status-code", "request-data/query-status-code", "request-data/select", "request-data/top",
      "request-data/skip", "request-data/count", "request-data/pagination", "create-update-delete/create-entity",
      "create-update-delete/link-to-existing-entities", "create-update-delete/deep-insert", "data-array/data-array"));
}

}  // namespace
}  // namespace madang::opendata
