// Reports by hand through the real routes: which incident one is, where it holds, and who may say so.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <simdjson.h>

#include <chrono>

#include "situations/limits.h"
#include "situations/test_alerts.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::situations {
namespace {

using testing::HasSubstr;
using testing::Not;

test::HttpFields signed_in(std::string_view session) {
  return {{"Cookie", "madang_session=" + std::string{session}}, {"X-CSRF-Token", std::string{test::FakeRights::kCsrf}}};
}

/// A district beside the first one, with code E.
constexpr auto kEastern = R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"E",
  "name":"성동구","name_eng":"Seongdong-gu"},"geometry":{"type":"Polygon","coordinates":[[[127,37.5],[127.2,37.5],[127.2,37.6],
  [127,37.6],[127,37.5]]]}}]})";

class reports_by_hand : public AlertsTest {
 protected:
  reports_by_hand() {
    EXPECT_TRUE(city->import_areas(kEastern, 1));
    server.emplace(routes(needs()));
  }
  ~reports_by_hand() override { server.reset(); }

  RouteNeeds needs() {
    return {.situations = *situations,
            .alerts = *alerts,
            .city = *city,
            .records = *records,
            .messages = messages,
            .permissions = permissions,
            .clock = clock,
            .events = event_hub,
            .publisher = publisher};
  }
  /// `more`: fields behind those that every report has, each with a comma before it.
  test::HttpAnswer report(std::string const& more, std::string_view session = test::FakeRights::kSession) {
    return test::HttpClient(server->port())
        .post("/api/v1/situations", R"({"severity":"serious","public":true,"headline":{"en":"Smoke","ko":"연기"})" + more + "}", signed_in(session));
  }
  /// By who may report in Area 1, the western district, alone.
  test::HttpAnswer report_in_the_west(std::string const& more) { return report(more, test::FakeRights::kWarden); }
  std::string eastern() {
    for (auto const& area : city->areas())
      if (area->code == "E") return std::to_string(area->id.value());
    return "none";
  }
  Xml cap_of(std::int64_t id) { return Xml(test::HttpClient(server->port()).get("/alerts/" + std::to_string(id) + ".cap").body); }

  std::optional<test::WebServer> server;
};

TEST_F(reports_by_hand, of_another_incident_never_replace_what_is_open_under_their_key) {
  auto const fire = R"(,"key":"k","kind":"fire","place":[126.88,37.58])";
  ASSERT_EQ(report(fire).status, 201);
  EXPECT_EQ(report(fire).header("location"), "/api/v1/situations/1") << "sent twice because an answer was lost";
  for (auto const* other : {R"(,"key":"k","kind":"flood","place":[126.88,37.58])", R"(,"key":"k","kind":"fire","place":[126.89,37.58])",
                            R"(,"key":"k","kind":"fire","area":1)", R"(,"key":"k","kind":"fire")"}) {
    auto const refused = report(other);
    EXPECT_EQ(refused.status, 409) << other;
    EXPECT_THAT(refused.body, HasSubstr("key: situation 1 is open under it")) << other;
  }
  EXPECT_EQ(find(SituationId{1})->signal.kind, "fire");
  EXPECT_EQ(find(SituationId{1})->version, 1);
}

TEST_F(reports_by_hand, without_a_place_are_the_same_incident_in_the_same_area_alone) {
  ASSERT_EQ(report(R"(,"key":"k","kind":"outage","area":1)").status, 201);
  EXPECT_EQ(report(R"(,"key":"k","kind":"outage","area":1)").status, 201);
  EXPECT_EQ(report(R"(,"key":"k","kind":"outage","area":)" + eastern()).status, 409);
}

TEST_F(reports_by_hand, correct_kind_and_place_for_who_names_the_version_that_he_saw) {
  ASSERT_EQ(report(R"(,"key":"k","kind":"fire","place":[126.88,37.58])").status, 201);
  auto const flood = std::string{R"(,"key":"k","kind":"flood","place":[126.89,37.58])"};
  EXPECT_EQ(report(flood + R"(,"version":1)").header("location"), "/api/v1/situations/1");
  EXPECT_EQ(find(SituationId{1})->signal.kind, "flood");
  auto const late = report(flood + R"(,"version":1)");
  EXPECT_EQ(late.status, 409);
  EXPECT_THAT(late.body, HasSubstr("version: 1 was seen"));
}

TEST_F(reports_by_hand, of_the_whole_city_stay_it_wherever_the_place_is) {
  auto const made = report(R"(,"kind":"gas","place":[126.88,37.58],"radius":300,"area":null)");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_THAT(made.body, HasSubstr(R"("area":null,"whole_city":true)"));
  EXPECT_THAT(made.body, HasSubstr(R"("place":[126.88,37.58])"));
  auto const cap = cap_of(1);
  EXPECT_THAT(cap.texts("/alert/info/area/areaDesc"), testing::ElementsAre("시험시", "Testville"));
  EXPECT_TRUE(cap.texts("/alert/info/area/circle").empty()) << "it holds everywhere";
  auto const after_restart = *Situations::open({.records = *records, .city = *city, .clock = clock, .metrics = metrics}, {});
  EXPECT_TRUE((*after_restart->find(SituationId{1}))->signal.whole_city);
}

TEST_F(reports_by_hand, begin_when_they_say_if_that_can_be) {
  auto const at = [&](Millis from_now) { return fmt::format(R"(,"kind":"fire","key":"{0}","since":{0})", millis_of(clock.now() + from_now)); };

  EXPECT_THAT(report(at(-std::chrono::hours{2})).body, HasSubstr(fmt::format(R"("since":{})", millis_of(clock.now() - std::chrono::hours{2}))));
  EXPECT_THAT(report(at(std::chrono::minutes{1})).body, HasSubstr(fmt::format(R"("since":{})", millis_of(clock.now())))) << "another clock";
  auto const ahead = report(at(std::chrono::hours{1}));
  EXPECT_EQ(ahead.status, 400);
  EXPECT_THAT(ahead.body, HasSubstr("since: this moment has not come yet"));
  auto const seconds = report(fmt::format(R"(,"kind":"fire","since":{})", millis_of(clock.now()) / 1000));
  EXPECT_EQ(seconds.status, 400);
  EXPECT_THAT(seconds.body, HasSubstr("since: before the year 2000"));
}

TEST_F(reports_by_hand, without_a_word_about_the_area_are_where_the_place_lies) {
  ASSERT_EQ(report(R"(,"kind":"gas","place":[126.88,37.58])").status, 201);
  EXPECT_EQ(find(SituationId{1})->signal.area, city->area_at({37.58, 126.88}));
  EXPECT_FALSE(find(SituationId{1})->signal.whole_city);
}

TEST_F(reports_by_hand, by_place_are_open_to_who_may_report_there) {
  auto const made = report_in_the_west(R"(,"kind":"fire","place":[126.88,37.58],"radius":300)");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_THAT(made.body, HasSubstr("Sangam-dong"));
}

TEST_F(reports_by_hand, publish_nothing_where_their_right_does_not_hold) {
  for (auto const& elsewhere :
       {std::string{R"(,"kind":"fire","place":[127.1,37.55])"}, std::string{R"(,"kind":"fire","area":1,"place":[127.1,37.55],"radius":100000)"},
        std::string{R"(,"kind":"fire","area":1,"place":[128.5,37.55],"radius":100000)"}, R"(,"kind":"fire","area":)" + eastern(),
        std::string{R"(,"kind":"fire","area":null,"place":[126.88,37.58])"}, std::string{R"(,"kind":"fire")"}}) {
    auto const refused = report_in_the_west(elsewhere);
    EXPECT_EQ(refused.status, 403) << elsewhere;
    EXPECT_THAT(refused.body, HasSubstr(R"("permission":"situations.report")")) << elsewhere;
  }
  auto const wide = report_in_the_west(R"(,"kind":"fire","area":1,"place":[126.88,37.58],"radius":100000)");
  EXPECT_EQ(wide.status, 400);
  EXPECT_THAT(wide.body, HasSubstr("radius: reaches beyond"));
  auto const apart = report_in_the_west(R"(,"kind":"fire","area":2,"place":[126.95,37.52],"radius":300)");
  EXPECT_EQ(apart.status, 400) << "the neighbourhood is elsewhere in the district";
  EXPECT_THAT(apart.body, HasSubstr("place: with its radius it does not touch the area"));
  EXPECT_TRUE(situations->list({})->empty());
  EXPECT_EQ(report(R"(,"kind":"fire","area":1,"place":[127.1,37.55],"radius":100000)").status, 201) << "who may in the whole city";
}

TEST_F(reports_by_hand, count_an_empty_text_as_missing) {
  auto const post = [&](std::string const& headline) {
    return test::HttpClient(server->port())
        .post("/api/v1/situations", R"({"kind":"fire","severity":"serious","public":true,"area":1,"headline":)" + headline + "}",
              signed_in(test::FakeRights::kSession));
  };
  EXPECT_THAT(post(R"({"ko":" ","en":""})").body, HasSubstr("headline: missing"));
  ASSERT_EQ(post(R"({"ko":"화재","en":""})").status, 201);
  EXPECT_THAT(cap_of(1).texts("/alert/info/language"), testing::ElementsAre("ko-KR"));
}

TEST_F(reports_by_hand, are_looked_back_at_cheaply_within_days_and_wait_their_turn_beyond) {
  auto const all = routes(needs());
  auto const work = [&](web::Fields query) {
    web::Request request;
    request.query = std::move(query);
    for (auto const& route : all.all())
      if (route.pattern == "/api/v1/situations" && route.method == web::Method::kGet) return route.work_for(request);
    return web::Work::kBulk;
  };
  EXPECT_EQ(work({}), web::Work::kRead);
  EXPECT_EQ(work({{"at", std::to_string(millis_of(clock.now() - std::chrono::hours{1}))}}), web::Work::kRead);
  EXPECT_EQ(work({{"at", "2024-11-24T05:00:00Z"}}), web::Work::kScan);
  EXPECT_EQ(work({{"at", "yesterday"}}), web::Work::kRead) << "refused";
}

}  // namespace
}  // namespace madang::situations
