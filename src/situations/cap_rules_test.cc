// What no Situation leads to, but CAP 1.2 (OASIS CAP-v1.2-os) forbids.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "situations/cap.h"

namespace madang::situations {
namespace {

using testing::HasSubstr;

cap::Message message() {
  cap::Message m;
  m.identifier = "m-1";
  m.sender = "a@b";
  m.sent = "2026-11-26T14:03:00+09:00";
  cap::Info info;
  info.language = "en-US";
  info.category = "Env";
  info.event = "Air pollution";
  info.urgency = "Expected";
  info.severity = "Minor";
  info.certainty = "Observed";
  info.area.description = "Testville";
  m.infos = {info};
  return m;
}

std::string refusal(cap::Message const& m) {
  auto const xml = cap::xml_of(m);
  return xml ? "" : xml.error().sentence;
}

TEST(cap_rules, forbid_some_characters_in_identifier_and_sender) {
  EXPECT_EQ(refusal(message()), "");
  auto const forbidden = [](std::string const& text) {
    auto by_identifier = message();
    by_identifier.identifier = text;
    auto by_sender = message();
    by_sender.sender = text;
    return !refusal(by_identifier).empty() && !refusal(by_sender).empty();
  };
  EXPECT_TRUE(forbidden(""));
  EXPECT_TRUE(forbidden("a b"));
  EXPECT_TRUE(forbidden("a,b"));
  EXPECT_TRUE(forbidden("a<b"));
  EXPECT_TRUE(forbidden("a&b"));
}

TEST(cap_rules, want_times_with_a_numeric_offset) {
  auto m = message();
  m.sent = "2026-11-26T05:03:00Z";
  EXPECT_THAT(refusal(m), HasSubstr("CAP sent"));
  m = message();
  m.infos[0].expires = "2026-11-26 05:03";
  EXPECT_THAT(refusal(m), HasSubstr("CAP expires"));
}

TEST(cap_rules, write_utc_as_minus_zero) {
  auto const t = *parse_instant("2026-11-26T05:03:07.250Z");
  EXPECT_EQ(*cap::date_time(t, "UTC"), "2026-11-26T05:03:07-00:00");
  EXPECT_EQ(*cap::date_time(t, "Asia/Seoul"), "2026-11-26T14:03:07+09:00");
  EXPECT_EQ(*cap::date_time(t, "America/St_Johns"), "2026-11-26T01:33:07-03:30");
  EXPECT_EQ(*cap::date_time(*parse_instant("2026-07-01T00:00:00Z"), "Europe/London"), "2026-07-01T01:00:00+01:00");
  EXPECT_FALSE(cap::date_time(t, "Mars/Olympus"));
}

TEST(cap_rules, want_references_of_updates_and_cancellations) {
  auto m = message();
  m.type = "Update";
  EXPECT_THAT(refusal(m), HasSubstr("CAP references"));
  m.references = {{"a@b", "m-0", "2026-11-26T14:00:00+09:00"}};
  EXPECT_EQ(refusal(m), "");
}

TEST(cap_rules, want_an_exercise_to_name_itself) {
  auto m = message();
  m.status = "Exercise";
  EXPECT_THAT(refusal(m), HasSubstr("CAP note"));
}

TEST(cap_rules, know_their_words_only) {
  auto const refused = [](auto change) {
    auto m = message();
    change(m);
    return refusal(m);
  };
  EXPECT_THAT(refused([](cap::Message& m) { m.status = "Real"; }), HasSubstr("CAP status"));
  EXPECT_THAT(refused([](cap::Message& m) { m.type = "Hello"; }), HasSubstr("CAP msgType"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].category = "Dust"; }), HasSubstr("CAP category"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].urgency = "Soon"; }), HasSubstr("CAP urgency"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].severity = "Bad"; }), HasSubstr("CAP severity"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].certainty = "Sure"; }), HasSubstr("CAP certainty"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].response_type = "Run"; }), HasSubstr("CAP responseType"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].event = ""; }), HasSubstr("CAP event"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].web = "/alerts/7"; }), HasSubstr("CAP web"));
  EXPECT_THAT(refused([](cap::Message& m) { m.infos[0].area.description = ""; }), HasSubstr("CAP areaDesc"));
}

TEST(cap_rules, want_resources_described_and_addressed) {
  auto const refused = [](cap::Resource const& resource) {
    auto m = message();
    m.infos[0].resources = {resource};
    return refusal(m);
  };
  EXPECT_EQ(refused({"Map", "image/svg+xml", "https://city.example/alerts/7.svg"}), "");
  EXPECT_THAT(refused({"", "image/svg+xml", "https://city.example/alerts/7.svg"}), HasSubstr("CAP resourceDesc"));
  EXPECT_THAT(refused({"Map", "svg", "https://city.example/alerts/7.svg"}), HasSubstr("CAP mimeType"));
  EXPECT_THAT(refused({"Map", "image/svg+xml", "/alerts/7.svg"}), HasSubstr("CAP uri"));
}

TEST(cap_rules, want_polygons_closed_with_four_pairs_on_the_earth) {
  auto const refused = [](Ring ring) {
    auto m = message();
    m.infos[0].area.polygons = {std::move(ring)};
    return refusal(m);
  };
  EXPECT_EQ(refused({{37, 126}, {37, 127}, {38, 127}, {37, 126}}), "");
  EXPECT_THAT(refused({{37, 126}, {37, 127}, {37, 126}}), HasSubstr("four pairs"));
  EXPECT_THAT(refused({{37, 126}, {37, 127}, {38, 127}, {38, 126}}), HasSubstr("must be the same"));
  EXPECT_THAT(refused({{97, 126}, {37, 127}, {38, 127}, {97, 126}}), HasSubstr("WGS 84"));
}

TEST(cap_rules, want_a_circle_on_the_earth) {
  auto m = message();
  m.infos[0].area.circle = cap::Circle{{37, 126}, -1};
  EXPECT_THAT(refusal(m), HasSubstr("CAP circle"));
}

}  // namespace
}  // namespace madang::situations
