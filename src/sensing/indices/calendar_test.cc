#include "sensing/indices/calendar.h"

#include <gtest/gtest.h>

namespace madang::sensing::indices {
namespace {

using namespace std::chrono_literals;

Instant at(char const* text) { return parse_instant(text).value(); }
Interval between(char const* from, char const* to) { return {at(from), at(to)}; }
Calendar of(char const* zone) { return Calendar::of_zone(zone).value(); }

// The European summer time of 2026 runs from 29 March 01:00 UTC to 25 October 01:00 UTC (Directive 2000/84/EC).

TEST(calendar_day, begins_at_the_midnight_of_the_city) {
  EXPECT_EQ(of("Asia/Seoul").day(at("2026-11-25T15:00:00Z")), between("2026-11-25T15:00:00Z", "2026-11-26T15:00:00Z"));
  EXPECT_EQ(of("Asia/Seoul").day(at("2026-11-25T14:59:59.999Z")).to, at("2026-11-25T15:00:00Z"));
}

TEST(calendar_day, has_23_hours_when_the_clock_goes_forward) {
  auto const day = of("Europe/Berlin").day(at("2026-03-29T10:00:00Z"));
  EXPECT_EQ(day, between("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"));
  EXPECT_EQ(day.length(), 23h);
}

TEST(calendar_day, has_25_hours_when_the_clock_goes_back) {
  auto const day = of("Europe/Berlin").day(at("2026-10-25T10:00:00Z"));
  EXPECT_EQ(day, between("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
  EXPECT_EQ(day.length(), 25h);
}

TEST(calendar_day, begins_at_the_jump_where_there_is_no_midnight) {
  // Santiago goes from 24:00 to 01:00, on 6 September 2026.
  auto const day = of("America/Santiago").day(at("2026-09-06T12:00:00Z"));
  EXPECT_EQ(day.from, at("2026-09-06T04:00:00Z"));
  EXPECT_EQ(day.length(), 23h);
}

TEST(calendar_hour, that_the_clock_shows_twice_is_two_hours) {
  auto const berlin = of("Europe/Berlin");
  EXPECT_EQ(berlin.hour(at("2026-10-25T00:30:00Z")), between("2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"));
  EXPECT_EQ(berlin.hour(at("2026-10-25T01:30:00Z")), between("2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"));
  EXPECT_EQ(berlin.wall_time(at("2026-10-25T00:30:00Z")).hour, 2);
  EXPECT_EQ(berlin.wall_time(at("2026-10-25T01:30:00Z")).hour, 2);
}

TEST(calendar_hour, begins_at_half_past_of_utc_where_the_zone_does) {
  EXPECT_EQ(of("Asia/Kolkata").hour(at("2026-11-26T05:45:00Z")), between("2026-11-26T05:30:00Z", "2026-11-26T06:30:00Z"));
}

TEST(calendar_hours, of_the_spring_day_are_23_without_gap) {
  auto const berlin = of("Europe/Berlin");
  auto const hours = berlin.hours(berlin.day(at("2026-03-29T10:00:00Z"))).value();
  EXPECT_EQ(hours.size(), 23u);
  EXPECT_EQ(hours[1].to, hours[2].from);
  EXPECT_EQ(berlin.wall_time(hours[1].from).hour, 1);
  EXPECT_EQ(berlin.wall_time(hours[2].from).hour, 3);
}

TEST(calendar_hours, of_the_autumn_day_are_25) {
  auto const berlin = of("Europe/Berlin");
  EXPECT_EQ(berlin.hours(berlin.day(at("2026-10-25T10:00:00Z"))).value().size(), 25u);
}

TEST(calendar_month, holds_the_hour_that_the_clock_gains_or_loses) {
  auto const berlin = of("Europe/Berlin");
  EXPECT_EQ(berlin.month(at("2026-03-10T00:00:00Z")), between("2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"));
  EXPECT_EQ(berlin.month(at("2026-10-31T22:59:59Z")).length(), 31 * 24h + 1h);
  EXPECT_EQ(berlin.month(at("2026-12-31T23:00:00Z")), between("2026-12-31T23:00:00Z", "2027-01-31T23:00:00Z"));
}

TEST(calendar_months, of_a_year_are_twelve) {
  auto const seoul = of("Asia/Seoul");
  auto const months = seoul.months(between("2025-12-31T15:00:00Z", "2026-12-31T15:00:00Z")).value();
  EXPECT_EQ(months.size(), 12u);
  EXPECT_EQ(months[1].length(), 28 * 24h);
}

TEST(calendar_days, that_are_too_many_are_refused) {
  auto const days = of("Asia/Seoul").days({kInstantMin, kInstantMax});
  ASSERT_FALSE(days.has_value());
  EXPECT_EQ(days.error().code, Code::kLimit);
}

TEST(calendar_wall_time, counts_the_hours_of_the_week_from_monday) {
  auto const time = of("Asia/Seoul").wall_time(at("2026-11-26T16:42:00Z"));  // Friday 01:42
  EXPECT_EQ(time, (WallTime{2026, 11, 27, 1, 42, 4}));
  EXPECT_EQ(time.hour_of_week(), 4 * 24 + 1);
}

TEST(calendar, knows_only_real_zones) {
  ASSERT_FALSE(Calendar::of_zone("Asia/Atlantis").has_value());
  EXPECT_EQ(Calendar::of_zone("Asia/Atlantis").error().sentence, "\"Asia/Atlantis\" is no time zone such as Asia/Seoul");
}

}  // namespace
}  // namespace madang::sensing::indices
