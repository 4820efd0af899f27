#include "sensing/quality/station_health.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"
#include "support/people.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The routes.
constexpr std::string_view kList = "/api/v1/health/stations";
constexpr std::string_view kNow = "/api/v1/health";
constexpr std::string_view kWork = "/api/v1/health/work";
constexpr std::string_view kPage = "/health";

/// A work list as a test writes it.
struct ListedHealth final : HealthView {
  std::vector<WorkItem> items;
  [[nodiscard]] std::vector<WorkItem> work_list() const override { return items; }
};

struct station_health_of_a_city : testing::Test {
  TestCity t;
  ListedHealth listed;
  runtime::Messages messages = test_messages();
  UnstoredMessages unstored{*t.city, t.metrics};
  std::shared_ptr<NowView> now;
  ThingId w1, w2, e1;

  void SetUp() override {
    must(t.city->import_areas(kTwoDistricts, 1));
    w1 = t.add("W1", kWest, {"pm25", "noise"});
    w2 = t.add("W2", kWest, {"pm25"});
    e1 = t.add("E1", kEast, {"pm25"});
    now = must(NowView::start({.city = *t.city, .store = t.store, .ingest = *t.ingest, .clock = t.clock}));
    t.ingest->listen([this](std::span<storage::StoredObservation const> stored) { unstored.clear(stored); });
    unstored.listen([this](ThingId thing, Instant when) { now->mark_spoke(thing, when); });
  }

  HealthNeeds needs() { return {listed, now, *t.city, messages, t.clock, &unstored}; }
  void arrive(std::string_view serial, Instant measured, double value) {
    storage::Batch batch;
    batch.observations.push_back({t.stream(serial, "pm25"), measured, value, t.clock.now(), {QualityFlag::kGood, 0, 1}});
    must(t.ingest->submit_and_wait(batch));
  }
  void ail(ThingId thing, Ailment ailment, DatastreamId stream = {}, std::string channel = {}) {
    listed.items.push_back({thing, stream, std::move(channel), ailment, t.clock.now() - std::chrono::hours{3},
                            {{{"en", "Nothing was heard of it."}, {"ko", "소식이 없습니다."}}}, 0.25});
  }
  void everybody_reports() {
    for (auto const* serial : {"W1", "W2", "E1"}) t.put(t.stream(serial, "pm25"), t.clock.now(), 12);
  }
  Result<web::Response> asked(std::string_view path, web::Request const& request) {
    auto const routes = health_routes(needs());
    return std::ranges::find(routes.all(), path, &web::Routes::Route::pattern)->handler(request);
  }
  std::string answer(std::string_view path, web::Principal who = {}, web::Fields query = {}) {
    web::Request request;
    request.who = std::move(who);
    request.query = std::move(query);
    return must(asked(path, request)).body;
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
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kChannelAway);
  EXPECT_EQ(health.ailments, (std::map<Ailment, std::size_t>{{Ailment::kChannelAway, 1}})) << "no count says late of what no station is";
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
  EXPECT_THAT(answer(kNow, an_operator()), HasSubstr(R"("ailment":"foreign_unit","since":null,)"));
  EXPECT_THAT(answer(kPage, {}, {{"lang", "en"}}), HasSubstr("1 case in a foreign unit"));

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
  EXPECT_EQ(lines[0].item.reason.in("en"), "It delivers its values 9 hours late: that old was its newest value when its last message came.");
  t.clock.advance(std::chrono::minutes{11});
  auto const after = station_health(needs()).work;
  auto const w2_line = std::ranges::find(after, w2, [](WorkLine const& line) { return line.item.thing; });
  ASSERT_NE(w2_line, after.end());
  EXPECT_EQ(w2_line->item.since, measured);
  EXPECT_EQ(w2_line->item.reason.in("en"), "The whole device has said nothing for 10 hours.");
}

TEST_F(station_health_of_a_city, says_of_a_device_that_delivers_late_how_late_and_not_that_it_is_silent) {
  everybody_reports();
  t.clock.advance(std::chrono::hours{8});
  // A gateway hands on every half minute what was measured six hours before.
  for (int i = 0; i < 40; ++i) {
    t.clock.advance(std::chrono::seconds{30});
    arrive("W1", t.clock.now() - std::chrono::hours{6}, 12);
  }
  auto const health = station_health(needs());
  auto const line = std::ranges::find(health.work, w1, [](WorkLine const& l) { return l.item.thing; });
  ASSERT_NE(line, health.work.end());
  EXPECT_EQ(line->item.ailment, Ailment::kLate);
  EXPECT_EQ(line->item.reason.in("en"), "It delivers its values 6 hours late: that old was its newest value when its last message came.");
  EXPECT_THAT(line->item.reason.in("ko"), HasSubstr("값이 6시간 늦게 들어옵니다."));
  EXPECT_EQ(line->item.since, t.clock.now() - std::chrono::hours{6});
  EXPECT_EQ(line->item.share, 0.25);
}

TEST_F(station_health_of_a_city, names_a_clock_that_was_never_set_as_the_work) {
  everybody_reports();
  t.clock.advance(std::chrono::minutes{20});
  arrive("W1", must(parse_instant("1970-01-01T00:00:30Z")), 14);
  t.put(t.stream("W2", "pm25"), t.clock.now(), 12);
  t.put(t.stream("E1", "pm25"), t.clock.now(), 12);
  auto health = station_health(needs());
  EXPECT_EQ(health.stations.late, 1u);
  ASSERT_EQ(health.work.size(), 1u) << "whoever is counted as late stands in the list with the reason";
  EXPECT_EQ(health.work[0].item.thing, w1);
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kClock);
  EXPECT_THAT(health.work[0].item.reason.in("en"), HasSubstr("days behind"));
  EXPECT_EQ(health.work[0].item.share, 1);
  // It sends the same time for ever: what repeats what is stored is a sign of life all the same.
  t.clock.advance(std::chrono::minutes{20});
  unstored.add_repeat("W1", t.clock.now());
  for (auto const* serial : {"W2", "E1"}) t.put(t.stream(serial, "pm25"), t.clock.now(), 12);
  health = station_health(needs());
  ASSERT_EQ(health.work.size(), 1u);
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kClock);
  ail(w1, Ailment::kClock, t.stream("W1", "pm25"), "pm25");
  EXPECT_EQ(station_health(needs()).work.size(), 1u) << "one trouble is one line, also where the rules know of it";
}

TEST_F(station_health_of_a_city, makes_a_device_of_which_nothing_can_be_stored_a_job_with_the_reason_of_the_last_refusal) {
  everybody_reports();
  t.add("N1", kEast, {"pm25"});
  unstored.add("N1", "pm25: a number expected, not the text \"cold\"", t.clock.now());
  t.clock.advance(std::chrono::seconds{30});
  unstored.add("N1", "pm25: a number expected, not the text \"warm\"", t.clock.now());
  auto health = station_health(needs());
  EXPECT_EQ(health.stations, (ReportCounts{4, 3, 1, 0, 0})) << "who speaks every half minute was heard of";
  ASSERT_EQ(health.work.size(), 1u);
  EXPECT_EQ(health.work[0].item.ailment, Ailment::kUnusable);
  EXPECT_EQ(health.work[0].item.since, t.clock.now() - std::chrono::seconds{30});
  EXPECT_EQ(health.work[0].item.reason.in("en"),
            "It sends, but nothing that can be stored. Its last message was refused: pm25: a number expected, not the text \"warm\"");
  EXPECT_THAT(health.work[0].item.reason.in("ko"), HasSubstr("저장할 수 있는 값이 없습니다"));
  EXPECT_THAT(answer(kNow, an_operator()), HasSubstr(R"("ailment":"unusable")"));
  EXPECT_THAT(answer(kPage, {}, {{"lang", "en"}}), HasSubstr("1 case sending nothing usable"));
  EXPECT_THAT(answer(kPage, {}, {{"lang", "en"}}), Not(HasSubstr("warm")));

  // Nothing but null is no value either.
  t.clock.advance(std::chrono::seconds{30});
  unstored.add("N1", "", t.clock.now());
  EXPECT_THAT(station_health(needs()).work[0].item.reason.in("en"), HasSubstr("It sends, but no value"));
  unstored.add_repeat("N1", t.clock.now());
  EXPECT_THAT(station_health(needs()).work[0].item.reason.in("en"), HasSubstr("It sends, but only what is stored already"));

  t.put(t.stream("N1", "pm25"), t.clock.now(), 12);
  health = station_health(needs());
  EXPECT_EQ(health.stations.reporting, 4u);
  EXPECT_TRUE(health.work.empty());
}

TEST_F(station_health_of_a_city, says_how_much_of_the_last_day_a_device_was_away) {
  everybody_reports();
  t.clock.advance(std::chrono::hours{17} + std::chrono::minutes{58});
  t.put(t.stream("W2", "pm25"), t.clock.now(), 12);
  t.put(t.stream("E1", "pm25"), t.clock.now(), 12);
  auto lines = station_health(needs()).work;
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].item.reason.in("en"), "The whole device has said nothing for 17 hours.") << "complete hours, as ages are written";
  EXPECT_THAT(answer(kNow, an_operator()), HasSubstr(R"("share":0.75})"));
  t.clock.advance(std::chrono::days{2});
  EXPECT_EQ(station_health(needs()).work[0].item.share, 1);
}

TEST_F(station_health_of_a_city, lists_the_stations_behind_each_count) {
  t.put(t.stream("W1", "pm25"), t.clock.now(), 12);
  t.put(t.stream("W2", "pm25"), t.clock.now() - std::chrono::minutes{20}, 12);
  EXPECT_THAT(answer(kList, {}, {{"state", "reporting"}}), HasSubstr(fmt::format(R"("state":"reporting","stations":[[{},{}]]}})", w1.value(), millis_of(t.clock.now()))));
  EXPECT_THAT(answer(kList, {}, {{"state", "late"}}), HasSubstr(fmt::format(R"("stations":[[{},)", w2.value())));
  EXPECT_THAT(answer(kList, {}, {{"state", "never_heard"}}), HasSubstr(fmt::format(R"("stations":[[{},null]]}})", e1.value())));
  EXPECT_THAT(answer(kList, {}, {{"state", "silent"}}), HasSubstr(R"("stations":[]})"));
  web::Request request;
  request.query = {{"state", "lost"}};
  auto const refused = asked(kList, request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().sentence, "state: \"lost\" is none of reporting, late, silent, never_heard");
}

TEST_F(station_health_of_a_city, tells_what_part_of_it_is_simulated) {
  everybody_reports();
  EXPECT_THAT(answer(kPage, {}, {{"lang", "en"}}), Not(HasSubstr("simulated")));
  auto one = TestCity::station("S1", kWest, {"pm25"});
  one.thing.simulated = true;
  must(t.city->add_thing(std::move(one)));
  auto const page = answer(kPage, {}, {{"lang", "en"}});
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
  auto const json = answer(kNow, an_operator());
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
  EXPECT_THAT(answer(kNow), Not(HasSubstr("work")));
  EXPECT_THAT(answer(kNow), Not(HasSubstr("W1")));
  EXPECT_THAT(answer(kNow, device), Not(HasSubstr("work")));
  web::Principal local;
  local.kind = web::Principal::Kind::kLocal;
  EXPECT_THAT(answer(kNow, local), HasSubstr("W1")) << "the command line of the data directory's own user";
  EXPECT_THAT(answer(kWork, local), HasSubstr("W1"));
}

TEST_F(station_health_of_a_city, is_told_on_a_page_without_scripts_and_serials) {
  everybody_reports();
  t.clock.advance(std::chrono::minutes{30});
  t.put(t.stream("W1", "pm25"), t.clock.now(), 12);
  t.put(t.stream("E1", "pm25"), t.clock.now(), 12);
  ail(w1, Ailment::kStuck, t.stream("W1", "pm25"), "pm25");
  auto const page = answer(kPage, {}, {{"lang", "en"}});
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
  auto const page = answer(kPage, {}, {{"lang", "ko"}});
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
  auto const page = std::ranges::find(routes.all(), kPage, &web::Routes::Route::pattern);
  EXPECT_THAT(must(page->handler({})).body, testing::AllOf(HasSubstr("No station has been registered yet."), HasSubstr("register the first station as docs/devices.md shows")));
}

}  // namespace
}  // namespace madang::sensing
