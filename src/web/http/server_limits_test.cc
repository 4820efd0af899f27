// The server when somebody asks for too much, too slowly, or at the wrong moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/certificate.h"
#include "support/http_client.h"
#include "support/web_server.h"
#include "web/http/gzip.h"
#include "web/http/limits.h"
#include "web/http/server.h"

namespace madang::web {
namespace {

using namespace std::chrono_literals;
using test::EventClient;
using test::HttpClient;
using test::HttpTarget;
using test::WebServer;

/// Handlers wait at the gate until the test opens it.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    std::scoped_lock const lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void await(int waiting) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= waiting; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

Routes routes_with(Gate& gate) {
  Routes r;
  r.get<Access::kPublic>("/hello", [](Request const&) -> Result<Response> { return json("1"); }, Work::kInline);
  r.get<Access::kPublic>("/slow", [&gate](Request const&) -> Result<Response> {
    gate.wait();
    return json("2");
  });
  r.post<Access::kPublic>("/body", [](Request const& q) -> Result<Response> { return json(std::to_string(q.body.size())); },
                          Work::kBulk);
  r.post<Access::kPublic>("/held", [&gate](Request const& q) -> Result<Response> {
    gate.wait();
    return json(std::to_string(q.body.size()));
  });
  r.stream<Access::kPublic>("/live", [](Request const&, std::shared_ptr<EventSink> const& sink) -> Result<void> {
    sink->send({"first", "1"});
    return {};
  });
  return r;
}

constexpr std::string_view kHello = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";

/// Lets the world's time pass until the server says something.
std::string wait_while_time_passes(runtime::ManualClock& clock, HttpClient& client) {
  for (;;) {
    clock.advance(1s);
    if (auto bytes = client.read_some(20ms)) return *bytes;
  }
}

TEST(limits, a_header_that_never_ends_is_answered_408) {
  Gate gate;
  runtime::ManualClock clock(instant_of_millis(1'800'000'000'000));
  WebServer server(routes_with(gate), {}, clock);
  HttpClient client(server.port());
  client.send_raw(std::string{kHello} + "GET /hello HTTP/1.1\r\nHo");
  EXPECT_EQ(client.read_answer().body, "1");
  EXPECT_THAT(wait_while_time_passes(clock, client), testing::StartsWith("HTTP/1.1 408 "));
}

TEST(limits, a_body_that_never_ends_is_answered_408) {
  Gate gate;
  runtime::ManualClock clock(instant_of_millis(1'800'000'000'000));
  WebServer server(routes_with(gate), {}, clock);
  HttpClient client(server.port());
  client.send_raw(std::string{kHello} + "POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
  EXPECT_EQ(client.read_answer().body, "1");
  EXPECT_THAT(wait_while_time_passes(clock, client), testing::StartsWith("HTTP/1.1 408 "));
}

TEST(limits, an_idle_connection_is_closed) {
  Gate gate;
  runtime::ManualClock clock(instant_of_millis(1'800'000'000'000));
  WebServer server(routes_with(gate), {}, clock);
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/hello").status, 200);
  EXPECT_EQ(wait_while_time_passes(clock, client), "");
}

TEST(limits, a_silent_stream_gets_heartbeats) {
  Gate gate;
  runtime::ManualClock clock(instant_of_millis(1'800'000'000'000));
  WebServer server(routes_with(gate), {}, clock);
  EventClient listener(server.port(), "/live");
  EXPECT_EQ(listener.next()->data, "1");
  while (listener.comments() < 2) {
    clock.advance(5s);
    EXPECT_FALSE(listener.next(20ms));
    ASSERT_FALSE(listener.ended());
  }
}

TEST(limits, an_address_that_asks_too_often_gets_429) {
  Gate gate;
  ServerOptions options;
  options.budget = {.requests_per_second = 0.001, .burst = 2, .loopback_exempt = false};
  WebServer server(routes_with(gate), options);
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/hello").status, 200);
  EXPECT_EQ(client.get("/hello").status, 200);
  auto const refused = client.get("/hello");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("retry-after"), "60") << "he need not be told how much longer";
}

/// Which of two clients hears something first, and what.
std::pair<HttpClient*, std::string> first_answer(HttpClient& a, HttpClient& b) {
  for (;;) {
    if (auto bytes = a.read_some(5ms)) return {&a, *bytes};
    if (auto bytes = b.read_some(5ms)) return {&b, *bytes};
  }
}

TEST(limits, a_full_queue_answers_503_and_other_work_goes_on) {
  constexpr std::string_view kSlow = "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";
  Gate gate;
  ServerOptions options;
  options.read = {.threads = 1, .waiting_max = 1};
  WebServer server(routes_with(gate), options);
  HttpClient running(server.port());
  running.send_raw(kSlow);
  gate.await(1);
  HttpClient second(server.port());
  HttpClient third(server.port());
  second.send_raw(kSlow);
  third.send_raw(kSlow);
  auto const [refused, answer] = first_answer(second, third);
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, testing::HasSubstr("\r\nretry-after: 2\r\n"));
  HttpClient other(server.port());
  EXPECT_EQ(other.get("/hello").status, 200);
  EXPECT_EQ(other.post("/body", "12345").body, "5");
  gate.open();
  EXPECT_EQ(running.read_answer().body, "2");
  EXPECT_EQ((refused == &second ? third : second).read_answer().body, "2");
  EXPECT_EQ(refused->get("/slow").body, "2");
  EXPECT_THAT(server.metrics().text(), testing::HasSubstr("madang_web_refused_total{reason=\"queue\"} 1"));
}

TEST(limits, too_many_connections_are_told_503) {
  Gate gate;
  ServerOptions options;
  options.limits.connections = 2;
  WebServer server(routes_with(gate), options);
  HttpClient a(server.port());
  HttpClient b(server.port());
  EXPECT_EQ(a.get("/hello").status, 200);
  EXPECT_EQ(b.get("/hello").status, 200);
  HttpClient c(server.port());
  EXPECT_THAT(c.read_to_end(), testing::StartsWith("HTTP/1.1 503 "));
}

TEST(limits, too_many_listeners_are_told_503) {
  Gate gate;
  ServerOptions options;
  options.limits.streams = 1;
  WebServer server(routes_with(gate), options);
  EventClient listener(server.port(), "/live");
  EXPECT_EQ(HttpClient(server.port()).get("/live").status, 503);
}

TEST(limits, many_large_bodies_at_once_are_told_503) {
  Gate gate;
  ServerOptions options;
  options.limits.body_bytes_all = 1'000'000;
  WebServer server(routes_with(gate), options);
  HttpClient first(server.port());
  first.send_raw("POST /held HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n" + std::string(900'000, 'x'));
  gate.await(1);
  HttpClient second(server.port());
  second.send_raw("POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 900000\r\n\r\n" + std::string(900'000, 'x'));
  EXPECT_EQ(second.read_answer().status, 503);
  gate.open();
  EXPECT_EQ(first.read_answer().body, "900000");
  EXPECT_EQ(first.post("/body", std::string(900'000, 'x')).body, "900000");
}

TEST(stop, lets_a_running_request_finish) {
  Gate gate;
  WebServer server(routes_with(gate));
  HttpClient idle(server.port());
  EXPECT_EQ(idle.get("/hello").status, 200);
  HttpClient client(server.port());
  client.send_raw("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.await(1);
  std::jthread stopping([&] { server.server().stop(); });
  EXPECT_EQ(idle.read_to_end(), "");
  gate.open();
  auto const answer = client.read_answer();
  EXPECT_EQ(answer.body, "2");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_EQ(client.read_to_end(), "");
  stopping.join();
  EXPECT_THROW(HttpClient(server.port()), std::runtime_error);
}

std::string json_of(std::size_t bytes) {
  std::string out;
  for (std::uint64_t word = 1; out.size() < bytes; word = word * 6364136223846793005U + 1442695040888963407U)
    out += std::to_string(word);
  return out.substr(0, bytes);
}

/// Forty packed bodies of 60 KB wait at once where 4 MB fit: what a route could take at most is not kept for each.
TEST(limits, a_packed_body_takes_as_much_memory_as_it_unpacks_to) {
  std::mutex mutex;
  std::vector<Done> waiting;
  std::condition_variable changed;
  Routes r;
  r.post_async<Access::kPublic>("/held", [&](Request, Done done) {
    std::scoped_lock const lock(mutex);
    waiting.push_back(std::move(done));
    changed.notify_all();
  });
  ServerOptions options;
  options.limits.body_bytes_all = 4 * 1024 * 1024;
  WebServer server(std::move(r), options);
  auto const packed = gzip(json_of(60'000));
  ASSERT_GT(packed.size(), kUnpackInlineBytesMax);
  auto const head = "POST /held HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: ";
  std::vector<HttpClient> clients;
  for (int i = 0; i < 40; ++i) {
    clients.emplace_back(server.port());
    clients.back().send_raw(head + std::to_string(packed.size()) + "\r\n\r\n" + packed);
  }
  {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return waiting.size() == 40; })) << waiting.size();
    for (auto& done : waiting) done(json("1"));
  }
  for (auto& client : clients) EXPECT_EQ(client.read_answer().status, 200);
  // A body that does not fit is refused while it is unpacked, and leaves nothing taken.
  HttpClient client(server.port());
  test::HttpFields const fields{{"Content-Encoding", "gzip"}};
  for (int i = 0; i < 3; ++i) {
    auto const refused = client.post("/held", gzip(std::string(5'000'000, ' ')), fields);
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, testing::HasSubstr("too many large requests at once"));
  }
  client.send_raw(head + std::to_string(packed.size()) + "\r\n\r\n" + packed);
  std::unique_lock lock(mutex);
  EXPECT_TRUE(changed.wait_for(lock, 20s, [&] { return waiting.size() == 41; }));
  waiting.back()(json("2"));
  EXPECT_EQ(client.read_answer().status, 200);
}

TEST(limits, an_async_handler_that_throws_or_forgets_is_answered_500_packed_or_not) {
  Routes r;
  r.post_async<Access::kPublic>("/throws", [](Request, Done) { throw std::runtime_error("a bug"); });
  r.post_async<Access::kPublic>("/forgets", [](Request, Done) {});
  WebServer server(std::move(r));
  HttpClient client(server.port());
  test::HttpFields const fields{{"Content-Encoding", "gzip"}};
  for (auto const* const path : {"/throws", "/forgets"}) {
    EXPECT_EQ(client.post(path, "1").status, 500) << path;
    EXPECT_EQ(client.post(path, gzip("1"), fields).status, 500) << path;
    EXPECT_EQ(client.post(path, gzip(json_of(60'000)), fields).status, 500) << path;
  }
}

TEST(stop, does_not_wait_for_ever) {
  Gate gate;
  ServerOptions options;
  options.limits.stop_wait = 50ms;
  WebServer server(routes_with(gate), options);
  HttpClient client(server.port());
  client.send_raw("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  gate.await(1);
  server.server().stop();
  EXPECT_EQ(client.read_to_end(), "");
  gate.open();
}

TEST(start, refuses_what_cannot_work) {
  Gate gate;
  runtime::SystemClock const clock;
  runtime::Metrics metrics;
  test::FakeRights rights;
  auto const error_of = [&](ServerOptions options) {
    return Server::start(std::move(options), routes_with(gate), rights, clock, metrics).error();
  };
  WebServer first(routes_with(gate));
  ServerOptions taken;
  taken.port = first.port();
  EXPECT_EQ(error_of(taken).code, Code::kUnavailable);
  ServerOptions nowhere;
  nowhere.host = "nowhere";
  EXPECT_EQ(error_of(nowhere).sentence, "listen address nowhere: not an IP address, nor a name that this machine knows");
  ServerOptions half;
  half.certificate_file = "/nonexistent";
  EXPECT_EQ(error_of(half).sentence, "TLS needs both a certificate and a private key file");
  half.private_key_file = "/nonexistent";
  EXPECT_THAT(error_of(half).sentence, testing::StartsWith("certificate file /nonexistent: "));
}

TEST(tls, serves_requests_and_streams) {
  Gate gate;
  test::TemporaryFolder const folder;
  auto const certificate = test::make_certificate(folder.path());
  ServerOptions options;
  options.certificate_file = certificate.certificate_file;
  options.private_key_file = certificate.private_key_file;
  WebServer server(routes_with(gate), options);
  HttpTarget const target{.port = server.port(), .tls = true, .ca_file = certificate.certificate_file};
  HttpClient client(target);
  EXPECT_EQ(client.get("/hello").body, "1");
  EXPECT_EQ(client.post("/body", std::string(3'000'000, 'x')).body, "3000000");
  client.send_raw(std::string{kHello} + std::string{kHello});
  EXPECT_EQ(client.read_answer().body, "1");
  EXPECT_EQ(client.read_answer().body, "1");
  EventClient listener(target, "/live");
  EXPECT_EQ(listener.next()->data, "1");
  EXPECT_THAT(server.server().address(), testing::StartsWith("https://127.0.0.1:"));
  server.server().stop();
  EXPECT_FALSE(listener.next());
}

TEST(tls, closes_on_who_does_not_speak_it) {
  Gate gate;
  test::TemporaryFolder const folder;
  auto const certificate = test::make_certificate(folder.path());
  ServerOptions options;
  options.certificate_file = certificate.certificate_file;
  options.private_key_file = certificate.private_key_file;
  WebServer server(routes_with(gate), options);
  HttpClient plain(server.port());
  plain.send_raw(kHello);
  EXPECT_EQ(plain.read_to_end().find("HTTP/1.1 200"), std::string::npos);
}

}  // namespace
}  // namespace madang::web
