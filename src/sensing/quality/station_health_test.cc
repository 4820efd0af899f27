#include "sensing/quality/station_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"
#include "support/people.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A work list as a test writes it.
struct ListedHealth final : HealthView {
  std::vector<WorkItem> items;
  [[nodiscard]] std::vector<WorkItem> work_list() const override { return items; }
};

struct station_health_of_a_city : testing::Test {
  TestCity t;
  ListedHealth listed;
  runtime::Messages messages = test_messages();
  std::shared_ptr<NowView> now;
  ThingId w1, w2, e1;

  void SetUp() override {
    must(t.city->import_areas(kTwoDistricts, 1));
    w1 = t.add("W1", kWest, {"pm25", "noise"});
    w2 = t.add("W2", kWest, {"pm25"});
    e1 = t.add("E1", kEast, {"pm25"});
    now = must(NowView::start({.city = *t.city, .store = t.store, .ingest = *t.ingest, .clock = t.clock}));
  }

  HealthNeeds needs() { return {listed, now, *t.city, messages, t.clock}; }
  void ail(ThingId thing, Ailment ailment, DatastreamId stream = {}, std::string channel = {}) {
    listed.items.push_back({thing, stream, std::move(channel), ailment, t.clock.now() - std::chrono::hours{3},
                            {{{"en", "Nothing was heard of it."}, {"ko", "소식이 없습니다."}}}, 0.25});
  }
  void everybody_reports() {
    for (auto const* serial : {"W1", "W2", "E1"}) t.put(t.stream(serial, "pm25"), t.clock.now(), 12);
  }
  std::string answer(std::size_t route, web::Principal who = {}, web::Fields query = {}) {
    auto const routes = health_routes(needs());
    web::Request request;
    request.who = std::move(who);
    request.query = std::move(query);
    return must(routes.all()[route].handler(request)).body;
  }
  static web::Principal an_operator() {
    return test::person_who_may("an operator", {"devices.see"});
  }
};

TEST_F(station_health_of_a_city, counts_by_the_same_rule_as_the_map) {
  auto const moment = t.clock.now();
  t.put(t.stream("W1", "pm25"), moment - std::chrono::minutes{9}, 12);
  t.put(t.stream("W2", "pm25"), moment - std::chrono::minutes{11}, 12);
  auto const health = station_health(needs());
  EXPECT_EQ(health.stations, (ReportCounts{3, 1, 1, 0, 1}));
  ASSERT_EQ(health.areas.size(), 2u);
  EXPECT_EQ(health.areas[0].name.in("en"), "East");
  EXPECT_EQ(health.areas[0].reporting, 0u);
  EXPECT_EQ(health.areas[1].stations, 2u);
  EXPECT_EQ(health.areas[1].reporting, 1u);
  EXPECT_EQ(must(now->quantity("pm25")).stations, health.stations);
}

TEST_F(station_health_of_a_city, lists_devices_as_away_by_the_rule_that_counts_them) {
  auto const moment = t.clock.now();
  t.put(t.stream("W1", "pm25"), moment, 12);
  t.put(t.stream("W2", "pm25"), moment - std::chrono::hours{3}, 12);
  t.put(t.stream("E1", "pm25"), moment - std::chrono::days{9}, 12);
  ail(w1, Ailment::kSilent);  // what the quality rules still believe of it
  auto const health = station_health(needs());
  ASSERT_EQ(health.work.size(), 2u);
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kSilent);
  EXPECT_EQ(health.work[0].item.thing, e1);
  EXPECT_EQ(health.work[1].item.ailment, Ailment::kLate);
  EXPECT_EQ(health.work[1].item.thing, w2);
  EXPECT_EQ(health.work[1].item.since, moment - std::chrono::hours{3});
  EXPECT_EQ(health.work[1].item.reason.in("en"), "The whole device has said nothing for 3 hours.");
}

TEST_F(station_health_of_a_city, keeps_a_station_with_one_late_channel_among_the_reporting) {
  everybody_reports();
  t.put(t.stream("W1", "noise"), t.clock.now() - std::chrono::minutes{40}, 51);
  auto const health = station_health(needs());
  EXPECT_EQ(health.stations.reporting, 3u);
  ASSERT_EQ(health.work.size(), 1u);
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kLate);
  EXPECT_EQ(health.work[0].item.channel, "noise");
  EXPECT_EQ(health.work[0].item.reason.in("en"), "Noise has not come for 40 minutes, while the device still speaks.");
}

TEST_F(station_health_of_a_city, counts_and_lists_a_station_that_speaks_in_a_unit_of_no_use) {
  auto strange = TestCity::station("X1", kEast, {"temperature"});
  strange.datastreams[0].datastream.unit = {"parsec", "pc", ""};
  auto const x1 = must(t.city->add_thing(std::move(strange)));
  everybody_reports();
  t.put(t.stream("X1", "temperature"), t.clock.now(), 500);
  auto health = station_health(needs());
  EXPECT_EQ(health.stations, (ReportCounts{4, 4, 0, 0, 0}));
  EXPECT_EQ(now->report_counts(), health.stations);
  EXPECT_EQ(must(now->quantity("temperature")).stations, (ReportCounts{1, 1, 0, 0, 0}));
  EXPECT_EQ(must(now->quantity("temperature")).count, 0u) << "and no value of it stands among the others";
  ASSERT_EQ(health.work.size(), 1u);
  EXPECT_EQ(health.work[0].item.thing, x1);
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kForeignUnit);
  EXPECT_THAT(health.work[0].item.reason.in("en"), HasSubstr("Air temperature comes in pc, which is no unit of it"));
  EXPECT_THAT(answer(0, an_operator()), HasSubstr(R"("ailment":"foreign_unit","since":null,)"));
  EXPECT_THAT(answer(1, {}, {{"lang", "en"}}), HasSubstr("1 case in a foreign unit"));

  t.clock.advance(std::chrono::hours{3});
  everybody_reports();
  health = station_health(needs());
  EXPECT_EQ(health.stations, (ReportCounts{4, 3, 1, 0, 0}));
  ASSERT_EQ(health.work.size(), 2u);
  EXPECT_EQ(health.work[0].item.thing, x1) << "it is missed like every other";
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kLate);
  t.clock.advance(std::chrono::days{8});
  everybody_reports();
  EXPECT_EQ(station_health(needs()).stations, (ReportCounts{4, 3, 0, 1, 0}));
}

TEST_F(station_health_of_a_city, counts_silence_from_the_last_value_and_not_from_the_load_of_history) {
  everybody_reports();
  auto const measured = t.clock.now() + std::chrono::minutes{1};
  t.clock.advance(std::chrono::hours{10});
  storage::Batch batch;
  batch.observations.push_back({t.stream("W2", "pm25"), measured, 12, t.clock.now(), {QualityFlag::kGood, 0, 1}});
  must(t.ingest->submit_and_wait(batch));
  for (auto const* serial : {"W1", "E1"}) t.put(t.stream(serial, "pm25"), t.clock.now(), 12);
  auto const lines = station_health(needs()).work;
  ASSERT_EQ(lines.size(), 1u) << "it stands there at once";
  EXPECT_EQ(lines[0].item.thing, w2);
  EXPECT_EQ(lines[0].item.since, measured);
  EXPECT_EQ(lines[0].item.reason.in("en"), "The whole device has said nothing for 10 hours.");
}

TEST_F(station_health_of_a_city, tells_what_part_of_it_is_simulated) {
  everybody_reports();
  EXPECT_THAT(answer(1, {}, {{"lang", "en"}}), Not(HasSubstr("simulated")));
  auto one = TestCity::station("S1", kWest, {"pm25"});
  one.thing.simulated = true;
  must(t.city->add_thing(std::move(one)));
  auto const page = answer(1, {}, {{"lang", "en"}});
  EXPECT_THAT(page, HasSubstr("1 of 4 stations are simulated"));
  EXPECT_THAT(page, Not(HasSubstr("Nothing here was measured")));
}

TEST_F(station_health_of_a_city, misses_a_new_station_only_after_a_while) {
  EXPECT_TRUE(station_health(needs()).work.empty());
  ail(e1, Ailment::kNeverHeard);
  auto const health = station_health(needs());
  ASSERT_EQ(health.work.size(), 1u);
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kNeverHeard);
  EXPECT_EQ(health.work[0].item.since, listed.items[0].since);
}

TEST_F(station_health_of_a_city, passes_over_work_on_things_that_are_gone) {
  ail(ThingId{99}, Ailment::kStuck);
  EXPECT_TRUE(station_health(needs()).work.empty());
}

TEST_F(station_health_of_a_city, gives_the_work_list_to_operators) {
  ail(w1, Ailment::kStuck, t.stream("W1", "pm25"), "pm25");
  t.put(t.stream("W1", "pm25"), t.clock.now(), 12);
  t.put(t.stream("W2", "pm25"), t.clock.now(), 12);
  t.put(t.stream("E1", "pm25"), t.clock.now() - std::chrono::hours{3}, 12);
  auto const json = answer(0, an_operator());
  EXPECT_THAT(json, HasSubstr(R"("stations":{"total":3,"reporting":2,"late":1,"silent":0,"never_heard":0})"));
  EXPECT_THAT(json, HasSubstr(R"("ailments":{"late":1,"stuck":1})"));
  EXPECT_THAT(json, HasSubstr(R"("serial":"W1","name":{"en":"Station W1","ko":"측정소 W1"},"channel":"pm25","ailment":"stuck","since":)"));
  EXPECT_THAT(json, HasSubstr(R"("reason":{"en":"Nothing was heard of it.","ko":"소식이 없습니다."},"share":0.25})"));
  EXPECT_THAT(json, HasSubstr(R"("channel":null,"ailment":"late")"));
}

TEST_F(station_health_of_a_city, keeps_internals_from_the_public) {
  ail(w1, Ailment::kStuck, t.stream("W1", "pm25"), "pm25");
  web::Principal device;
  device.kind = web::Principal::Kind::kDevice;
  EXPECT_THAT(answer(0), Not(HasSubstr("work")));
  EXPECT_THAT(answer(0), Not(HasSubstr("W1")));
  EXPECT_THAT(answer(0, device), Not(HasSubstr("work")));
  web::Principal local;
  local.kind = web::Principal::Kind::kLocal;
  EXPECT_THAT(answer(0, local), HasSubstr("W1")) << "the command line of the data directory's own user";
  EXPECT_THAT(answer(2, local), HasSubstr("W1"));
}

TEST_F(station_health_of_a_city, is_told_on_a_page_without_scripts_and_serials) {
  everybody_reports();
  t.clock.advance(std::chrono::minutes{30});
  t.put(t.stream("W1", "pm25"), t.clock.now(), 12);
  t.put(t.stream("E1", "pm25"), t.clock.now(), 12);
  ail(w1, Ailment::kStuck, t.stream("W1", "pm25"), "pm25");
  auto const page = answer(1, {}, {{"lang", "en"}});
  EXPECT_THAT(page, HasSubstr("<b>2</b><span>of 3 stations</span>"));
  EXPECT_THAT(page, HasSubstr("1 station is late"));
  EXPECT_THAT(page, HasSubstr(R"(<th scope="row">West</th><td class="r">2</td><td class="r">1</td><td class="r">50 %</td>)"));
  EXPECT_THAT(page, Not(HasSubstr(R"(<th scope="row">East</th>)")));
  EXPECT_THAT(page, HasSubstr("1 case stuck"));
  EXPECT_THAT(page, HasSubstr("Not official."));
  EXPECT_THAT(page, Not(HasSubstr("W1")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_LT(page.size(), 50'000u);
}

TEST_F(station_health_of_a_city, speaks_korean) {
  everybody_reports();
  auto const page = answer(1, {}, {{"lang", "ko"}});
  EXPECT_THAT(page, HasSubstr("<html lang=\"ko\">"));
  EXPECT_THAT(page, HasSubstr("마당시의 측정소"));
  EXPECT_THAT(page, HasSubstr("모든 자치구의 모든 측정소가 값을 보내고 있습니다."));
  EXPECT_THAT(page, HasSubstr("공식 자료가 아닙니다."));
  EXPECT_THAT(page, Not(HasSubstr("stations_page.")));
}

TEST(station_health_of_no_city, says_that_nothing_is_registered_yet) {
  TestCity t;
  ListedHealth listed;
  auto const messages = test_messages();
  auto const now = must(NowView::start({.city = *t.city, .store = t.store, .ingest = *t.ingest, .clock = t.clock}));
  auto const routes = health_routes({listed, now, *t.city, messages, t.clock});
  EXPECT_THAT(must(routes.all()[1].handler({})).body, HasSubstr("No station has been registered yet."));
}

}  // namespace
}  // namespace madang::sensing
