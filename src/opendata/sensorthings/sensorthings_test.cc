#include <fmt/format.h>

#include "opendata/sensorthings/test_service.h"
#include "sensing/quality/tests.h"

namespace madang::opendata {
namespace {

TEST_F(Sensorthings, root_lists_sets_and_conformance) {
  auto const text = body("");
  EXPECT_THAT(text, HasSubstr(R"({"name":"Things","url":"http://madang.test/sta/v1.1/Things"})"));
  EXPECT_THAT(text, HasSubstr(R"("serverSettings":{"conformance":["http://www.opengis.net/spec/iot_sensing/1.1/)"));
}

TEST_F(Sensorthings, deep_insert_makes_all_that_is_nested) {
  auto const response = must(post("Things", kThingBody));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers[0].second, "http://madang.test/sta/v1.1/Things(1)");
  auto const thing = body("Things(1)");
  EXPECT_THAT(thing, HasSubstr(R"("name":"Pole 7","description":"by the gate")"));
  EXPECT_THAT(thing, HasSubstr(R"("owner":"city")"));
  EXPECT_THAT(thing, HasSubstr(R"("serial":"P7","simulated":true)"));
  EXPECT_THAT(thing, HasSubstr(R"("Datastreams@iot.navigationLink":"http://madang.test/sta/v1.1/Things(1)/Datastreams")"));
  EXPECT_THAT(body("Things(1)/Locations"), HasSubstr("126.95"));
  EXPECT_THAT(body("Datastreams(1)/Sensor"), HasSubstr(R"("measurementClass":"simulated")"));
  EXPECT_THAT(body("Datastreams(1)/Sensor"), HasSubstr(R"("notice":{"en":"Not official.","ko":"비공식"})"));
  EXPECT_THAT(body("Datastreams(1)"), HasSubstr(R"("channel":"pm25","intervalMs":120000,"fitted":true)"));
  EXPECT_EQ(t.city->thing_of_serial("P7")->name.in("ko"), "7번 기둥");
}

TEST_F(Sensorthings, an_invalid_deep_insert_leaves_nothing_behind) {
  std::string broken(kThingBody);
  broken.replace(broken.find("\"definition\": \"urn:pm25\""), 24, "\"definition\": 5         ");
  auto const error = refused("Things", broken);
  EXPECT_EQ(error.code, Code::kInvalid);
  EXPECT_THAT(error.sentence, HasSubstr("/Datastreams/0/ObservedProperty/definition"));
  EXPECT_THAT(body("Things", {{"$count", "true"}}), HasSubstr(R"("@iot.count":0)"));
  EXPECT_THAT(body("Sensors", {{"$count", "true"}}), HasSubstr(R"("@iot.count":0)"));
}

TEST_F(Sensorthings, a_second_thing_with_the_serial_is_a_conflict) {
  must(post("Things", kThingBody));
  EXPECT_EQ(refused("Things", kThingBody).code, Code::kConflict);
}

TEST_F(Sensorthings, an_unknown_member_is_named) {
  EXPECT_THAT(refused("Things", R"({"name":"a","descripton":"b"})").sentence, HasSubstr("/descripton"));
}

TEST_F(Sensorthings, entities_can_be_posted_one_by_one_and_linked) {
  must(post("Things", R"({"name":"A","description":""})"));
  must(post("Sensors", R"({"name":"S","description":"","encodingType":"text/html","metadata":"m"})"));
  must(post("ObservedProperties", R"({"name":"P","definition":"urn:p","description":""})"));
  must(post("Things(1)/Locations", R"({"name":"L","description":"","encodingType":"application/geo+json",
    "location":{"type":"Point","coordinates":[127,37.5]}})"));
  auto const made = must(post("Datastreams", R"({"name":"D","description":"","observationType":"x",
    "unitOfMeasurement":{"name":null,"symbol":null,"definition":null},"Thing":{"@iot.id":1},"Sensor":{"@iot.id":1},
    "ObservedProperty":{"@iot.id":1}})"));
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(body("Sensors(1)/Datastreams"), HasSubstr(R"("name":"D")"));
  EXPECT_THAT(body("Locations(1)/Things"), HasSubstr(R"("name":"A")"));
  EXPECT_EQ(refused("Datastreams", R"({"name":"D","description":"","observationType":"x","unitOfMeasurement":{},
    "Thing":{"@iot.id":9},"Sensor":{"@iot.id":1},"ObservedProperty":{"@iot.id":1}})").code, Code::kNotFound);
}

TEST_F(Sensorthings, an_observation_is_stored_and_read_back) {
  must(post("Things", kThingBody));
  auto const made = must(post("Datastreams(1)/Observations",
    R"({"phenomenonTime":"2026-11-24T05:00:00Z","resultTime":"2026-11-24T05:00:05Z","result":12.5,
        "parameters":{"height":3}})"));
  EXPECT_EQ(made.status, 201);
  auto const link = made.headers[0].second;
  auto const path = link.substr(link.find("Observations("));
  auto const text = body(path);
  EXPECT_THAT(text, HasSubstr(R"("phenomenonTime":"2026-11-24T05:00:00Z","resultTime":"2026-11-24T05:00:05Z","result":12.5)"));
  EXPECT_THAT(text, HasSubstr(fmt::format(R"("resultQuality":{{"flag":1,"name":"good","ruleVersion":{}}},"parameters":{{"height":3}})",
                                          sensing::kRuleVersion)));
  EXPECT_THAT(body(path + "/Datastream"), HasSubstr(R"("@iot.id":1)"));
  EXPECT_THAT(body(path + "/FeatureOfInterest"), HasSubstr("126.95"));
  EXPECT_EQ(body(path + "/result"), R"({"result":12.5})");
  EXPECT_EQ(body(path + "/result/$value"), "12.5");
}

TEST_F(Sensorthings, keeps_text_boolean_json_and_intervals) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + datastream_body("OM_Observation") + "]}"));
  must(post("Observations", R"({"Datastream":{"@iot.id":1},"phenomenonTime":"2026-11-24T01:00:00Z/2026-11-24T02:00:00Z",
    "result":"open"})"));
  must(post("Observations", R"({"Datastream":{"@iot.id":1},"phenomenonTime":"2026-11-24T03:00:00Z","result":true})"));
  must(post("Observations", R"({"Datastream":{"@iot.id":1},"phenomenonTime":"2026-11-24T04:00:00Z","result":{"a":[1, 2]}})"));
  auto const text = body("Datastreams(1)/Observations");
  EXPECT_THAT(text, HasSubstr(R"("phenomenonTime":"2026-11-24T01:00:00Z/2026-11-24T02:00:00Z","resultTime":null,"result":"open")"));
  EXPECT_THAT(text, HasSubstr(R"("result":true)"));
  EXPECT_THAT(text, HasSubstr(R"("result":{"a":[1,2]})"));
}

TEST_F(Sensorthings, keeps_a_sentinel_but_says_missing) {
  must(post("Things", kThingBody));
  must(post("Datastreams(1)/Observations", R"({"result":-999})"));
  EXPECT_THAT(body("Observations"), HasSubstr(R"("result":-999,"resultQuality":{"flag":9)"));
}

TEST_F(Sensorthings, a_bad_observation_names_its_field_and_stores_nothing) {
  must(post("Things", kThingBody));
  EXPECT_THAT(refused("Datastreams(1)/Observations", R"({"phenomenonTime":"x","result":1})").sentence, HasSubstr("phenomenonTime"));
  EXPECT_THAT(refused("Datastreams(1)/Observations", R"({"reslut":1})").sentence, HasSubstr("reslut"));
  EXPECT_THAT(refused("Datastreams(1)/Observations", R"({})").sentence, HasSubstr("result: missing"));
  EXPECT_THAT(refused("Datastreams(1)/Observations", R"({"result":1)").sentence, HasSubstr("byte"));
  EXPECT_EQ(refused("Datastreams(9)/Observations", R"({"result":1})").code, Code::kNotFound);
  EXPECT_EQ(refused("Observations", R"({"result":1})").code, Code::kInvalid);
  EXPECT_EQ(stored(), 0u);
}

TEST_F(Sensorthings, takes_the_quality_it_is_given) {
  must(post("Things", kThingBody));
  must(post("Datastreams(1)/Observations", R"({"result":5,"resultQuality":{"flag":3,"reason":7}})"));
  EXPECT_THAT(body("Observations"), HasSubstr(R"("resultQuality":{"flag":3,"name":"suspect","reason":7,"reasonText":"This channel has never measured anything)"));
  EXPECT_EQ(refused("Datastreams(1)/Observations", R"({"result":5,"resultQuality":{"flag":6}})").code, Code::kInvalid);
}

TEST_F(Sensorthings, a_data_array_answers_for_each_element) {
  must(post("Things", kThingBody));
  auto const response = must(post("CreateObservations", R"([
    {"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray@iot.count":3,"dataArray":[
      ["2026-11-24T01:00:00Z",1],["yesterday",2],["2026-11-24T02:00:00Z",3],["2026-11-24T03:00:00Z"]]},
    {"Datastream":{"@iot.id":99},"components":["result"],"dataArray":[[1]]}])"));
  EXPECT_EQ(response.status, 201);
  ASSERT_EQ(response.headers.size(), 2u);
  EXPECT_EQ(response.headers[1].second, "stored=2, repeated=0, superseded=0, refused=3");
  EXPECT_EQ(response.headers[0].first, "Madang-Refused");
  EXPECT_THAT(response.headers[0].second, HasSubstr("/0/dataArray/1: phenomenonTime"));
  EXPECT_THAT(response.headers[0].second, HasSubstr("/1/dataArray/0: there is no Datastream 99"));
  EXPECT_THAT(response.body, HasSubstr(R"j(["http://madang.test/sta/v1.1/Observations(67108864)","error phenomenonTime: )j"));
  EXPECT_THAT(response.body, HasSubstr(R"j("http://madang.test/sta/v1.1/Observations(67108865)","error fewer values than components","error there is no Datastream 99"])j"));
  EXPECT_EQ(stored(), 2u);
  EXPECT_THAT(t.metrics.text(), HasSubstr("madang_opendata_elements_refused_total 3"));
}

std::size_t times_in(std::string_view text, std::string_view wanted) {
  std::size_t times = 0;
  for (auto at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) ++times;
  return times;
}

/// A body whose first rows fail as they do every time hides nothing that is new further down.
TEST_F(Sensorthings, a_data_array_puts_each_reason_into_the_log_once_wherever_its_row_stands) {
  must(post("Things", kThingBody));
  auto const body_of = [](std::string const& last) {
    std::string rows;
    for (int i = 0; i < 20; ++i) rows += R"(["2026-11-24T03:00:00Z"],)";
    return R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[)" + rows + last + "]}]";
  };
  testing::internal::CaptureStderr();
  must(post("CreateObservations", body_of(R"(["2026-11-24T01:00:00Z",1])")));
  must(post("CreateObservations", body_of(R"(["yesterday",2])")));
  must(post("CreateObservations", body_of(R"(["yesterday",2])")));
  auto const log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(times_in(log, "elements_refused"), 2u) << log;
  EXPECT_EQ(times_in(log, "/0/dataArray/0: fewer values than components"), 1u);
  EXPECT_EQ(times_in(log, "/0/dataArray/20: phenomenonTime"), 1u);
}

TEST_F(Sensorthings, a_data_array_says_why_for_more_elements_than_the_header_names_and_within_bounds) {
  must(post("Things", kThingBody));
  std::string rows;
  for (int i = 0; i < 40'000; ++i) rows += (i == 0 ? "" : ",") + std::string(R"(["2026-11-24T01:00:00Z","a long text that is no number )") + std::to_string(i) + R"("])";
  auto const response = must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result"],"dataArray":[)" + rows + "]}]"));
  EXPECT_THAT(response.body, testing::StartsWith(R"j(["error result: )j"));
  EXPECT_THAT(response.body, testing::EndsWith(R"j(,"error","error"])j"));
  EXPECT_LT(response.body.size(), 3u << 20);
  EXPECT_EQ(times_in(response.body, ",\"error"), 39'999u);
}

TEST_F(Sensorthings, a_data_array_takes_its_members_in_any_order) {
  must(post("Things", kThingBody));
  auto const response = must(post("CreateObservations", R"([{"dataArray":[[4,"2026-11-24T01:00:00Z",{"flag":1},null]],
    "components":["result","phenomenonTime","resultQuality","FeatureOfInterest/id"],"Datastream":{"@iot.id":1}}])"));
  EXPECT_THAT(response.body, Not(HasSubstr("error")));
}

TEST_F(Sensorthings, a_body_that_is_no_data_array_is_told_what_is_expected) {
  must(post("Things", kThingBody));
  EXPECT_THAT(refused("CreateObservations", R"({"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[[1]]})").sentence,
              HasSubstr("body: a list of groups expected"));
  auto const multi = refused("CreateObservations", R"([{"components":["result"],"MultiDatastream":{"@iot.id":1},"dataArray":[[[1,2]]]}])");
  EXPECT_EQ(multi.code, Code::kUnsupported);
  EXPECT_THAT(multi.sentence, HasSubstr("/0/MultiDatastream: is not supported"));
  EXPECT_THAT(refused("CreateObservations", R"([{"components":["result"],"dataArray":[[1]]}])").sentence, HasSubstr("/0/Datastream: missing"));
  EXPECT_EQ(stored(), 0u);
}

TEST_F(Sensorthings, a_data_array_takes_a_feature_by_both_names_of_its_id) {
  must(post("Things", kThingBody));
  for (auto const* const name : {"FeatureOfInterest/id", "FeatureOfInterest/@iot.id"}) {
    auto const response = must(post("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["phenomenonTime","result",")" + std::string(name) +
                                                              R"("],"dataArray":[["2026-11-24T01:00:00Z",4,1]]}])"));
    EXPECT_THAT(response.body, Not(HasSubstr("error"))) << name;
  }
  EXPECT_EQ(stored(), 1u);
  EXPECT_EQ(refused("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["result","FeatureOfInterest/id","FeatureOfInterest/@iot.id"],
    "dataArray":[[4,1,1]]}])").code, Code::kInvalid) << "both at once";
}

TEST_F(Sensorthings, a_data_array_that_is_cut_off_stores_nothing) {
  must(post("Things", kThingBody));
  auto const error = refused("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[[1],[2])");
  EXPECT_EQ(error.code, Code::kInvalid);
  EXPECT_EQ(stored(), 0u);
}

TEST_F(Sensorthings, a_key_writes_to_its_own_things_only) {
  must(post("Things", kThingBody));
  key.things = {"P8"};
  EXPECT_EQ(refused("Datastreams(1)/Observations", R"({"result":1})").code, Code::kForbidden);
  EXPECT_EQ(refused("CreateObservations", R"([{"Datastream":{"@iot.id":1},"components":["result"],"dataArray":[[1]]}])").code,
            Code::kForbidden);
  EXPECT_EQ(refused("Things", R"({"name":"P9","description":""})").code, Code::kForbidden);
  EXPECT_EQ(refused("Sensors", R"({"name":"S","description":"","encodingType":"x","metadata":"m"})").code, Code::kForbidden);
  EXPECT_THAT(refused("Things", R"({"name":"P8","description":""})").sentence, HasSubstr("properties.serial"));
  EXPECT_TRUE(post("Things", R"({"name":"P8","description":"","properties":{"serial":"P8"}})").has_value());
}

TEST_F(Sensorthings, pages_through_a_collection) {
  for (int i = 0; i < 5; ++i) t.add("S" + std::to_string(i), sensing::kWest, {"pm25"});
  auto const first = body("Things", {{"$top", "2"}, {"$count", "true"}});
  EXPECT_THAT(first, HasSubstr(R"("@iot.count":5,"@iot.nextLink":"http://madang.test/sta/v1.1/Things?$top=2&$count=true&$skip=2")"));
  EXPECT_THAT(first, HasSubstr("S1"));
  EXPECT_THAT(first, Not(HasSubstr("S2")));
  auto const last = body("Things", {{"$top", "2"}, {"$skip", "4"}});
  EXPECT_THAT(last, Not(HasSubstr("nextLink")));
  EXPECT_THAT(body("Things", {{"$orderby", "id desc"}, {"$top", "1"}}), HasSubstr("S4"));
}

struct Observed : Sensorthings {
  Observed() {
    t.add("A", sensing::kWest, {"pm25", "noise"});
    for (int i = 1; i <= 12; ++i) {
      t.put(t.stream("A", "pm25"), t.clock.now() - std::chrono::hours{i}, i);
      t.put(t.stream("A", "noise"), t.clock.now() - std::chrono::minutes{30 + 60 * i}, 40 + i);
    }
  }
};

TEST_F(Observed, are_ordered_by_time_either_way) {
  auto const newest = body("Datastreams(1)/Observations", {{"$orderby", "phenomenonTime desc"}, {"$top", "1"}});
  EXPECT_THAT(newest, HasSubstr(R"("result":1,)"));
  auto const oldest = body("Datastreams(1)/Observations", {{"$orderby", "phenomenonTime asc"}, {"$top", "1"}});
  EXPECT_THAT(oldest, HasSubstr(R"("result":12,)"));
}

TEST_F(Observed, of_all_datastreams_are_merged_by_time) {
  auto const newest = body("Observations", {{"$orderby", "phenomenonTime desc"}, {"$top", "2"}, {"$count", "true"}});
  EXPECT_THAT(newest, HasSubstr(R"("@iot.count":24)"));
  EXPECT_THAT(newest, HasSubstr(R"("result":1,)"));
  EXPECT_THAT(newest, HasSubstr(R"("result":41,)"));
  auto const third = body("Observations", {{"$orderby", "phenomenonTime desc"}, {"$top", "1"}, {"$skip", "2"}});
  EXPECT_THAT(third, HasSubstr(R"("result":2,)"));
}

TEST_F(Observed, are_walked_across_datastreams_without_an_order) {
  auto const page = body("Observations", {{"$skip", "11"}, {"$top", "2"}});
  EXPECT_THAT(page, HasSubstr(R"("result":1,)"));
  EXPECT_THAT(page, HasSubstr(R"("result":52,)"));
}

TEST_F(Observed, are_filtered_by_time_and_result) {
  auto const by_time = body("Datastreams(1)/Observations",
                            {{"$filter", "phenomenonTime ge 2026-11-24T02:30:00Z"}, {"$count", "true"}});
  EXPECT_THAT(by_time, HasSubstr(R"("@iot.count":3)"));
  auto const by_result = body("Datastreams(1)/Observations", {{"$filter", "result gt '3'"}, {"$count", "true"}});
  EXPECT_THAT(by_result, HasSubstr(R"("@iot.count":6)"));
  auto const both = body("Observations", {{"$filter", "result gt 50 and phenomenonTime lt 2026-11-23T18:30:00Z"},
                                          {"$orderby", "result desc"}, {"$top", "1"}});
  EXPECT_THAT(both, HasSubstr(R"("result":52,)"));
}

TEST_F(Observed, come_page_by_page_while_others_come_in) {
  int come = 0;
  for (std::string const order : {"phenomenonTime desc", "phenomenonTime asc"}) {
    web::Fields query = {{"$orderby", order}, {"$top", "5"}, {"$count", "true"}};
    std::string seen;
    for (int page = 0; page < 3; ++page) {
      auto const text = body("Datastreams(1)/Observations", query);
      EXPECT_THAT(text, HasSubstr("@iot.count"));
      for (auto at = text.find("\"result\":"); at != std::string::npos; at = text.find("\"result\":", at + 1)) {
        seen += text.substr(at + 9, text.find(',', at) - at - 9) + " ";
      }
      // One before all that were seen, one behind them.
      t.put(t.stream("A", "pm25"), t.clock.now() + std::chrono::minutes{++come}, 100);
      t.put(t.stream("A", "pm25"), t.clock.now() - std::chrono::days{come}, 200);
      auto const token = text.find("$skiptoken=");
      if (token == std::string::npos) break;
      query.resize(3);
      query.emplace_back("$skiptoken", text.substr(token + 11, text.find('"', token) - token - 11));
    }
    if (order == "phenomenonTime desc") {
      EXPECT_EQ(seen.substr(0, 28), "1 2 3 4 5 6 7 8 9 10 11 12 2");
    } else {
      EXPECT_THAT(seen, HasSubstr("12 11 10 9 8 7 6 5 4 3 2 1 ")) << "what came behind is behind";
    }
  }
  EXPECT_EQ(get("Observations", {{"$skiptoken", "1_1"}}).error().code, Code::kInvalid);
  EXPECT_EQ(get("Datastreams(1)/Observations", {{"$skiptoken", "x"}}).error().code, Code::kInvalid);
  EXPECT_EQ(get("Datastreams(1)/Observations", {{"$skiptoken", "1_1"}, {"$skip", "1"}}).error().code, Code::kInvalid);
}

TEST_F(Sensorthings, are_ordered_by_the_time_of_their_result) {
  must(post("Things", kThingBody));
  for (int i = 1; i <= 3; ++i) {
    auto const hour = std::to_string(i);
    auto const later = std::to_string(9 - i);
    must(post("Datastreams(1)/Observations", R"({"phenomenonTime":"2026-11-24T0)" + hour + R"(:00:00Z","resultTime":"2026-11-24T0)" +
                                                 later + R"(:00:00Z","result":)" + hour + "}"));
  }
  must(post("Datastreams(1)/Observations", R"({"phenomenonTime":"2026-11-24T04:00:00Z","result":4})"));
  auto const order = [this](std::string by) {
    return body("Datastreams(1)/Observations", {{"$orderby", std::move(by)}, {"$select", "result"}});
  };
  EXPECT_EQ(order("resultTime"), R"({"value":[{"result":4},{"result":3},{"result":2},{"result":1}]})");
  EXPECT_EQ(order("resultTime desc"), R"({"value":[{"result":1},{"result":2},{"result":3},{"result":4}]})");
  EXPECT_EQ(order("resultTime desc,phenomenonTime"), R"({"value":[{"result":1},{"result":2},{"result":3},{"result":4}]})");
  EXPECT_THAT(get("Observations", {{"$orderby", "validTime"}}).error().sentence, HasSubstr("validTime"));
  EXPECT_EQ(get("Observations", {{"$orderby", "Datastream/id"}}).error().code, Code::kUnsupported);
  EXPECT_EQ(get("Observations", {{"$orderby", "result up"}}).error().code, Code::kInvalid);
  EXPECT_EQ(get("Observations", {{"$orderby", ""}}).error().code, Code::kInvalid);
}

TEST_F(Observed, can_be_reached_through_their_datastream_only_if_they_are_its) {
  auto const id = std::to_string(storage::observation_id(DatastreamId{2}, 0).value());
  EXPECT_TRUE(get("Datastreams(2)/Observations(" + id + ")").has_value());
  EXPECT_EQ(get("Datastreams(1)/Observations(" + id + ")").error().code, Code::kNotFound);
}

TEST_F(Observed, say_of_their_datastreams_when_they_were) {
  must(post("Things", R"({"name":"T","description":"","Datastreams":[)" + datastream_body("OM_Measurement") + "]}"));
  auto const streams = [this](std::string filter) {
    auto const text = body("Datastreams", {{"$filter", std::move(filter)}, {"$count", "true"}, {"$top", "0"}});
    return text.substr(14, 1);
  };
  EXPECT_EQ(streams("phenomenonTime gt 2020-01-01T00:00:00Z"), "2") << "the third was never observed";
  EXPECT_EQ(streams("phenomenonTime lt 2026-11-24T04:15:00Z"), "1") << "one goes on later";
  EXPECT_EQ(streams("phenomenonTime eq null"), "1");
}

TEST_F(Observed, give_references) {
  EXPECT_THAT(body("Things(1)/Datastreams/$ref"), HasSubstr(R"j("value":[{"@iot.selfLink":"http://madang.test/sta/v1.1/Datastreams(1)"})j"));
}

TEST_F(Sensorthings, says_what_it_does_not_know_and_what_it_does_not_do) {
  must(post("Things", kThingBody));
  EXPECT_EQ(get("Nothings").error().code, Code::kNotFound);
  EXPECT_EQ(get("Things(2)").error().code, Code::kNotFound);
  EXPECT_EQ(get("Things(1)/colour").error().code, Code::kNotFound);
  EXPECT_EQ(get("Things(1)/HistoricalLocations").error().code, Code::kUnsupported);
  EXPECT_EQ(get("Things", {{"$expand", "Datastreams"}}).error().code, Code::kUnsupported);
  EXPECT_EQ(get("Things(1)", {{"$top", "1"}}).error().code, Code::kUnsupported);
  EXPECT_EQ(get("Things", {{"$select", "colour"}}).error().code, Code::kInvalid);
  EXPECT_EQ(get("Things", {{"$select", "properties/owner"}}).error().code, Code::kUnsupported);
  EXPECT_EQ(get("Things", {{"$orderby", "name"}}).error().code, Code::kUnsupported);
  EXPECT_EQ(get("Things", {{"$filter", "startswith(name,'a')"}}).error().code, Code::kUnsupported);
  EXPECT_EQ(get("Things", {{"$filter", "Datastreams/name eq 'a'"}}).error().code, Code::kUnsupported);
  EXPECT_EQ(body("Things(1)/properties/owner/$value"), "city");
}

TEST_F(Sensorthings, entities_are_filtered_by_their_own_members) {
  must(post("Things", kThingBody));
  must(post("Things", R"({"name":"it's","description":"","properties":{"height":3.5,"open":true}})"));
  must(post("Things", R"({"name":"it's","description":"again"})"));
  auto const found = [this](std::string filter) {
    auto const text = body("Things", {{"$filter", std::move(filter)}, {"$count", "true"}, {"$top", "1"}});
    return text.substr(14, 1);
  };
  EXPECT_EQ(found("name eq 'Pole 7'"), "1");
  EXPECT_EQ(found("name eq 'it''s'"), "2");
  EXPECT_EQ(found("name eq 'Pole'"), "0");
  EXPECT_EQ(found("not (name eq 'Pole 7') and description ne 'again'"), "1");
  EXPECT_EQ(found("properties/height gt 3 and properties/open eq true"), "1");
  EXPECT_EQ(found("properties/height eq null"), "2");
  EXPECT_EQ(found("properties/serial eq 'P7'"), "1");
  EXPECT_EQ(found("2 le id"), "2");
  EXPECT_THAT(body("Things", {{"$filter", "name eq 'it''s'"}, {"$top", "1"}}),
              HasSubstr("Things?$filter=name%20eq%20'it''s'&$top=1&$skip=1"));
  EXPECT_EQ(get("Things", {{"$filter", "name eq 'it's'"}}).error().code, Code::kInvalid);
}

TEST_F(Sensorthings, members_can_be_chosen) {
  must(post("Things", kThingBody));
  EXPECT_EQ(body("Things", {{"$select", "name,id"}}), R"({"value":[{"name":"Pole 7","@iot.id":1}]})");
  EXPECT_EQ(body("Things(1)", {{"$select", "description, Datastreams"}}),
            R"({"description":"by the gate","Datastreams@iot.navigationLink":"http://madang.test/sta/v1.1/Things(1)/Datastreams"})");
  EXPECT_EQ(body("Sensors", {{"$select", "name"}, {"$skip", "5"}}), R"({"value":[]})");
  must(post("Datastreams(1)/Observations", R"({"result":1})"));
  EXPECT_EQ(body("Observations", {{"$select", "result"}}), R"({"value":[{"result":1}]})");
}

TEST_F(Sensorthings, a_post_to_an_entity_is_refused) {
  EXPECT_EQ(refused("Things(1)", "{}").code, Code::kInvalid);
  EXPECT_EQ(refused("", "{}").code, Code::kInvalid);
}

}  // namespace
}  // namespace madang::opendata
