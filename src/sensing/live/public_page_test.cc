#include "sensing/live/public_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/live/public_sections.h"
#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"
#include "situations/kinds.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;
using testing::Not;

city::Name name(std::string en, std::string ko) { return {{{"en", std::move(en)}, {"ko", std::move(ko)}}}; }

Instant page_time(char const* text) { return *parse_instant(text); }

QuantityNow quantity(std::string channel, std::string unit, std::optional<double> median, int decimals = 0) {
  QuantityNow q;
  q.channel = std::move(channel);
  q.name = name("Fine dust PM2.5", "초미세먼지 PM2.5");
  q.unit = std::move(unit);
  q.decimals = decimals;
  q.at = page_time("2026-11-24T05:33:00Z");
  q.median = median;
  q.count = 1035;
  q.time = page_time("2026-11-24T05:30:00Z");
  q.areas.push_back({AreaId{1}, "A", name("Dal-gu", "달구"), 36.0, 40});
  q.areas.push_back({AreaId{2}, "B", name("<Sol>", "솔구"), 12.0, 41});
  return q;
}

DistrictShapes two_squares() { return {200, 100, {{AreaId{1}, "M0 0L100 0Z", 50, 50}, {AreaId{2}, "M100 0L200 0Z", 150, 50}}}; }

constexpr SectionPlan kAir{"air", "public.air", "public.steps_air", "pm25", 's', false, "wbbw"};
constexpr SectionPlan kCrowding{"crowding", "public.crowding", "public.steps_people", "people", 'p', true, "bbww"};

std::string section(SectionPlan const& plan, QuantityNow const& q, std::string const& language = "en") {
  auto const messages = test_messages();
  return section_of({messages, language}, plan, q, two_squares(), {}).markup();
}

TEST(public_section, says_value_unit_step_time_and_range) {
  auto const html = section(kAir, quantity("pm25", "µg/m³", 26.5));
  EXPECT_THAT(html, HasSubstr("<b>27</b><span>µg/m³</span>"));
  EXPECT_THAT(html, HasSubstr("Fine dust PM2.5 in the city is 27 µg/m³: Moderate."));
  EXPECT_THAT(html, HasSubstr("Highest in Dal-gu (36 µg/m³), lowest in &lt;Sol&gt; (12 µg/m³)."));
  EXPECT_THAT(html, HasSubstr("The middle of 1,035 stations, newest value at 14:30 (3 min ago)."));
}

TEST(public_section, speaks_korean) {
  auto const html = section(kAir, quantity("pm25", "µg/m³", 26.5), "ko");
  EXPECT_THAT(html, HasSubstr("우리 도시의 초미세먼지 PM2.5 값은 27 µg/m³이며, 보통 단계입니다."));
  EXPECT_THAT(html, HasSubstr("가장 높은 곳은 달구(36 µg/m³), 가장 낮은 곳은 솔구(12 µg/m³)입니다."));
}

TEST(public_section, shades_the_map_and_repeats_it_as_a_table) {
  auto const html = section(kAir, quantity("pm25", "µg/m³", 26.5));
  EXPECT_THAT(html, HasSubstr("<use href=\"#d1\" class=\"s2\">"));
  EXPECT_THAT(html, HasSubstr("<use href=\"#d2\" class=\"s0\">"));
  EXPECT_THAT(html, HasSubstr("<caption>Fine dust PM2.5 by district in µg/m³, 14:30</caption>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">Dal-gu</th><td class=\"r\">36</td>"));
}

TEST(public_section, compares_people_with_the_middle_of_the_city) {
  auto const html = section(kCrowding, quantity("people", "people", 12));
  EXPECT_THAT(html, HasSubstr("<use href=\"#d1\" class=\"p3\">"));
  EXPECT_THAT(html, HasSubstr("<use href=\"#d2\" class=\"p1\">"));
  EXPECT_THAT(html, Not(HasSubstr("<em>")));
}

TEST(public_section, says_so_when_there_are_no_values) {
  auto const html = section(kAir, quantity("pm25", "µg/m³", std::nullopt));
  EXPECT_THAT(html, HasSubstr("No current values at the moment."));
  EXPECT_THAT(html, Not(HasSubstr("<table")));
}

TEST(crowd_warnings, of_an_exercise_count_only_where_the_counters_are_simulated_too) {
  auto const crowd = [](bool simulated, std::string kind = std::string{situations::kCrowdSurge}) {
    auto s = std::make_shared<situations::Situation>();
    s->signal.kind = std::move(kind);
    s->signal.simulated = simulated;
    return s;
  };
  std::vector<situations::SituationPtr> const open{crowd(false), crowd(true), crowd(true), crowd(false, "plume")};
  EXPECT_EQ(crowd_warnings(open, false), 1U);
  EXPECT_EQ(crowd_warnings(open, true), 3U);
}

TEST(value_text, rounds_as_browsers_do) {
  EXPECT_EQ(value_text(26.5, 0), "27");
  EXPECT_EQ(value_text(-0.04, 1), "0.0");
  EXPECT_EQ(value_text(-3.25, 1), "−3.3");
  EXPECT_EQ(value_text(1234567.8, 1), "1,234,567.8");
  EXPECT_EQ(value_text(0.035, 3), "0.035");
}

struct public_page : testing::Test {
  TestCity t;
  runtime::Messages messages = test_messages();
  std::shared_ptr<NowView> now;

  std::string page(web::Fields query = {}) {
    now = must(NowView::start({.city = *t.city, .store = t.store, .ingest = *t.ingest, .clock = t.clock}));
    auto const routes = public_routes({.now = *now, .city = *t.city, .messages = messages});
    web::Request request;
    request.query = std::move(query);
    return must(routes.all().front().handler(request)).body;
  }
};

TEST_F(public_page, of_a_city_without_stations_says_what_will_appear) {
  EXPECT_THAT(page(), testing::AllOf(HasSubstr("No station has reported yet."), HasSubstr("register the first station as docs/devices.md shows")));
  t.add("W1", kWest, {"radon"});
  EXPECT_THAT(page(), Not(HasSubstr("register the first station")));
}

TEST_F(public_page, shows_each_quantity_by_district_with_its_notice) {
  must(t.city->import_areas(kTwoDistricts, 1));
  t.add("W1", kWest, {"pm25", "noise"});
  t.add("E1", kEast, {"pm25"});
  t.put(t.stream("W1", "pm25"), t.clock.now(), 12);
  t.put(t.stream("E1", "pm25"), t.clock.now(), 80);
  t.put(t.stream("W1", "noise"), t.clock.now(), 58.2);

  auto const html = page({{"lang", "ko"}});

  EXPECT_THAT(html, HasSubstr("<html lang=\"ko\">"));
  EXPECT_THAT(html, HasSubstr("<b>46</b>"));
  EXPECT_THAT(html, HasSubstr("<b>58.2</b>"));
  EXPECT_THAT(html, HasSubstr("공식 자료가 아닙니다."));
  EXPECT_THAT(html, HasSubstr("매우 나쁨"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_LT(html.size(), 50'000u);
}

class public_reader : public testing::Test {
 protected:
  runtime::Messages messages_ = test_messages();
  web::Request request_;
};

TEST_F(public_reader, is_remembered_when_the_address_chooses_a_language) {
  request_.query = {{"lang", "ko"}};
  auto const reader = web::reader_of(request_, messages_);
  auto const response = web::page_response(reader, "t", {}, {});
  EXPECT_EQ(reader.language, "ko");
  EXPECT_THAT(response.headers, testing::Contains(testing::Pair("Set-Cookie", HasSubstr("madang_lang=ko"))));
}

TEST_F(public_reader, is_known_by_the_cookie_before_the_browser) {
  request_.headers = {{"cookie", "a=b; madang_lang=en"}, {"accept-language", "ko"}};
  EXPECT_EQ(web::reader_of(request_, messages_).language, "en");
}

TEST_F(public_reader, gets_no_language_we_do_not_speak) {
  request_.query = {{"lang", "../x"}};
  request_.headers = {{"accept-language", "ko-KR,ko;q=0.9"}};
  EXPECT_EQ(web::reader_of(request_, messages_).language, "ko");
  EXPECT_FALSE(web::reader_of(request_, messages_).remember);
}

}  // namespace
}  // namespace madang::sensing
