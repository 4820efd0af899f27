// Which requests wait for which, and for how long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <latch>
#include <list>
#include <random>

#include "runtime/awaited.h"
#include "storage/records/transactions.h"
#include "support/certificate.h"
#include "support/http_client.h"
#include "support/soon.h"
#include "support/web_server.h"
#include "web/http/gzip.h"
#include "web/http/limits.h"

namespace madang::web {
namespace {

using namespace std::chrono_literals;
using test::HttpClient;
using test::WebServer;

constexpr std::string_view kScan = "GET /read?far=1 HTTP/1.1\r\nHost: h\r\n\r\n";

struct work_classes : testing::Test {
  std::latch begun{1};
  std::latch end{1};
  std::atomic<int> written = 0;

  Result<Response> hold() {
    if (!begun.try_wait()) begun.count_down();
    end.wait();
    return json("1");
  }

  /// Goes on until nobody waits, looking at its turns.
  Result<Response> walk() {
    begun.count_down();
    walked_to_its_end = !test::soon(runtime::Awaited::by_nobody);
    ended.count_down();
    return json("3");
  }
  /// Of the one thread for scans.
  std::string told;
  std::atomic<bool> walked_to_its_end = false;
  std::latch ended{1};

  static bool refused(WebServer& server, std::string_view why, int times) {
    auto const line = "madang_web_refused_total{reason=\"" + std::string{why} + "\"} " + std::to_string(times) + "\n";
    return server.metrics().text().contains(line);
  }
  /// One more than an address may have: which of them comes last is the network's matter.
  static std::list<HttpClient> ask_too_often(WebServer& server, std::string_view request) {
    std::list<HttpClient> greedy;
    for (std::size_t i = 0; i <= kScansOfOneAddressMax; ++i) {
      greedy.emplace_back(server.port());
      greedy.back().send_raw(request);
    }
    EXPECT_TRUE(test::soon([&] { return refused(server, "scans", 1); }));
    return greedy;
  }
  static std::size_t answered_well(std::list<HttpClient>& clients) {
    std::size_t answered = 0;
    for (auto& client : clients) answered += client.read_answer().status == 200 ? 1 : 0;
    return answered;
  }

  Routes routes() {
    Routes r;
    auto const work_of = [](Request const& q) { return q.query_value("far") ? Work::kScan : Work::kRead; };
    r.get<Access::kPublic>("/read", [this](Request const& q) { return q.query_value("far") ? hold() : json("2"); }, work_of);
    r.get<Access::kPublic>("/hello", [](Request const&) -> Result<Response> { return json("0"); }, Work::kInline);
    auto const tell = [this](Request const& q) {
      told += q.query_value("by").value_or("?");
      return hold();
    };
    r.get<Access::kPublic>("/told", tell, Work::kScan);
    r.post<Access::kPublic>("/login", [this](Request const&) { return hold(); }, Work::kPassword);
    r.post<Access::kPublic>("/search", [this](Request const&) { return hold(); }, Work::kScan);
    r.get<Access::kPublic>("/walk", [this](Request const&) { return walk(); }, Work::kScan);
    r.post<Access::kPublic>("/held", [this](Request const&) { return hold(); });
    r.post<Access::kPublic>("/write", [this](Request const&) -> Result<Response> { return json(std::to_string(++written)); });
    auto const left = [](Request const&) -> Result<Response> {
      auto const until = storage::CallDeadline::of_call();
      auto const wait = until - runtime::SystemClock{}.tick();
      return json(std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
    };
    r.get<Access::kPublic>("/left", left);
    r.post<Access::kPublic>("/left", left);
    r.put<Access::kPublic>("/left", left, Work::kBulk);
    return r;
  }
};

TEST_F(work_classes, a_route_says_of_each_request_where_it_waits) {
  ServerOptions options;
  options.read.threads = 1;
  options.scan.waiting_max = 0;
  WebServer server(routes(), options);
  HttpClient plain(server.port());
  HttpClient far(server.port());
  EXPECT_EQ(far.get("/read?far=1").status, 503) << "the queue of scans has no place";
  EXPECT_EQ(plain.get("/read").body, "2") << "that of reads has";
}

TEST_F(work_classes, a_scan_that_runs_holds_up_no_read_and_is_counted_for_itself) {
  ServerOptions options;
  options.read.threads = 1;
  WebServer server(routes(), options);
  HttpClient far(server.port());
  far.send_raw(kScan);
  begun.wait();
  HttpClient plain(server.port());
  EXPECT_EQ(plain.get("/read").body, "2");
  end.count_down();
  EXPECT_EQ(far.read_answer().body, "1");
  EXPECT_THAT(server.metrics().text(), testing::HasSubstr(R"(madang_web_requests_total{class="scan",status="2xx"} 1)"));
}

TEST_F(work_classes, one_address_cannot_fill_the_queue_of_scans) {
  ServerOptions options;
  options.budget.loopback_exempt = false;
  WebServer server(routes(), options);
  auto greedy = ask_too_often(server, kScan);
  HttpClient other(server.port());
  EXPECT_EQ(other.get("/read").body, "2");
  end.count_down();
  EXPECT_EQ(answered_well(greedy), kScansOfOneAddressMax);
}

TEST_F(work_classes, a_packed_body_is_no_way_around_the_share_of_scans) {
  ServerOptions options;
  options.budget.loopback_exempt = false;
  WebServer server(routes(), options);
  std::string noise(2 * kUnpackInlineBytesMax, '\0');
  std::ranges::generate(noise, [random = std::mt19937{7}]() mutable { return static_cast<char>(random()); });
  auto const packed = gzip(noise);
  ASSERT_GT(packed.size(), kUnpackInlineBytesMax) << "a shorter one is unpacked by the network's thread";
  auto greedy = ask_too_often(server, "POST /search HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                          std::to_string(packed.size()) + "\r\n\r\n" + packed);
  end.count_down();
  EXPECT_EQ(answered_well(greedy), kScansOfOneAddressMax);
}

TEST_F(work_classes, the_share_of_scans_is_of_who_has_signed_in_and_not_of_where_he_sits) {
  ServerOptions options;
  options.budget.loopback_exempt = false;
  WebServer server(routes(), options);
  auto const scan_of = [](std::string_view session) {
    return "GET /read?far=1 HTTP/1.1\r\nHost: h\r\nCookie: madang_session=" + std::string{session} + "\r\n\r\n";
  };
  auto greedy = ask_too_often(server, scan_of(test::FakeRights::kSession));
  HttpClient colleague(server.port());
  colleague.send_raw(scan_of(test::FakeRights::kReader));
  HttpClient citizen(server.port());
  citizen.send_raw(kScan);
  end.count_down();
  EXPECT_EQ(colleague.read_answer().status, 200);
  EXPECT_EQ(citizen.read_answer().status, 200);
  EXPECT_EQ(answered_well(greedy), kScansOfOneAddressMax);
}

TEST_F(work_classes, who_is_exempt_by_his_address_is_so_signed_in_too) {
  WebServer server(routes());
  std::string const scan = "GET /read?far=1 HTTP/1.1\r\nHost: h\r\nCookie: madang_session=" + std::string{test::FakeRights::kSession} + "\r\n\r\n";
  std::list<HttpClient> clients;
  for (std::size_t i = 0; i <= kScansOfOneAddressMax; ++i) {
    clients.emplace_back(server.port()).send_raw("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n" + scan);
    EXPECT_EQ(clients.back().read_answer().body, "0") << "what came behind it waits by now";
  }
  end.count_down();
  EXPECT_EQ(answered_well(clients), kScansOfOneAddressMax + 1);
  EXPECT_TRUE(refused(server, "scans", 0));
}

TEST_F(work_classes, a_newcomers_scan_is_answered_after_at_most_one_of_who_has_many) {
  ServerOptions options;
  options.budget.loopback_exempt = false;
  WebServer server(routes(), options);
  std::string const greets = "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n";
  std::string const greedy = "GET /told?by=a HTTP/1.1\r\nHost: h\r\nCookie: madang_session=" + std::string{test::FakeRights::kSession} + "\r\n\r\n";
  std::list<HttpClient> clients;
  auto const ask = [&](std::string const& request) {
    clients.emplace_back(server.port()).send_raw(greets + request);
    EXPECT_EQ(clients.back().read_answer().body, "0") << "what came behind it waits by now";
  };
  for (std::size_t i = 0; i < kScansOfOneAddressMax; ++i) ask(greedy);
  ask("GET /told?by=B HTTP/1.1\r\nHost: h\r\n\r\n");
  begun.wait();
  end.count_down();
  EXPECT_EQ(answered_well(clients), kScansOfOneAddressMax + 1);
  EXPECT_EQ(told, "aBaaa");
}

TEST_F(work_classes, a_scan_whose_client_is_gone_ends_at_its_next_turn) {
  WebServer server(routes());
  {
    HttpClient client(server.port());
    client.send_raw("GET /walk HTTP/1.1\r\nHost: h\r\n\r\n");
    begun.wait();
  }
  ended.wait();
  EXPECT_FALSE(walked_to_its_end);
  EXPECT_TRUE(test::soon([&] { return refused(server, "gone", 1); }));
}

TEST_F(work_classes, a_scan_whose_client_is_gone_ends_under_tls_too) {
  test::TemporaryFolder const folder;
  auto const certificate = test::make_certificate(folder.path());
  ServerOptions options;
  options.certificate_file = certificate.certificate_file;
  options.private_key_file = certificate.private_key_file;
  WebServer server(routes(), options);
  {
    HttpClient client(test::HttpTarget{.port = server.port(), .tls = true});
    client.send_raw("GET /walk HTTP/1.1\r\nHost: h\r\n\r\n");
    begun.wait();
  }
  ended.wait();
  EXPECT_FALSE(walked_to_its_end);
}

TEST_F(work_classes, a_scan_that_waits_leaves_its_place_and_its_share_when_its_client_goes) {
  ServerOptions options;
  options.budget.loopback_exempt = false;
  options.scan.waiting_max = kScansOfOneAddressMax - 1;
  WebServer server(routes(), options);
  HttpClient first(server.port());
  first.send_raw(kScan);
  begun.wait();
  {
    std::list<HttpClient> impatient;
    for (std::size_t i = 1; i < kScansOfOneAddressMax; ++i) {
      impatient.emplace_back(server.port()).send_raw("GET /hello HTTP/1.1\r\nHost: h\r\n\r\n" + std::string{kScan});
      EXPECT_EQ(impatient.back().read_answer().body, "0") << "what came behind it waits by now";
    }
    EXPECT_EQ(HttpClient(server.port()).get("/read?far=1").status, 503) << "all shares are taken";
  }
  ASSERT_TRUE(test::soon([&] { return refused(server, "gone", kScansOfOneAddressMax - 1); }));
  HttpClient next(server.port());
  next.send_raw(kScan);
  end.count_down();
  EXPECT_EQ(next.read_answer().status, 200) << "though the first was at work all the time";
  EXPECT_EQ(first.read_answer().status, 200);
}

TEST_F(work_classes, a_client_that_sends_nothing_more_gets_its_answer) {
  WebServer server(routes());
  HttpClient half_closed(server.port());
  half_closed.send_raw(kScan);
  half_closed.finish_sending();
  begun.wait();
  EXPECT_EQ(half_closed.read_answer().status, 100) << "it is asked whether it is there";
  end.count_down();
  EXPECT_EQ(half_closed.read_answer().body, "1");
  EXPECT_TRUE(refused(server, "gone", 0));
}

TEST_F(work_classes, what_came_behind_a_scan_is_answered_behind_it) {
  WebServer server(routes());
  HttpClient client(server.port());
  client.send_raw(std::string{kScan} + "GET /hello HTTP/1.1\r\nHost: h\r\n\r\n");
  client.finish_sending();
  begun.wait();
  EXPECT_EQ(client.read_answer().status, 100);
  end.count_down();
  EXPECT_EQ(client.read_answer().body, "1");
  EXPECT_EQ(client.read_answer().body, "0");
}

TEST_F(work_classes, checks_of_passwords_hold_up_no_write) {
  ServerOptions options;
  options.write.threads = 1;
  WebServer server(routes(), options);
  HttpClient guesser(server.port());
  guesser.send_raw("POST /login HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  begun.wait();
  HttpClient other(server.port());
  EXPECT_EQ(other.post("/write", "").body, "1");
  end.count_down();
  EXPECT_EQ(guesser.read_answer().status, 200);
}

TEST_F(work_classes, a_turn_that_comes_too_late_is_answered_503_and_nothing_is_done) {
  ServerOptions options;
  options.write.threads = 1;
  runtime::ManualClock clock(instant_of_millis(1'800'000'000'000));
  WebServer server(routes(), options, clock);
  HttpClient first(server.port());
  first.send_raw("POST /held HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  begun.wait();
  HttpClient late(server.port());
  late.send_raw("GET /hello HTTP/1.1\r\nHost: h\r\n\r\nPOST /write HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(late.read_answer().body, "0") << "what came behind it waits by now";
  clock.advance(options.limits.turn_wait + 1ms);
  end.count_down();
  auto const answer = late.read_answer();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.header("retry-after"), "2");
  EXPECT_EQ(written, 0);
  EXPECT_EQ(late.post("/write", "").body, "1");
}

TEST_F(work_classes, nobody_waits_for_the_records_longer_than_the_client_does) {
  WebServer server(routes());
  HttpClient client(server.port());
  EXPECT_EQ(client.get("/left").body, "5");
  EXPECT_EQ(client.post("/left", "").body, "10");
  EXPECT_EQ(client.request("PUT", "/left", {}, "").body, "60") << "a bulk load takes its time";
}

}  // namespace
}  // namespace madang::web
