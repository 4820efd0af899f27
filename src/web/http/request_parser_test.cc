#include "web/http/request_parser.h"

#include <gtest/gtest.h>

namespace madang::web {
namespace {

/// Everything at once; the state and the head stay in the parser.
RequestParser& feed(RequestParser& parser, std::string_view bytes) {
  bytes.remove_prefix(parser.put(bytes));
  if (parser.state() == RequestParser::State::kHeadDone) {
    parser.body_limit(10);
    parser.put(bytes);
  }
  return parser;
}

int status_of(std::string const& bytes) {
  Limits limits;
  limits.header_bytes = 1000;
  limits.header_fields = 5;
  limits.target_bytes = 100;
  RequestParser parser(limits);
  feed(parser, bytes);
  return parser.state() == RequestParser::State::kFailed ? parser.status() : 0;
}

TEST(request_parser, reads_a_request) {
  Limits const limits;
  RequestParser parser(limits);
  feed(parser, "POST /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nX-Two:  v \r\nContent-Length: 3\r\n\r\nabcGET");
  auto const& head = parser.head();
  EXPECT_EQ(parser.state(), RequestParser::State::kDone);
  EXPECT_EQ(head.request.method, Method::kPost);
  EXPECT_EQ(head.raw_path, "/a%20b");
  EXPECT_EQ(head.raw_query, "x=1");
  EXPECT_EQ(head.request.header("x-two"), "v");
  EXPECT_EQ(head.request.body, "abc");
  EXPECT_TRUE(head.keep_alive);
}

TEST(request_parser, reads_absolute_targets_and_old_versions) {
  Limits const limits;
  RequestParser parser(limits);
  feed(parser, "GET http://h:80/x HTTP/1.0\r\n\r\n");
  EXPECT_EQ(parser.state(), RequestParser::State::kDone);
  EXPECT_EQ(parser.head().raw_path, "/x");
  EXPECT_FALSE(parser.head().keep_alive);
}

TEST(request_parser, takes_the_host_of_an_absolute_target_and_not_the_one_beside_it) {
  Limits const limits;
  RequestParser parser(limits);
  feed(parser, "GET HTTP://[::1]:8080?x=1 HTTP/1.1\r\nHost: other.example\r\nAccept: */*\r\n\r\n");
  EXPECT_EQ(parser.head().request.header("host"), "[::1]:8080");
  EXPECT_EQ(parser.head().raw_path, "/");
  EXPECT_EQ(parser.head().raw_query, "x=1");
  EXPECT_EQ(parser.head().request.header("accept"), "*/*");
  EXPECT_EQ(status_of("GET http:///x HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET http://a\"b/x HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
}

TEST(request_parser, refuses_what_two_readers_could_understand_differently) {
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"), 501);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost : a\r\n\r\n"), 400);
}

TEST(request_parser, refuses_what_is_too_large) {
  EXPECT_EQ(status_of("GET /" + std::string(200, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 414);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'a') + "\r\n\r\n"), 431);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(2000, 'a')), 431);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: h\r\na: 1\r\nb: 1\r\nc: 1\r\nd: 1\r\ne: 1\r\n\r\n"), 431);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n01234567890"), 413);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n"), 413);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;x=" + std::string(2000, 'a')), 431);
}

TEST(request_parser, refuses_what_is_not_http) {
  EXPECT_EQ(status_of("\x16\x03\x01\x02\x01nonsense\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of("BREW / HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
  EXPECT_EQ(status_of("GET x HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 400);
}

TEST(request_parser, reads_one_request_after_another) {
  Limits const limits;
  RequestParser parser(limits);
  feed(parser, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_FALSE(parser.untouched());
  parser.next();
  EXPECT_TRUE(parser.untouched());
  feed(parser, "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(parser.head().raw_path, "/2");
  EXPECT_EQ(parser.head().request.headers.size(), 1u);
}

}  // namespace
}  // namespace madang::web
