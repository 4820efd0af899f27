// The small parts of HTTP: escapes, forms, cookies, tags, compression, budgets, the login cookie.
#include <gtest/gtest.h>

#include <chrono>

#include "runtime/clock.h"
#include "web/forms/forms.h"
#include "web/http/budget.h"
#include "web/http/etag.h"
#include "web/http/event_queue.h"
#include "web/http/gzip.h"
#include "web/http/limits.h"
#include "web/http/session.h"
#include "web/http/url.h"

namespace madang::web {
namespace {

using namespace std::chrono_literals;

TEST(url, decodes_and_encodes) {
  EXPECT_EQ(percent_decode("a%20b+c").value(), "a b+c");
  EXPECT_EQ(percent_decode("a%20b+c", Plus::kIsSpace).value(), "a b c");
  EXPECT_EQ(percent_encode("a b/가"), "a%20b%2F%EA%B0%80");
}

TEST(url, names_the_byte_that_is_wrong) {
  EXPECT_EQ(percent_decode("ab%4").error().sentence, "'%' at byte 2 is not followed by two hex digits");
  EXPECT_EQ(percent_decode("%g0").error().sentence, "'%' at byte 0 is not followed by two hex digits");
  EXPECT_EQ(percent_decode("x%00").error().sentence, "a NUL at byte 1");
  EXPECT_EQ(percent_decode("%C3").error().sentence, "the decoded text is not UTF-8");
}

TEST(url, reads_queries_in_order) {
  EXPECT_EQ(parse_urlencoded("a=1&&b&a=%3D+x", 9).value(), (Fields{{"a", "1"}, {"b", ""}, {"a", "= x"}}));
  EXPECT_EQ(parse_urlencoded("", 9).value(), Fields{});
}

TEST(url, follows_the_link_to_a_next_page_at_its_own_server) {
  EXPECT_EQ(next_page("/sta/v1.1/Things?$top=2", "https://city.example/madang/sta/v1.1/Things?$top=2&$skip=2").value_or(""), "/sta/v1.1/Things?$top=2&$skip=2");
  EXPECT_FALSE(next_page("/sta/v1.1/Things?$top=2", "https://city.example/sta/v1.1/Things?$top=2")) << "the same page again";
  EXPECT_FALSE(next_page("/sta/v1.1/Things", "https://city.example/sta/v1.1/Things"));
}

TEST(url, bounds_the_number_of_fields) {
  EXPECT_EQ(parse_urlencoded("a&b&c", 2).error().code, Code::kLimit);
}

TEST(form, needs_its_content_type) {
  Request request;
  request.body = "a=1";
  EXPECT_EQ(parse_form(request).error().code, Code::kInvalid);
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded; charset=utf-8");
  EXPECT_EQ(parse_form(request)->required("a").value(), "1");
  EXPECT_EQ(parse_form(request)->required("b").error().sentence, "the form lacks the field b");
}

TEST(cookies, are_found_among_others) {
  EXPECT_EQ(cookie_value("a=1; madang_session = \"x y\";b=2", "madang_session"), "x y");
  EXPECT_EQ(cookie_value("xa=1; a=2; a=3", "a"), "2");
  EXPECT_EQ(cookie_value("a; b", "a"), std::nullopt);
}

TEST(session, cookie_is_secure_over_tls) {
  Response response;
  Request request;
  request.secure = true;
  set_session_cookie(response, request, "t", 60s);
  EXPECT_EQ(response.headers.front().second, "madang_session=t; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
}

TEST(session, never_sends_a_login_to_another_site) {
  EXPECT_EQ(safe_next("/control?a=1"), "/control?a=1");
  EXPECT_EQ(safe_next("//evil.example"), "/");
  EXPECT_EQ(safe_next("/\\evil.example"), "/");
  EXPECT_EQ(safe_next("https://evil.example"), "/");
  EXPECT_EQ(safe_next("/\t/evil.example"), "/");
}

TEST(session, compares_secrets) {
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", "abd"));
  EXPECT_FALSE(same_secret("abc", "ab"));
}

TEST(etag, matches_weakly_in_lists) {
  auto const tag = weak_etag("hello");
  EXPECT_TRUE(etag_matches("\"x\", " + tag, tag));
  EXPECT_TRUE(etag_matches(tag.substr(2), tag));
  EXPECT_TRUE(etag_matches("*", tag));
  EXPECT_FALSE(etag_matches("", tag));
  EXPECT_FALSE(etag_matches(weak_etag("hello!"), tag));
}

TEST(gzip, unpacks_what_it_packed) {
  std::string const text(10'000, 'x');
  EXPECT_LT(gzip(text).size(), 100u);
  EXPECT_EQ(gunzip(gzip(text), 10'000).value(), text);
  EXPECT_EQ(gunzip(gzip(""), 10).value(), "");
}

TEST(gzip, refuses_bombs_and_broken_bytes) {
  EXPECT_EQ(gunzip(gzip(std::string(10'001, 'x')), 10'000).error().code, Code::kLimit);
  EXPECT_EQ(gunzip("nonsense", 100).error().code, Code::kCorrupt);
  EXPECT_EQ(gunzip(gzip("hello").substr(0, 12), 100).error().code, Code::kCorrupt);
}

TEST(gzip, follows_the_clients_weights) {
  EXPECT_TRUE(accepts_gzip("deflate, gzip;q=0.8"));
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("br"));
  EXPECT_FALSE(accepts_gzip(""));
}

TEST(gzip, unpacks_embedded_files_for_clients_that_cannot) {
  auto const packed = gzip("body{}");
  Response response;
  response.content_type = "text/css";
  response.static_body = packed;
  response.headers.emplace_back("Content-Encoding", "gzip");
  negotiate_encoding(response, false);
  EXPECT_EQ(response.body, "body{}");
  EXPECT_EQ(response.headers, (Fields{{"vary", "accept-encoding"}}));
}

TEST(budget, refuses_when_spent_and_says_how_long) {
  Budget budget({.requests_per_second = 0.5, .burst = 2, .loopback_exempt = true});
  Tick now{};
  EXPECT_EQ(budget.take("192.0.2.1", now), 0);
  EXPECT_EQ(budget.take("192.0.2.1", now), 0);
  EXPECT_EQ(budget.take("192.0.2.1", now), 2);
  EXPECT_EQ(budget.take("192.0.2.2", now), 0);
  EXPECT_EQ(budget.take("192.0.2.1", now + 2s), 0);
}

TEST(budget, counts_a_household_once) {
  Budget budget({.requests_per_second = 1, .burst = 1, .loopback_exempt = true});
  EXPECT_EQ(budget.take("2001:db8::1", Tick{}), 0);
  EXPECT_EQ(budget.take("2001:db8::2", Tick{}), 1);
  EXPECT_EQ(budget.take("2001:db8:0:1::2", Tick{}), 0);
}

TEST(shares, are_counted_for_whom_the_budget_counts) {
  for (bool const exempt : {true, false}) {
    Budget const budget({.requests_per_second = 1, .burst = 1, .loopback_exempt = exempt});
    Shares shares(1, budget);
    for (auto const* const address : {"127.0.0.1", "::1", "::ffff:127.0.0.1"}) {
      EXPECT_NE(budget.account_of(address).has_value(), exempt) << address;
      auto const one = shares.take(address);
      EXPECT_TRUE(one) << address;
      EXPECT_EQ(static_cast<bool>(shares.take(address)), exempt) << address;
    }
    EXPECT_TRUE(shares.take("127.0.0.1")) << "it was given back";
  }
}

TEST(budget, leaves_loopback_alone) {
  Budget budget({.requests_per_second = 1, .burst = 1, .loopback_exempt = true});
  EXPECT_EQ(budget.take("127.0.0.1", Tick{}), 0);
  EXPECT_EQ(budget.take("127.0.0.1", Tick{}), 0);
  EXPECT_EQ(budget.take("::1", Tick{}), 0);
  EXPECT_EQ(budget.addresses(), 0u);
}

TEST(budget, remembers_a_bounded_number_of_addresses) {
  Budget budget({.requests_per_second = 1, .burst = 1, .loopback_exempt = true});
  for (std::size_t i = 0; i < kBudgetAddressesMax + 10; ++i) (void)budget.take(std::to_string(i), Tick{});
  EXPECT_LE(budget.addresses(), kBudgetAddressesMax);
}

TEST(event, splits_lines_so_that_data_cannot_fake_events) {
  std::string out;
  append_event(out, {"va\nlues", "a\r\nb\rc\n", "7\r\n\n8"});
  EXPECT_EQ(out, "event: values\nid: 78\ndata: a\ndata: b\ndata: c\ndata: \n\n");
}

TEST(coding, is_read_in_any_spelling) {
  EXPECT_EQ(coding_of(""), Coding::kIdentity);
  EXPECT_EQ(coding_of("identity"), Coding::kIdentity);
  EXPECT_EQ(coding_of(" GZip "), Coding::kGzip);
  EXPECT_EQ(coding_of("x-gzip"), Coding::kGzip);
  EXPECT_EQ(coding_of("deflate"), Coding::kDeflate);
  EXPECT_EQ(coding_of("br"), std::nullopt);
  EXPECT_EQ(coding_of("gzip, gzip"), std::nullopt);
}

TEST(unpack, reads_several_members_as_one) {
  EXPECT_EQ(unpack(gzip("ab") + gzip("") + gzip("cd"), Coding::kGzip, 100).value(), "abcd");
  EXPECT_EQ(unpack(gzip("ab") + std::string(512, '\0'), Coding::kGzip, 100).value(), "ab");
}

TEST(unpack, reads_tens_of_thousands_of_empty_members_beside_a_large_one) {
  std::string const large(3'000'000, 'x');
  auto packed = gzip(large);
  auto const empty = gzip("");
  for (int i = 0; i < 50'000; ++i) packed += empty;
  EXPECT_EQ(unpack(packed + gzip("end"), Coding::kGzip, 4'000'000).value(), large + "end");
}

TEST(unpack, reads_deflate_with_and_without_its_frame) {
  std::string const framed{"\x78\x9c\x4b\x4c\x4a\x06\x00\x02\x4d\x01\x27", 11};
  EXPECT_EQ(unpack(framed, Coding::kDeflate, 100).value(), "abc");
  EXPECT_EQ(unpack(std::string_view{framed}.substr(2, 5), Coding::kDeflate, 100).value(), "abc");
}

TEST(unpack, stops_a_bomb_at_its_limit) {
  auto const bomb = gzip(std::string(10'000'000, ' '));
  EXPECT_EQ(unpack(bomb, Coding::kGzip, 1'000'000).error().code, Code::kLimit);
  EXPECT_EQ(unpack(gzip(std::string(600, 'a')) + gzip(std::string(600, 'a')), Coding::kGzip, 1000).error().code, Code::kLimit);
}

TEST(unpack, says_where_the_bytes_are_broken) {
  auto const good = gzip("hello hello hello");
  EXPECT_EQ(unpack("hello", Coding::kGzip, 100).error().code, Code::kCorrupt);
  EXPECT_EQ(unpack("", Coding::kGzip, 100).error().code, Code::kCorrupt);
  EXPECT_EQ(unpack(good.substr(0, good.size() - 3), Coding::kGzip, 100).error().sentence,
            "gzip: ends after " + std::to_string(good.size() - 3) + " bytes, before it is complete");
  EXPECT_EQ(unpack(good + "more", Coding::kGzip, 100).error().sentence,
            "gzip: something else follows from byte " + std::to_string(good.size()));
}

}  // namespace
}  // namespace madang::web
