// Who may call a route, on a real server: keys, logins, permissions, the local command line.
#include <gmock/gmock.h>

#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::web {
namespace {

using test::FakeRights;
using test::HttpClient;
using test::WebServer;
using testing::HasSubstr;

constexpr Permission kSee{"lamps.see"};
constexpr Permission kChange{"lamps.change"};

Result<Response> name(Request const& q) { return json("\"" + q.who.name + "\""); }

Routes lamps() {
  Routes r;
  r.post<Access::kDevice>("/device", [](Request const& q) -> Result<Response> { return json("\"" + q.who.name + "\"", 201); });
  r.get<Access::kSignedIn>("/operator", name);
  r.post<Access::kSignedIn>("/operator", name);
  r.get<Access::kLocal>("/local", name);
  r.get<kSee>("/lamps", name);
  r.put<kChange>("/lamps", name);
  r.put<in_some_area(kChange)>("/lamps/1", [](Request const& q) -> Result<Response> {
    std::array const path{AreaId{7}, AreaId{1}};
    return json(q.who.may_in(kChange, path) ? "true" : "false");
  });
  return r;
}

std::string cookie_of(std::string_view session) { return "madang_session=" + std::string{session}; }
std::string session() { return cookie_of(FakeRights::kSession); }
test::HttpFields reader() { return {{"Cookie", cookie_of(FakeRights::kReader)}, {"X-CSRF-Token", std::string{FakeRights::kCsrf}}}; }
test::HttpFields bearer(std::string_view key) { return {{"Authorization", "Bearer " + std::string{key}}}; }

TEST(access, device_routes_need_a_key) {
  WebServer server(lamps());
  auto const none = HttpClient(server.port()).post("/device", "");
  auto const wrong = HttpClient(server.port()).post("/device", "", {{"Authorization", "Bearer nonsense"}});
  auto const right = HttpClient(server.port()).post("/device", "", {{"Authorization", "bearer device-key"}});
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.header("www-authenticate"), "Bearer");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(right.status, 201);
  EXPECT_EQ(right.body, "\"a device\"");
}

TEST(access, operator_pages_send_browsers_to_the_login) {
  WebServer server(lamps());
  HttpClient client(server.port());
  auto const page = client.get("/operator?tab=1", {{"Accept", "text/html"}});
  EXPECT_EQ(page.status, 303);
  EXPECT_EQ(page.header("location"), "/login?next=%2Foperator%3Ftab%3D1");
  EXPECT_EQ(client.get("/operator").status, 401);
  auto const in = client.get("/operator", {{"Cookie", "a=b; " + session()}});
  EXPECT_EQ(in.body, "\"an operator\"");
  EXPECT_EQ(in.header("cache-control"), "no-store");
}

TEST(access, a_target_that_does_not_fit_the_logins_is_left_out) {
  WebServer server(lamps());
  auto const page = HttpClient(server.port()).get("/operator?tab=" + std::string(7'000, '/'), {{"Accept", "text/html"}});
  EXPECT_EQ(page.status, 303);
  EXPECT_EQ(page.header("location"), "/login") << "escaped it would be longer than a request may be";
}

TEST(access, unsafe_operator_requests_need_the_token) {
  WebServer server(lamps());
  HttpClient client(server.port());
  auto const without = client.post("/operator", "{}", {{"Cookie", session()}});
  auto const header = client.post("/operator", "{}", {{"Cookie", session()}, {"X-CSRF-Token", "csrf-token"}});
  auto const form = client.post("/operator", "a=1&csrf=csrf-token",
                                {{"Cookie", session()}, {"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_EQ(without.status, 403);
  EXPECT_EQ(header.status, 200);
  EXPECT_EQ(form.status, 200);
}

TEST(access, asks_for_the_permission_that_a_route_names) {
  WebServer server(lamps());
  HttpClient client(server.port());

  auto const sees = client.get("/lamps", reader());
  auto const changes = client.request("PUT", "/lamps", reader());
  auto const stranger = client.request("PUT", "/lamps");

  EXPECT_EQ(sees.body, "\"a reader\"");
  EXPECT_EQ(sees.header("cache-control"), "no-store");
  EXPECT_EQ(changes.status, 403);
  EXPECT_EQ(changes.body, R"({"code":"forbidden","key":"refusal.access.permission","arguments":{"permission":"lamps.change"},"message":"the permission lamps.change is needed"})");
  EXPECT_EQ(stranger.status, 401);
}

TEST(access, says_what_is_missing_as_the_program_words_it) {
  ServerOptions options;
  options.denied = [](Request const& q, Permission const& p) { return json("\"" + q.who.name + " lacks " + std::string{p.name()} + "\"", 403); };
  WebServer server(lamps(), std::move(options));
  auto const answer = HttpClient(server.port()).request("PUT", "/lamps", reader());
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "\"a reader lacks lamps.change\"");
}

TEST(access, of_an_area_opens_only_routes_that_ask_in_which) {
  WebServer server(lamps());
  HttpClient client(server.port());
  test::HttpFields const warden{{"Cookie", cookie_of(FakeRights::kWarden)}, {"X-CSRF-Token", std::string{FakeRights::kCsrf}}};

  EXPECT_EQ(client.request("PUT", "/lamps", warden).status, 403) << "held in Area 1, asked for the city";
  EXPECT_EQ(client.request("PUT", "/lamps/1", warden).body, "true");
  EXPECT_EQ(client.request("PUT", "/lamps/1", reader()).status, 403);
}

TEST(access, by_permission_takes_a_key_and_then_no_token) {
  WebServer server(lamps());
  HttpClient client(server.port());
  EXPECT_EQ(client.request("PUT", "/lamps", bearer(FakeRights::kLocalKey)).status, 200);
  EXPECT_EQ(client.request("PUT", "/lamps", bearer(FakeRights::kKey)).status, 403) << "a device holds no permission";
  auto const unknown = client.request("PUT", "/lamps", bearer("nonsense"));
  EXPECT_EQ(unknown.status, 401);
  EXPECT_THAT(unknown.body, HasSubstr("refusal.access.key_unknown")) << "a program has no login that could expire";
}

TEST(access, local_routes_are_for_the_servers_own_user) {
  WebServer server(lamps());
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/local", bearer(FakeRights::kLocalKey)).status, 200);
  EXPECT_EQ(client.post("/device", "", bearer(FakeRights::kLocalKey)).status, 201);
  EXPECT_EQ(client.get("/local", bearer(FakeRights::kKey)).status, 403);
  EXPECT_EQ(client.get("/local", {{"Cookie", session()}}).status, 401) << "no login reaches it";
}

TEST(access, login_routes_are_for_people) {
  WebServer server(lamps());
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/operator", reader()).status, 200);
  EXPECT_THAT(client.get("/operator", bearer(FakeRights::kKey)).body, HasSubstr("signed in"));
}

TEST(grants, add_up_and_none_takes_away) {
  Grants held;
  held.give("lamps.change", AreaId{7});
  held.give("lamps.change");
  held.give("lamps.see", AreaId{3});
  std::array const elsewhere{AreaId{8}, AreaId{1}};
  EXPECT_TRUE(held.everywhere("lamps.change"));
  EXPECT_TRUE(held.in("lamps.change", elsewhere));
  EXPECT_FALSE(held.everywhere("lamps.see"));
  EXPECT_FALSE(held.in("lamps.see", elsewhere));
  EXPECT_EQ(held.areas("lamps.see"), std::vector{AreaId{3}});
}

TEST(grants, hold_in_an_area_with_all_below_it) {
  Grants held;
  held.give(Grants::kEvery, AreaId{7});
  std::array const below{AreaId{70}, AreaId{7}, AreaId{1}};
  std::array const above{AreaId{1}};
  EXPECT_TRUE(held.in("lamps.change", below));
  EXPECT_FALSE(held.in("lamps.change", above));
  EXPECT_FALSE(held.in("lamps.change", {})) << "what lies in no Area";
  EXPECT_TRUE(held.somewhere("lamps.change"));
  EXPECT_FALSE(Grants{}.somewhere("lamps.change"));
}

}  // namespace
}  // namespace madang::web
