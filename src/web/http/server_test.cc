// The server over real sockets: what every client meets.
#include "web/http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <thread>

#include "support/http_client.h"
#include "support/web_server.h"
#include "web/http/gzip.h"

namespace madang::web {
namespace {

using test::EventClient;
using test::FakeRights;
using test::HttpClient;
using test::HttpFields;
using test::WebServer;
using testing::HasSubstr;

Routes hello() {
  Routes r;
  r.get<Access::kPublic>("/hello", [](Request const&) -> Result<Response> { return json(R"({"hello":"city"})"); },
                         Work::kInline);
  r.get<Access::kPublic>("/read/{name}", [](Request const& q) -> Result<Response> {
    return json("\"" + std::string{q.parameter("name")} + " " + std::string{q.query_value("x").value_or("-")} + "\"");
  });
  r.get<Access::kPublic>("/throws", [](Request const&) -> Result<Response> { throw std::runtime_error("broken"); });
  r.get<Access::kPublic>("/page", [](Request const&) -> Result<Response> { return html("<p>hi</p>"); });
  r.get<Access::kPublic>("/long", [](Request const& q) -> Result<Response> {
    return with_etag(q, json("[" + std::string(100'000, '1') + "]"));
  });
  r.post<Access::kPublic>("/echo", [](Request const& q) -> Result<Response> { return json(q.body); });
  r.post<Access::kDevice>("/device", [](Request const& q) -> Result<Response> { return json("\"" + q.who.name + "\"", 201); });
  r.post_async<Access::kPublic>("/async", [](Request q, Done done) {
    std::thread([q = std::move(q), done = std::move(done)]() mutable { done(json(q.body)); }).detach();
  });
  r.post_async<Access::kPublic>("/forgets", [](Request, Done) {});
  r.get<Access::kSignedIn>("/operator", [](Request const& q) -> Result<Response> { return json("\"" + q.who.name + "\""); });
  r.post<Access::kSignedIn>("/operator", [](Request const&) -> Result<Response> { return json("\"changed\""); });
  return r;
}

/// Text that does not pack well, the same each time.
std::string noise_of(std::size_t bytes) {
  std::string out;
  for (std::uint32_t x = 1; out.size() < bytes; x = x * 1664525U + 1013904223U) out += static_cast<char>('a' + (x >> 24U) % 26);
  return out;
}

std::string session_cookie() { return "madang_session=" + std::string{FakeRights::kSession}; }

TEST(server, answers_a_get_with_json) {
  WebServer server(hello());
  auto const answer = HttpClient(server.port()).get("/hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"hello":"city"})");
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.header("access-control-allow-origin"), "*");
  EXPECT_THAT(std::string{answer.header("date")}, testing::EndsWith(" GMT"));
}

TEST(server, keeps_a_connection_for_many_requests) {
  WebServer server(hello());
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/read/a?x=1").body, "\"a 1\"");
  EXPECT_EQ(client.get("/read/%EB%A7%88%EB%8B%B9?x=%20").body, "\"마당  \"");
  EXPECT_EQ(client.post("/async", "[1]").body, "[1]");
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST(server, answers_pipelined_requests_in_order) {
  WebServer server(hello());
  HttpClient client(server.port());
  client.send_raw("GET /read/1 HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n"
                  "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\nPOST /async HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n42"
                  "GET /read/2 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "\"1 -\"");
  EXPECT_EQ(client.read_answer().body, R"({"hello":"city"})");
  EXPECT_EQ(client.read_answer().status, 404);
  EXPECT_EQ(client.read_answer().body, "42");
  EXPECT_EQ(client.read_answer().body, "\"2 -\"");
}

TEST(server, answers_a_request_that_comes_byte_by_byte) {
  WebServer server(hello());
  HttpClient client(server.port());
  for (char const c : std::string{"\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\n[1]\r\n0\r\n\r\n"})
    client.send_raw({&c, 1});
  EXPECT_EQ(client.read_answer().body, "[1]");
}

TEST(server, sends_no_body_to_head_but_its_length) {
  WebServer server(hello());
  HttpClient client(server.port());
  auto const answer = client.request("HEAD", "/hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-length"), "16");
  EXPECT_EQ(client.get("/hello").status, 200);
}

TEST(server, names_the_methods_that_are_possible) {
  WebServer server(hello());
  HttpClient client(server.port());
  auto const wrong = client.request("DELETE", "/operator");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("allow"), "GET, HEAD, POST, OPTIONS");
  auto const options = client.request("OPTIONS", "/hello", {{"Origin", "https://elsewhere.example"}});
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("access-control-allow-origin"), "*");
  EXPECT_EQ(options.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
}

TEST(server, says_what_is_wrong_in_json) {
  WebServer server(hello());
  HttpClient client(server.port());
  auto const missing = client.get("/nothing");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, R"({"code":"not_found","key":"refusal.request.nothing_there","arguments":{"path":"/nothing"},"message":"there is nothing at /nothing"})");
  auto const query = client.get("/read/a?x=%zz");
  EXPECT_EQ(query.status, 400);
  EXPECT_THAT(query.body, HasSubstr("query: value of field 1: '%' at byte 0"));
}

TEST(server, turns_an_exception_into_500_with_an_id) {
  WebServer server(hello());
  auto const answer = HttpClient(server.port()).get("/throws");
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.header("x-request-id").size(), 16u);
}

TEST(server, closes_the_one_connection_on_which_something_of_its_own_throws) {
  ServerOptions options;
  options.missing_page = [](Request const&) -> Response { throw std::runtime_error("broken"); };
  WebServer server(hello(), options);
  HttpClient browser(server.port());
  browser.send_raw("GET /nowhere HTTP/1.1\r\nhost: city\r\naccept: text/html\r\n\r\n");
  EXPECT_EQ(browser.read_to_end(), "");
  HttpClient other(server.port());
  EXPECT_EQ(other.get("/hello").status, 200);
}

TEST(server, answers_500_when_a_handler_forgets_its_answer) {
  WebServer server(hello());
  EXPECT_EQ(HttpClient(server.port()).post("/forgets", "1").status, 500);
}

TEST(server, gives_pages_a_content_policy) {
  WebServer server(hello());
  auto const answer = HttpClient(server.port()).get("/page");
  EXPECT_THAT(std::string{answer.header("content-security-policy")}, HasSubstr("default-src 'self'"));
  EXPECT_THAT(std::string{answer.header("content-security-policy")}, HasSubstr("frame-ancestors 'self'"));
}

TEST(server, compresses_long_answers_for_those_who_take_it) {
  WebServer server(hello());
  HttpClient client(server.port());
  auto const packed = client.get("/long", {{"Accept-Encoding", "br, gzip;q=0.5"}});
  auto const plain = client.get("/long");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_LT(packed.body.size(), 2'000u);
  EXPECT_EQ(gunzip(packed.body, 1'000'000).value(), plain.body);
  auto const is_vary = [](auto const& field) { return field.first == "vary"; };
  EXPECT_EQ(std::ranges::count_if(plain.headers, is_vary), 1);
  EXPECT_EQ(std::ranges::count_if(packed.headers, is_vary), 1);
}

TEST(server, answers_304_to_who_has_it_already) {
  WebServer server(hello());
  HttpClient client(server.port());
  auto const first = client.get("/long");
  auto const second = client.get("/long", {{"If-None-Match", std::string{first.header("etag")}}});
  EXPECT_EQ(second.status, 304);
  EXPECT_EQ(second.body, "");
}

TEST(bodies, may_come_in_chunks_after_100_continue) {
  WebServer server(hello());
  HttpClient client(server.port());
  client.send_raw("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 100);
  client.send_raw("2\r\n[1\r\n1\r\n]\r\n0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "[1]");
}

TEST(bodies, are_refused_by_their_length_before_they_are_sent) {
  WebServer server(hello());
  HttpClient client(server.port());
  client.send_raw("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\nExpect: 100-continue\r\n\r\n");
  auto const answer = client.read_answer();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(bodies, are_refused_when_their_chunks_grow_too_large) {
  WebServer server(hello());
  HttpClient client(server.port());
  client.send_raw("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string const chunk = "40000\r\n" + std::string(0x40000, 'x') + "\r\n";
  for (int i = 0; i < 5; ++i) client.send_raw(chunk);
  EXPECT_EQ(client.read_answer().status, 413);
}

TEST(events, arrive_in_order_and_end_with_the_server) {
  std::shared_ptr<EventSink> sink;
  Routes routes;
  routes.stream<Access::kPublic>("/live", [&](Request const&, std::shared_ptr<EventSink> s) -> Result<void> {
    s->send({"snapshot", "{\n}"});
    sink = std::move(s);
    return {};
  });
  WebServer server(std::move(routes));
  EventClient listener(server.port(), "/live");
  auto const first = listener.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->name, "snapshot");
  EXPECT_EQ(first->data, "{\n}");
  EXPECT_TRUE(sink->send({"values", "1"}));
  EXPECT_TRUE(sink->send({"", "2"}));
  EXPECT_EQ(listener.next()->data, "1");
  EXPECT_EQ(listener.next()->data, "2");
  server.server().stop();
  EXPECT_FALSE(listener.next());
  EXPECT_TRUE(listener.ended());
  EXPECT_TRUE(sink->closed());
  EXPECT_FALSE(sink->send({"values", "3"}));
}

TEST(events, hold_up_no_other_connection_while_their_first_one_is_put_together) {
  std::promise<void> asked;
  Routes routes;
  routes.stream<Access::kPublic>("/live", [&](Request const&, std::shared_ptr<EventSink> const& sink) -> Result<void> {
    if (asked.get_future().wait_for(std::chrono::seconds{20}) != std::future_status::ready)
      return fail(Code::kInternal, "nobody else was answered");
    sink->send({"snapshot", "1"});
    return {};
  });
  routes.get<Access::kPublic>("/ask", [&](Request const&) -> Result<Response> {
    asked.set_value();
    return json("1");
  }, Work::kInline);
  ServerOptions options;
  options.threads = 1;
  WebServer server(std::move(routes), options);
  std::jthread const other([&] { EXPECT_EQ(HttpClient(server.port()).get("/ask").status, 200); });
  EventClient listener(server.port(), "/live");
  EXPECT_EQ(listener.next()->data, "1");
}

TEST(events, show_head_the_fields_of_the_stream_and_no_length) {
  Routes routes;
  routes.stream<Access::kPublic>("/live", [](Request const&, std::shared_ptr<EventSink> const& sink) -> Result<void> {
    sink->send({"snapshot", "1"});
    return {};
  });
  WebServer server(std::move(routes));
  HttpClient client(server.port());

  auto const head = client.request("HEAD", "/live");
  client.send_raw("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
  auto const stream = client.read_head();

  for (std::string_view const field : {"content-type", "cache-control", "x-accel-buffering", "content-length"})
    EXPECT_EQ(head.header(field), stream.header(field)) << field;
  EXPECT_EQ(head.header("content-type"), "text/event-stream");
  EXPECT_EQ(head.header("cache-control"), "no-store, no-transform");
  EXPECT_EQ(head.header("content-length"), "") << "nobody knows it";
}

TEST(events, refuse_with_the_handlers_error) {
  Routes routes;
  routes.stream<Access::kPublic>("/live", [](Request const&, std::shared_ptr<EventSink> const&) -> Result<void> {
    return fail(Code::kInvalid, "property: there is none of that name");
  });
  WebServer server(std::move(routes));
  EXPECT_EQ(HttpClient(server.port()).get("/live").status, 400);
}

TEST(events, of_a_slow_listener_are_dropped_and_said_so) {
  std::shared_ptr<EventSink> sink;
  Routes routes;
  routes.stream<Access::kPublic>("/live", [&](Request const&, std::shared_ptr<EventSink> s) -> Result<void> {
    s->send({"snapshot", ""});
    sink = std::move(s);
    return {};
  });
  ServerOptions options;
  options.limits.stream_queue_bytes = 100'000;
  WebServer server(std::move(routes), options);
  EventClient listener(server.port(), "/live");
  listener.next();
  std::string const large(50'000, 'x');
  int sent = 0;
  while (sent < 10'000 && sink->send({"values", large})) ++sent;
  EXPECT_LT(sent, 10'000);
  EXPECT_FALSE(sink->closed());
}

TEST(server, reads_packed_bodies_of_every_kind_of_route) {
  WebServer server(hello());
  HttpClient client(server.port());
  HttpFields const packed{{"Content-Encoding", "gzip"}, {"Content-Type", "application/json; charset=utf-8"}};
  EXPECT_EQ(client.post("/echo", gzip("[1]"), packed).body, "[1]");
  EXPECT_EQ(client.post("/async", gzip("[2]"), packed).body, "[2]");
  EXPECT_EQ(client.post("/async", gzip(noise_of(60'000)), packed).body, noise_of(60'000));
  EXPECT_EQ(client.post("/echo", gzip(noise_of(60'000)), packed).body, noise_of(60'000));
  EXPECT_EQ(client.post("/echo", "[3]", {{"Content-Encoding", "identity"}}).body, "[3]");
  EXPECT_EQ(client.post("/echo", "", packed).body, "");
}

TEST(server, reads_packed_forms_of_operators) {
  WebServer server(hello());
  HttpClient client(server.port());
  HttpFields const form{{"Content-Encoding", "gzip"}, {"Content-Type", "application/x-www-form-urlencoded"}, {"Cookie", session_cookie()}};
  EXPECT_EQ(client.post("/operator", gzip("csrf=" + std::string{FakeRights::kCsrf}), form).status, 200);
  EXPECT_EQ(client.post("/operator", gzip("csrf=x&pad=" + noise_of(20'000)), form).status, 403);
}

TEST(server, names_the_codings_it_reads) {
  WebServer server(hello());
  auto const answer = HttpClient(server.port()).post("/echo", "x", {{"Content-Encoding", "br"}});
  EXPECT_EQ(answer.status, 415);
  EXPECT_EQ(answer.header("accept-encoding"), "gzip, deflate");
  EXPECT_THAT(answer.body, HasSubstr("\\\"br\\\" is not read here, only gzip, deflate"));
}

TEST(server, refuses_bodies_that_unpack_to_too_much) {
  WebServer server(hello());
  HttpClient client(server.port());
  auto const small_bomb = client.post("/echo", gzip(std::string(2'000'000, ' ')), {{"Content-Encoding", "gzip"}});
  EXPECT_EQ(small_bomb.status, 413);
  EXPECT_THAT(small_bomb.body, HasSubstr("unpacks to more than 1048576 bytes"));
  EXPECT_EQ(client.post("/async", gzip(std::string(30'000'000, ' ')), {{"Content-Encoding", "gzip"}}).status, 413);
  EXPECT_EQ(client.post("/echo", "[1]", {{"Content-Encoding", "gzip"}}).status, 400);
  EXPECT_EQ(client.post("/echo", "[1]").body, "[1]");
}

TEST(server, tells_handlers_where_clients_find_it) {
  Routes r;
  r.get<Access::kPublic>("/base", [](Request const& q) -> Result<Response> { return json("\"" + q.base + "\""); });
  WebServer plain(r);
  EXPECT_EQ(HttpClient(plain.port()).get("/base", {{"X-Forwarded-Host", "evil.example"}}).body, "\"http://localhost\"");
  ServerOptions options;
  options.base_address = "https://city.example/madang";
  WebServer named(r, options);
  EXPECT_EQ(HttpClient(named.port()).get("/base").body, "\"https://city.example/madang\"");
  EXPECT_EQ(HttpClient(named.port()).get("/madang//base/").body, "\"https://city.example/madang\"");
}

TEST(server, puts_its_prefix_before_the_addresses_of_pages_and_redirects) {
  Routes r;
  r.get<Access::kPublic>("/page", [](Request const&) -> Result<Response> { return html(R"(<a href="/x">x</a>)"); });
  r.get<Access::kPublic>("/inline", [](Request const&) -> Result<Response> { return html(R"(<a href="/x">x</a>)"); }, Work::kInline);
  r.get<Access::kSignedIn>("/operator", [](Request const&) -> Result<Response> { return json("1"); });
  ServerOptions options;
  options.trusted_proxies = "127.0.0.0/8";
  WebServer server(std::move(r), options);
  HttpClient client(server.port());
  HttpFields const forwarded{{"X-Forwarded-Prefix", "/madang"}, {"X-Forwarded-Proto", "https"}, {"Accept", "text/html"}};
  EXPECT_EQ(client.get("/page", forwarded).body, R"(<a href="/madang/x">x</a>)");
  EXPECT_EQ(client.get("/inline", forwarded).body, R"(<a href="/madang/x">x</a>)");
  EXPECT_EQ(client.get("/operator", forwarded).header("location"), "/madang/login?next=%2Foperator");
  EXPECT_EQ(client.get("/page").body, R"(<a href="/x">x</a>)");
}

TEST(server, lets_browsers_of_developers_read_why_there_is_nothing) {
  WebServer server(hello());
  auto const answer = HttpClient(server.port()).get("/nothing/at//all");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.header("access-control-allow-origin"), "*");
}

TEST(server, refuses_a_host_that_is_none) {
  WebServer server(hello());
  HttpClient client(server.port());
  client.send_raw("GET /hello HTTP/1.1\r\nHost: a\"><b\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 400);
}

TEST(server, does_not_start_where_clients_cannot_find_it) {
  ServerOptions options;
  options.trusted_proxies = "nginx";
  EXPECT_THROW(WebServer(hello(), options), std::runtime_error);
}

}  // namespace
}  // namespace madang::web
