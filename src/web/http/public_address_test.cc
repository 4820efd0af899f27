// What links begin with, and whom a proxy may speak for.
#include "web/http/public_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "web/http/request_parser.h"

namespace madang::web {
namespace {

using testing::HasSubstr;

Head head_from(std::string peer, Fields headers, std::string path = "/") {
  Head head;
  head.request.remote_address = std::move(peer);
  head.request.headers = std::move(headers);
  head.raw_path = std::move(path);
  return head;
}

Head resolved(std::string_view base, std::string_view proxies, Head head) {
  PublicAddress::of(base, proxies).value().resolve(head);
  return head;
}

TEST(base_address, is_taken_apart) {
  auto const base = parse_base_address("https://city.example:8443/open/madang/").value();
  EXPECT_TRUE(base.secure);
  EXPECT_EQ(base.host, "city.example:8443");
  EXPECT_EQ(base.prefix, "/open/madang");
  EXPECT_EQ(base.text(), "https://city.example:8443/open/madang");
  EXPECT_EQ(parse_base_address("HTTP://[::1]:80").value().text(), "http://[::1]:80");
}

TEST(base_address, says_what_is_wrong_with_it) {
  EXPECT_THAT(parse_base_address("city.example").error().sentence, HasSubstr("\"city.example\": does not begin with https://"));
  EXPECT_THAT(parse_base_address("ftp://city.example").error().sentence, HasSubstr("does not begin with"));
  EXPECT_THAT(parse_base_address("https://").error().sentence, HasSubstr("has no plain host name"));
  EXPECT_THAT(parse_base_address("https://u:p@city.example").error().sentence, HasSubstr("has no plain host name"));
  EXPECT_THAT(parse_base_address("https://city.example/a?b=1").error().sentence, HasSubstr("its path holds more than"));
  EXPECT_THAT(parse_base_address("https://city.example/../x").error().sentence, HasSubstr("its path holds more than"));
}

TEST(public_address, follows_the_host_field_without_a_setting) {
  auto const head = resolved("", "", head_from("10.1.1.1", {{"host", "sensors.local:8080"}}));
  EXPECT_EQ(head.request.base, "http://sensors.local:8080");
  EXPECT_FALSE(head.request.secure);
  EXPECT_EQ(resolved("", "", head_from("10.1.1.1", {})).request.base, "");
}

TEST(public_address, follows_the_setting_whatever_the_client_says) {
  auto const head = resolved("https://city.example", "", head_from("10.1.1.1", {{"host", "127.0.0.1:8080"}, {"x-forwarded-host", "evil.example"}}));
  EXPECT_EQ(head.request.base, "https://city.example");
  EXPECT_TRUE(head.request.secure);
}

TEST(public_address, takes_the_prefix_off_where_the_proxy_left_it) {
  auto const base = "https://city.example/madang";
  EXPECT_EQ(resolved(base, "", head_from("10.1.1.1", {}, "/madang/sta/v1.1")).raw_path, "/sta/v1.1");
  EXPECT_EQ(resolved(base, "", head_from("10.1.1.1", {}, "/madang")).raw_path, "/");
  EXPECT_EQ(resolved(base, "", head_from("10.1.1.1", {}, "/madangs")).raw_path, "/madangs");
  EXPECT_EQ(resolved(base, "", head_from("10.1.1.1", {}, "/sta/v1.1")).raw_path, "/sta/v1.1");
}

Fields const kForwarded{{"host", "upstream"}, {"x-forwarded-proto", "https"}, {"x-forwarded-host", "city.example"},
                        {"x-forwarded-prefix", "/madang/"}, {"x-forwarded-for", "203.0.113.9, 10.0.0.7"}};

TEST(public_address, believes_a_trusted_proxy) {
  auto const head = resolved("", "127.0.0.1, 10.0.0.0/8", head_from("127.0.0.1", kForwarded));
  EXPECT_EQ(head.request.base, "https://city.example/madang");
  EXPECT_EQ(head.request.prefix, "/madang");
  EXPECT_TRUE(head.request.secure);
  EXPECT_EQ(head.request.remote_address, "203.0.113.9");
}

TEST(public_address, believes_nobody_else) {
  auto const head = resolved("", "10.0.0.0/8", head_from("192.0.2.1", kForwarded));
  EXPECT_EQ(head.request.base, "http://upstream");
  EXPECT_FALSE(head.request.secure);
  EXPECT_EQ(head.request.remote_address, "192.0.2.1");
  EXPECT_EQ(resolved("", "", head_from("127.0.0.1", kForwarded)).request.remote_address, "127.0.0.1");
}

TEST(public_address, takes_the_last_address_that_is_no_proxy_of_ours) {
  auto const client = [](std::string chain) {
    return resolved("", "127.0.0.1,10.0.0.0/8,fd00::/8", head_from("127.0.0.1", {{"x-forwarded-for", std::move(chain)}})).request.remote_address;
  };
  EXPECT_EQ(client("1.2.3.4, 203.0.113.9"), "203.0.113.9");  // the first one was made up by the client
  EXPECT_EQ(client("203.0.113.9:4711, 10.2.2.2"), "203.0.113.9");
  EXPECT_EQ(client("[2001:db8::1]:4711"), "2001:db8::1");
  EXPECT_EQ(client("2001:db8::1, fd00::7"), "2001:db8::1");
  EXPECT_EQ(client("unknown"), "127.0.0.1");
  EXPECT_EQ(client(", ,"), "127.0.0.1");
}

TEST(public_address, adds_the_port_that_a_proxy_names_apart) {
  auto const base = [](Fields headers) { return resolved("", "::1", head_from("::1", std::move(headers))).request.base; };
  EXPECT_EQ(base({{"host", "city.example"}, {"x-forwarded-proto", "https"}, {"x-forwarded-port", "8443"}}), "https://city.example:8443");
  EXPECT_EQ(base({{"host", "city.example"}, {"x-forwarded-proto", "https"}, {"x-forwarded-port", "443"}}), "https://city.example");
  EXPECT_EQ(base({{"host", "city.example:8443"}, {"x-forwarded-port", "9"}}), "http://city.example:8443");
  EXPECT_EQ(base({{"host", "a"}, {"x-forwarded-host", "b\"><script>"}}), "http://a");
  EXPECT_EQ(base({{"host", "a"}, {"x-forwarded-prefix", "//evil.example"}}), "http://a");
}

TEST(trusted_proxies, are_addresses_and_networks) {
  auto const proxies = TrustedProxies::parse("192.0.2.128/25, 2001:db8::/33 ,::1").value();
  EXPECT_TRUE(proxies.trusts("192.0.2.200"));
  EXPECT_FALSE(proxies.trusts("192.0.2.100"));
  EXPECT_TRUE(proxies.trusts("2001:db8:7fff::1"));
  EXPECT_FALSE(proxies.trusts("2001:db8:8000::1"));
  EXPECT_TRUE(proxies.trusts("::1"));
  EXPECT_FALSE(proxies.trusts("127.0.0.1"));
  EXPECT_FALSE(proxies.trusts("somebody"));
  EXPECT_TRUE(TrustedProxies::parse("0.0.0.0/0").value().trusts("8.8.8.8"));
}

TEST(trusted_proxies, name_the_entry_that_is_none) {
  EXPECT_EQ(TrustedProxies::parse("127.0.0.1, nginx").error().sentence, "\"nginx\" is neither an address nor a network such as 10.0.0.0/8");
  EXPECT_FALSE(TrustedProxies::parse("10.0.0.0/33"));
  EXPECT_FALSE(TrustedProxies::parse("10.0.0.0/-1"));
  EXPECT_FALSE(TrustedProxies::parse("10.0.0.0/x"));
}

TEST(tidy_path, has_one_slash_between_parts_and_none_at_the_end) {
  auto const tidied = [](std::string path) {
    tidy_path(path);
    return path;
  };
  EXPECT_EQ(tidied("/sta/v1.1//"), "/sta/v1.1");
  EXPECT_EQ(tidied("//sta///v1.1/Things(1)/"), "/sta/v1.1/Things(1)");
  EXPECT_EQ(tidied("/"), "/");
  EXPECT_EQ(tidied("///"), "/");
  EXPECT_EQ(tidied("/a%2F%2Fb/"), "/a%2F%2Fb");
}

TEST(prefix, stands_before_every_address_of_a_page) {
  auto page = html(R"(<a href="/alerts">x</a><img src="/a.svg"><form action="/login"></form>)"
                   R"(<a href="https://else.example/y">y</a><a href="//else.example">z</a><p title="/no">href="/text"</p><a href="#top">)");
  prepend_prefix(page, "/madang");
  EXPECT_EQ(page.body, R"(<a href="/madang/alerts">x</a><img src="/madang/a.svg"><form action="/madang/login"></form>)"
                       R"(<a href="https://else.example/y">y</a><a href="//else.example">z</a><p title="/no">href="/text"</p><a href="#top">)");
}

TEST(prefix, is_put_once_however_often_it_is_asked_for) {
  auto answer = redirect("/control?x=/y");
  prepend_prefix(answer, "/madang");
  prepend_prefix(answer, "/madang");
  EXPECT_EQ(answer.headers.front().second, "/madang/control?x=/y");
  auto page = html(R"(<a href="/">x</a>)");
  prepend_prefix(page, "/madang");
  prepend_prefix(page, "/madang");
  EXPECT_EQ(page.body, R"(<a href="/madang/">x</a>)");
  auto elsewhere = redirect("https://else.example/");
  prepend_prefix(elsewhere, "/madang");
  EXPECT_EQ(elsewhere.headers.front().second, "https://else.example/");
}

}  // namespace
}  // namespace madang::web
