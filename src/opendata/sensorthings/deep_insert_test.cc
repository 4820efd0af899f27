#include "opendata/sensorthings/test_service.h"

namespace madang::opendata {
namespace {

using testing::AllOf;

struct DeepInsertTest : Sensorthings {
  std::string const stream = datastream_body("OM_Measurement");
};

TEST_F(DeepInsertTest, makes_a_thing_with_datastreams_with_observations_with_their_feature) {
  auto const response = must(post("Things", R"({"name":"kitchen","description":"d","Datastreams":[)" +
      datastream_body("OM_Measurement", R"(,"Observations":[{"phenomenonTime":"2026-11-24T01:00:00Z","result":10},
        {"phenomenonTime":"2026-11-24T01:01:00Z","result":"11.5","FeatureOfInterest":)" + std::string(kFeature) + "}]") + "]}"));
  EXPECT_EQ(response.headers[0].second, "http://madang.test/sta/v1.1/Things(1)");
  auto const all = body("Datastreams(1)/Observations");
  EXPECT_THAT(all, AllOf(HasSubstr(R"("result":10,)"), HasSubstr(R"("result":11.5,)")));
  EXPECT_THAT(body("FeaturesOfInterest(1)/Observations"), AllOf(HasSubstr("11.5"), Not(HasSubstr(R"("result":10,)"))));
}

TEST_F(DeepInsertTest, makes_an_observation_with_a_feature_and_links_the_same_feature_again) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  auto const made = must(post("Datastreams(1)/Observations", R"({"result":12.4,"FeatureOfInterest":)" + std::string(kFeature) + "}"));
  EXPECT_EQ(made.status, 201);
  auto const path = made.headers[0].second.substr(made.headers[0].second.find("Observations("));
  EXPECT_THAT(body(path + "/FeatureOfInterest"), HasSubstr("yard"));
  must(post("Datastreams(1)/Observations", R"({"result":12.5,"FeatureOfInterest":)" + std::string(kFeature) + "}"));
  EXPECT_EQ(count("FeaturesOfInterest"), 1u);
}

TEST_F(DeepInsertTest, makes_an_observation_with_its_datastream_and_that_with_its_thing) {
  auto const made = must(post("Observations", R"({"result":1,"Datastream":)" +
      datastream_body("OM_Measurement", R"(,"Thing":{"name":"lantern","description":"camp"})") + "}"));
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(body("Datastreams(1)/Thing"), HasSubstr("lantern"));
  EXPECT_EQ(count("Datastreams(1)/Observations"), 1u);
}

TEST_F(DeepInsertTest, makes_a_datastream_with_a_new_thing_that_has_a_place) {
  must(post("Datastreams", datastream_body("OM_Measurement",
      R"(,"Thing":{"name":"lantern","description":"camp","Locations":[)" + std::string(kYard) + "]}")));
  EXPECT_THAT(body("Things(1)/Locations"), HasSubstr("126.98"));
  must(post("Datastreams(1)/Observations", R"({"result":1})"));
  EXPECT_THAT(body("FeaturesOfInterest(1)"), HasSubstr("126.98"));
}

TEST_F(DeepInsertTest, makes_sensors_and_properties_with_datastreams_below) {
  must(post("Things", R"({"name":"T","description":""})"));
  std::string const rest = R"("name":"D","description":"","observationType":"x","unitOfMeasurement":{},"Thing":{"@iot.id":1})";
  must(post("Sensors", R"({"name":"S","description":"","encodingType":"text/html","metadata":"m","Datastreams":[{)" + rest +
      R"(,"ObservedProperty":{"name":"O","definition":"urn:o","description":""}}]})"));
  must(post("ObservedProperties", R"({"name":"P","definition":"urn:p","description":"","Datastreams":[{)" + rest +
      R"(,"Sensor":{"@iot.id":1}}]})"));
  must(post("Sensors(1)/Datastreams", "{" + rest + R"(,"ObservedProperty":{"@iot.id":2}})"));
  EXPECT_EQ(count("Sensors(1)/Datastreams"), 3u);
  EXPECT_EQ(count("ObservedProperties(2)/Datastreams"), 2u);
}

TEST_F(DeepInsertTest, puts_two_things_at_one_place_and_a_place_at_two_things) {
  must(post("Things", R"({"name":"A","description":"","Locations":[)" + std::string(kYard) + "]}"));
  must(post("Things", R"({"name":"B","description":"","Locations":[{"@iot.id":1}]})"));
  EXPECT_THAT(body("Locations(1)/Things"), AllOf(HasSubstr(R"("name":"A")"), HasSubstr(R"("name":"B")")));
  EXPECT_THAT(body("Things(2)/Locations"), HasSubstr("126.98"));
  EXPECT_TRUE(get("Things(2)/Locations(1)").has_value());
  must(post("Locations", R"({"name":"L","description":"","encodingType":"application/geo+json",
    "location":{"type":"Point","coordinates":[127,37.5]},"Things":[{"@iot.id":1},{"@iot.id":"2"},{"name":"C","description":""}]})"));
  EXPECT_EQ(count("Locations(2)/Things"), 3u);
  must(post("Locations", kYard));
  EXPECT_EQ(count("Locations(3)/Things"), 0u);
  must(post("Locations(3)/Things", R"({"name":"D","description":""})"));
  EXPECT_EQ(count("Things(4)/Locations"), 1u);
}

TEST_F(DeepInsertTest, makes_a_feature_with_observations) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  std::string feature(kFeature);
  feature.replace(feature.size() - 1, 1, R"(,"Observations":[{"result":4,"Datastream":{"@iot.id":1}}]})");
  must(post("FeaturesOfInterest", feature));
  must(post("FeaturesOfInterest(1)/Observations",
            R"({"result":5,"phenomenonTime":"2026-11-24T02:00:00Z","Datastream":{"@iot.id":1}})"));
  EXPECT_EQ(count("FeaturesOfInterest(1)/Observations"), 2u);
}

TEST_F(DeepInsertTest, a_fault_anywhere_leaves_nothing_and_names_its_place) {
  auto const error = refused("Things", R"({"name":"T","description":"","Locations":[)" + std::string(kYard) + R"(],"Datastreams":[)" +
      datastream_body("OM_Measurement", R"(,"Observations":[{"result":1},{"phenomenonTime":"2026-11-24T01:00:00Z","result":"abc"}])") + "]}");
  EXPECT_EQ(error.code, Code::kInvalid);
  EXPECT_THAT(error.sentence, AllOf(HasSubstr("/Datastreams/0/Observations/1"), HasSubstr("result"), HasSubstr("abc")));
  for (auto const set : {"Things", "Locations", "Datastreams", "Sensors", "ObservedProperties", "FeaturesOfInterest"}) {
    EXPECT_EQ(count(set), 0u) << set;
  }
  EXPECT_EQ(stored(), 0u);
}

TEST_F(DeepInsertTest, a_link_is_its_id_whatever_stands_beside_it) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  std::string beside = datastream_body("OM_Measurement", R"(,"Thing":{"name":"other","description":"","@iot.id":1})");
  beside.replace(0, 1, R"({"@iot.id":1,"@iot.selfLink":"x","observedArea":{"type":"Point"},"phenomenonTime":"?",)");
  must(post("Observations", R"({"phenomenonTime":"2026-11-24T01:00:00Z","result":12.5,"Datastream":)" + beside + "}"));
  EXPECT_EQ(count("Datastreams"), 1u);
  EXPECT_EQ(count("Things"), 1u);
  must(post("CreateObservations", R"([{"components":["phenomenonTime","result"],"dataArray":[["2026-11-24T02:00:00Z",1]],"Datastream":)" + beside + "}]"));
  EXPECT_EQ(stored(), 2u);
  must(post("Things(1)/Datastreams", R"({"name":"D2","description":"","observationType":"x","unitOfMeasurement":{},
    "Sensor":{"name":"not made","@iot.id":1},"ObservedProperty":{"@iot.id":"1","definition":5}})"));
  EXPECT_EQ(count("Sensors"), 1u);
}

TEST_F(DeepInsertTest, refuses_links_to_nothing_and_links_that_contradict) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  EXPECT_THAT(refused("Things", R"({"name":"U","description":"","Locations":[{"@iot.id":7}]})").sentence,
              AllOf(HasSubstr("/Locations/0"), HasSubstr("no Location 7")));
  EXPECT_EQ(refused("Things", R"({"name":"U","description":"","Datastreams":[{"@iot.id":1}]})").code, Code::kUnsupported);
  EXPECT_EQ(refused("Things(1)/Datastreams", datastream_body("OM_Measurement", R"(,"Thing":{"@iot.id":2})")).code, Code::kInvalid);
  EXPECT_EQ(refused("Datastreams(1)/Observations", R"({"result":1,"Datastream":{"@iot.id":2}})").code, Code::kInvalid);
  EXPECT_THAT(refused("Observations", R"({"result":1,"Datastream":{"@iot.id":"x"}})").sentence, HasSubstr("Datastream/@iot.id"));
  EXPECT_EQ(refused("Datastreams(1)/Observations", R"({"result":1,"FeatureOfInterest":{"@iot.id":9}})").code, Code::kInvalid);
  EXPECT_EQ(count("Things"), 1u);
  EXPECT_EQ(stored(), 0u);
}

TEST_F(DeepInsertTest, what_is_missing_is_named) {
  must(post("Things", R"({"name":"T","description":""})"));
  EXPECT_THAT(refused("Datastreams", stream).sentence, HasSubstr("/Thing: missing"));
  EXPECT_THAT(refused("Things(1)/Datastreams", R"({"name":"D","description":"","observationType":"x","unitOfMeasurement":{},
    "Sensor":{"name":"S","description":"","encodingType":"x","metadata":"m"}})").sentence, HasSubstr("/ObservedProperty: missing"));
  EXPECT_THAT(refused("Observations", R"({"result":1,"Datastream":{"name":"new"}})").sentence, HasSubstr("/Datastream/observationType"));
}

TEST_F(DeepInsertTest, nothing_that_was_sent_is_dropped_silently) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  for (auto const member : {R"("phenomenonTime":"2020-01-01T00:00:00Z/2021-01-01T00:00:00Z")", R"("resultTime":"not a time")",
                            R"("observedArea":{"type":"Point","coordinates":[1,2]})"}) {
    auto const error = refused("Things(1)/Datastreams", datastream_body("OM_Measurement", std::string(",") + member));
    EXPECT_EQ(error.code, Code::kUnsupported) << member;
    EXPECT_THAT(error.sentence, HasSubstr("leave it out")) << member;
  }
  EXPECT_THAT(refused("Things", R"({"name":"x","description":"","@iot.id":77})").sentence, HasSubstr("@iot.id"));
  EXPECT_THAT(refused("Datastreams(1)/Observations", R"({"result":1,"@iot.id":77})").sentence, HasSubstr("@iot.id"));
  EXPECT_THAT(refused("Things", R"({"name":"x","name":"y","description":""})").sentence, HasSubstr("twice"));
  EXPECT_THAT(refused("Datastreams(1)/Observations", R"({"result":1,"result":2})").sentence, HasSubstr("twice"));
  EXPECT_THAT(refused("Things", R"({"name":"x","description":"","HistoricalLocations":[{"time":"2026-11-24T01:00:00Z"}]})").sentence, HasSubstr("HistoricalLocations"));
  EXPECT_THAT(refused("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[[1]],"colour":1}])").sentence,
              HasSubstr("/0/colour"));
  EXPECT_EQ(stored(), 0u);
}

TEST_F(DeepInsertTest, geometries_that_are_none_are_refused_by_name) {
  EXPECT_THAT(refused("Locations", R"({"name":"l","description":"","encodingType":"application/geo+json","location":{"type":"Pint"}})").sentence,
              HasSubstr("location"));
  EXPECT_THAT(refused("FeaturesOfInterest", R"({"name":"f","description":"","encodingType":"application/vnd.geo+json",
    "feature":{"type":"Point","coordinates":[37.5,126.9]}})").sentence, HasSubstr("feature: "));
  EXPECT_EQ(count("Locations") + count("FeaturesOfInterest"), 0u);
}

TEST_F(DeepInsertTest, a_datastream_says_when_it_was_observed) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  EXPECT_THAT(body("Datastreams(1)"), Not(HasSubstr("phenomenonTime")));
  must(post("Datastreams(1)/Observations", R"({"phenomenonTime":"2026-11-24T01:00:00Z","result":1})"));
  must(post("Datastreams(1)/Observations", R"({"phenomenonTime":"2026-11-24T02:00:00Z/2026-11-24T03:00:00Z","result":1})"));
  auto const expected = HasSubstr(R"("phenomenonTime":"2026-11-24T01:00:00Z/2026-11-24T03:00:00Z")");
  EXPECT_THAT(body("Datastreams(1)"), expected);
  EXPECT_THAT(body("Things(1)/Datastreams"), expected);
}

TEST_F(DeepInsertTest, a_key_makes_nothing_outside_its_things_however_deep) {
  must(post("Things", kThingBody));
  must(post("Things", R"({"name":"own","description":"","properties":{"serial":"P8"}})"));
  key.things = {"P8"};
  EXPECT_EQ(refused("Locations", R"({"name":"L","description":"","encodingType":"application/geo+json",
    "location":{"type":"Point","coordinates":[127,37.5]},"Things":[{"@iot.id":2},{"@iot.id":1}]})").code, Code::kForbidden);
  EXPECT_EQ(refused("Datastreams", datastream_body("OM_Measurement", R"(,"Thing":{"name":"new","description":""})")).code, Code::kForbidden);
  EXPECT_EQ(refused("Observations", R"({"result":1,"Datastream":)" +
      datastream_body("OM_Measurement", R"(,"Thing":{"@iot.id":1})") + "}").code, Code::kForbidden);
  EXPECT_EQ(refused("Datastreams(1)/Observations", R"({"result":1,"FeatureOfInterest":)" + std::string(kFeature) + "}").code, Code::kForbidden);
  EXPECT_EQ(refused("Locations", kYard).code, Code::kForbidden);
  EXPECT_TRUE(post("Things(2)/Datastreams", stream).has_value());
}

TEST_F(DeepInsertTest, names_repeat_and_hold_any_character_while_serials_are_given) {
  must(post("Things", R"({"name":"Lab 1/2","description":""})"));
  must(post("Things", R"({"name":"Lab 1/2","description":"","properties":{"serial":""}})"));
  must(post("Things", R"({"name":"#+$ \u0007 한","description":"","properties":{"serial":null}})"));
  EXPECT_EQ(t.city->thing(ThingId{1})->serial, "thing-1");
  EXPECT_EQ(t.city->thing(ThingId{2})->serial, "thing-2");
  EXPECT_THAT(body("Things"), HasSubstr(R"("serial":"thing-3")"));
  EXPECT_EQ(refused("Things", R"({"name":"x","description":"","properties":{"serial":"a/b"}})").code, Code::kInvalid);
  EXPECT_EQ(refused("Things", R"({"name":"x","description":"","properties":{"serial":"thing-1"}})").code, Code::kConflict);
  must(post("Things", R"({"name":"x","description":"","properties":{"serial":"thing-5"}})"));
  must(post("Things", R"({"name":"y","description":""})"));
  EXPECT_EQ(t.city->thing(ThingId{5})->serial, "thing-5-2");
}

TEST_F(DeepInsertTest, metadata_and_units_come_back_as_they_were_given) {
  must(post("Sensors", R"({"name":"S","description":"","encodingType":"application/json","metadata":{"a":[1,2]}})"));
  must(post("Sensors", R"({"name":"S2","description":"","encodingType":"text/html","metadata":"{\"a\":1}"})"));
  EXPECT_THAT(body("Sensors(1)"), HasSubstr(R"("metadata":{"a":[1,2]})"));
  EXPECT_THAT(body("Sensors(2)"), HasSubstr(R"("metadata":"{\"a\":1}")"));
  must(post("Things", R"({"name":"T","description":""})"));
  must(post("Things(1)/Datastreams", R"({"name":"D","description":"","observationType":"x","Sensor":{"@iot.id":1},
    "unitOfMeasurement":{"name":null,"symbol":null,"definition":null},
    "ObservedProperty":{"name":"O","definition":"urn:o","description":""}})"));
  EXPECT_THAT(body("Datastreams(1)"), HasSubstr(R"("unitOfMeasurement":{"name":null,"symbol":null,"definition":null})"));
}

TEST_F(DeepInsertTest, a_path_through_another_entity_finds_and_takes_only_what_is_there) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  must(post("Things", R"({"name":"U","description":""})"));
  EXPECT_EQ(get("Things(2)/Datastreams(1)").error().code, Code::kNotFound);
  EXPECT_EQ(refused("Things(2)/Datastreams(1)/Observations", R"({"result":1})").code, Code::kNotFound);
  EXPECT_TRUE(post("Things(1)/Datastreams(1)/Observations", R"({"result":1})").has_value());
  EXPECT_EQ(refused("Datastreams(1)/Thing", R"({"name":"V","description":""})").code, Code::kNotFound);
  EXPECT_EQ(refused("Things('2')/Datastreams('1')/Observations", R"({"result":1})").code, Code::kNotFound);
  EXPECT_TRUE(get("Things('1')/Datastreams('1')/Thing").has_value());
  EXPECT_EQ(get("Things('one')").error().code, Code::kNotFound);
}

TEST_F(DeepInsertTest, bodies_that_are_none_are_refused_in_words) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + stream + "]}"));
  for (auto const path : {"Things", "Observations", "Datastreams(1)/Observations", "Locations", "CreateObservations"}) {
    for (auto const text : {"", "null", "1", "\"text\"", "{", "[1", "\xff"}) {
      EXPECT_FALSE(refused(path, text).sentence.empty()) << path << " " << text;
    }
  }
  EXPECT_EQ(refused("Things", "[]").code, Code::kInvalid);
  auto const deep = std::string(2000, '[') + std::string(2000, ']');
  EXPECT_EQ(refused("Things", R"({"name":"T","properties":{"a":)" + deep + "}}").code, Code::kLimit);
  EXPECT_EQ(refused("Datastreams(1)/Observations", R"({"result":1,"parameters":{"a":)" + deep + "}}").code, Code::kInvalid);
  EXPECT_EQ(stored(), 0u);
}

}  // namespace
}  // namespace madang::opendata
