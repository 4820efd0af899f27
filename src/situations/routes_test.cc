// The JSON API through the real routes on a real server: who sees what, who may do what, and what is refused.
#include <gmock/gmock.h>
#include <simdjson.h>
#include <soci/soci.h>

#include <chrono>

#include "situations/limits.h"
#include "situations/test_alerts.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::situations {
namespace {

using testing::HasSubstr;
using testing::Not;

test::HttpFields const kLogin{{"Cookie", "madang_session=" + std::string{test::FakeRights::kSession}}};
test::HttpFields const kOperator{{"Cookie", "madang_session=" + std::string{test::FakeRights::kSession}},
                                 {"X-CSRF-Token", std::string{test::FakeRights::kCsrf}}};

class situations_api : public AlertsTest {
 protected:
  situations_api() {
    rights = *city::Rights::open(*records, clock);
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
  ~situations_api() override { server.reset(); }

  test::HttpAnswer get(std::string const& path, test::HttpFields const& headers = {}) {
    return test::HttpClient(server->port()).get(path, headers);
  }
  test::HttpAnswer post(std::string const& path, std::string const& body, test::HttpFields const& headers = kOperator) {
    return test::HttpClient(server->port()).post(path, body, headers);
  }
  static std::int64_t integer(test::HttpAnswer const& answer, std::string_view pointer) {
    simdjson::dom::parser parser;
    std::int64_t out = -1;
    auto const root = parser.parse(answer.body);
    EXPECT_EQ(root.at_pointer(pointer).get(out), simdjson::SUCCESS) << answer.body;
    return out;
  }
  static std::string text(test::HttpAnswer const& answer, std::string_view pointer) {
    simdjson::dom::parser parser;
    std::string_view out;
    auto const root = parser.parse(answer.body);
    EXPECT_EQ(root.at_pointer(pointer).get(out), simdjson::SUCCESS) << answer.body;
    return std::string{out};
  }

  std::unique_ptr<city::Rights> rights;
  std::optional<test::WebServer> server;
};

TEST_F(situations_api, the_public_sees_public_ones_without_internals) {
  raise(plume());
  auto internal = plume("inside");
  internal.is_public = false;
  raise(internal);
  auto const list = get("/api/v1/situations");
  EXPECT_EQ(list.status, 200);
  EXPECT_EQ(integer(list, "/situations/0/id"), 1);
  EXPECT_THAT(list.body, Not(HasSubstr("inside")));
  for (auto const* secret : {"\"key\"", "\"source\"", "\"rule\"", "assignee", "escalation", "end_reason", "evidence"})
    EXPECT_THAT(list.body, Not(HasSubstr(secret)));
  EXPECT_EQ(get("/api/v1/situations/2").status, 404);
  auto const one = get("/api/v1/situations/1");
  EXPECT_THAT(one.body, Not(HasSubstr("evidence")));
  EXPECT_EQ(text(one, "/timeline/0/kind"), "raised");
}

TEST_F(situations_api, an_operator_sees_all_with_evidence_and_timeline) {
  auto internal = plume();
  internal.is_public = false;
  auto const id = raise(internal);
  ASSERT_TRUE(situations->note(id, kim, "a note"));
  auto const one = get("/api/v1/situations/1", kLogin);
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(text(one, "/source"), "sensing.warning");
  EXPECT_EQ(text(one, "/area/name/ko"), "상암동");
  EXPECT_EQ(integer(one, "/evidence/streams/0/values/0/2"), 1);
  EXPECT_EQ(text(one, "/timeline/1/text"), "a note");
  EXPECT_EQ(text(one, "/timeline/1/by"), "kim");
  EXPECT_EQ(one.header("cache-control"), "private, no-cache");
}

TEST_F(situations_api, does_not_say_that_all_is_well_where_nothing_is_judged) {
  EXPECT_THAT(get("/alerts?lang=en").body, HasSubstr("There is no warning at the moment. A warning will stand here"));
  auto blind = plume("blind:late");
  blind.kind = "warning_blind";
  blind.is_public = false;
  blind.headline = both("The early warning judges nothing of Noise: values come too late", "조기 경보 판단 불가: 소음");
  raise(blind);
  auto const page = get("/alerts?lang=en").body;
  EXPECT_THAT(page, HasSubstr("Not everything is judged."));
  EXPECT_THAT(page, HasSubstr("The early warning judges nothing of Noise: values come too late (since Nov 26 14:00)."));
  EXPECT_THAT(page, HasSubstr("There is no warning at the moment about what the city can judge."));
  EXPECT_THAT(get("/alerts?lang=ko").body, HasSubstr("조기 경보 판단 불가: 소음"));
  EXPECT_THAT(get("/api/v1/situations?open=1").body,
              HasSubstr("\"situations\":[],\"unjudged\":[{\"headline\":{\"en\":\"The early warning judges nothing of Noise"));
  ASSERT_TRUE(situations->clear("sensing.warning", "blind:late"));
  EXPECT_THAT(get("/alerts?lang=en").body, Not(HasSubstr("Not everything is judged.")));
}

TEST_F(situations_api, shows_a_moment_of_the_past_as_it_stood_and_refuses_one_that_has_not_come) {
  auto const then = clock.now();
  raise(plume());
  clock.advance(std::chrono::minutes{10});
  ASSERT_TRUE(situations->resolve(SituationId{1}, kim, "swept"));
  clock.advance(std::chrono::minutes{10});
  auto const path = [](Instant at) { return "/api/v1/situations?at=" + std::to_string(millis_of(at)); };
  auto const past = get(path(then));
  EXPECT_EQ(integer(past, "/at"), millis_of(then));
  EXPECT_EQ(text(past, "/situations/0/state"), "firing");
  EXPECT_EQ(integer(past, "/situations/0/members/0"), 7);
  EXPECT_THAT(past.body, HasSubstr("\"ended_at\":null"));
  EXPECT_THAT(get(path(then - std::chrono::minutes{1})).body, HasSubstr("\"situations\":[]"));
  EXPECT_THAT(get(path(clock.now())).body, HasSubstr("\"situations\":[]"));
  auto const future = get("/api/v1/situations?at=2199-01-01T00:00:00Z");
  EXPECT_EQ(future.status, 400);
  EXPECT_THAT(future.body, HasSubstr("at: this moment has not come yet"));
  EXPECT_EQ(get(path(then) + "&open=1").status, 400);
}

TEST_F(situations_api, pages_through_a_moment_of_the_past_in_the_order_of_need_of_then) {
  raise(plume("a", Severity::kNotice));
  raise(plume("b", Severity::kSerious));
  raise(plume("c", Severity::kCaution));
  auto const path = "/api/v1/situations?limit=2&at=" + std::to_string(millis_of(clock.now()));
  clock.advance(std::chrono::minutes{10});
  raise(plume("a", Severity::kCritical));
  auto const first = get(path);
  EXPECT_EQ(integer(first, "/situations/0/id"), 2);
  EXPECT_EQ(integer(first, "/situations/1/id"), 3);
  EXPECT_EQ(integer(first, "/more"), 1);
  auto const second = get(path + "&before=3");
  EXPECT_EQ(integer(second, "/situations/0/id"), 1);
  EXPECT_EQ(text(second, "/situations/0/severity"), "notice");
  EXPECT_THAT(second.body, Not(HasSubstr("\"more\"")));
  auto const unknown = get(path + "&before=77");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body, HasSubstr("before: situation 77 was not open at that moment"));
}

TEST_F(situations_api, shows_the_public_of_the_past_what_was_public_then) {
  auto const path = [](Instant at) { return "/api/v1/situations?at=" + std::to_string(millis_of(at)); };
  auto const both_told = clock.now();
  raise(plume("told"));
  auto inside = plume("inside");
  inside.is_public = false;
  raise(inside);
  clock.advance(std::chrono::minutes{10});
  auto taken_back = plume("told");
  taken_back.is_public = false;
  raise(taken_back);
  raise(plume("inside"));
  auto const now = clock.now();
  clock.advance(std::chrono::minutes{10});
  auto const first = get(path(both_told));
  EXPECT_EQ(integer(first, "/situations/0/id"), 1);
  EXPECT_THAT(first.body, Not(HasSubstr("\"id\":2,\"version\"")));
  auto const second = get(path(now));
  EXPECT_EQ(integer(second, "/situations/0/id"), 2);
  EXPECT_THAT(second.body, Not(HasSubstr("\"id\":1,\"version\"")));
}

TEST_F(situations_api, says_of_a_moment_of_the_past_what_was_not_judged_then) {
  auto blind = plume("blind");
  blind.kind = "warning_blind";
  blind.is_public = false;
  blind.headline = both("Noise is not judged", "소음은 판정하지 않습니다");
  raise(blind);
  auto const then = clock.now();
  clock.advance(std::chrono::minutes{10});
  ASSERT_TRUE(situations->resolve(SituationId{1}, kim, "heard again"));
  clock.advance(std::chrono::minutes{1});
  auto const path = [](Instant at) { return "/api/v1/situations?at=" + std::to_string(millis_of(at)); };
  auto const past = get(path(then));
  EXPECT_EQ(text(past, "/unjudged/0/headline/en"), "Noise is not judged");
  EXPECT_THAT(past.body, HasSubstr("\"situations\":[]"));
  EXPECT_THAT(get(path(clock.now())).body, Not(HasSubstr("unjudged")));
}

TEST_F(situations_api, tells_the_public_too_that_a_cause_is_gone) {
  raise(plume());
  EXPECT_THAT(get("/api/v1/situations/1").body, HasSubstr("\"clear_since\":null"));
  clock.advance(std::chrono::minutes{1});
  ASSERT_TRUE(situations->clear("sensing.warning", "station-7"));
  EXPECT_EQ(integer(get("/api/v1/situations/1"), "/clear_since"), millis_of(clock.now()));
  EXPECT_EQ(text(get("/api/v1/situations/1"), "/state"), "firing");
}

TEST_F(situations_api, gives_operators_the_evidence_as_a_picture) {
  auto internal = plume();
  internal.is_public = false;
  raise(internal);
  auto const picture = get("/api/v1/situations/1/map.svg?lang=en", kLogin);
  EXPECT_EQ(picture.status, 200);
  EXPECT_EQ(picture.header("content-type"), "image/svg+xml");
  EXPECT_EQ(picture.header("cache-control"), "private, no-cache");
  EXPECT_THAT(std::string{picture.header("content-security-policy")}, HasSubstr("default-src 'none'"));
  EXPECT_THAT(picture.body, HasSubstr("40.3 (21.5)"));
  auto headers = kLogin;
  headers.emplace_back("If-None-Match", std::string{picture.header("etag")});
  EXPECT_EQ(get("/api/v1/situations/1/map.svg?lang=en", headers).status, 304);
  EXPECT_EQ(get("/api/v1/situations/1/map.svg").status, 401);
  EXPECT_EQ(get("/api/v1/situations/2/map.svg", kLogin).status, 404);
  EXPECT_EQ(get("/api/v1/situations/x/map.svg", kLogin).status, 404);
}

TEST_F(situations_api, gives_everybody_the_place_as_a_picture_without_evidence) {
  raise(plume());
  auto const picture = get("/alerts/1.svg?lang=ko");
  EXPECT_EQ(picture.status, 200);
  EXPECT_EQ(picture.header("content-type"), "image/svg+xml");
  EXPECT_EQ(picture.header("cache-control"), "no-cache");
  EXPECT_THAT(picture.body, HasSubstr("상암동"));
  EXPECT_THAT(picture.body, Not(HasSubstr("40.3")));
  EXPECT_EQ(get("/alerts/1.svg?lang=ko", kLogin).body, picture.body);
  EXPECT_THAT(get("/alerts/1?lang=ko").body, HasSubstr("<img src=\"/alerts/1.svg?lang=ko\" alt=\"지도"));
}

TEST_F(situations_api, hides_the_picture_of_what_is_internal_silenced_or_unknown) {
  auto internal = plume("inside");
  internal.is_public = false;
  raise(internal);
  raise(plume());
  ASSERT_EQ(get("/alerts/2.svg").status, 200);
  EXPECT_EQ(get("/alerts/1.svg").status, 404);
  EXPECT_EQ(get("/alerts/1.svg", kLogin).status, 404);
  EXPECT_EQ(get("/alerts/3.svg").status, 404);
  EXPECT_EQ(get("/alerts/2-1.svg").status, 404);
  EXPECT_EQ(get("/alerts/x.svg").status, 404);
  ASSERT_TRUE(situations->silence({.when = {clock.now(), clock.now() + std::chrono::hours{1}}, .reason = "drill"}));
  pass(std::chrono::minutes{1});
  EXPECT_EQ(get("/alerts/2.svg").status, 404);
}

TEST_F(situations_api, shows_no_picture_on_the_page_of_the_whole_city) {
  auto signal = plume();
  signal.place.reset();
  raise(signal);
  EXPECT_THAT(get("/alerts/1").body, Not(HasSubstr("<img")));
  EXPECT_EQ(get("/alerts/1.svg").status, 200);
}

TEST_F(situations_api, lists_in_pages_and_by_time) {
  for (auto const* key : {"a", "b", "c"}) raise(plume(key));
  EXPECT_EQ(integer(get("/api/v1/situations?limit=2"), "/situations/1/id"), 2);
  EXPECT_EQ(integer(get("/api/v1/situations?before=2"), "/situations/0/id"), 1);
  auto const past = get("/api/v1/situations?from=2026-11-25T00:00:00Z&to=2026-11-26T00:00:00Z");
  EXPECT_THAT(past.body, HasSubstr("\"situations\":[]"));
}

TEST_F(situations_api, refuses_questions_that_make_no_sense) {
  EXPECT_EQ(get("/api/v1/situations?limit=0").status, 400);
  EXPECT_EQ(get("/api/v1/situations?limit=x").status, 400);
  EXPECT_EQ(get("/api/v1/situations?limit=1001").status, 413);
  EXPECT_EQ(get("/api/v1/situations?from=tomorrow").status, 400);
  EXPECT_EQ(get("/api/v1/situations?from=5&to=4").status, 400);
  EXPECT_EQ(get("/api/v1/situations/none").status, 404);
}

TEST_F(situations_api, writing_wants_a_login_and_its_token) {
  raise(plume());
  EXPECT_EQ(post("/api/v1/situations/1/acknowledge", "", {}).status, 401);
  EXPECT_EQ(post("/api/v1/situations/1/acknowledge", "", kLogin).status, 403);
  EXPECT_EQ(post("/api/v1/situations", "{}", {}).status, 401);
  EXPECT_EQ(get("/api/v1/silences").status, 401);
  EXPECT_EQ(find(SituationId{1})->state, State::kFiring);
}

TEST_F(situations_api, an_operator_works_a_situation_to_its_end) {
  raise(plume());
  EXPECT_EQ(text(post("/api/v1/situations/1/acknowledge", ""), "/state"), "acknowledged");
  EXPECT_EQ(text(post("/api/v1/situations/1/act", R"({"text":"crew sent","version":2})"), "/state"), "acting");
  EXPECT_EQ(post("/api/v1/situations/1/note", R"({"text":"arrived"})").status, 200);
  auto const end = post("/api/v1/situations/1/resolve", R"({"text":"fire is out"})");
  EXPECT_EQ(text(end, "/state"), "resolved");
  EXPECT_EQ(text(end, "/end_reason"), "fire is out");
  EXPECT_EQ(kinds(SituationId{1}), "raised acknowledged acting noted resolved");
}

TEST_F(situations_api, lets_somebody_work_in_his_area_and_what_lies_below) {
  test::HttpFields const warden{{"Cookie", "madang_session=" + std::string{test::FakeRights::kWarden}},
                                {"X-CSRF-Token", std::string{test::FakeRights::kCsrf}}};
  auto inside = plume("inside");
  inside.is_public = false;
  raise(inside);
  auto nowhere = plume("nowhere");
  nowhere.is_public = false;
  nowhere.area = {};
  nowhere.place = {};
  raise(nowhere);

  EXPECT_EQ(post("/api/v1/situations/1/note", R"({"text":"seen"})", warden).status, 200);
  EXPECT_THAT(get("/api/v1/situations/1", warden).body, HasSubstr("evidence"));
  EXPECT_EQ(get("/api/v1/situations/1/map.svg", warden).status, 200);
  auto const refused = post("/api/v1/situations/2/note", R"({"text":"seen"})", warden);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr(R"("permission":"situations.work")"));
  EXPECT_EQ(get("/api/v1/situations/2", warden).status, 404) << "as for everybody";
  EXPECT_EQ(get("/api/v1/situations/2/map.svg", warden).status, 403);
}

test::HttpFields const kWarden{{"Cookie", "madang_session=" + std::string{test::FakeRights::kWarden}}};

TEST_F(situations_api, shows_somebody_what_is_internal_in_his_areas_in_every_list) {
  auto inside = plume("inside");
  inside.is_public = false;
  raise(inside);
  auto nowhere = plume("nowhere");
  nowhere.is_public = false;
  nowhere.area = {};
  nowhere.place = {};
  for (auto const* key : {"nowhere", "elsewhere", "far"}) {
    nowhere.key = key;
    raise(nowhere);
  }
  auto told = nowhere;
  told.key = "told";
  told.is_public = true;
  raise(told);
  auto const now = std::to_string(millis_of(clock.now()));
  clock.advance(std::chrono::minutes{1});
  for (auto const& question : {std::string{"open=1"}, std::string{"limit=2"}, "at=" + now}) {
    auto const list = get("/api/v1/situations?" + question, kWarden);
    EXPECT_THAT(list.body, HasSubstr(R"("key":"inside")")) << question;
    EXPECT_THAT(list.body, HasSubstr(R"("id":5,"version")")) << question;
    for (auto const* secret : {"\"id\":2,\"version\"", "\"id\":3,\"version\"", "\"id\":4,\"version\"", "nowhere", "\"key\":\"told\"", "\"more\""})
      EXPECT_THAT(list.body, Not(HasSubstr(secret))) << question;
    EXPECT_THAT(get("/api/v1/situations?" + question).body, Not(HasSubstr("inside"))) << question;
  }
}

TEST_F(situations_api, live_events_tell_somebody_what_is_internal_in_his_areas) {
  auto inside = plume("inside");
  inside.is_public = false;
  raise(inside);
  test::EventClient everybody({.port = server->port()}, "/api/v1/situations/live");
  test::EventClient warden({.port = server->port()}, "/api/v1/situations/live", kWarden);
  EXPECT_THAT(everybody.next()->data, Not(HasSubstr("\"id\":1,")));
  EXPECT_THAT(warden.next()->data, HasSubstr(R"("key":"inside")"));
  auto nowhere = plume("nowhere");
  nowhere.is_public = false;
  nowhere.area = {};
  nowhere.place = {};
  raise(nowhere);
  raise(plume("told"));
  auto const told = warden.next();
  EXPECT_EQ(told->name, "situation");
  EXPECT_THAT(told->data, HasSubstr(R"("key":"told")")) << "nothing of what lies outside";
  EXPECT_THAT(everybody.next()->data, HasSubstr("\"id\":3,"));
  ASSERT_TRUE(situations->act(SituationId{1}, kim, "going"));
  EXPECT_THAT(warden.next()->data, HasSubstr(R"("state":"acting")"));
}

TEST_F(situations_api, lets_a_reader_see_and_change_nothing) {
  test::HttpFields const reader{{"Cookie", "madang_session=" + std::string{test::FakeRights::kReader}},
                                {"X-CSRF-Token", std::string{test::FakeRights::kCsrf}}};
  auto internal = plume();
  internal.is_public = false;
  raise(internal);
  EXPECT_THAT(get("/api/v1/situations/1", reader).body, HasSubstr("evidence"));
  EXPECT_EQ(get("/api/v1/silences", reader).status, 200);
  EXPECT_EQ(post("/api/v1/situations/1/acknowledge", "{}", reader).status, 403);
  EXPECT_EQ(post("/api/v1/silences", "{}", reader).status, 403);
}

TEST_F(situations_api, assigns_to_a_login_or_to_oneself) {
  raise(plume());
  ASSERT_TRUE(rights->create_operator("lee", "open sesame 7"));
  auto const assigned = post("/api/v1/situations/1/assign", R"({"assignee":"lee"})");
  EXPECT_EQ(text(assigned, "/assignee"), "lee");
  EXPECT_EQ(post("/api/v1/situations/1/assign", "").status, 200);
  auto const nobody = post("/api/v1/situations/1/assign", R"({"assignee":"nobody"})");
  EXPECT_EQ(nobody.status, 400);
  EXPECT_THAT(nobody.body, HasSubstr("assignee: there is no operator"));
}

TEST_F(situations_api, refuses_what_the_state_the_version_or_the_body_does_not_allow) {
  raise(plume());
  EXPECT_EQ(post("/api/v1/situations/1/acknowledge", R"({"version":9})").status, 409);
  EXPECT_EQ(post("/api/v1/situations/1/acknowledge", "").status, 200);
  EXPECT_EQ(post("/api/v1/situations/1/acknowledge", "").status, 409);
  EXPECT_EQ(post("/api/v1/situations/1/dismiss", "").status, 400);
  EXPECT_EQ(post("/api/v1/situations/1/explode", "").status, 404);
  EXPECT_EQ(post("/api/v1/situations/9/acknowledge", "").status, 404);
  EXPECT_EQ(post("/api/v1/situations/1/note", "{\"text\":").status, 400);
  EXPECT_EQ(post("/api/v1/situations/1/note", R"({"text":7})").status, 400);
  EXPECT_EQ(post("/api/v1/situations/1/note", R"({"words":"x"})").status, 400);
}

TEST_F(situations_api, an_operator_reports_by_hand) {
  auto const made = post("/api/v1/situations", R"({"kind":"flood","severity":"serious","public":true,
      "headline":{"en":"The underpass is flooded","ko":"지하차도가 침수되었습니다"},"place":[126.88,37.58],"radius":200})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.header("location"), "/api/v1/situations/1");
  EXPECT_EQ(text(made, "/source"), "operator");
  EXPECT_EQ(text(made, "/area/name/en"), "Sangam-dong");
  EXPECT_EQ(get("/alerts/1.cap").status, 200);
}

TEST_F(situations_api, a_report_by_hand_says_who_made_it_and_so_does_what_changes_it) {
  auto const report = [](std::string const& words) {
    return R"({"kind":"flood","key":"underpass","severity":"notice","headline":{"en":")" + words + "\"}}";
  };
  ASSERT_EQ(post("/api/v1/situations", report("The underpass is flooded")).status, 201);
  clock.advance(std::chrono::minutes{1});
  auto const corrected = post("/api/v1/situations", report("The underpass is closed"));
  EXPECT_EQ(corrected.header("location"), "/api/v1/situations/1");
  EXPECT_EQ(text(corrected, "/headline/en"), "The underpass is closed") << "what a person says stands at once";
  ASSERT_EQ(post("/api/v1/situations", report("The underpass is closed")).status, 201);
  auto const lines = *situations->timeline(SituationId{1});
  ASSERT_EQ(lines.size(), 2U) << "the same again is no news";
  EXPECT_EQ(lines.front().by_name, "an operator");
  EXPECT_EQ(lines.back().kind, Entry::Kind::kUpdated);
  EXPECT_EQ(lines.back().by_name, "an operator");
  EXPECT_THAT(get("/api/v1/situations/1").body, Not(HasSubstr("an operator")));
}

TEST_F(situations_api, a_report_under_the_key_of_another_area_changes_nothing_there) {
  auto const report = [](std::string const& area, std::string const& words) {
    return R"({"kind":"flood","key":"underpass","severity":"notice","public":true,"headline":{"en":")" + words + "\"}" + area + "}";
  };
  ASSERT_EQ(post("/api/v1/situations", report("", "The underpass is flooded")).status, 201) << "of the whole city";
  test::HttpFields const warden{{"Cookie", "madang_session=" + std::string{test::FakeRights::kWarden}},
                                {"X-CSRF-Token", std::string{test::FakeRights::kCsrf}}};
  auto const taken = post("/api/v1/situations", report(",\"area\":1", "It was nothing"), warden);
  EXPECT_EQ(taken.status, 403);
  EXPECT_THAT(taken.body, HasSubstr(R"("permission":"situations.report")"));
  auto const one = get("/api/v1/situations/1");
  EXPECT_EQ(text(one, "/headline/en"), "The underpass is flooded");
  EXPECT_THAT(one.body, HasSubstr("\"area\":null"));
  auto own = report(",\"area\":1", "A cellar is flooded");
  own.replace(own.find("underpass"), 9, "cellar");
  ASSERT_EQ(post("/api/v1/situations", own, warden).status, 201);
  EXPECT_EQ(post("/api/v1/situations", own, warden).header("location"), "/api/v1/situations/2") << "his own he may report again";
}

TEST_F(situations_api, a_long_history_is_read_some_pages_at_a_time_and_goes_on_from_there) {
  auto inside = plume("inside");
  inside.is_public = false;
  raise(inside);
  ASSERT_TRUE(situations->resolve(SituationId{1}, kim, "swept"));
  auto nowhere = plume("nowhere");
  nowhere.is_public = false;
  nowhere.area = {};
  nowhere.place = {};
  raise(nowhere);
  ASSERT_TRUE(situations->resolve(SituationId{2}, kim, "swept"));
  auto const more_than_read = std::to_string(kListMax * kPagesReadMax + 50);
  ASSERT_TRUE(records->transaction([&](soci::session& sql) -> Result<void> {
    std::string const columns =
        "version, source, cause, kind, state, severity, severity_max, is_public, silenced, raised_at, updated_at, seen_at, told_at,"
        " clear_since, eased_since, acknowledged_at, escalated_at, ended_at, escalation, assignee, assignee_name, end_reason, signal,"
        " evidence, ended_by, told, words_at";
    sql << "INSERT INTO situation (id, " + columns + ") WITH RECURSIVE counted(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM counted"
           " WHERE i < " + more_than_read + ") SELECT i, " + columns + " FROM counted, situation WHERE id = 2";
    return {};
  }));
  auto const newest = get("/api/v1/situations?limit=5", kWarden);
  ASSERT_EQ(newest.status, 200);
  EXPECT_THAT(newest.body, HasSubstr("\"situations\":[]"));
  auto const before = integer(newest, "/before");
  EXPECT_EQ(before, 51);
  auto const next = get("/api/v1/situations?limit=5&before=" + std::to_string(before), kWarden);
  EXPECT_EQ(integer(next, "/situations/0/id"), 1);
  EXPECT_THAT(next.body, Not(HasSubstr("\"before\"")));
}

TEST_F(situations_api, a_report_by_hand_after_an_end_by_hand_is_a_new_one) {
  auto const report = R"({"kind":"flood","key":"underpass","severity":"notice","headline":{"en":"The underpass is flooded"}})";
  ASSERT_EQ(post("/api/v1/situations", report).status, 201);
  ASSERT_EQ(post("/api/v1/situations/1/resolve", R"({"text":"pumped out"})").status, 200);
  EXPECT_EQ(post("/api/v1/situations", report).header("location"), "/api/v1/situations/2");
}

TEST_F(situations_api, a_report_without_what_matters_is_refused_by_name) {
  EXPECT_THAT(post("/api/v1/situations", R"({"kind":"flood","severity":"serious"})").body, HasSubstr("headline: missing"));
  EXPECT_THAT(post("/api/v1/situations", R"({"kind":"flood","severity":"huge","headline":{"en":"x"}})").body, HasSubstr("severity:"));
  EXPECT_THAT(post("/api/v1/situations", R"({"kind":"flood","severity":"notice","headline":"x"})").body, HasSubstr("headline:"));
  EXPECT_THAT(post("/api/v1/situations", R"({"kind":"flood","severity":"notice","headline":{"en":"x"},"area":99})").body, HasSubstr("area: there is no 99"));
  EXPECT_THAT(post("/api/v1/situations", R"({"kind":"flood","severity":"notice","headline":{"en":"x"},"place":[1]})").body, HasSubstr("place:"));
}

TEST_F(situations_api, silences_are_made_listed_and_ended) {
  auto const to = std::to_string(millis_of(clock.now()) + 3'600'000);
  auto const made = post("/api/v1/silences", R"({"kind":"plume","reason":"road works","to":)" + to + "}");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(text(get("/api/v1/silences", kLogin), "/silences/0/reason"), "road works");
  EXPECT_TRUE(find(raise(plume()))->silenced);
  EXPECT_EQ(test::HttpClient(server->port()).request("DELETE", "/api/v1/silences/1", kOperator).status, 204);
  EXPECT_EQ(test::HttpClient(server->port()).request("DELETE", "/api/v1/silences/1", kOperator).status, 404);
  EXPECT_EQ(post("/api/v1/silences", R"({"reason":"x"})").status, 400);
}

TEST_F(situations_api, live_events_tell_the_public_less_than_operators) {
  raise(plume());
  test::EventClient everybody({.port = server->port()}, "/api/v1/situations/live");
  test::EventClient staff({.port = server->port()}, "/api/v1/situations/live", kLogin);
  EXPECT_EQ(everybody.next()->name, "snapshot");
  EXPECT_EQ(staff.next()->name, "snapshot");
  auto internal = plume("inside");
  internal.is_public = false;
  raise(internal);
  auto const told = staff.next();
  EXPECT_EQ(told->name, "situation");
  EXPECT_THAT(told->data, HasSubstr("\"key\":\"inside\""));
  ASSERT_TRUE(situations->act(SituationId{1}, kim, "going"));
  auto const seen = everybody.next();
  EXPECT_EQ(seen->name, "situation");
  EXPECT_THAT(seen->data, HasSubstr("\"state\":\"acting\""));
  EXPECT_THAT(seen->data, Not(HasSubstr("\"key\"")));
}

TEST_F(situations_api, live_events_take_back_what_is_no_longer_public) {
  raise(plume());
  test::EventClient everybody({.port = server->port()}, "/api/v1/situations/live");
  EXPECT_EQ(everybody.next()->name, "snapshot");
  auto internal = plume();
  internal.is_public = false;
  raise(internal);
  auto const told = everybody.next();
  EXPECT_EQ(told->name, "gone");
  EXPECT_EQ(told->data, "{\"id\":1}");
}

TEST_F(situations_api, tells_all_kinds_with_their_words) {
  auto const answer = get("/api/v1/situations/kinds");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(text(answer, "/kinds/0/kind"), "plume");
  EXPECT_EQ(text(answer, "/kinds/0/name/ko"), "국지 대기오염");
  EXPECT_THAT(answer.body, HasSubstr("warning_blind"));
}

TEST_F(situations_api, refuses_a_kind_that_nobody_knows_in_reports_and_silences) {
  EXPECT_THAT(post("/api/v1/situations", R"({"kind":"plum","severity":"notice","headline":{"en":"x"}})").body,
              HasSubstr("there is no kind \\\"plum\\\""));
  EXPECT_EQ(post("/api/v1/silences", R"({"kind":"plum","reason":"x","to":4102444800000})").status, 400);
}

TEST_F(situations_api, gives_numbers_and_what_changed_to_everybody_and_parts_to_operators) {
  auto const id = raise(counted_plume(2, 47));
  clock.advance(std::chrono::minutes{10});
  raise(counted_plume(6, 83));
  auto const address = "/api/v1/situations/" + std::to_string(id.value());
  auto const open = get(address);
  EXPECT_EQ(integer(open, "/facts/stations"), 6);
  EXPECT_EQ(integer(open, "/timeline/1/from/stations"), 2);
  EXPECT_EQ(integer(open, "/timeline/1/to/stations"), 6);
  EXPECT_THAT(open.body, Not(HasSubstr("\"part\"")));
  EXPECT_EQ(text(get(address, kLogin), "/facts/quantities/0/part"), "station-7");
}

}  // namespace
}  // namespace madang::situations
