// Bodies that nobody holds as a whole, both ways, on a real server.
#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "support/http_client.h"
#include "support/web_server.h"

namespace madang::web {
namespace {

using test::HttpClient;
using test::WebServer;
using testing::HasSubstr;

constexpr std::size_t kPieces = 3'000;
constexpr std::size_t kPieceBytes = 1'000;

/// What a test and its handlers tell each other.
struct Watch {
  std::promise<void> first_piece;
  std::promise<void> go;
  std::promise<Result<void>> ended;
  std::atomic<int> calls = 0;
};

Response poured(std::function<Result<void>(BodyWriter&)> content) {
  Response response;
  response.content_type = "text/plain";
  response.content = std::move(content);
  return response;
}

Result<void> write_pieces(BodyWriter& out) {
  std::string const piece(kPieceBytes, 'x');
  for (std::size_t i = 0; i < kPieces; ++i) MADANG_CHECK(out.write(piece));
  return {};
}

Result<Response> count_bytes(BodyReader& body) {
  std::size_t bytes = 0;
  for (;;) {
    MADANG_TRY(auto const piece, body.read());
    if (piece.empty()) return json(std::to_string(bytes));
    bytes += piece.size();
  }
}

Routes streams(Watch& watch) {
  Routes r;
  r.get<Access::kPublic>("/hello", [](Request const&) -> Result<Response> { return json("1"); });
  r.get<Access::kPublic>("/long", [&watch](Request const&) -> Result<Response> {
    return poured([&watch](BodyWriter& out) {
      ++watch.calls;
      return write_pieces(out);
    });
  });
  r.get<Access::kPublic>("/inline", [](Request const&) -> Result<Response> { return poured(write_pieces); }, Work::kInline);
  r.get<Access::kPublic>("/endless", [&watch](Request const&) -> Result<Response> {
    return poured([&watch](BodyWriter& out) -> Result<void> {
      for (;;) {
        if (auto const written = out.write("more"); !written) {
          watch.ended.set_value(written);
          return written;
        }
      }
    });
  });
  r.get<Access::kPublic>("/breaks", [](Request const&) -> Result<Response> {
    return poured([](BodyWriter& out) -> Result<void> {
      MADANG_CHECK(out.write("half"));
      return fail(Code::kCorrupt, "the other half cannot be read");
    });
  });
  r.get<Access::kPublic>("/throws", [](Request const&) -> Result<Response> {
    return poured([](BodyWriter&) -> Result<void> { throw std::runtime_error("a bug"); });
  });
  r.upload<Access::kPublic>(Method::kPut, "/count", [](Request const&, BodyReader& body) { return count_bytes(body); });
  r.upload<Access::kPublic>(Method::kPost, "/watched", [&watch](Request const&, BodyReader& body) -> Result<Response> {
    MADANG_TRY(auto const first, body.read());
    watch.first_piece.set_value();
    auto rest = count_bytes(body);
    if (!rest) watch.ended.set_value(fail(rest.error()));
    return rest;
  });
  r.upload<Access::kPublic>(Method::kPut, "/waits", [&watch](Request const&, BodyReader& body) {
    watch.go.get_future().wait();
    return count_bytes(body);
  });
  r.upload<Access::kPublic>(Method::kPut, "/refuses", [](Request const& q, BodyReader&) -> Result<Response> {
    return fail(Code::kConflict, "there is a " + q.path + " already");
  });
  r.upload<Access::kSignedIn>(Method::kPut, "/mine", [](Request const&, BodyReader& body) { return count_bytes(body); });
  return r;
}

ServerOptions small() {
  ServerOptions options;
  options.limits.flow_bytes = 4'000;
  options.limits.body_bytes_upload = 4'000'000;
  return options;
}

class streamed_answer : public ::testing::Test {
 protected:
  Watch watch;
  WebServer server{streams(watch), small()};
  HttpClient client{server.port()};
};
class streamed_request : public streamed_answer {};

TEST_F(streamed_answer, arrives_whole_and_the_connection_goes_on) {
  auto const answer = client.get("/long");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("transfer-encoding"), "chunked");
  EXPECT_EQ(answer.header("content-length"), "");
  EXPECT_EQ(answer.body, std::string(kPieces * kPieceBytes, 'x'));
  EXPECT_EQ(client.get("/inline").body.size(), kPieces * kPieceBytes);
  EXPECT_EQ(client.get("/hello").body, "1");
}

TEST_F(streamed_answer, of_pipelined_requests_come_in_order) {
  client.send_raw("GET /long HTTP/1.1\r\nHost: a\r\n\r\nGET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_answer().body.size(), kPieces * kPieceBytes);
  EXPECT_EQ(client.read_answer().body, "1");
}

TEST_F(streamed_answer, ends_with_the_connection_before_http_1_1) {
  client.send_raw("GET /long HTTP/1.0\r\n\r\n");
  auto const all = client.read_to_end();
  EXPECT_THAT(all.substr(0, 200), HasSubstr("connection: close"));
  EXPECT_EQ(all.size() - all.find("\r\n\r\n") - 4, kPieces * kPieceBytes);
}

TEST_F(streamed_answer, is_not_made_for_head) {
  EXPECT_EQ(client.request("HEAD", "/long").status, 200);
  EXPECT_EQ(client.get("/hello").body, "1");
  EXPECT_EQ(watch.calls, 0);
}

TEST_F(streamed_answer, that_fails_is_broken_off_so_that_nobody_takes_it_for_whole) {
  EXPECT_THROW((void)client.get("/breaks"), std::runtime_error);
  EXPECT_THROW((void)HttpClient(server.port()).get("/throws"), std::runtime_error);
}

TEST_F(streamed_answer, ends_its_handler_when_the_client_leaves) {
  {
    HttpClient leaving(server.port());
    leaving.send_raw("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(leaving.read_head().status, 200);
  }
  EXPECT_EQ(watch.ended.get_future().get().error().code, Code::kUnavailable);
}

TEST_F(streamed_answer, ends_its_handler_when_the_server_stops) {
  client.send_raw("GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.read_head().status, 200);
  server.server().stop();
  EXPECT_EQ(watch.ended.get_future().get().error().code, Code::kUnavailable);
}

TEST_F(streamed_request, is_read_whole_however_it_comes) {
  EXPECT_EQ(client.request("PUT", "/count", {}, std::string(3'000'000, 'x')).body, "3000000");
  client.send_raw("PUT /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 100);
  for (int i = 0; i < 50; ++i) client.send_raw("2710\r\n" + std::string(10'000, 'x') + "\r\n");
  client.send_raw("0\r\n\r\n");
  EXPECT_EQ(client.read_answer().body, "500000");
  EXPECT_EQ(client.request("PUT", "/count").body, "0");
  EXPECT_EQ(client.get("/hello").body, "1");
}

TEST_F(streamed_request, reaches_its_handler_before_it_is_whole) {
  client.send_raw("POST /watched HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  watch.first_piece.get_future().wait();
  client.send_raw("def");
  EXPECT_EQ(client.read_answer().body, "3");
}

TEST_F(streamed_request, waits_in_the_network_for_a_slow_handler) {
  client.send_raw("PUT /waits HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'x'));
  EXPECT_EQ(HttpClient(server.port()).get("/hello").body, "1");
  watch.go.set_value();
  EXPECT_EQ(client.read_answer().body, "200000");
}

TEST_F(streamed_request, may_be_answered_before_its_end) {
  client.send_raw("PUT /refuses HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc");
  auto const answer = client.read_answer();
  EXPECT_EQ(answer.status, 409);
  EXPECT_THAT(answer.body, HasSubstr("there is a /refuses already"));
  EXPECT_EQ(answer.header("connection"), "close");
}

TEST_F(streamed_request, is_refused_when_it_grows_too_long) {
  client.send_raw("PUT /count HTTP/1.1\r\nHost: a\r\nContent-Length: 4000001\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 413);
  HttpClient other(server.port());
  other.send_raw("POST /watched HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  watch.first_piece.get_future().wait();
  other.send_raw("3d0900\r\n");
  EXPECT_EQ(other.read_answer().status, 413);
  EXPECT_EQ(watch.ended.get_future().get().error().code, Code::kLimit);
}

TEST_F(streamed_request, ends_its_handler_when_the_client_leaves) {
  {
    HttpClient leaving(server.port());
    leaving.send_raw("POST /watched HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
    watch.first_piece.get_future().wait();
  }
  EXPECT_EQ(watch.ended.get_future().get().error().code, Code::kUnavailable);
}

TEST_F(streamed_request, is_taken_as_it_comes_and_with_the_token_in_its_head) {
  test::HttpFields const session{{"Cookie", "madang_session=" + std::string{test::FakeRights::kSession}}};
  auto with_token = session;
  with_token.emplace_back("X-CSRF-Token", test::FakeRights::kCsrf);
  EXPECT_EQ(HttpClient(server.port()).request("PUT", "/mine", session, "abc").status, 403);
  EXPECT_EQ(HttpClient(server.port()).request("PUT", "/mine", with_token, "abc").body, "3");
  EXPECT_EQ(HttpClient(server.port()).request("PUT", "/count", {{"Content-Encoding", "gzip"}}, "abc").status, 415);
}

TEST(slow_upload, ends_when_its_pace_is_below_the_least) {
  Watch watch;
  runtime::ManualClock clock(instant_of_millis(1'800'000'000'000));
  WebServer server(streams(watch), small(), clock);
  HttpClient client(server.port());
  client.send_raw("POST /watched HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  watch.first_piece.get_future().wait();
  clock.advance(Millis{31'000});
  EXPECT_EQ(client.read_answer().status, 408);
  EXPECT_FALSE(watch.ended.get_future().get().has_value());
}

}  // namespace
}  // namespace madang::web
