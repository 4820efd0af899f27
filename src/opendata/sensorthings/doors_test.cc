// What comes in by SensorThings and by MQTT is told apart, judged and dated by the same rules.
#include "opendata/sensorthings/test_service.h"
#include "sensing/readings/test_keys.h"
#include "web/http/fields.h"

namespace madang::opendata {
namespace {

struct Doors : Sensorthings {
  sensing::TestKeys keys;
  sensing::TestDoor devices{keys, {.city = *t.city, .ingest = *t.ingest, .clock = t.clock}};

  Doors() { must(post("Things", kThingBody)); }
  Result<void> publish(std::string payload) {
    return sensing::answer_to(*devices, key, {"things/P7/obs", std::move(payload), 1, false});
  }
  std::string observe(std::string_view members) {
    auto const made = must(post("Datastreams(1)/Observations", "{" + std::string(members) + "}"));
    return std::string(*web::field_named(made.headers, "Location"));
  }
  std::string quality_of_all() { return body("Observations", {{"$select", "phenomenonTime,result,resultQuality"}}); }
};

TEST_F(Doors, the_default_feature_is_the_same_whether_a_client_names_it_or_a_device_does_not) {
  auto const feature = body("Datastreams(1)/Thing/Locations");
  ASSERT_THAT(body("FeaturesOfInterest"), HasSubstr(R"("@iot.id":1)"));
  auto const named = observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":12,"FeatureOfInterest":{"@iot.id":1})");
  ASSERT_TRUE(publish(R"({"time":"2026-11-24T05:00:00Z","pm25":12})"));
  EXPECT_EQ(observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":12)"), named);
  EXPECT_EQ(stored(), 1u);
  ASSERT_TRUE(publish(R"({"time":"2026-11-24T05:00:00Z","pm25":13})"));
  EXPECT_NE(observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":12,"FeatureOfInterest":{"@iot.id":1})"), named);
  EXPECT_EQ(stored(), 1u);
}

/// As a store of before holds it, which kept what was named.
TEST_F(Doors, a_default_feature_that_the_store_holds_named_is_found_again_by_both) {
  storage::ObservationDetail old;
  old.feature = FeatureId{1};
  auto const time = must(parse_instant("2026-11-24T05:00:00Z"));
  must(t.store.append({.observations = {{DatastreamId{1}, time, 12, time, {}}}, .details = {{0, old}}}));
  ASSERT_TRUE(publish(R"({"time":"2026-11-24T05:00:00Z","pm25":12})"));
  observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":12)");
  observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":12,"FeatureOfInterest":{"@iot.id":1})");
  EXPECT_EQ(stored(), 1u);
}

TEST_F(Doors, a_time_that_no_set_clock_tells_is_suspect_whichever_way_it_came) {
  ASSERT_TRUE(publish(R"({"time":"1970-01-01T00:00:10Z","pm25":12})"));
  auto const by_device = quality_of_all();
  EXPECT_THAT(by_device, HasSubstr(R"("flag":3)"));
  must(t.store.erase(DatastreamId{1}, {kInstantMin, kInstantMax}));
  observe(R"("phenomenonTime":"1970-01-01T00:00:10Z","result":12)");
  EXPECT_EQ(quality_of_all(), by_device);
  must(t.store.erase(DatastreamId{1}, {kInstantMin, kInstantMax}));
  must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],
    "dataArray":[["1970-01-01T00:00:10Z",12]]}])"));
  EXPECT_EQ(quality_of_all(), by_device);
}

TEST_F(Doors, an_offset_is_read_in_both_forms_of_iso_8601) {
  for (auto const* const time : {"2026-11-24T14:00:00+09:00", "2026-11-24T14:00:00+0900", "2026-11-24T14:00:00+09"}) {
    ASSERT_TRUE(publish(R"({"time":")" + std::string(time) + R"(","pm25":12})"));
    observe(R"("phenomenonTime":")" + std::string(time) + R"(","result":12)");
    observe(R"("phenomenonTime":"2026-11-24T04:00:00Z/)" + std::string(time) + R"(","result":13)");
    EXPECT_EQ(count("Observations"), 2u) << time;
    EXPECT_THAT(body("Observations", {{"$filter", "phenomenonTime eq " + std::string(time)}, {"$top", "0"}, {"$count", "true"}}), HasSubstr(R"("@iot.count":1)"));
  }
  for (auto const* const time : {"2026-11-24T14:00:00", "2026-11-24T14:00:00+9", "2026-11-24T14:00:00+090", "2026-11-24 14:00"})
    EXPECT_THAT(refused("Datastreams(1)/Observations", R"({"phenomenonTime":")" + std::string(time) + R"(","result":1})").sentence,
                HasSubstr("expected at column")) << time;
}

TEST_F(Doors, what_clients_wrap_json_in_is_read_over_by_http_too) {
  std::string const mark = "\xEF\xBB\xBF";
  std::string const end(2, '\0');
  must(post("Datastreams(1)/Observations", mark + R"({"phenomenonTime":"2026-11-24T05:00:00Z","result":1})" + end));
  must(post("CreateObservations", mark + R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],
    "dataArray":[["2026-11-24T05:01:00Z",2]]}])" + end));
  must(post("Things", mark + R"({"name":"x","description":""})"));
  ASSERT_TRUE(publish(mark + R"({"time":"2026-11-24T05:02:00Z","pm25":3})" + end));
  EXPECT_EQ(stored(), 3u);
  EXPECT_THAT(refused("Datastreams(1)/Observations", mark + mark + "{}").sentence, HasSubstr("byte 0"));
}

TEST_F(Doors, a_list_where_one_observation_is_expected_is_told_where_it_belongs) {
  for (auto const* const path : {"Observations", "Datastreams(1)/Observations", "Things"})
    EXPECT_THAT(refused(path, R"( [{"result":1}])").sentence, HasSubstr("many observations go to CreateObservations"));
}

TEST_F(Doors, an_interval_without_length_is_its_instant) {
  auto const instant = observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":1)");
  EXPECT_EQ(observe(R"("phenomenonTime":"2026-11-24T05:00:00Z/2026-11-24T14:00:00+09:00","result":1)"), instant);
  EXPECT_THAT(body("Observations"), HasSubstr(R"("phenomenonTime":"2026-11-24T05:00:00Z",)"));
  EXPECT_EQ(stored(), 1u);
}

TEST_F(Doors, properties_that_this_server_reads_are_refused_where_it_cannot_understand_them) {
  auto const why = [this](std::string_view properties) {
    return refused("Things", R"({"name":"x","description":"","properties":)" + std::string(properties) + "}").sentence;
  };
  EXPECT_THAT(why(R"({"timeZone":"Asia/Soul"})"), testing::AllOf(HasSubstr("properties/timeZone: "), HasSubstr("Asia/Soul")));
  EXPECT_THAT(why(R"({"timeZone":9})"), HasSubstr("properties/timeZone: a text like \"Asia/Seoul\""));
  EXPECT_THAT(why(R"({"useArrivalTime":true})"), HasSubstr("properties/useArrivalTime: never, unset or always expected"));
  EXPECT_THAT(why(R"({"ignoreUnknownChannels":"yes"})"), HasSubstr("properties/ignoreUnknownChannels: true or false expected"));
  EXPECT_THAT(why(R"({"crowdAreaM2":-4})"), HasSubstr("properties/crowdAreaM2: square metres"));
  EXPECT_EQ(count("Things"), 1u);
  must(post("Things", R"({"name":"x","description":"","properties":{"timeZone":"Asia/Seoul","useArrivalTime":"unset",
    "ignoreUnknownChannels":true,"numbersInText":false,"crowdAreaM2":400,"note":{"timeZone":"free text of somebody"}}})"));
}

TEST_F(Doors, create_observations_says_what_became_of_its_elements) {
  auto const outcomes = [this](std::string_view rows) {
    auto const answer = must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[)" + std::string(rows) + "]}]"));
    return std::string(*web::field_named(answer.headers, "madang-outcomes"));
  };
  EXPECT_EQ(outcomes(R"(["2026-11-24T05:00:00Z",1],["2026-11-24T05:01:00Z",2],["never",3],["2026-11-24T05:00:00Z",1])"),
            "stored=2, repeated=1, superseded=0, refused=1");
  EXPECT_EQ(outcomes(R"(["2026-11-24T05:00:00Z",1],["2026-11-24T05:01:00Z",5],["2026-11-24T05:02:00Z",6])"),
            "stored=1, repeated=1, superseded=1, refused=0");
}

TEST_F(Doors, the_link_of_a_superseded_observation_is_gone_and_names_the_one_that_counts) {
  auto const first = observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":12)");
  ASSERT_TRUE(publish(R"({"time":"2026-11-24T05:00:00Z","pm25":13})"));
  auto const last = observe(R"("phenomenonTime":"2026-11-24T05:00:00Z","result":14)");
  auto const path = first.substr(first.find("Observations"));
  for (auto const* const below : {"", "/result", "/Datastream", "/$ref"}) {
    auto const gone = must(get(path + below));
    EXPECT_EQ(gone.status, 410) << below;
    EXPECT_THAT(gone.body, HasSubstr(last));
    EXPECT_EQ(*web::field_named(gone.headers, "Link"), "<" + last + ">; rel=\"successor-version\"");
  }
  EXPECT_EQ(must(get(last.substr(last.find("Observations")))).status, 200);
  EXPECT_EQ(get("Observations(999)").error().code, Code::kNotFound);
}

TEST_F(Doors, bytes_that_are_no_json_are_named_as_what_they_are) {
  std::string const packed = "\x1F\x8B\x08";
  std::string const wide("\xFF\xFE{\0\"\0r\0", 8);
  for (auto const& [bytes, kind] : {std::pair{packed, "is packed with gzip; unpack it first"}, {wide, "is UTF-16; JSON is sent as UTF-8"}}) {
    for (auto const* const path : {"Datastreams(1)/Observations", "CreateObservations", "Things"})
      EXPECT_THAT(refused(path, bytes).sentence, HasSubstr("body: " + std::string(kind))) << path;
    EXPECT_THAT(publish(bytes).error().sentence, HasSubstr("payload: " + std::string(kind)));
  }
  for (auto const* const scalar : {"12", "\"12\"", "null", "true"})
    EXPECT_THAT(publish(scalar).error().sentence, HasSubstr(R"(payload: an object such as {"pm25":12.5} expected)")) << scalar;
}

TEST_F(Doors, the_end_of_a_day_and_a_comma_before_a_fraction_are_read_by_both) {
  for (auto const* const time : {"2026-11-23T24:00:00Z", "2026-11-24T00:00:00,000Z"}) {
    observe(R"("phenomenonTime":")" + std::string(time) + R"(","result":12)");
    ASSERT_TRUE(publish(R"({"time":")" + std::string(time) + R"(","pm25":12})"));
  }
  EXPECT_EQ(stored(), 1u);
}

}  // namespace
}  // namespace madang::opendata
