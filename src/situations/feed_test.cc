// The feed and the pages, through the real routes on a real server.
#include <gmock/gmock.h>

#include <chrono>

#include "situations/banner.h"
#include "situations/feed.h"
#include "situations/limits.h"
#include "situations/test_alerts.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::situations {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class alert_pages : public AlertsTest {
 protected:
  test::HttpAnswer get(std::string const& path, test::HttpFields const& headers = {}) {
    if (!server) {
      server.emplace(routes({.situations = *situations,
                             .alerts = *alerts,
                             .city = *city,
                             .records = *records,
                             .messages = messages,
                             .permissions = permissions,
                             .clock = clock,
                             .events = event_hub,
                             .publisher = publisher}));
    }
    return test::HttpClient(server->port()).get(path, headers);
  }
  ~alert_pages() override { server.reset(); }

  std::optional<test::WebServer> server;
};

TEST_F(alert_pages, say_that_there_is_none) {
  auto const page = get("/alerts?lang=en");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("There is no warning at the moment."));
}

TEST_F(alert_pages, tell_what_where_since_when_and_what_to_do_without_script) {
  auto const id = raise(plume());
  auto const list = get("/alerts?lang=en").body;
  EXPECT_THAT(list, HasSubstr("Fine dust is rising near Sangam"));
  EXPECT_THAT(list, HasSubstr("Sangam-dong, Mapo-gu"));
  EXPECT_THAT(list, HasSubstr("Nov 26 14:00 (3 min ago)"));
  EXPECT_THAT(list, HasSubstr("<strong>Caution</strong>"));
  auto const page = get("/alerts/" + std::to_string(id.value()) + "?lang=en").body;
  EXPECT_THAT(page, HasSubstr("Close windows."));
  EXPECT_THAT(page, HasSubstr("The warning began."));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

TEST_F(alert_pages, speak_korean) {
  auto const id = raise(plume());
  auto const page = get("/alerts/" + std::to_string(id.value()) + "?lang=ko").body;
  EXPECT_THAT(page, HasSubstr("상암 부근에서 초미세먼지가 늘고 있습니다"));
  EXPECT_THAT(page, HasSubstr("마포구 상암동"));
  EXPECT_THAT(page, HasSubstr("창문을 닫아 주십시오."));
  EXPECT_THAT(page, HasSubstr("<strong>주의</strong>"));
}

TEST_F(alert_pages, show_the_most_severe_first_count_the_rest_and_lead_to_it) {
  auto const serious = raise(plume("serious", Severity::kSerious));
  ASSERT_TRUE(situations->acknowledge(serious, kim));
  for (int i = 0; i < 200; ++i) raise(plume("caution " + std::to_string(i), Severity::kCaution));
  auto const first = get("/alerts?lang=en").body;
  auto const place_of = [](std::string const& page, std::int64_t id) { return page.find("href=\"/alerts/" + std::to_string(id) + "\""); };
  EXPECT_LT(first.size(), 50'000u);
  ASSERT_NE(place_of(first, serious.value()), std::string::npos);
  EXPECT_LT(place_of(first, serious.value()), place_of(first, serious.value() + 200));
  auto const link = first.find("/alerts?lang=en&amp;open=");
  ASSERT_NE(link, std::string::npos) << first.substr(first.size() - 800);
  auto const more = first.find("Show ", link);
  ASSERT_NE(more, std::string::npos);
  auto const shown = std::stoi(first.substr(link + std::string_view{"/alerts?lang=en&amp;open="}.size()));
  EXPECT_EQ(std::stoi(first.substr(more + 5)), 201 - shown);
  auto const next = get("/alerts?lang=en&open=" + std::to_string(shown)).body;
  EXPECT_EQ(place_of(next, serious.value()), std::string::npos);
}

TEST_F(alert_pages, show_what_ended_for_seven_days_and_hide_who_worked_on_it) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->note(id, kim, "secret note"));
  ASSERT_TRUE(situations->resolve(id, kim, "secret reason"));
  clock.advance(days{6});
  auto const list = get("/alerts?lang=en").body;
  EXPECT_THAT(list, HasSubstr("It has not been measured that the cause is over."));
  auto const page = get("/alerts/" + std::to_string(id.value()) + "?lang=en").body;
  EXPECT_THAT(page, Not(HasSubstr("secret")));
  EXPECT_THAT(page, Not(HasSubstr("kim")));
  EXPECT_THAT(page, Not(HasSubstr("Close windows.")));
  clock.advance(days{2});
  EXPECT_THAT(get("/alerts?lang=en").body, HasSubstr("no other warning in the last seven days"));
}

TEST_F(alert_pages, say_that_a_simulated_one_is_an_exercise) {
  auto signal = plume();
  signal.simulated = true;
  raise(signal);
  EXPECT_THAT(get("/alerts?lang=en").body, HasSubstr("This is an exercise"));
  auto const page = get("/alerts/1?lang=ko").body;
  EXPECT_THAT(page, HasSubstr("훈련 상황입니다"));
  EXPECT_THAT(page, HasSubstr("<h1>[훈련] 상암 부근에서"));
  EXPECT_THAT(page, HasSubstr("<title>[훈련] 상암 부근에서")) << "what a tab, a bookmark and a shared link show";
}

TEST_F(alert_pages, put_real_ones_above_exercises_and_call_only_those_an_exercise) {
  auto signal = plume("exercise", Severity::kCritical);
  signal.simulated = true;
  raise(signal);
  raise(plume("real", Severity::kCaution));
  auto const page = get("/alerts?lang=en").body;
  EXPECT_THAT(page, Not(HasSubstr("This is an exercise")));
  EXPECT_THAT(page, HasSubstr("Some of these warnings are exercises"));
  EXPECT_LT(page.find("href=\"/alerts/2\""), page.find("href=\"/alerts/1\""));
  EXPECT_THAT(get("/alerts/2?lang=en").body, Not(HasSubstr("xercise")));
  EXPECT_THAT(get("/alerts/1?lang=en").body, HasSubstr("This is an exercise"));
}

TEST_F(alert_pages, do_not_know_internal_or_wrong_ones) {
  auto internal = plume();
  internal.is_public = false;
  raise(internal);
  EXPECT_EQ(get("/alerts/1").status, 404);
  EXPECT_EQ(get("/alerts/2").status, 404);
  EXPECT_EQ(get("/alerts/x").status, 404);
  EXPECT_EQ(get("/alerts/1.cap").status, 404);
  EXPECT_EQ(get("/alerts/x.cap").status, 404);
  EXPECT_THAT(get("/alerts?lang=en").body, Not(HasSubstr("Sangam")));
}

TEST_F(alert_pages, escape_what_detectors_write) {
  auto signal = plume();
  signal.headline = both("<script>alert(1)</script>", "<b>");
  raise(signal);
  EXPECT_THAT(get("/alerts?lang=en").body, Not(HasSubstr("<script>")));
}

TEST_F(alert_pages, stay_below_fifty_kilobytes_however_much_happens) {
  for (int i = 0; i < 120; ++i) {
    auto signal = plume("key-" + std::to_string(i));
    for (auto const* language : {"en", "ko"}) signal.description.by_language[language] = signal.instruction.by_language[language] = std::string(900, 'x');
    raise(signal);
  }
  auto const page = get("/alerts?lang=ko").body;
  EXPECT_LT(page.size(), 50'000u);
  EXPECT_THAT(page, HasSubstr("건 더 보기"));
}

TEST_F(alert_pages, give_messages_by_their_name_and_the_newest_by_the_situation) {
  auto const id = raise(plume());
  raise(plume("station-7", Severity::kCritical));
  ASSERT_EQ(id.value(), 1);
  auto const newest = get("/alerts/1.cap");
  EXPECT_EQ(newest.header("content-type"), "application/cap+xml");
  EXPECT_THAT(Xml(newest.body).texts("/alert/identifier"), ElementsAre(testing::StartsWith("situation-1-2-")));
  EXPECT_EQ(newest.header("cache-control"), "no-cache");
  auto const first = get("/alerts/1-1.cap");
  EXPECT_THAT(Xml(first.body).texts("/alert/identifier"), ElementsAre(testing::StartsWith("situation-1-1-")));
  EXPECT_EQ(first.header("cache-control"), "no-cache") << "a restored server may give the number again";
  EXPECT_EQ(get("/alerts/1-1.cap", {{"If-None-Match", std::string{first.header("etag")}}}).status, 304);
  EXPECT_EQ(get("/alerts/1-9.cap").status, 404);
}

TEST_F(alert_pages, keep_published_messages_readable_when_a_situation_turns_internal) {
  raise(plume());
  auto internal = plume();
  internal.is_public = false;
  raise(internal);
  EXPECT_EQ(get("/alerts/1").status, 404);
  EXPECT_EQ(get("/alerts/1-1.cap").status, 200);
  EXPECT_THAT(Xml(get("/alerts/1.cap").body).texts("/alert/msgType"), ElementsAre("Cancel"));
}

TEST_F(alert_pages, feed_what_rfc_4287_wants) {
  raise(plume());
  clock.advance(minutes{1});
  raise(plume("station-8", Severity::kCritical));
  auto const answer = get("/alerts.atom?lang=en");
  EXPECT_THAT(std::string{answer.header("content-type")}, HasSubstr("application/atom+xml"));
  Xml const feed(answer.body);
  EXPECT_EQ(feed.name_space(), "http://www.w3.org/2005/Atom");
  EXPECT_THAT(feed.texts("/feed/id"), ElementsAre("tag:madang@city.example,2026:alerts-en"));
  EXPECT_THAT(feed.texts("/feed/title"), ElementsAre("Warnings in Testville"));
  EXPECT_THAT(feed.texts("/feed/updated"), ElementsAre("2026-11-26T05:04:00Z"));
  EXPECT_THAT(feed.texts("/feed/author/name"), ElementsAre("Testville"));
  EXPECT_THAT(feed.texts("/feed/entry/id"), ElementsAre("tag:madang@city.example,2026:situation-2-1795669440000", "tag:madang@city.example,2026:situation-1-1795669380000"));
  EXPECT_THAT(feed.texts("/feed/entry/updated"), ElementsAre("2026-11-26T05:04:00Z", "2026-11-26T05:03:00Z"));
  EXPECT_THAT(answer.body, HasSubstr(R"(<link rel="self" type="application/atom+xml" href="https://city.example/alerts.atom?lang=en"/>)"));
  EXPECT_THAT(answer.body, HasSubstr(R"(<link rel="alternate" type="application/cap+xml" href="https://city.example/alerts/2-1.cap"/>)"));
  EXPECT_THAT(answer.body, HasSubstr(R"(<link rel="alternate" type="text/html" href="https://city.example/alerts/2"/>)"));
  EXPECT_THAT(feed.texts("/feed/entry[1]/summary"), ElementsAre(HasSubstr("Close windows.")));
}

TEST_F(alert_pages, feed_no_link_to_itself_without_an_address_of_the_server) {
  reopen_alerts({.city = both("Testville", "시험시"), .zone = "Asia/Seoul", .base_address = "", .sender = "a@b"});
  EXPECT_THAT(get("/alerts.atom?lang=en").body, Not(HasSubstr("rel=\"self\"")));
}

TEST_F(alert_pages, feed_the_serious_one_before_a_hundred_newer_cautions) {
  auto serious = plume("serious", Severity::kSerious);
  serious.headline = both("Poisonous smoke", "유독 연기");
  auto const id = raise(serious);
  ASSERT_TRUE(situations->acknowledge(id, kim));
  for (int i = 0; i < 150; ++i) {
    clock.advance(std::chrono::seconds{1});
    raise(plume("caution-" + std::to_string(i)));
  }
  auto const feed = get("/alerts.atom?lang=en").body;
  EXPECT_THAT(feed, HasSubstr("Poisonous smoke"));
  EXPECT_THAT(Xml(feed).texts("/feed/entry/id"), testing::SizeIs(kFeedEntriesMax));
}

TEST_F(alert_pages, tell_from_what_to_what_it_changed) {
  auto signal = counted_plume(2, 47);
  auto const id = raise(signal);
  clock.advance(minutes{4});
  auto worse = counted_plume(6, 83);
  worse.severity = Severity::kSerious;
  raise(worse);
  auto const page = get("/alerts/" + std::to_string(id.value()) + "?lang=en").body;
  EXPECT_THAT(page, HasSubstr("The warning began. 2 stations, PM2.5 47 µg/m³"));
  EXPECT_THAT(page, HasSubstr("It became more severe. Caution → Serious, 2 → 6 stations, PM2.5 47 → 83 µg/m³"));
  auto const korean = get("/alerts/" + std::to_string(id.value()) + "?lang=ko").body;
  EXPECT_THAT(korean, HasSubstr("주의 → 경계, 측정소 2 → 6곳, 초미세먼지 47 → 83 µg/m³"));
}

TEST_F(alert_pages, say_why_one_ended_that_nobody_can_judge_any_more) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->end("sensing.warning", "station-7", End::kRuleOff));
  auto const page = get("/alerts/" + std::to_string(id.value()) + "?lang=en").body;
  EXPECT_THAT(page, HasSubstr("the city does not watch for this any more"));
  EXPECT_THAT(page, HasSubstr("The warning ended because nobody watches for this any more."));
  EXPECT_THAT(page, Not(HasSubstr("The warning is over.")));
  EXPECT_THAT(Xml(get("/alerts.atom?lang=en").body).texts("/feed/entry/summary"), ElementsAre(Not(HasSubstr("It is over."))));
}

TEST_F(alert_pages, say_that_the_cause_is_gone_while_the_warning_stays) {
  auto const id = raise(plume());
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  EXPECT_THAT(get("/alerts/" + std::to_string(id.value()) + "?lang=en").body, HasSubstr("The cause is gone since"));
}

TEST_F(alert_pages, feed_an_update_with_each_message_and_not_with_each_number) {
  raise(counted_plume(3, 47));
  clock.advance(minutes{2});
  raise(counted_plume(3, 48));
  Xml const feed(get("/alerts.atom?lang=en").body);
  EXPECT_THAT(feed.texts("/feed/entry/summary"), ElementsAre(HasSubstr("48 now")));
  EXPECT_THAT(feed.texts("/feed/entry/updated"), ElementsAre("2026-11-26T05:03:00Z")) << "a reader would show it anew each minute";
  EXPECT_THAT(feed.texts("/feed/updated"), ElementsAre("2026-11-26T05:03:00Z"));
  auto worse = counted_plume(6, 83);
  worse.severity = Severity::kSerious;
  raise(worse);
  EXPECT_THAT(Xml(get("/alerts.atom?lang=en").body).texts("/feed/entry/updated"), ElementsAre("2026-11-26T05:05:00Z"));
}

TEST_F(alert_pages, say_what_to_do_in_the_list_while_it_lasts) {
  auto const id = raise(plume());
  EXPECT_THAT(get("/alerts?lang=en").body, HasSubstr("<strong>What to do:</strong> Close windows."));
  EXPECT_THAT(get("/alerts?lang=ko").body, HasSubstr("<strong>행동 요령:</strong> 창문을 닫아 주십시오."));
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  EXPECT_THAT(get("/alerts?lang=en").body, Not(HasSubstr("Close windows.")));
}

TEST_F(alert_pages, count_warnings_as_an_exercise_when_none_is_real_and_say_of_how_many_the_cause_is_gone) {
  auto simulated = plume("a");
  simulated.simulated = true;
  raise(simulated);
  simulated.key = "b";
  raise(simulated);
  ASSERT_TRUE(situations->clear("sensing.warning", "b"));
  std::string const language = "en";
  web::Voice const voice{messages, language};
  EXPECT_EQ(banner_text(voice, *situations->list({.open_only = true})), "Exercise: 2 warnings in the city now, of one the cause is gone");
  raise(plume("real"));
  EXPECT_EQ(banner_text(voice, *situations->list({.open_only = true})), "1 warning in the city now; also 2 exercises");
  raise(plume("real too"));
  ASSERT_TRUE(situations->clear("sensing.warning", "real"));
  EXPECT_EQ(banner_text(voice, *situations->list({.open_only = true})),
            "2 warnings in the city now, of one the cause is gone; also 2 exercises");
  std::string const korean = "ko";
  EXPECT_EQ(banner_text({messages, korean}, *situations->list({.open_only = true})),
            "현재 경보 2건(원인이 보이지 않는 경보 1건 포함), 별도로 훈련 2건");
}

TEST_F(alert_pages, put_what_ended_without_being_over_under_what_has_ended) {
  ASSERT_TRUE(situations->resolve(raise(plume()), kim, ""));
  auto const page = get("/alerts?lang=en").body;
  EXPECT_THAT(page, HasSubstr(">Ended, in the last seven days</h2>"));
  EXPECT_THAT(page, HasSubstr("It has not been measured that the cause is over."));
}

TEST_F(alert_pages, feed_nothing_when_nothing_is) {
  Xml const feed(get("/alerts.atom").body);
  EXPECT_THAT(feed.texts("/feed/entry/id"), IsEmpty());
  EXPECT_THAT(feed.texts("/feed/updated"), ElementsAre("2026-11-26T05:03:00Z"));
}

TEST_F(alert_pages, do_not_send_an_unchanged_feed_twice) {
  raise(plume());
  auto const first = get("/alerts.atom?lang=en");
  auto const again = get("/alerts.atom?lang=en", {{"If-None-Match", std::string{first.header("etag")}}});
  EXPECT_EQ(again.status, 304);
}

TEST_F(alert_pages, feed_exercises_as_such_and_ended_ones_as_over) {
  auto signal = plume();
  signal.simulated = true;
  auto const id = raise(signal);
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  ASSERT_TRUE(situations->resolve(id, kim, ""));
  Xml const feed(get("/alerts.atom?lang=en").body);
  EXPECT_THAT(feed.texts("/feed/entry/title"), ElementsAre("Exercise: Fine dust is rising near Sangam"));
  EXPECT_THAT(feed.texts("/feed/entry/summary"), ElementsAre(HasSubstr("It is over.")));
}

TEST(tag_uri, falls_back_where_the_sender_is_no_authority) {
  EXPECT_EQ(tag_uri("madang@city.example", "x"), "tag:madang@city.example,2026:x");
  EXPECT_EQ(tag_uri("urn:oid:2.49", "x"), "tag:madang.invalid,2026:x");
}

}  // namespace
}  // namespace madang::situations
