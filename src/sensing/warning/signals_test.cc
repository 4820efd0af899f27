// What people are told of a finding: every number of a sentence is a number of the evidence, and none is finer than what was
// measured.
#include "sensing/warning/signals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "embedded_locales.h"
#include "sensing/test_city.h"
#include "sensing/warning/limits.h"
#include "sensing/warning/rules.h"
#include "situations/rules.h"

namespace madang::sensing::warning {
namespace {

using situations::Signal;
using testing::HasSubstr;
using testing::Not;

constexpr Millis kStep{120'000};
constexpr int kStations = 20;

/// Twenty stations with PM2.5, half an hour of values, the last ones as wanted.
struct told_findings : testing::Test, TestCity {
  runtime::Messages messages = must(runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
  RuleSet rules = shipped_rules();
  Engine engine{rules, {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}};
  Instant const start = *parse_instant("2026-11-26T05:00:00Z");
  Millis into_step{0};  ///< a value is measured so long after its step began

  told_findings() {
    EXPECT_TRUE(city->import_areas(kTwoDistricts, 1).has_value());
    for (int i = 0; i < kStations; ++i) {
      auto const serial = "S" + std::to_string(i);
      LatLon const place{37.55, 126.95 + i * 0.001};
      add(serial, place, {"pm25"});
      Stream s;
      s.datastream = stream(serial, "pm25");
      s.thing = city->datastream(s.datastream)->thing;
      s.channel = "pm25";
      s.place = place;
      s.placed = true;
      EXPECT_TRUE(engine.add(s).has_value());
    }
  }
  /// Steps of two minutes with the values of the first station; all others measure 20.
  void measure(std::vector<double> const& values) {
    for (auto const value : values) {
      Instant const when = start + kStep * step_;
      last_ = when + into_step;
      for (std::uint32_t i = 0; i < kStations; ++i) engine.observe(i, last_, i == 0 ? value : 20 + 0.1 * i);
      engine.advance(when + kStep);
      ++step_;
    }
  }
  /// As a detector describes it: at most twelve members, of `stations`.
  [[nodiscard]] Finding finding(double value, std::size_t stations = 15, Finding::What what = Finding::What::kRaise) const {
    Finding f;
    f.what = what;
    f.key = "pm25_plume:1:5";
    f.rule = 0;
    f.severity = Severity::kCaution;
    f.since = start;
    f.at = f.measured = last_;
    f.city_median = 20.95;
    f.place = LatLon{37.55, 126.95};
    f.radius = 1'397;
    f.stations = stations;
    for (std::uint32_t i = 0; i < 12; ++i) f.members.push_back({i, i == 0 ? value : 30, 21.456, 9, true, false, last_});
    return f;
  }
  [[nodiscard]] Signal told(Finding const& f, Signal const* before = nullptr) const {
    auto s = part_of(f, engine, *city, before);
    put_words(s, rules, {*city, messages});
    return s;
  }

 private:
  int step_ = 0;
  Instant last_;
};

TEST_F(told_findings, of_the_widest_cause_are_taken_by_those_who_keep_them) {
  measure({25, 83});
  auto wide = finding(83);
  wide.radius = 180'000;
  auto const s = told(wide);
  auto const taken = situations::check(s);
  EXPECT_TRUE(taken) << taken.error().sentence;
  EXPECT_EQ(s.radius, kReachMax);
}

TEST_F(told_findings, say_the_highest_value_that_the_evidence_shows_and_the_newest_with_their_times) {
  measure({25, 83.04, 47.31});
  auto const s = told(finding(47.31));
  EXPECT_THAT(s.description.in("en"), HasSubstr("up to 83 µg/m³ at 14:02, where about 21 µg/m³ is usual. At 14:04 it was 47 µg/m³"));
  EXPECT_THAT(s.description.in("ko"), HasSubstr("14:02의 83 µg/m³"));
  EXPECT_THAT(s.description.in("ko"), HasSubstr("14:04의 값은 47 µg/m³"));
  double highest = 0;
  for (auto const& stream : s.evidence.streams)
    for (auto const& v : stream.values) highest = std::max(highest, v.value);
  EXPECT_EQ(highest, s.facts.quantities.front().peak);
}

TEST_F(told_findings, name_the_minute_in_which_a_value_was_measured_and_not_that_in_which_its_step_began) {
  into_step = std::chrono::seconds{100};
  measure({25, 83.04, 47.31});
  auto const s = told(finding(47.31));
  EXPECT_THAT(s.description.in("en"), HasSubstr("up to 83 µg/m³ at 14:03, where about 21 µg/m³ is usual. At 14:05 it was 47 µg/m³"));
  EXPECT_EQ(s.evidence.streams.front().values.back().time, start + 2 * kStep + into_step);
  auto const middle = std::ranges::find(s.evidence.streams, "city", &situations::EvidenceStream::role);
  ASSERT_NE(middle, s.evidence.streams.end());
  EXPECT_EQ(middle->values.back().time, start + 2 * kStep + into_step);
}

TEST_F(told_findings, count_the_stations_of_the_whole_cause_and_those_of_the_quantity_that_leads_it) {
  measure({25, 83, 47});
  auto s = part_of(finding(47, 2), engine, *city, nullptr);
  s.facts.stations = 5;
  put_words(s, rules, {*city, messages});
  EXPECT_THAT(s.description.in("en"), HasSubstr("5 stations near each other measured more than usual, 2 of them Fine dust PM2.5: up to 83"));
  EXPECT_THAT(s.evidence.reason.in("en"), HasSubstr("5 stations near each other were up, 2 of them in Fine dust PM2.5"));
  EXPECT_THAT(s.description.in("ko"), HasSubstr("측정소 5곳의 값이 평소보다 높았으며, 그중 2곳은"));
  for (auto const rule : {"noise_event", "hot_spot"}) {
    auto other = s;
    other.kind = rule;
    other.rule = rule;
    put_words(other, rules, {*city, messages});
    EXPECT_THAT(other.description.in("en"), HasSubstr("5 stations near each other measured more than usual, 2 of them")) << rule;
    EXPECT_THAT(other.description.in("ko"), HasSubstr("그중 2곳은")) << rule;
  }
}

TEST_F(told_findings, name_the_area_of_the_station_that_leads) {
  measure({25, 83, 47});
  auto f = finding(47);
  f.place = LatLon{37.55, 127.05};  // the middle of all lies in the next one
  EXPECT_THAT(told(f).headline.in("en"), HasSubstr("West"));
}

TEST_F(told_findings, count_all_stations_of_the_cause_not_those_that_the_evidence_shows) {
  measure({25, 83, 47});
  auto const s = told(finding(47));
  EXPECT_THAT(s.description.in("en"), HasSubstr("15 stations near each other"));
  EXPECT_THAT(s.evidence.reason.in("en"), HasSubstr("15 stations near each other"));
  EXPECT_EQ(s.facts.stations, 15);
}

TEST_F(told_findings, keep_the_peak_and_the_value_that_shows_it_when_the_engine_has_forgotten_it) {
  measure({25, 83, 47});
  auto const first = told(finding(47));
  measure(std::vector<double>(40, 45.0));
  auto const later = told(finding(45), &first);
  EXPECT_EQ(later.facts.quantities.front().peak, 83);
  EXPECT_THAT(later.description.in("en"), HasSubstr("up to 83 µg/m³ at 14:02"));
  EXPECT_EQ(later.evidence.streams.front().values.front().value, 83);
  EXPECT_EQ(later.evidence.streams.front().values.front().time, first.facts.quantities.front().peak_at);
}

TEST_F(told_findings, keep_the_time_of_a_peak_that_is_measured_again) {
  measure({25, 83, 47});
  auto const first = told(finding(47));
  measure(std::vector<double>(40, 83.0));
  auto as_high = finding(83);
  for (auto& m : as_high.members) m.expected = 40;  // by now
  auto const again = told(as_high, &first);
  auto const& q = again.facts.quantities.front();
  EXPECT_EQ(q.peak_at, start + kStep) << "the engine knows only later ones of the same height";
  EXPECT_EQ(q.expected, 21) << "of that time";
  EXPECT_THAT(again.description.in("en"), HasSubstr("up to 83 µg/m³ at 14:02, where about 21 µg/m³ is usual."));
  measure({84});
  auto const higher = told(finding(84), &again);
  EXPECT_EQ(higher.facts.quantities.front().peak_at, start + 43 * kStep);
}

TEST_F(told_findings, name_the_earlier_of_two_stations_with_the_same_peak) {
  measure({25, 20, 83});
  auto f = finding(83);
  for (std::uint32_t i = 0; i < kStations; ++i) engine.observe(i, start + 3 * kStep, i == 1 ? 83 : 20);
  engine.advance(start + 4 * kStep);
  f.members = {f.members[1], f.members[0]};  // in whatever order a detector names them
  EXPECT_EQ(told(f).facts.quantities.front().peak_at, start + 2 * kStep);
}

TEST_F(told_findings, say_the_last_value_without_its_time_where_it_is_of_the_minute_of_the_peak) {
  measure({25, 83, 47});
  auto s = part_of(finding(47), engine, *city, nullptr);
  auto const say = [&](Millis after, std::string_view kind = "plume") {
    s.kind = kind;
    s.rule = kind;
    s.facts.quantities.front().at = s.facts.quantities.front().peak_at + after;
    auto dust = s.facts.quantities.front();
    dust.channel = "pm10";
    s.facts.quantities.resize(1);
    s.facts.quantities.push_back(std::move(dust));
    put_words(s, rules, {*city, messages});
    return s.description;
  };
  constexpr std::chrono::seconds kSoon{40}, kNextMinute{70};
  EXPECT_THAT(say(kSoon).in("en"), HasSubstr("at 14:02, where about 21 µg/m³ is usual. The last value was 47 µg/m³; the middle"));
  EXPECT_THAT(say(kSoon).in("en"), HasSubstr("at 14:02, where about 21 µg/m³ is usual; the last value was 47 µg/m³.")) << "of the others too";
  EXPECT_THAT(say(kSoon).in("ko"), HasSubstr("이며(평소 21 µg/m³ 정도), 마지막 값은 47 µg/m³입니다"));
  EXPECT_THAT(say(kSoon).in("ko"), HasSubstr("이었으며, 마지막 값은 47 µg/m³입니다."));
  EXPECT_THAT(say(kNextMinute).in("en"), HasSubstr("At 14:03 it was 47 µg/m³"));
  EXPECT_THAT(say(kNextMinute).in("ko"), HasSubstr("14:03의 값은 47 µg/m³"));
  EXPECT_THAT(say(kSoon, "noise_event").in("en"), HasSubstr("The last value was 47"));
  EXPECT_THAT(say(kSoon, "hot_spot").in("en"), HasSubstr("The last value was 47"));
  EXPECT_THAT(say(kSoon, "crowd_surge").in("en"), HasSubstr("at 14:02, where about 21 are usual at that hour. The last count was 47 people."));
  EXPECT_THAT(say(kSoon, "crowd_surge").in("ko"), HasSubstr("마지막으로 센 수는 47명이었습니다."));
  EXPECT_THAT(say(kSoon, "haze").in("en"), HasSubstr("up to 83 µg/m³ at 14:02, last 47 µg/m³."));
  EXPECT_THAT(say(kSoon, "heat").in("en"), HasSubstr("like up to 83 °C at 14:02, last 47 °C."));
  EXPECT_THAT(say(kSoon, "heat").in("ko"), HasSubstr("14:02에 최고 83°C, 마지막 값은 47°C였습니다."));
}

TEST_F(told_findings, are_no_finer_than_what_is_measured) {
  measure({25, 83.0449, 47.31});
  auto const s = told(finding(47.31));
  EXPECT_EQ(s.radius, 1'400);
  EXPECT_EQ(s.facts.quantities.front().value, 47);
  EXPECT_EQ(s.facts.quantities.front().expected, 21);
  EXPECT_EQ(s.facts.quantities.front().city, 21);
  EXPECT_EQ(s.evidence.streams.front().values.back().value, 47);
}

TEST_F(told_findings, have_a_headline_without_numbers_and_without_a_trend) {
  measure({25, 83, 47});
  EXPECT_THAT(told(finding(47)).headline.in("en"), testing::StartsWith("Air pollution near "));
  EXPECT_THAT(told(finding(47)).headline.in("en"), Not(HasSubstr("rising")));
}

TEST_F(told_findings, of_a_lone_station_are_called_unconfirmed_and_stay_inside) {
  measure({25, 183, 147});
  auto const s = told(finding(147, 1, Finding::What::kUnconfirmed));
  EXPECT_EQ(s.kind, "unconfirmed");
  EXPECT_FALSE(s.is_public);
  EXPECT_EQ(s.severity, Severity::kCaution);
  EXPECT_THAT(s.headline.in("en"), HasSubstr("Unconfirmed"));
  EXPECT_THAT(s.headline.in("ko"), HasSubstr("확인되지 않음"));
  EXPECT_THAT(s.description.in("en"), HasSubstr("Station S0 alone showed up to 183 µg/m³"));
}

TEST_F(told_findings, of_a_lone_sound_say_that_it_harms_hearing_where_it_does) {
  measure({25, 183, 147});
  auto const of_noise = [this](double peak) {
    auto s = part_of(finding(147, 1, Finding::What::kUnconfirmed), engine, *city, nullptr);
    s.facts.quantities.front().channel = "noise";
    s.facts.quantities.front().peak = peak;
    put_words(s, rules, {*city, messages});
    return s.description.in("en");
  };
  EXPECT_THAT(of_noise(71), HasSubstr("loud enough to harm hearing"));
  EXPECT_THAT(of_noise(60.4), Not(HasSubstr("hearing")));
}

TEST_F(told_findings, of_several_quantities_are_told_in_one_description) {
  measure({25, 83, 47});
  auto s = part_of(finding(47), engine, *city, nullptr);
  auto dust = s.facts.quantities.front();
  dust.channel = "pm10";
  dust.peak = 140;
  dust.expected = 40;
  s.facts.quantities.push_back(dust);
  s.since = s.facts.quantities.front().since - std::chrono::minutes{3};  // another part of the whole began it
  put_words(s, rules, {*city, messages});
  EXPECT_THAT(s.description.in("en"), HasSubstr("up to 83 µg/m³"));
  EXPECT_THAT(s.description.in("en"), HasSubstr("PM10: up to 140 µg/m³"));
  EXPECT_THAT(s.description.in("en"), HasSubstr("where about 40 µg/m³ is usual; at 14:04 it was 47 µg/m³.")) << "each that is named says how it is now";
  EXPECT_THAT(s.description.in("ko"), HasSubstr("14:04의 값은 47 µg/m³입니다."));
  EXPECT_THAT(s.description.in("en"), HasSubstr("From 13:57 on")) << "the beginning that page and messages name";
}

TEST_F(told_findings, of_a_level_keep_their_course_as_evidence) {
  measure({25});
  Finding level;
  level.key = "pm25_haze:city";
  level.rule = static_cast<std::uint32_t>(std::ranges::find(rules.rules, "pm25_haze", &Rule::id) - rules.rules.begin());
  level.severity = Severity::kCaution;
  level.since = start;
  level.threshold = 36;
  level.at = level.measured = start;
  level.excess = 61.2;
  auto const first = told(level);
  level.at = level.measured = start + std::chrono::minutes{30};
  level.excess = 41.7;
  auto const later = told(level, &first);
  ASSERT_EQ(later.evidence.streams.size(), 1U);
  EXPECT_EQ(later.evidence.streams.front().values.size(), 2U);
  EXPECT_THAT(later.description.in("en"), HasSubstr("at 36 µg/m³ of"));
  EXPECT_THAT(later.description.in("en"), HasSubstr("up to 61 µg/m³ at 14:00, 42 µg/m³ at 14:30"));
  level.threshold = 76;
  EXPECT_THAT(told(level, &later).description.in("en"), HasSubstr("at 76 µg/m³ of")) << "where it begins now, whenever its peak was";
}

}  // namespace
}  // namespace madang::sensing::warning
