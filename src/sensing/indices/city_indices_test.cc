#include "sensing/indices/city_indices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/indices/index_section.h"
#include "sensing/indices/indices_json.h"
#include "sensing/indices/indices_routes.h"
#include "sensing/live/public_page.h"
#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"
#include "sensing/warning/test_situations.h"
#include "situations/kinds.h"

namespace madang::sensing::indices {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// At 14:30 in Seoul: the last full hour is 13 to 14 h. Stations report once an hour, at half past.
struct CityIndicesTest : testing::Test {
  TestCity t;
  runtime::Messages messages = test_messages();
  CityIdentity identity;
  IndexSettings settings;
  std::shared_ptr<NowView> now;
  std::unique_ptr<IndicesView> view;

  void add(std::string serial, LatLon point, std::initializer_list<std::string_view> channels,
           std::string properties = "{}", city::MeasurementClass measured = city::MeasurementClass::kReference) {
    auto thing = TestCity::station(std::move(serial), point, channels);
    thing.thing.properties = std::move(properties);
    for (auto& d : thing.datastreams) {
      d.datastream.interval = 1h;
      d.sensor.measurement_class = measured;
    }
    must(t.city->add_thing(thing));
  }
  /// The same value for `hours` hours, up to the last full one.
  void fill(std::string_view serial, std::string_view channel, double value, int hours = 24) {
    for (int i = 0; i < hours; ++i) t.put(t.stream(serial, channel), t.clock.now() - 1h - i * 1h, value);
  }
  std::shared_ptr<CityIndices const> read() {
    if (view == nullptr) {
      now = must(NowView::start({.city = *t.city, .store = t.store, .ingest = *t.ingest, .clock = t.clock, .identity = identity}));
      view = must(IndicesView::start({*t.city, t.store, t.clock, now, identity, settings}));
    }
    return must(view->read());
  }
  std::string section(std::string const& language) {
    web::Voice const voice{messages, language};
    return air_section(voice, *read()).markup();
  }
};

TEST_F(CityIndicesTest, give_a_city_its_cai_when_all_inputs_are_there) {
  must(t.city->import_areas(kTwoDistricts, 1));
  add("W1", kWest, {"pm25", "pm10", "no2", "o3"});
  add("E1", kEast, {"pm25", "pm10"});
  for (auto const* serial : {"W1", "E1"}) {
    fill(serial, "pm25", 20);
    fill(serial, "pm10", 40);
  }
  fill("W1", "no2", 0.01);
  fill("W1", "o3", 0.02);
  auto const indices = read();
  EXPECT_EQ(format_interval(indices->hour), "2026-11-24T04:00:00Z/2026-11-24T05:00:00Z");
  ASSERT_TRUE(indices->city.air.index.has_value());
  EXPECT_EQ(indices->city.air.index->value, 61);
  EXPECT_TRUE(indices->official);
  ASSERT_EQ(indices->areas.size(), 2u);
  EXPECT_EQ(indices->areas[1].name.in("en"), "West");
  EXPECT_EQ(indices->areas[1].air.index->step, 1u);
  EXPECT_FALSE(indices->areas[0].air.index.has_value());
  EXPECT_THAT(indices->areas[0].air.missing, ElementsAre(Pollutant::kNo2, Pollutant::kO3));
}

TEST_F(CityIndicesTest, never_call_dust_alone_a_cai) {
  add("W1", kWest, {"pm25", "pm10"}, "{}", city::MeasurementClass::kSimpleMonitor);
  fill("W1", "pm25", 20);
  fill("W1", "pm10", 40);
  EXPECT_FALSE(read()->city.air.index.has_value());
  EXPECT_THAT(section("en"), HasSubstr("There is no CAI at the moment. What is missing: NO₂, O₃."));
  EXPECT_THAT(section("ko"), HasSubstr("지금은 계산할 수 없는 지수입니다(CAI). 빠진 항목: NO₂, O₃."));
}

TEST_F(CityIndicesTest, say_that_simple_monitors_make_no_official_index) {
  add("W1", kWest, {"pm25", "pm10", "no2", "o3"}, "{}", city::MeasurementClass::kSimpleMonitor);
  fill("W1", "pm25", 20);
  fill("W1", "pm10", 40);
  fill("W1", "no2", 0.01);
  fill("W1", "o3", 0.02);
  EXPECT_FALSE(read()->official);
  EXPECT_THAT(section("en"), HasSubstr("Comprehensive Air-quality Index (not official)"));
  EXPECT_THAT(section("ko"), HasSubstr("통합대기환경지수(비공식)"));
  EXPECT_THAT(read()->notices, ElementsAre(city::Name{{{"en", "Not official."}, {"ko", "공식 자료가 아닙니다."}}}));
}

TEST_F(CityIndicesTest, leave_out_hours_with_too_few_values_and_values_that_do_not_count) {
  add("W1", kWest, {"pm25", "pm10", "no2", "o3"});
  fill("W1", "pm25", 20, 8);  // 8 of 12 hours
  fill("W1", "pm10", 40);
  fill("W1", "no2", 0.01);
  for (int i = 0; i < 24; ++i) t.put(t.stream("W1", "o3"), t.clock.now() - 1h - i * 1h, 9.9, QualityFlag::kFail);
  EXPECT_THAT(read()->city.air.missing, ElementsAre(Pollutant::kPm25, Pollutant::kO3));
}

TEST_F(CityIndicesTest, ask_for_three_quarters_of_what_a_station_should_have_sent) {
  auto thing = TestCity::station("W1", kWest, {"noise", "people"});
  for (auto& d : thing.datastreams) d.datastream.interval = 1min;
  must(t.city->add_thing(thing));
  auto const hour = t.clock.now() - 90min;  // the last full one, 13 to 14 h
  for (int i = 0; i < 44; ++i) t.put(t.stream("W1", "noise"), hour + i * 1min, 60);
  EXPECT_FALSE(read()->city.noise.has_value());
  t.put(t.stream("W1", "noise"), hour + 44min, 60);
  t.clock.advance(1min);
  EXPECT_TRUE(read()->city.noise.has_value());
}

TEST_F(CityIndicesTest, take_the_middle_of_the_stations) {
  settings.air = AirScale::kAqi;
  for (auto const* serial : {"W1", "W2", "W3"}) add(serial, kWest, {"pm25"});
  fill("W1", "pm25", 8);
  fill("W2", "pm25", 9);
  fill("W3", "pm25", 400);
  EXPECT_EQ(read()->city.air.index->value, 50);
}

TEST_F(CityIndicesTest, hold_each_station_against_the_standard_of_its_zone) {
  add("W1", kWest, {"noise"});
  add("W2", kWest, {"noise"}, R"({"noiseZone":"roadside_c"})");
  fill("W1", "noise", 60, 2);
  fill("W2", "noise", 60, 2);
  auto const indices = read();
  ASSERT_TRUE(indices->city.noise.has_value());
  EXPECT_EQ(indices->part, DayPart::kDay);
  EXPECT_EQ(indices->noise_limit, 55.0_dba);
  EXPECT_EQ(indices->city.noise->stations, 2u);
  EXPECT_EQ(indices->city.noise->above, 1u);
  EXPECT_NEAR(indices->city.noise->leq.value, 60, 1e-9);
}

TEST_F(CityIndicesTest, know_the_night_by_the_clock_of_the_city) {
  identity.zone = "Europe/Berlin";  // 06:30 there: the last full hour began at five
  add("W1", kWest, {"noise"});
  fill("W1", "noise", 50, 2);
  EXPECT_EQ(read()->part, DayPart::kNight);
  EXPECT_EQ(read()->city.noise->above, 1u);
}

TEST_F(CityIndicesTest, feel_the_heat_and_remember_yesterday) {
  add("W1", kWest, {"temperature", "humidity"});
  fill("W1", "temperature", 34, 30);
  fill("W1", "humidity", 60, 30);
  auto const indices = read();
  ASSERT_TRUE(indices->city.heat.has_value());
  EXPECT_EQ(indices->city.heat->level, HeatLevel::kCaution);
  EXPECT_EQ(indices->advisory, HeatAdvisory::kAdvisory);
}

TEST_F(CityIndicesTest, have_no_advisory_after_one_hot_day) {
  add("W1", kWest, {"temperature", "humidity"});
  fill("W1", "temperature", 36, 10);
  fill("W1", "humidity", 60, 10);
  EXPECT_EQ(read()->advisory, HeatAdvisory::kNone);
  EXPECT_EQ(read()->city.heat->level, HeatLevel::kWarning);
}

TEST_F(CityIndicesTest, count_crowds_where_the_area_is_known) {
  add("W1", kWest, {"people"}, R"({"crowdAreaM2":100})");
  add("W2", kWest, {"people"});
  for (int i = 0; i < 10; ++i) {
    t.put(t.stream("W1", "people"), t.clock.now() - i * 1min, 420 - 10 * i);
    t.put(t.stream("W2", "people"), t.clock.now() - i * 1min, 900);
  }
  auto const indices = read();
  ASSERT_EQ(indices->crowds.size(), 1u);
  EXPECT_EQ(indices->crowds[0].state.band, CrowdBand::kAlert);
  EXPECT_EQ(indices->crowds[0].state.trend, Trend::kRising);
  EXPECT_EQ(indices->crowds[0].state.until_next, Millis{8min});
  EXPECT_EQ(indices->crowds[0].at, t.clock.now());
}

TEST_F(CityIndicesTest, say_of_a_crowd_when_it_was_counted_and_of_room_only_where_there_is_some) {
  add("W1", kWest, {"people"}, R"({"crowdAreaM2":100})");
  t.put(t.stream("W1", "people"), t.clock.now(), 270);
  auto indices = *read();
  auto const said = [&](std::string const& language, std::size_t warnings) { return crowd_paragraph({messages, language}, indices, warnings).markup(); };
  EXPECT_THAT(said("en", 0), HasSubstr("2.7 people per m² at 14:30. It is rather crowded there."));
  EXPECT_THAT(said("ko", 0), HasSubstr("14:30 기준 1 m²에 2.7명입니다. 약간 붐빕니다."));
  indices.crowds.front().density = 0.7_per_m2;
  EXPECT_THAT(said("en", 0), HasSubstr("There is room."));
  // Where the area is unknown more people may stand.
  EXPECT_THAT(said("en", 0), HasSubstr("Of the counted places whose area is known, the densest is Station W1: 0.7 people per m² at 14:30."));
  EXPECT_THAT(said("ko", 0), HasSubstr("면적을 아는 곳 가운데 사람이 가장 밀집한 곳은 "));
  EXPECT_THAT(said("ko", 0), Not(HasSubstr("사람이 가장 많은 곳")));
  EXPECT_THAT(said("en", 2), Not(HasSubstr("There is room."))) << "beside two warnings of crowds";
  EXPECT_THAT(said("en", 2), HasSubstr("<a href=\"/alerts\">The city warns of 2 crowds."));
  indices.crowds.clear();
  EXPECT_THAT(said("en", 1), HasSubstr("The city warns of a crowd.")) << "also of a place whose ground is unknown";
  EXPECT_EQ(said("en", 0), "");
}

TEST_F(CityIndicesTest, are_computed_again_after_a_minute_and_not_before) {
  add("W1", kWest, {"noise"});
  fill("W1", "noise", 60, 2);
  auto const first = read();
  EXPECT_EQ(read(), first);
  t.clock.advance(1min);
  EXPECT_NE(read(), first);
}

TEST_F(CityIndicesTest, are_the_same_in_the_api_and_on_the_page) {
  add("W1", kWest, {"pm25", "pm10", "no2", "o3"});
  fill("W1", "pm25", 20);
  fill("W1", "pm10", 40);
  fill("W1", "no2", 0.01);
  fill("W1", "o3", 0.02);
  read();
  auto const api = routes({*view, messages});
  auto const json = must(api.all().front().handler({})).body;
  EXPECT_THAT(json, HasSubstr(R"("city":{"air":{"class":1,"value":61,"cause":"pm25","parts":[["pm25",1,61,20],["pm10",1,60,40],)"));
  EXPECT_THAT(json, HasSubstr(R"("scale":{"key":"cai","short":"CAI")"));
  EXPECT_THAT(json, HasSubstr(R"("official":true)"));
  auto const pages = public_routes({.now = *now, .city = *t.city, .messages = messages, .indices = view.get()});
  web::Request request;
  request.query = {{"lang", "en"}};
  auto const page = must(pages.all().front().handler(request)).body;
  EXPECT_THAT(page, HasSubstr("<b>61</b><span>CAI</span>"));
  EXPECT_THAT(page, HasSubstr("Comprehensive Air-quality Index: Moderate. PM2.5 decides at this moment."));
  EXPECT_LT(page.size(), 50'000u);
}

TEST_F(CityIndicesTest, count_an_exercise_among_the_crowds_only_where_nobody_real_counts) {
  auto const crowd_on_page = [this] {
    warning::RecordedSituations situations;
    situations::Signal exercise;
    exercise.key = "crowd";
    exercise.kind = situations::kCrowdSurge;
    exercise.simulated = true;
    must(situations.raise(exercise));
    read();
    auto const pages = public_routes({.now = *now, .city = *t.city, .messages = messages, .situations = &situations, .indices = view.get()});
    web::Request request;
    request.query = {{"lang", "en"}};
    return must(pages.all().front().handler(request)).body;
  };
  auto const add_simulated = [this](std::string serial, std::string_view channel) {
    auto thing = TestCity::station(std::move(serial), kEast, {channel});
    thing.thing.simulated = true;
    thing.thing.properties = R"({"crowdAreaM2":10})";
    must(t.city->add_thing(thing));
  };
  add_simulated("S1", "pm25");
  add_simulated("S2", "people");
  t.put(t.stream("S2", "people"), t.clock.now(), 270);
  EXPECT_THAT(crowd_on_page(), HasSubstr("The city warns of a crowd."));
  add("W1", kWest, {"people"}, R"({"crowdAreaM2":100})");
  t.put(t.stream("W1", "people"), t.clock.now(), 50);
  t.clock.advance(1min);
  auto const beside_real = crowd_on_page();
  EXPECT_THAT(beside_real, Not(HasSubstr("The city warns of a crowd.")));
  EXPECT_THAT(beside_real, HasSubstr("There is room.")) << "the densest place of the exercise is none of the city's";
  EXPECT_EQ(read()->crowds.size(), 1U);
}

TEST_F(CityIndicesTest, are_not_shown_when_the_city_wants_none) {
  settings.air = AirScale::kNone;
  add("W1", kWest, {"pm25"});
  fill("W1", "pm25", 20);
  EXPECT_EQ(section("en"), "");
  EXPECT_THAT(indices_json(*read(), messages), HasSubstr(R"("scale":null)"));
  EXPECT_THAT(indices_json(*read(), messages), HasSubstr(R"("air":null,"air_reason":null)"));
}

TEST_F(CityIndicesTest, name_what_is_missing_in_the_api) {
  add("W1", kWest, {"pm25"});
  EXPECT_THAT(indices_json(*read(), messages), HasSubstr("What is missing: PM2.5, PM10, NO₂, O₃."));
}

TEST_F(CityIndicesTest, need_a_real_time_zone) {
  identity.zone = "Moon/Sea";
  now = must(NowView::start({.city = *t.city, .store = t.store, .ingest = *t.ingest, .clock = t.clock}));
  EXPECT_FALSE(IndicesView::start({*t.city, t.store, t.clock, now, identity, settings}).has_value());
}

}  // namespace
}  // namespace madang::sensing::indices
