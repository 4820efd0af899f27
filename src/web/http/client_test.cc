// The client against answers of every kind, spoken byte by byte.
#include "web/http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <string_view>

#include "support/tcp_receiver.h"

namespace madang::web {
namespace {

using test::TcpReceiver;
using test::Wire;
using testing::HasSubstr;

/// Reads a request with its body; empty: the client is gone.
std::string request_of(Wire& wire) {
  std::string all;
  std::size_t length = 0;
  for (auto line = wire.line(); line; line = wire.line()) {
    if (line->empty()) return all + "\n" + wire.exactly(length).value_or("");
    if (constexpr std::string_view kLength = "Content-Length: "; line->starts_with(kLength))
      length = std::stoul(line->substr(kLength.size()));
    all += *line + "\n";
  }
  return {};
}

/// A server that says the same to everybody.
TcpReceiver::Serve saying(std::string answer) {
  return [answer = std::move(answer)](Wire& wire) {
    while (!request_of(wire).empty()) wire.write(answer);
  };
}

web::HttpClient client_of(TcpReceiver const& server, web::HttpClient::Options options = {}) {
  auto client = web::HttpClient::to("http://127.0.0.1:" + std::to_string(server.port()), std::move(options));
  EXPECT_TRUE(client) << client.error().sentence;
  return *std::move(client);
}

TEST(http_client, sends_target_key_type_and_body_as_they_are) {
  std::string seen;
  TcpReceiver server([&seen](Wire& wire) {
    seen = request_of(wire);
    wire.write("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nLocation: /x(1)\r\n\r\n{}");
  });
  auto client = client_of(server, {.bearer_key = "secret"});
  auto const answer = client.post("/sta/v1.1/Things('a b')?$top=1&x=../y", R"({"name":"x"})");
  server.stop();
  ASSERT_TRUE(answer) << answer.error().sentence;
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->header("location"), "/x(1)");
  EXPECT_EQ(answer->body, "{}");
  EXPECT_THAT(seen, testing::StartsWith("POST /sta/v1.1/Things('a b')?$top=1&x=../y HTTP/1.1\n"));
  EXPECT_THAT(seen, HasSubstr("\nAuthorization: Bearer secret\n"));
  EXPECT_THAT(seen, HasSubstr("\nContent-Type: application/json\n"));
  EXPECT_THAT(seen, testing::EndsWith("\n\n{\"name\":\"x\"}"));
  EXPECT_THAT(seen, testing::Not(HasSubstr("Expect:")));
}

TEST(http_client, keeps_its_connection) {
  TcpReceiver const server(saying("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"));
  auto client = client_of(server);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.get("/")->body, "a");
  EXPECT_EQ(server.connections(), 1U);
}

TEST(http_client, sends_once_more_when_a_kept_connection_was_closed_before_any_answer) {
  std::atomic<int> requests = 0;
  TcpReceiver const server([&requests](Wire& wire) {
    if (request_of(wire).empty()) return;
    ++requests;
    wire.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
  });
  auto client = client_of(server);
  for (int i = 0; i < 3; ++i) {
    auto const answer = client.post("/", "body");
    ASSERT_TRUE(answer) << answer.error().sentence;
    EXPECT_EQ(answer->status, 200);
  }
  EXPECT_EQ(requests, 3);
}

TEST(http_client, reads_chunks_interim_answers_and_answers_without_a_length) {
  TcpReceiver const chunked(saying("HTTP/1.1 103 Early Hints\r\nX: no\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                   "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"));
  auto client = client_of(chunked);
  for (int i = 0; i < 2; ++i) {
    auto const answer = client.get("/");
    ASSERT_TRUE(answer) << answer.error().sentence;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "abcde");
    EXPECT_EQ(answer->header("x"), "");
  }
  TcpReceiver const until_closed([](Wire& wire) {
    request_of(wire);
    wire.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
  });
  EXPECT_EQ(client_of(until_closed).get("/")->body, "all of it");
}

TEST(http_client, answers_without_a_body_leave_the_connection_usable) {
  TcpReceiver const server([](Wire& wire) {
    for (auto request = request_of(wire); !request.empty(); request = request_of(wire))
      wire.write(request.starts_with("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" : "HTTP/1.1 204 No Content\r\n\r\n");
  });
  auto client = client_of(server);
  EXPECT_EQ(client.send("HEAD", "/", "", "")->header("content-length"), "100");
  EXPECT_EQ(client.send("DELETE", "/x", "", "")->status, 204);
  EXPECT_EQ(client.send("PATCH", "/x", "{}", "application/json")->status, 204);
  EXPECT_EQ(server.connections(), 1U);
}

TEST(http_client, gives_up_an_answer_that_is_too_long_whether_it_says_so_or_not) {
  TcpReceiver const says(saying("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901"));
  TcpReceiver const hides(saying("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n"));
  for (auto const* server : {&says, &hides}) {
    auto const answer = client_of(*server, {.bearer_key = {}, .response_bytes_max = 10}).get("/");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kLimit);
    EXPECT_THAT(answer.error().sentence, HasSubstr("above 10 bytes"));
  }
}

TEST(http_client, names_what_broke) {
  TcpReceiver const no_http(saying("SSH-2.0-OpenSSH\r\n"));
  TcpReceiver const half([](Wire& wire) {
    request_of(wire);
    wire.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  for (auto const* server : {&no_http, &half}) {
    auto const answer = client_of(*server).get("/");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, Code::kUnavailable);
    EXPECT_THAT(answer.error().sentence, HasSubstr("http://127.0.0.1:" + std::to_string(server->port()) + ": "));
  }
  std::uint16_t free_port = 0;
  { free_port = TcpReceiver([](Wire&) {}).port(); }
  auto const nobody = web::HttpClient::to("http://127.0.0.1:" + std::to_string(free_port))->get("/");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Code::kUnavailable);
}

TEST(http_client, ends_a_wait_in_which_no_byte_moves) {
  TcpReceiver const server([](Wire& wire) {
    request_of(wire);
    wire.hang();
  });
  auto const answer = client_of(server, {.bearer_key = {}, .wait = std::chrono::milliseconds{1000}}).get("/");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kUnavailable);
}

TEST(http_client, refuses_what_is_no_address_of_a_server) {
  for (auto const* url : {"", "127.0.0.1:80", "ftp://host", "http://", "http://host:port", "http://[::1", "http:///path"}) {
    auto const client = web::HttpClient::to(url);
    ASSERT_FALSE(client) << url;
    EXPECT_EQ(client.error().code, Code::kInvalid);
    EXPECT_THAT(client.error().sentence, HasSubstr(std::string{"\""} + url + "\""));
  }
  EXPECT_TRUE(web::HttpClient::to("http://[::1]:8080"));
  EXPECT_FALSE(web::HttpClient::to("http://host/path?query"));
}

TEST(http_client, puts_the_path_of_its_base_before_every_target) {
  std::string seen;
  TcpReceiver server([&seen](Wire& wire) {
    seen = request_of(wire);
    wire.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });
  auto client = web::HttpClient::to("http://127.0.0.1:" + std::to_string(server.port()) + "/open/madang/");
  ASSERT_TRUE(client) << client.error().sentence;
  EXPECT_EQ(client->get("/sta/v1.1/Things?$top=1")->status, 200);
  server.stop();
  EXPECT_THAT(seen, testing::StartsWith("GET /open/madang/sta/v1.1/Things?$top=1 HTTP/1.1\n"));
}

}  // namespace
}  // namespace madang::web
