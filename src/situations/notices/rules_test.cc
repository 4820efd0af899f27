#include "situations/notices/rules.h"

#include <gtest/gtest.h>

#include "situations/notices/limits.h"
#include "situations/notices/signature.h"
#include "situations/notices/targets.h"
#include "situations/test_situations.h"

namespace madang::situations::notices {
namespace {

using namespace std::chrono_literals;

Situation situation(Severity severity = Severity::kSerious) {
  Situation s;
  s.id = SituationId{7};
  s.signal = plume("k", severity);
  s.severity_max = severity;
  return s;
}

Filter const kInternal{.severity_min = Severity::kNotice, .kinds = {}, .areas = {}, .internal = true};

TEST(notice_filter, lets_through_what_is_severe_enough_of_a_wanted_kind) {
  auto const s = situation(Severity::kSerious);
  ChangeSeen const change{s, Entry::Kind::kRaised, {}};
  EXPECT_TRUE(fits({}, change));
  EXPECT_TRUE(fits({.severity_min = Severity::kSerious, .kinds = {"haze", "plume"}, .areas = {}}, change));
  EXPECT_FALSE(fits({.severity_min = Severity::kCritical, .kinds = {}, .areas = {}}, change));
  EXPECT_FALSE(fits({.severity_min = Severity::kNotice, .kinds = {"haze"}, .areas = {}}, change));
}

TEST(notice_filter, takes_an_area_with_all_inside_it_and_whatever_concerns_the_whole_city) {
  auto const s = situation();
  std::vector<AreaId> const inside{AreaId{5}, AreaId{2}};
  Filter const district{.severity_min = Severity::kNotice, .kinds = {}, .areas = {AreaId{2}}};
  EXPECT_TRUE(fits(district, {s, Entry::Kind::kRaised, inside}));
  std::vector<AreaId> const elsewhere{AreaId{3}};
  EXPECT_FALSE(fits(district, {s, Entry::Kind::kRaised, elsewhere}));
  EXPECT_TRUE(fits(district, {s, Entry::Kind::kRaised, {}}));
}

TEST(notice_filter, shows_the_public_only_public_situations) {
  auto s = situation();
  s.signal.is_public = false;
  EXPECT_FALSE(fits({}, {s, Entry::Kind::kRaised, {}}));
  EXPECT_TRUE(fits(kInternal, {s, Entry::Kind::kRaised, {}}));
}

TEST(notice_event, is_a_raising_for_who_hears_of_it_for_the_first_time) {
  auto const s = situation();
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kRaised, {}}, false), Event::kRaised);
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kUpdated, {}}, false), Event::kRaised);
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kUpdated, {}}, true), std::nullopt);
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kWorsened, {}}, true), Event::kWorsened);
}

TEST(notice_event, tells_who_heard_of_an_exercise_that_it_is_none) {
  auto const s = situation();
  ChangeSeen const change{.situation = s, .kind = Entry::Kind::kWorsened, .areas = {}, .real = true};
  EXPECT_EQ(event_for({}, change, true), Event::kReal);
  EXPECT_EQ(event_for({}, change, false), Event::kRaised);
  EXPECT_EQ(name_of(Event::kReal), "situation.real");
  EXPECT_EQ(name_of(Event::kTest), "test");
}

TEST(notice_event, tells_the_end_to_all_who_were_told_and_to_nobody_else) {
  auto s = situation();
  s.state = State::kResolved;
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kResolved, {}}, true), Event::kResolved);
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kResolved, {}}, false), std::nullopt);
  s.state = State::kDismissed;
  s.silenced = true;
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kDismissed, {}}, true), Event::kDismissed) << "also in a silence";
}

TEST(notice_event, keeps_silences_and_tells_operators_alone_what_operators_do) {
  auto s = situation();
  EXPECT_EQ(event_for({}, {s, Entry::Kind::kAcknowledged, {}}, true), std::nullopt);
  EXPECT_EQ(event_for(kInternal, {s, Entry::Kind::kAcknowledged, {}}, true), Event::kAcknowledged);
  EXPECT_EQ(event_for(kInternal, {s, Entry::Kind::kEscalated, {}}, true), Event::kEscalated);
  s.silenced = true;
  EXPECT_EQ(event_for(kInternal, {s, Entry::Kind::kRaised, {}}, false), std::nullopt);
  EXPECT_EQ(event_for(kInternal, {s, Entry::Kind::kWorsened, {}}, true), std::nullopt);
}

TEST(notice_event, still_tells_of_easing_below_the_wanted_severity) {
  auto s = situation(Severity::kCritical);
  s.signal.severity = Severity::kNotice;
  Filter const critical{.severity_min = Severity::kCritical, .kinds = {}, .areas = {}};
  EXPECT_EQ(event_for(critical, {s, Entry::Kind::kEased, {}}, true), Event::kEased);
}

constexpr Pace kPace{2s, 15min, 24h};

TEST(notice_backoff, doubles_up_to_a_bound_and_is_spread) {
  EXPECT_EQ(backoff(kPace, 1, 0.0, {}), 1s);
  EXPECT_EQ(backoff(kPace, 1, 0.5, {}), 1500ms);
  EXPECT_EQ(backoff(kPace, 5, 0.0, {}), 16s);
  EXPECT_EQ(backoff(kPace, 12, 0.0, {}), 450s);
  EXPECT_EQ(backoff(kPace, 1'000'000, 0.0, {}), 450s);
}

TEST(notice_backoff, honours_what_the_receiver_asks_for_within_an_hour) {
  EXPECT_EQ(backoff(kPace, 1, 0.0, 60s), 60s);
  EXPECT_EQ(backoff(kPace, 1, 0.0, 48h), kRetryAfterMax);
  EXPECT_EQ(backoff(kPace, 9, 0.0, 1s), 256s) << "never sooner than the backoff";
}

TEST(notice_backoff, gives_up_after_a_day) {
  Notice notice;
  notice.created_at = instant_of_millis(1'000);
  EXPECT_FALSE(given_up(kPace, notice, notice.created_at + 24h - 1ms));
  EXPECT_TRUE(given_up(kPace, notice, notice.created_at + 24h));
}

TEST(notice_verdict, of_http_tries_again_whatever_may_get_better) {
  EXPECT_EQ(verdict_of_http(200), Verdict::kDelivered);
  EXPECT_EQ(verdict_of_http(204), Verdict::kDelivered);
  EXPECT_EQ(verdict_of_http(302), Verdict::kAgain) << "redirects are not followed";
  EXPECT_EQ(verdict_of_http(404), Verdict::kAgain);
  EXPECT_EQ(verdict_of_http(429), Verdict::kAgain);
  EXPECT_EQ(verdict_of_http(503), Verdict::kAgain);
  EXPECT_EQ(verdict_of_http(422), Verdict::kRefused);
  EXPECT_EQ(verdict_of_http(410), Verdict::kGone);
}

TEST(notice_verdict, of_smtp_believes_a_permanent_refusal_unless_the_city_is_to_blame) {
  EXPECT_EQ(verdict_of_smtp(451), Verdict::kAgain);
  EXPECT_EQ(verdict_of_smtp(550), Verdict::kRefused);
  EXPECT_EQ(verdict_of_smtp(535), Verdict::kAgain);
  EXPECT_EQ(verdict_of_smtp(0), Verdict::kAgain);
}

TEST(email_address, is_one_plain_address) {
  EXPECT_TRUE(check_email("kim.lee+alerts@mail.city.example"));
  EXPECT_TRUE(check_email("root@localhost"));
  EXPECT_FALSE(check_email("kim"));
  EXPECT_FALSE(check_email("kim@"));
  EXPECT_FALSE(check_email("@city.example"));
  EXPECT_FALSE(check_email("kim..lee@city.example"));
  EXPECT_FALSE(check_email("kim@city..example"));
  EXPECT_FALSE(check_email("kim@-city.example"));
  EXPECT_FALSE(check_email("Kim <kim@city.example>"));
  EXPECT_FALSE(check_email("\"kim\"@city.example"));
  EXPECT_FALSE(check_email("김@city.example"));
  EXPECT_FALSE(check_email("a,b@city.example"));
}

TEST(email_address, cannot_carry_a_line_of_its_own) {
  EXPECT_FALSE(check_email("kim@city.example\r\nBcc: all@city.example"));
  EXPECT_FALSE(check_email("kim\n@city.example"));
  EXPECT_FALSE(check_email(std::string_view{"kim@city.example\0x", 18}));
}

TEST(webhook_url, is_http_with_a_host_and_nothing_secret_in_it) {
  EXPECT_TRUE(check_url("https://hooks.city.example/madang?room=1"));
  EXPECT_TRUE(check_url("http://[2001:db8::1]:8080/"));
  EXPECT_FALSE(check_url("hooks.city.example/x"));
  EXPECT_FALSE(check_url("ftp://city.example/"));
  EXPECT_FALSE(check_url("file:///etc/passwd"));
  EXPECT_FALSE(check_url("gopher://city.example/"));
  EXPECT_FALSE(check_url("https://kim:secret@city.example/"));
  EXPECT_FALSE(check_url("https://city.example/#part"));
  EXPECT_FALSE(check_url("https://city.example/a b"));
  EXPECT_FALSE(check_url("https://city.example/\r\nX: y"));
  EXPECT_FALSE(check_url("https://"));
}

TEST(webhook_url, written_as_an_address_must_be_public) {
  EXPECT_TRUE(check_url_is_public("https://93.184.216.34/"));
  EXPECT_TRUE(check_url_is_public("https://hooks.city.example/"));
  EXPECT_EQ(check_url_is_public("http://127.0.0.1/").error().code, Code::kForbidden);
  EXPECT_FALSE(check_url_is_public("http://2130706433/")) << "127.0.0.1 as one number";
  EXPECT_FALSE(check_url_is_public("http://0x7f.1/"));
  EXPECT_FALSE(check_url_is_public("http://[::1]/"));
  EXPECT_FALSE(check_url_is_public("http://[::ffff:10.0.0.1]/"));
  EXPECT_FALSE(check_url_is_public("http://localhost:8080/"));
  EXPECT_FALSE(check_url_is_public("http://169.254.169.254/latest/meta-data/"));
}

TEST(public_address, is_none_of_the_special_ones) {
  EXPECT_TRUE(is_public_address("8.8.8.8"));
  EXPECT_TRUE(is_public_address("172.32.0.1"));
  EXPECT_TRUE(is_public_address("100.128.0.1"));
  EXPECT_TRUE(is_public_address("2606:4700::1"));
  EXPECT_FALSE(is_public_address("10.1.2.3"));
  EXPECT_FALSE(is_public_address("172.31.255.255"));
  EXPECT_FALSE(is_public_address("192.168.0.1"));
  EXPECT_FALSE(is_public_address("100.64.0.1"));
  EXPECT_FALSE(is_public_address("0.0.0.0"));
  EXPECT_FALSE(is_public_address("224.0.0.1"));
  EXPECT_FALSE(is_public_address("255.255.255.255"));
  EXPECT_FALSE(is_public_address("198.19.0.1"));
}

TEST(public_address, is_none_of_the_special_ones_in_ipv6_either) {
  EXPECT_FALSE(is_public_address("::"));
  EXPECT_FALSE(is_public_address("::1"));
  EXPECT_FALSE(is_public_address("fe80::1"));
  EXPECT_FALSE(is_public_address("fd00::1"));
  EXPECT_FALSE(is_public_address("ff02::1"));
  EXPECT_FALSE(is_public_address("2001:db8::1"));
  EXPECT_FALSE(is_public_address("64:ff9b::10.0.0.1"));
  EXPECT_TRUE(is_public_address("64:ff9b::8.8.8.8"));
  EXPECT_FALSE(is_public_address("2002:7f00:1::")) << "6to4 of 127.0.0.1";
  EXPECT_FALSE(is_public_address("::ffff:127.0.0.1"));
  EXPECT_FALSE(is_public_address("not an address"));
}

TEST(reach, is_what_the_last_try_says_and_a_pause_before_all) {
  Subscriber s;
  EXPECT_EQ(reach_key(s), "subscriber.reach_untold");
  s.tally.owed = 1;
  EXPECT_EQ(reach_key(s), "subscriber.reach_waiting");
  s.tally.owed = 0;
  s.tally.delivered = 3;
  s.tally.failed = 2;
  EXPECT_EQ(reach_key(s), "subscriber.reach_reached");
  s.tally.error = "connection refused";
  EXPECT_EQ(reach_key(s), "subscriber.reach_failing");
  s.paused = true;
  EXPECT_EQ(reach_key(s), "subscriber.reach_paused");
}

TEST(signature, is_the_hmac_that_the_documentation_computes) {
  // printf '%s' '1795000000.{"id":7}' | openssl dgst -sha256 -hmac whsec_example-of-the-documentation
  EXPECT_EQ(signature_of("whsec_example-of-the-documentation", instant_of_millis(1'795'000'000'999), R"({"id":7})"),
            "t=1795000000,v1=96b70aa19956deabcd87065856ce86e9839e4b65ebdb600bb4ac11388b75e397");
}

TEST(signature, has_a_secret_of_256_bits) {
  auto const secret = new_secret();
  EXPECT_EQ(secret.size(), 6 + 43U);
  EXPECT_TRUE(secret.starts_with("whsec_"));
  EXPECT_NE(secret, new_secret());
}

}  // namespace
}  // namespace madang::situations::notices
