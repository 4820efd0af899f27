// What a refusal looks like from outside: JSON with the key of its text for programs, a page for a browser.
#include <gmock/gmock.h>

#include <atomic>

#include "runtime/refusal.h"
#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::web {
namespace {

using test::HttpClient;
using test::WebServer;
using testing::HasSubstr;
using testing::Not;

Routes broken_lamps() {
  Routes r;
  auto const away = [](Request const&) -> Result<Response> {
    return runtime::refuse_field(Code::kUnavailable, "lamp", "refusal.above", {{"value", "seven"}, {"max", 400}});
  };
  r.get<Access::kPublic>("/lamp", away);
  r.get<Access::kPublic>("/inline", away, Work::kInline);
  r.post<Access::kPublic>("/lamp", away);
  r.post<Access::kSignedIn>("/lamp/mine", away);
  r.get<Access::kPublic>("/api/lamp", away);
  r.get<Access::kSignedIn>("/api/mine", away);
  r.get<Access::kPublic>("/sta/lamp", away);
  return r;
}

ServerOptions with_pages() {
  ServerOptions options;
  options.refused_page = [](Request const& request, Error const& error) {
    return html("<p>" + std::string{error.wording ? error.wording->key : "no key"} + " at " + request.path + "</p>");
  };
  return options;
}

test::HttpFields const kBrowser{{"Accept", "text/html,*/*;q=0.8"}};
test::HttpFields const kForm{{"Accept", "text/html,*/*;q=0.8"}, {"Content-Type", "application/x-www-form-urlencoded"}};

TEST(refusals, carry_the_key_of_their_text_and_what_it_names) {
  auto const answer = error_response(runtime::refuse_field(Code::kLimit, "points", "refusal.above", {{"value", 7}, {"max", "six"}}).error());
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body,
            R"({"code":"limit","key":"refusal.above","arguments":{"value":7,"max":"six"},"field":"points","message":"points: 7 is above six"})");
}

TEST(refusals, without_a_text_carry_that_of_their_kind) {
  EXPECT_EQ(error_response({Code::kInvalid, "odd"}).body, R"({"code":"invalid","key":"refusal.invalid","message":"odd"})");
}

TEST(refusals, without_a_text_carry_the_field_that_their_sentence_begins_with) {
  EXPECT_EQ(error_response({Code::kInvalid, "result: a number expected"}).body,
            R"({"code":"invalid","key":"refusal.invalid","field":"result","message":"result: a number expected"})");
  for (auto const* field : {"$filter", "/0/dataArray/17", "Datastreams/0/unitOfMeasurement/symbol", "Datastream/@iot.id"})
    EXPECT_THAT(error_response({Code::kUnsupported, std::string{field} + ": not supported"}).body, HasSubstr("\"field\":\"" + std::string{field} + "\""));
  for (auto const* sentence : {"more values than components", "there is a colon: it comes late", ": odd", "$skip, $orderby: too much"})
    EXPECT_THAT(error_response({Code::kInvalid, sentence}).body, Not(HasSubstr("\"field\""))) << sentence;
  EXPECT_THAT(error_response({Code::kInternal, "SQLite: the disk is slow"}).body, Not(HasSubstr("\"field\"")));
}

TEST(refusals, are_json_for_programs) {
  WebServer server(broken_lamps(), with_pages());
  auto const answer = HttpClient(server.port()).get("/lamp", {{"Accept", "application/json"}});
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr(R"("message":"lamp: seven is above 400")"));
}

/// What Java's HttpURLConnection sends of itself.
test::HttpFields const kJava{{"Accept", "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}};

TEST(refusals, are_json_for_libraries_that_name_html_without_wanting_it) {
  auto options = with_pages();
  options.missing_page = [](Request const&) { return html("<p>nothing there</p>", 404); };
  WebServer server(broken_lamps(), options);
  HttpClient client(server.port());
  for (auto const* const path : {"/api/lamp", "/api/mine", "/api/none", "/sta/lamp", "/sta/none"}) {
    auto const answer = client.get(path, kJava);
    EXPECT_THAT(answer.body, HasSubstr(R"("code":)")) << path;
    EXPECT_EQ(answer.header("vary"), "") << path << " answers all the same";
  }
  EXPECT_EQ(client.get("/api/mine", kJava).status, 401);
  auto const preferring = client.get("/lamp", {{"Accept", "application/json, text/html;q=0.1"}});
  EXPECT_THAT(preferring.body, HasSubstr(R"("code":"unavailable")"));
  EXPECT_EQ(preferring.header("vary"), "Accept");
  EXPECT_EQ(client.get("/lamp", kBrowser).header("vary"), "Accept");
}

TEST(refusals, are_a_page_for_a_browser_that_follows_a_link_or_sends_a_form) {
  WebServer server(broken_lamps(), with_pages());
  HttpClient client(server.port());
  for (auto const& answer : {client.get("/lamp", kBrowser), client.post("/lamp", "a=1", kForm)}) {
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.body, "<p>refusal.above at /lamp</p>");
    EXPECT_EQ(answer.header("retry-after"), "2");
    EXPECT_EQ(answer.header("content-type"), "text/html; charset=utf-8");
  }
  EXPECT_EQ(client.get("/inline", kBrowser).body, "<p>refusal.above at /inline</p>");
}

TEST(refusals, over_the_budget_are_short_and_the_same_for_browsers) {
  auto options = with_pages();
  options.budget = {.requests_per_second = 1e-6, .burst = 1, .loopback_exempt = false};
  std::atomic<int> pages = 0;
  options.refused_page = [&pages](Request const&, Error const&) {
    ++pages;
    return html("a page");
  };
  WebServer server(broken_lamps(), options);
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/lamp", kBrowser).body, "a page");
  auto const answer = client.get("/lamp", kBrowser);
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.header("retry-after"), "60") << "the longest that is said";
  EXPECT_EQ(answer.body, R"({"code":"overloaded","key":"refusal.access.too_often","arguments":{"seconds":60},)"
                         R"("message":"this address asks too often; try again in 60 s"})");
  EXPECT_EQ(pages, 1);
}

TEST(refusals, of_a_form_without_the_logins_token_are_a_page_too) {
  WebServer server(broken_lamps(), with_pages());
  auto fields = kForm;
  fields.emplace_back("Cookie", "madang_session=" + std::string{test::FakeRights::kSession});
  auto const answer = HttpClient(server.port()).post("/lamp/mine", "a=1", fields);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.body, "<p>refusal.access.token at /lamp/mine</p>");
}

TEST(refusals, without_a_route_know_their_reader_and_address) {
  auto options = with_pages();
  auto const greet = [](Request const& q) { return html(q.who.name + " at " + q.path + " in " + std::string{q.query_value("lang").value_or("?")}); };
  options.missing_page = greet;
  options.refused_page = [greet](Request const& q, Error const&) { return greet(q); };
  WebServer server(broken_lamps(), options);
  // What comes with a body that nobody reads ends its connection.
  auto const client = [&server] { return HttpClient(server.port()); };
  auto fields = kForm;
  fields.emplace_back("Cookie", "madang_session=" + std::string{test::FakeRights::kSession});
  EXPECT_EQ(client().get("/no%20where?lang=ko", fields).body, "an operator at /no where in ko");
  EXPECT_EQ(client().post("/nowhere?lang=ko", "a=1", fields).body, "an operator at /nowhere in ko");
  auto const wrong = client().post("/inline?lang=ko", "a=1", fields);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.body, "an operator at /inline in ko");
  EXPECT_EQ(client().get("/nowhere", kBrowser).body, " at /nowhere in ?");
}

TEST(refusals, of_a_method_are_a_page_also_for_who_sends_nothing_with_it) {
  WebServer server(broken_lamps(), with_pages());
  auto const client = [&server] { return HttpClient(server.port()); };
  auto const wrong = client().post("/inline", "", kBrowser);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.body, "<p>refusal.request.method at /inline</p>");
  EXPECT_EQ(wrong.header("allow"), "GET, HEAD, OPTIONS");
  EXPECT_THAT(client().post("/inline", "", {{"Accept", "*/*"}}).body, HasSubstr(R"("key":"refusal.request.method")"));
}

TEST(refusals, of_an_address_tell_people_what_to_do_and_programs_what_is_wrong) {
  auto options = with_pages();
  options.missing_page = [](Request const& q) { return html("nothing at " + q.path, 404); };
  WebServer server(broken_lamps(), options);
  HttpClient client(server.port());
  auto const query = client.get("/lamp?lang=ko&x=%00", kBrowser);
  EXPECT_EQ(query.status, 400);
  EXPECT_EQ(query.body, "<p>refusal.request.address at /lamp</p>");
  EXPECT_EQ(client.get("/l%zz", kBrowser).body, "<p>refusal.request.address at /l%zz</p>");
  std::string many = "/lamp?a";
  for (int i = 0; i < 200; ++i) many += "&a";
  auto const fields = client.get(many, kBrowser);
  EXPECT_EQ(fields.status, 413);
  EXPECT_EQ(fields.body, "<p>refusal.request.address_fields at /lamp</p>");
  EXPECT_THAT(client.get("/lamp?x=%00", {}).body, HasSubstr(R"("message":"query: value of field 1: a NUL at byte 0")"));
  EXPECT_EQ(client.get("/nowhere?x=%00", kBrowser).body, "nothing at /nowhere");
}

TEST(refusals, of_a_permission_are_a_page_for_who_follows_a_link_or_sends_a_form) {
  static constexpr Permission kDim{"lamps.change"};
  Routes r;
  r.get<kDim>("/dim", [](Request const&) -> Result<Response> { return json("1"); });
  r.post<kDim>("/dim", [](Request const&) -> Result<Response> { return json("1"); });
  ServerOptions options;
  options.denied = [](Request const&, Permission const& p) { return json("\"" + std::string{p.name()} + "\"", 403); };
  options.denied_page = [](Request const& q, Permission const& p) { return html(q.who.name + " lacks " + std::string{p.name()}, 403); };
  WebServer server(std::move(r), std::move(options));
  auto const client = [&server] { return HttpClient(server.port()); };
  auto const reader = [](test::HttpFields fields) {
    fields.emplace_back("Cookie", "madang_session=" + std::string{test::FakeRights::kReader});
    return fields;
  };
  EXPECT_EQ(client().get("/dim", reader(kBrowser)).body, "a reader lacks lamps.change");
  EXPECT_EQ(client().post("/dim", "a=1", reader(kForm)).body, "a reader lacks lamps.change");
  EXPECT_EQ(client().get("/dim", reader({})).body, "\"lamps.change\"");
}

TEST(refusals, of_a_browser_that_posts_json_stay_json) {
  WebServer server(broken_lamps(), with_pages());
  auto const answer = HttpClient(server.port()).post("/lamp", "{}", {{"Accept", "text/html"}, {"Content-Type", "application/json"}});
  EXPECT_THAT(answer.body, HasSubstr(R"("code":"unavailable")"));
}

}  // namespace
}  // namespace madang::web
