#include <gmock/gmock.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sensing/live/past_answers.h"
#include "sensing/quality/tests.h"
#include "sensing/readings/test_messages.h"
#include "sensing/readings/unstored_messages.h"
#include "sensing/test_city.h"
#include "support/event_sink.h"
#include "support/people.h"
#include "web/http/event_hub.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Api : testing::Test {
  TestCity t;
  Instant now = t.clock.now();
  std::shared_ptr<NowView> shared;
  web::EventHub events{t.clock, t.metrics};
  web::Routes routes;

  Api() {
    must(t.city->import_areas(kTwoDistricts, 1));
    t.add("W1", kWest, {"pm25", "noise"});
    t.add("E1", kEast, {"pm25"});
    shared = must(NowView::start({*t.city, t.store, *t.ingest, t.clock, {}}));
    routes = api_routes({*t.city, t.store, *t.ingest, t.clock, events, shared});
  }
  web::Routes::Route const& route(std::string_view pattern) {
    for (auto const& r : routes.all()) {
      if (r.pattern == pattern) return r;
    }
    std::abort();
  }
  Result<web::Response> get(std::string_view pattern, web::Fields query, web::Fields parameters = {}) {
    web::Request request;
    request.query = std::move(query);
    request.path_parameters = std::move(parameters);
    return route(pattern).handler(request);
  }
  std::string body(std::string_view pattern, web::Fields query = {}, web::Fields parameters = {}) {
    return must(get(pattern, std::move(query), std::move(parameters))).body;
  }
};

TEST_F(Api, counts_what_is_simulated_of_the_city_and_of_a_quantity) {
  EXPECT_THAT(body("/api/v1/city"), HasSubstr(R"("simulated":false,"stations":2,"simulated_stations":0)"));
  auto made_up = TestCity::station("M1", kWest, {"pm25"});
  made_up.thing.simulated = true;
  must(t.city->add_thing(made_up));

  EXPECT_THAT(body("/api/v1/city"), HasSubstr(R"("simulated":true,"stations":3,"simulated_stations":1)"));
  EXPECT_THAT(body("/api/v1/now", {{"property", "pm25"}}), HasSubstr(R"("simulated":true,"stations":3,"simulated_stations":1)"));
  EXPECT_THAT(body("/api/v1/now", {{"property", "noise"}}), HasSubstr(R"("simulated":false,"stations":1,"simulated_stations":0)"));
}

TEST_F(Api, lets_what_may_take_seconds_wait_for_itself) {
  auto const work = [&](std::string_view pattern, web::Fields query) {
    web::Request request;
    request.query = std::move(query);
    return route(pattern).work_for(request);
  };
  EXPECT_EQ(work("/api/v1/now", {{"property", "pm25"}}), web::Work::kRead);
  EXPECT_EQ(work("/api/v1/now", {{"property", "pm25"}, {"at", "2026-11-24T05:00:00Z"}}), web::Work::kScan);
  EXPECT_EQ(work("/api/v1/series", {{"datastream", "1"}}), web::Work::kRead);
  EXPECT_EQ(work("/api/v1/series", {{"datastream", "1"}, {"format", "csv"}}), web::Work::kRead);
  EXPECT_EQ(work("/api/v1/series", {{"datastream", "1"}, {"from", "2024-11-24T05:00:00Z"}}), web::Work::kScan);
  EXPECT_EQ(work("/api/v1/series", {{"datastream", "1"}, {"format", "csv"}, {"from", std::to_string(millis_of(now - 72h))}}), web::Work::kScan);
  EXPECT_EQ(work("/api/v1/medians", {{"property", "pm25"}}), web::Work::kRead);
  EXPECT_EQ(work("/api/v1/medians", {{"property", "pm25"}, {"from", "2024-11-24T05:00:00Z"}}), web::Work::kScan);
}

TEST_F(Api, a_moment_of_the_past_that_is_known_waits_for_no_scan) {
  auto const work = [&] {
    web::Request request;
    request.query = {{"property", "pm25"}, {"at", "2026-11-24T05:00:00Z"}};
    return route("/api/v1/now").work_for(request);
  };
  EXPECT_EQ(work(), web::Work::kScan);
  must(get("/api/v1/now", {{"property", "pm25"}, {"at", "2026-11-24T05:00:00Z"}}));
  EXPECT_EQ(work(), web::Work::kRead);
  t.clock.advance(kPastAnswersAge - kPastTurnMax);
  EXPECT_EQ(work(), web::Work::kScan) << "it may be old when its turn comes";
  must(get("/api/v1/now", {{"property", "noise"}, {"at", "2026-11-24T05:00:00Z"}}));
  t.clock.advance(kPastAnswersAge);
  must(get("/api/v1/now", {{"property", "pm25"}, {"at", "2026-11-24T05:00:00Z"}}));
  EXPECT_EQ(work(), web::Work::kRead);
  t.add("E2", kEast, {"pm25"});
  EXPECT_EQ(work(), web::Work::kScan) << "the registry is another";
}

TEST_F(Api, describes_the_city) {
  auto const text = body("/api/v1/city");
  EXPECT_THAT(text, HasSubstr(R"("zone":"Asia/Seoul")"));
  EXPECT_THAT(text, HasSubstr(R"("bounds":[126.9,37.5,127.1,37.6])"));
  EXPECT_THAT(text, HasSubstr(R"("interval_ms":120000)"));
  EXPECT_THAT(text, HasSubstr(R"("channel":"pm25")"));
  EXPECT_THAT(text, HasSubstr(R"("averaging":"energy","stations":1)"));
  EXPECT_THAT(text, HasSubstr(R"("notices":[{"en":"Not official.")"));
}

TEST_F(Api, is_not_made_a_dot_by_a_station_whose_place_was_typed_wrongly) {
  t.add("MADRID", {40.4155, -3.7074}, {"pm25"});
  EXPECT_THAT(body("/api/v1/city"), HasSubstr(R"("bounds":[126.9,37.5,127.1,37.6])"));
}

TEST_F(Api, names_every_quantity_once_and_daily_means_beside_finer_values_too) {
  t.add("D1", kEast, {"pm25", "pm25_daily", "radon"});
  auto const text = body("/api/v1/city");
  for (std::string_view const channel : {"pm25", "noise", "pm25_daily", "radon"}) {
    auto const field = fmt::format(R"("channel":"{}",)", channel);
    EXPECT_NE(text.find(field), std::string::npos) << channel;
    EXPECT_EQ(text.find(field), text.rfind(field)) << channel;
  }
}

TEST_F(Api, lists_areas_as_geojson) {
  auto const response = must(get("/api/v1/areas", {}));
  EXPECT_EQ(response.content_type, "application/geo+json");
  EXPECT_THAT(response.body, HasSubstr(R"("code":"W")"));
  EXPECT_THAT(response.body, HasSubstr(R"("coordinates":[[[[126.9,37.5])"));
}

TEST_F(Api, lists_a_station_that_was_added_meanwhile) {
  EXPECT_THAT(body("/api/v1/stations"), testing::Not(HasSubstr("E2")));
  t.add("E2", kEast, {"pm25"});
  auto const text = body("/api/v1/stations");
  EXPECT_THAT(text, HasSubstr(R"("serial":"E2")"));
  EXPECT_THAT(text, HasSubstr(R"("channels":["pm25","noise"])"));
}

TEST_F(Api, gives_the_values_of_now) {
  t.put(t.stream("W1", "pm25"), now - 1min, 12.5);
  auto const text = body("/api/v1/now", {{"property", "pm25"}});
  EXPECT_THAT(text, HasSubstr(R"("live":true)"));
  EXPECT_THAT(text, HasSubstr(",12.5," + std::to_string(millis_of(now - 1min)) + ",1,1]"));
  EXPECT_THAT(text, HasSubstr(R"("city":{"median":12.5,"count":1})"));
  EXPECT_THAT(text, HasSubstr(R"("stations":{"total":2,"reporting":1,"late":0,"silent":0,"never_heard":1})"));
}

TEST_F(Api, gives_the_values_of_a_moment_in_either_form_of_time) {
  t.put(t.stream("W1", "pm25"), now - 48h, 5);
  auto const by_millis = body("/api/v1/now", {{"property", "pm25"}, {"at", std::to_string(millis_of(now - 47h))}});
  EXPECT_THAT(by_millis, HasSubstr(R"("city":{"median":null)"));
  EXPECT_THAT(by_millis, HasSubstr(R"("live":false)"));
  auto const by_text = body("/api/v1/now", {{"property", "pm25"}, {"at", "2026-11-22T14:31:00 09:00"}});
  EXPECT_THAT(by_text, HasSubstr(R"("median":5)"));
}

TEST_F(Api, names_the_parameter_that_is_missing_or_wrong) {
  EXPECT_THAT(get("/api/v1/now", {}).error().sentence, HasSubstr("property"));
  EXPECT_THAT(get("/api/v1/now", {{"property", "pm25"}, {"at", "noon"}}).error().sentence, HasSubstr("at: "));
  EXPECT_EQ(get("/api/v1/series", {{"datastream", "1"}, {"points", "90000"}}).error().code, Code::kLimit);
  EXPECT_EQ(get("/api/v1/things/{id}", {}, {{"id", "77"}}).error().code, Code::kNotFound);
}

TEST_F(Api, shows_one_station_with_all_its_channels) {
  t.put(t.stream("W1", "noise"), now, 51.2);
  auto const id = t.city->thing_of_serial("W1")->id.value();
  auto const text = body("/api/v1/things/{id}", {}, {{"id", std::to_string(id)}});
  EXPECT_THAT(text, HasSubstr(R"("model":"test-node")"));
  EXPECT_THAT(text, HasSubstr(R"("value":51.2)"));
  EXPECT_THAT(text, HasSubstr(R"("value":null,"time":null,"flag":9,"state":"never_heard")"));
  EXPECT_THAT(text, HasSubstr(R"("valid":[0,1500])"));
}

TEST_F(Api, says_why_a_value_is_doubted_and_what_a_wrong_clock_said) {
  auto const messages = test_messages();
  UnstoredMessages unstored{*t.city, t.metrics};
  routes = api_routes({*t.city, t.store, *t.ingest, t.clock, events, shared, &messages, &unstored});
  auto const id = std::to_string(t.city->thing_of_serial("W1")->id.value());
  storage::Batch batch;
  batch.observations.push_back({t.stream("W1", "noise"), now, -300, now, opinion(QualityFlag::kFail, QualityTest::kGrossRange)});
  batch.observations.push_back({t.stream("W1", "pm25"), must(parse_instant("1970-01-01T00:00:30Z")), 14, now, {QualityFlag::kGood, 0, 1}});
  must(t.ingest->submit_and_wait(batch));
  auto const text = body("/api/v1/things/{id}", {}, {{"id", id}});
  EXPECT_THAT(text, HasSubstr(R"("reason":{"en":"-300 dB(A) lies outside what this sensor can measure or a city has ever seen.",)"));
  EXPECT_THAT(text, HasSubstr(fmt::format(R"("value":14,"time":{},"flag":3,"state":"late","arrived":{},"claimed":30000,"reason":{{"en":"The device's clock is wrong)", millis_of(now), millis_of(now))));
  EXPECT_THAT(text, HasSubstr(R"("unusable":null)"));
  t.put(t.stream("W1", "pm25"), now, 12);
  EXPECT_THAT(body("/api/v1/things/{id}", {}, {{"id", id}}), testing::Not(HasSubstr("claimed")));

  unstored.add("W1", "pm25: a number expected", now);
  EXPECT_THAT(body("/api/v1/things/{id}", {}, {{"id", id}}), HasSubstr(R"("unusable":null)")) << "what it sent a moment before is good";
  t.clock.advance(20min);
  auto const to_public = body("/api/v1/things/{id}", {}, {{"id", id}});
  EXPECT_THAT(to_public, HasSubstr(R"("messages":1,"reason":{"en":"It sends, but nothing that can be stored.",)"));
  web::Request request;
  request.path_parameters = {{"id", id}};
  request.who = test::person_who_may("the crew", {"devices.see"});
  EXPECT_THAT(must(route("/api/v1/things/{id}").handler(request)).body, HasSubstr("Its last message was refused: pm25: a number expected"));
}

TEST_F(Api, says_that_there_is_no_such_station) {
  EXPECT_EQ(get("/api/v1/things/{id}", {}, {{"id", "77"}}).error().sentence, "id: there is no station 77");
}

TEST_F(Api, gives_series_and_medians) {
  auto const id = t.stream("W1", "pm25");
  t.put(id, now - 2h, 4);
  auto const series = body("/api/v1/series", {{"datastream", std::to_string(id.value())}});
  EXPECT_THAT(series, HasSubstr(R"("step_ms":0,"points":[[)"));
  auto const medians = body("/api/v1/medians", {{"property", "pm25"}});
  EXPECT_THAT(medians, HasSubstr(R"("step_ms":900000,"points":[[)"));
  EXPECT_THAT(medians, HasSubstr(",4,4,4]]"));
}

TEST_F(Api, sends_a_snapshot_and_then_the_changes) {
  auto const sink = std::make_shared<test::EventSink>();
  web::Request request;
  request.query = {{"property", "pm25"}};
  ASSERT_TRUE(route("/api/v1/live").stream_handler(request, sink).has_value());
  EXPECT_EQ(sink->first_event(), "snapshot");
  t.put(t.stream("E1", "pm25"), now, 33);
  auto const changes = sink->wait_for("values");
  EXPECT_THAT(changes, HasSubstr(",33," + std::to_string(millis_of(now)) + ",1,1]"));
}

TEST_F(Api, tells_every_listener_of_every_set_of_routes_every_change) {
  auto again = api_routes({*t.city, t.store, *t.ingest, t.clock, events, shared});
  std::vector<std::shared_ptr<test::EventSink>> sinks;
  web::Request request;
  request.query = {{"property", "pm25"}};
  for (auto const* set : {&routes, &again, &routes}) {
    sinks.push_back(std::make_shared<test::EventSink>());
    for (auto const& r : set->all()) {
      if (r.pattern != "/api/v1/live") continue;
      ASSERT_TRUE(r.stream_handler(request, sinks.back()).has_value());
    }
  }
  for (int value = 1; value <= 5; ++value) {
    t.put(t.stream("E1", "pm25"), now + value * 1s, value);
    auto const sent = fmt::format(",{},{},1,1]", value, millis_of(now + value * 1s));
    for (auto const& sink : sinks) EXPECT_THAT(sink->wait_for("values"), HasSubstr(sent));
  }
}

TEST_F(Api, says_that_a_device_has_no_value_and_what_it_sent) {
  t.put(t.stream("W1", "pm25"), now, -999, QualityFlag::kMissing);
  auto const id = t.city->thing_of_serial("W1")->id.value();
  auto const when = std::to_string(millis_of(now));
  EXPECT_THAT(body("/api/v1/now", {{"property", "pm25"}}), HasSubstr(fmt::format("[{},null,{},9,1,-999]", id, when)));
  auto const thing = body("/api/v1/things/{id}", {}, {{"id", std::to_string(id)}});
  EXPECT_THAT(thing, HasSubstr(R"("value":null,"time":)" + when + R"(,"flag":9,"state":"reporting","sent":-999)"));
  auto const series = body("/api/v1/series", {{"datastream", std::to_string(t.stream("W1", "pm25").value())}});
  EXPECT_THAT(series, HasSubstr("[" + when + ",null,null,null,9"));
  EXPECT_THAT(series, testing::Not(HasSubstr("-999")));
}

TEST_F(Api, shows_and_averages_every_station_in_the_quantitys_unit) {
  auto const add = [this](std::string serial, std::string symbol) {
    auto thing = TestCity::station(std::move(serial), kWest, {"temperature"});
    thing.datastreams.front().datastream.unit = {"", std::move(symbol), ""};
    return must(t.city->add_thing(std::move(thing)));
  };
  auto const celsius = add("C1", "°C");
  auto const fahrenheit = add("F1", "°F");
  auto const strange = add("X1", "parsec");
  t.put(t.stream("C1", "temperature"), now - 1min, 22);
  t.put(t.stream("F1", "temperature"), now - 1min, 68);
  t.put(t.stream("X1", "temperature"), now - 1min, 500);
  auto const text = body("/api/v1/now", {{"property", "temperature"}});
  EXPECT_THAT(text, HasSubstr(fmt::format("[{},20,", fahrenheit.value())));
  EXPECT_THAT(text, HasSubstr(R"("city":{"median":21,"count":2})"));
  EXPECT_THAT(text, testing::Not(HasSubstr(",500,")));
  EXPECT_THAT(text, HasSubstr(fmt::format(R"([{},null,{},1,1,"500 parsec"])", strange.value(), millis_of(now - 1min))));
  EXPECT_THAT(text, HasSubstr(R"("stations":{"total":3,"reporting":3,)"));
  auto const thing = body("/api/v1/things/{id}", {}, {{"id", std::to_string(fahrenheit.value())}});
  EXPECT_THAT(thing, HasSubstr(R"("unit":"°C","foreign_unit":false,"value":20,)"));
  auto const foreign = body("/api/v1/things/{id}", {}, {{"id", std::to_string(strange.value())}});
  EXPECT_THAT(foreign, HasSubstr(R"("unit":"parsec","foreign_unit":true,"value":500,)"));
  auto const series = body("/api/v1/series", {{"datastream", std::to_string(t.stream("F1", "temperature").value())}});
  EXPECT_THAT(series, HasSubstr(R"("unit":"°C")"));
  EXPECT_THAT(series, HasSubstr(",20,20,20,1"));
  auto const medians = body("/api/v1/medians", {{"property", "temperature"}});
  EXPECT_THAT(medians, HasSubstr(",21,20,22]")) << "mean, lowest and highest of both";
  EXPECT_THAT(body("/api/v1/things/{id}", {}, {{"id", std::to_string(celsius.value())}}), HasSubstr(R"("value":22,)"));
}

TEST_F(Api, gives_the_word_of_a_datastream_that_takes_words) {
  auto door = TestCity::station("D1", kWest, {"status"});
  door.datastreams[0].datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation";
  auto const id = must(t.city->add_thing(std::move(door)));
  must(t.ingest->submit_and_wait(must(decode_device_payload(*t.city, "D1", R"({"status":"open"})", t.clock.now()))));
  auto const answer = body("/api/v1/things/{id}", {}, {{"id", std::to_string(id.value())}});
  EXPECT_THAT(answer, HasSubstr(R"("value":null,)"));
  EXPECT_THAT(answer, HasSubstr(R"("state":"reporting","sent":"open",)"));
  EXPECT_THAT(answer, HasSubstr(R"("takes_words":true,)"));
  auto const city = body("/api/v1/city");
  EXPECT_THAT(city, HasSubstr(R"("main":false,"takes_words":true})"));
  EXPECT_THAT(city, testing::Not(HasSubstr(R"("main":true,"takes_words")")));
}

TEST_F(Api, gives_the_words_of_a_series_in_its_file) {
  auto door = TestCity::station("D1", kWest, {"status", "pm25"});
  door.datastreams[0].datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation";
  must(t.city->add_thing(std::move(door)));
  auto const messages = test_messages();
  routes = api_routes({*t.city, t.store, *t.ingest, t.clock, events, shared, &messages, nullptr});
  for (auto const* message : {R"({"status":"half, open"})", R"({"status":"closed","pm25":12})"}) {
    must(t.ingest->submit_and_wait(must(decode_device_payload(*t.city, "D1", message, t.clock.now()))));
    t.clock.advance(std::chrono::minutes{1});
  }
  auto const file = [this](std::string_view channel, std::string_view points) {
    return body("/api/v1/series", {{"datastream", std::to_string(t.stream("D1", channel).value())}, {"format", "csv"}, {"lang", "en"}, {"points", std::string{points}}});
  };
  for (auto const* points : {"600", "1"}) {
    auto const words = file("status", points);
    EXPECT_THAT(words, HasSubstr(",min,max,quality,reason,text\r\n"));
    EXPECT_THAT(words, HasSubstr(",,,,,not judged,,\"half, open\"\r\n")) << words;
    EXPECT_THAT(words, HasSubstr(",,,,,not judged,,closed\r\n")) << words;
  }
  auto const numbers = file("pm25", "600");
  EXPECT_THAT(numbers, HasSubstr(",,12,12,12,good,,\r\n")) << numbers;
}

TEST_F(Api, lists_a_station_that_was_registered_without_a_place) {
  auto thing = TestCity::station("N1", kWest, {"pm25"});
  thing.locations.clear();
  auto const id = must(t.city->add_thing(std::move(thing)));
  auto const stations = body("/api/v1/stations");
  EXPECT_THAT(stations, HasSubstr(fmt::format(R"("id":{},"serial":"N1")", id.value())));
  EXPECT_THAT(stations, HasSubstr(R"("lat":null,"lon":null,"area":null)"));
  EXPECT_THAT(body("/api/v1/things/{id}", {}, {{"id", std::to_string(id.value())}}), HasSubstr(R"("serial":"N1")"));
}

TEST_F(Api, refuses_a_moment_that_has_not_come_and_allows_a_clock_a_little_ahead) {
  web::Fields const things{{"id", std::to_string(t.city->thing_of_serial("W1")->id.value())}};
  for (auto const* at : {"2199-01-01T00:00:00Z", "2026-11-24T05:32:00Z"}) {
    auto const now_answer = get("/api/v1/now", {{"property", "pm25"}, {"at", at}});
    ASSERT_FALSE(now_answer) << at;
    EXPECT_EQ(now_answer.error().code, Code::kInvalid);
    EXPECT_THAT(now_answer.error().sentence, HasSubstr("at: this moment has not come yet"));
    EXPECT_FALSE(get("/api/v1/things/{id}", {{"at", at}}, things));
  }
  EXPECT_TRUE(get("/api/v1/now", {{"property", "pm25"}, {"at", "2026-11-24T05:30:30Z"}}));
}

TEST_F(Api, does_not_send_changes_of_another_quantity) {
  auto const sink = std::make_shared<test::EventSink>();
  web::Request request;
  request.query = {{"property", "pm25"}};
  ASSERT_TRUE(route("/api/v1/live").stream_handler(request, sink).has_value());
  t.put(t.stream("W1", "noise"), now, 77);
  t.put(t.stream("W1", "pm25"), now, 12);
  EXPECT_THAT(sink->wait_for("values"), testing::Not(HasSubstr(",77,")));
}

TEST_F(Api, refuses_to_stream_what_nobody_measures) {
  web::Request request;
  request.query = {{"property", "co2"}};
  auto const refused = route("/api/v1/live").stream_handler(request, std::make_shared<test::EventSink>());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace madang::sensing
