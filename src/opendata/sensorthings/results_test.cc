// What a result may be, by the Datastream's observationType, and which observations are the same one.
#include "opendata/sensorthings/test_service.h"

namespace madang::opendata {
namespace {

using testing::AllOf;

struct Results : Sensorthings {
  void SetUp() override {
    std::string streams;
    for (auto const type : {"OM_Measurement", "OM_CountObservation", "OM_TruthObservation", "OM_CategoryObservation",
                            "OM_Observation"}) {
      streams += (streams.empty() ? "" : ",") + datastream_body(type);
    }
    must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + streams + "]}"));
  }
  /// What is read back of a posted result, or the refusal.
  std::string sent(int datastream, std::string const& result) {
    auto const set = "Datastreams(" + std::to_string(datastream) + ")/Observations";
    auto const made = post(set, R"({"result":)" + result + "}");
    if (!made) return made.error().sentence;
    auto const& link = made->headers[0].second;
    auto text = body(link.substr(link.find("Observations(")) + "/result");
    return text.substr(10, text.size() - 11);
  }
};

TEST_F(Results, of_a_measurement_are_numbers_also_where_they_come_as_text) {
  EXPECT_EQ(sent(1, "20.5"), "20.5");
  EXPECT_EQ(sent(1, R"("21.1")"), "21.1");
  EXPECT_EQ(sent(1, R"(" 21.2 ")"), "21.2");
  EXPECT_EQ(sent(1, R"("-1e3")"), "-1000");
  EXPECT_EQ(sent(1, R"("+4")"), "4");
  EXPECT_EQ(sent(1, "-0"), "0");
  for (auto const bad : {R"("abc")", R"("2,1")", R"("")", R"(" ")", R"("21.1 C")", R"("NaN")", R"("Infinity")", R"("0x10")",
                         R"("1e400")", "1e400", "true", R"({"pm":22})", "[1]", "null", R"("--1")", R"("1 2")"}) {
    EXPECT_THAT(sent(1, bad), HasSubstr("result")) << bad;
  }
  EXPECT_EQ(count("Datastreams(1)/Observations"), 6u);
}

TEST_F(Results, of_other_types_are_what_their_type_says) {
  EXPECT_EQ(sent(2, "5"), "5");
  EXPECT_EQ(sent(2, "6.0"), "6");
  EXPECT_EQ(sent(2, R"("7")"), "7");
  EXPECT_THAT(sent(2, "5.5"), HasSubstr("a whole number expected"));
  EXPECT_EQ(sent(3, "true"), "true");
  EXPECT_EQ(sent(3, R"("false")"), "false");
  EXPECT_THAT(sent(3, "1"), HasSubstr("true or false expected"));
  EXPECT_EQ(sent(4, R"("urn:red")"), R"("urn:red")");
  EXPECT_THAT(sent(4, "3"), HasSubstr("a text expected"));
  EXPECT_EQ(sent(5, R"("21.1")"), R"("21.1")");
  EXPECT_EQ(sent(5, R"({"a":[1]})"), R"({"a":[1]})");
  EXPECT_EQ(sent(5, "true"), "true");
}

TEST_F(Results, that_may_be_texts_are_not_said_to_be_missing) {
  sent(4, R"("urn:red")");
  EXPECT_THAT(body("Datastreams(4)/Observations"), HasSubstr(R"("result":"urn:red","resultQuality":{"flag":2,"name":"unknown"})"));
  EXPECT_THAT(refused("Datastreams(4)/Observations", R"({"result":"urn:red","resultQuality":{"flag":1}})").sentence,
              HasSubstr("resultQuality"));
}

TEST_F(Results, that_would_come_back_as_another_number_are_refused) {
  EXPECT_EQ(sent(1, "9007199254740992"), "9007199254740992");
  EXPECT_EQ(sent(1, "100000000000000000000"), "1e+20");
  for (auto const type : {1, 2, 5}) {
    EXPECT_THAT(sent(type, "9007199254740993"), HasSubstr("cannot be kept exactly"));
    EXPECT_THAT(sent(type, "123456789012345678901"), HasSubstr("cannot be kept exactly"));
  }
  EXPECT_THAT(sent(2, R"("-9007199254740993")"), HasSubstr("cannot be kept exactly"));
}

TEST_F(Results, in_a_data_array_are_converted_or_refused_one_by_one) {
  auto const response = must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[
    ["2026-11-24T01:00:00Z","21.1"],["2026-11-24T01:01:00Z","abc"],["2026-11-24T01:02:00Z",true],["2026-11-24T01:03:00Z",3]]}])"));
  EXPECT_THAT(response.body, AllOf(HasSubstr(R"j(["http://madang.test/sta/v1.1/Observations(67108864)","error result: a number expected)j"),
                                   HasSubstr(R"j(,"http://madang.test/sta/v1.1/Observations(67108865)"])j")));
  EXPECT_THAT(response.headers[0].second, AllOf(HasSubstr("/0/dataArray/1: result: a number expected"), HasSubstr("/0/dataArray/2")));
  EXPECT_THAT(body("Datastreams(1)/Observations"), HasSubstr(R"("result":21.1,)"));
}

TEST_F(Results, without_a_time_are_one_in_a_data_array_and_each_its_own_alone) {
  auto const response = must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[[1],[2],[2]]},
    {"Datastream":{"@iot.id":2},"components":["result"],"dataArray":[[3]]}])"));
  EXPECT_THAT(response.body, HasSubstr(R"j(was given the time of arrival already","http://madang.test/sta/v1.1/Observations(134217728)"])j"));
  EXPECT_EQ(stored(), 2u);
  must(post("Datastreams(1)/Observations", R"({"result":4})"));
  must(post("Datastreams(1)/Observations", R"({"result":5})"));
  EXPECT_EQ(count("Datastreams(1)/Observations"), 3u) << "the clock of the test stands still";
}

TEST_F(Results, of_one_identity_in_one_body_are_one_or_the_second_is_refused) {
  auto const response = must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[
    ["2026-11-24T01:00:00Z",1],["2026-11-24T02:00:00Z",2],["2026-11-24T01:00:00Z",1],["2026-11-24T01:00:00+00:00",9]]},
    {"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[["2026-11-24T11:00:00+09:00",8]]}])"));
  EXPECT_EQ(response.body, R"j(["http://madang.test/sta/v1.1/Observations(67108864)","http://madang.test/sta/v1.1/Observations(67108865)",)j"
                           R"j("http://madang.test/sta/v1.1/Observations(67108864)",)j"
                           R"j("error another row has this Datastream, phenomenonTime and FeatureOfInterest",)j"
                           R"j("error another row has this Datastream, phenomenonTime and FeatureOfInterest"])j");
  EXPECT_EQ(stored(), 2u);
}

TEST_F(Results, keep_their_times_in_any_zone_and_refuse_times_that_are_none) {
  must(post("Datastreams(1)/Observations", R"({"phenomenonTime":"2026-11-24T10:00:00.123456789+09:00","result":1,"resultTime":null})"));
  EXPECT_THAT(body("Datastreams(1)/Observations"), HasSubstr(R"("phenomenonTime":"2026-11-24T01:00:00.123Z","resultTime":null)"));
  for (auto const bad : {"2026-11-24T02:00:00Z/2026-11-24T01:00:00Z", "2026-11-24T02:00:00Z/", "/", "2026-11-24", "1800-01-01T00:00:00Z",
                         "2026-02-30T00:00:00Z", "9999-12-31T23:59:59Z", "2026-11-24T02:00:00Z/2026-11-24T03:00:00Z/2026-11-24T04:00:00Z"}) {
    EXPECT_THAT(refused("Datastreams(1)/Observations", R"({"result":1,"phenomenonTime":")" + std::string(bad) + "\"}").sentence,
                HasSubstr("phenomenonTime")) << bad;
  }
  EXPECT_EQ(stored(), 1u);
}

}  // namespace
}  // namespace madang::opendata
