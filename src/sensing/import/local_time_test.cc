#include "sensing/import/local_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::sensing {
namespace {

using testing::HasSubstr;

std::string utc(std::string_view pattern, std::string_view text, std::string_view zone = "Z") {
  auto const made = TimePattern::of(pattern);
  if (!made) return made.error().sentence;
  auto const t = made->read(text, *Zone::named(zone));
  return t ? format_instant(*t) : t.error().sentence;
}

std::string sdot(std::string_view text) {
  auto const t = read_sdot_time(text);
  if (!t) return t.error().sentence;
  return format_instant(Zone::fixed({}).utc_of(t->local)) + (t->with_clock ? "" : " (a day)");
}

TEST(time_pattern, reads_what_the_pattern_says) {
  EXPECT_EQ(utc("%Y-%m-%d %H:%M:%S", "2026-11-24 05:30:07"), "2026-11-24T05:30:07Z");
  EXPECT_EQ(utc("%d/%m/%Y %H:%M", "4/1/2026 5:30"), "2026-01-04T05:30:00Z");
  EXPECT_EQ(utc("%Y%m%d%H%M", "202611240530"), "2026-11-24T05:30:00Z");
  EXPECT_EQ(utc("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-24T14:30:00.25+09:00"), "2026-11-24T05:30:00.250Z");
  EXPECT_EQ(utc("100%% %Y", "100% 2026"), "2026-01-01T00:00:00Z");
}

TEST(time_pattern, knows_names_for_the_common_ones) {
  EXPECT_EQ(utc("rfc3339", "2026-11-24T05:30:00Z"), "2026-11-24T05:30:00Z");
  EXPECT_EQ(utc("unix", "1795498200.5"), "2026-11-24T05:30:00.500Z");
  EXPECT_EQ(utc("unix_ms", "1795498200000"), "2026-11-24T05:30:00Z");
  EXPECT_THAT(utc("unix", "1e30"), HasSubstr("within the years"));
}

TEST(time_pattern, turns_local_time_into_utc) {
  EXPECT_EQ(utc("%Y-%m-%d %H:%M", "2026-11-24 14:30", "+09:00"), "2026-11-24T05:30:00Z");
  EXPECT_EQ(utc("%Y-%m-%d %H:%M", "2026-07-01 12:00", "Europe/Madrid"), "2026-07-01T10:00:00Z");
  EXPECT_EQ(utc("%Y-%m-%d %H:%M", "2026-12-01 12:00", "Europe/Madrid"), "2026-12-01T11:00:00Z");
}

TEST(time_pattern, knows_both_moments_of_a_clock_that_is_set_back) {
  auto const pattern = *TimePattern::of("%Y-%m-%d %H:%M");
  auto const madrid = *Zone::named("Europe/Madrid");
  auto const twice = *pattern.read_moments("2026-10-25 02:30", madrid);
  EXPECT_EQ(format_instant(twice.earlier), "2026-10-25T00:30:00Z");
  EXPECT_EQ(format_instant(twice.later), "2026-10-25T01:30:00Z");
  EXPECT_EQ(utc("%Y-%m-%d %H:%M", "2026-10-25 02:30", "Europe/Madrid"), "2026-10-25T00:30:00Z");
}

TEST(time_pattern, refuses_an_hour_that_spring_leaves_out) {
  EXPECT_THAT(utc("%Y-%m-%d %H:%M", "2026-03-29 02:30", "Europe/Madrid"), HasSubstr("leave this hour out"));
  EXPECT_EQ(utc("%Y-%m-%d %H:%M", "2026-03-29 02:30", "+01:00"), "2026-03-29T01:30:00Z");
}

TEST(time_pattern, reads_clocks_of_twelve_hours) {
  EXPECT_EQ(utc("%m/%d/%Y %I:%M %p", "11/24/2026 12:05 AM"), "2026-11-24T00:05:00Z");
  EXPECT_EQ(utc("%m/%d/%Y %I:%M %p", "11/24/2026 12:05 pm"), "2026-11-24T12:05:00Z");
  EXPECT_EQ(utc("%m/%d/%Y %I:%M:%S %p", "11/24/2026 1:05:09 p.m."), "2026-11-24T13:05:09Z");
  EXPECT_EQ(utc("%Y-%m-%d %p %I:%M", "2026-11-24 오후 3:07"), "2026-11-24T15:07:00Z");
  EXPECT_EQ(utc("%Y-%m-%d %p %I:%M", "2026-11-24 오전 12:00"), "2026-11-24T00:00:00Z");
  EXPECT_THAT(utc("%Y-%m-%d %p %I:%M", "2026-11-24 오후 13:00"), HasSubstr("1 to 12 beside AM or PM"));
  EXPECT_THAT(utc("%Y-%m-%d %p %I:%M", "2026-11-24 noon 1:00"), HasSubstr("AM, PM, 오전 or 오후 expected at column 12"));
  EXPECT_THAT(utc("%Y-%m-%d %I:%M", "2026-11-24 1:00"), HasSubstr("%I and %p belong together"));
}

TEST(time_pattern, reads_short_years_and_names_of_months) {
  EXPECT_EQ(utc("%d.%m.%y", "24.11.26"), "2026-11-24T00:00:00Z");
  EXPECT_EQ(utc("%d-%b-%Y", "24-NOV-2026"), "2026-11-24T00:00:00Z");
  EXPECT_THAT(utc("%d-%b-%Y", "24-Nox-2026"), HasSubstr("a month from Jan to Dec expected at column 4"));
}

TEST(time_pattern, reads_offsets_with_and_without_a_colon) {
  EXPECT_EQ(utc("%Y-%m-%dT%H:%M%z", "2026-11-24T14:30+0900"), "2026-11-24T05:30:00Z");
  EXPECT_EQ(utc("%Y-%m-%dT%H:%M%z", "2026-11-24T14:30+09"), "2026-11-24T05:30:00Z");
  EXPECT_EQ(utc("%Y-%m-%dT%H:%M%z", "2026-11-24T14:30-03:30"), "2026-11-24T18:00:00Z");
  EXPECT_THAT(utc("%Y-%m-%dT%H:%M%z", "2026-11-24T14:30+9"), HasSubstr("an offset such as"));
  EXPECT_THAT(utc("%Y-%m-%dT%H:%M%z", "2026-11-24T14:30+09:"), HasSubstr("an offset such as"));
}

TEST(time_pattern, reads_iso_times_without_a_zone_where_one_is_stated) {
  EXPECT_EQ(utc("rfc3339", "2026-11-24T14:30:00", "Asia/Seoul"), "2026-11-24T05:30:00Z");
  EXPECT_EQ(utc("rfc3339", "2026-11-24 14:30:00.5", "+09:00"), "2026-11-24T05:30:00.500Z");
  EXPECT_EQ(utc("rfc3339", "2026-11-24 14:30:00,5", "+09:00"), "2026-11-24T05:30:00.500Z");
  EXPECT_EQ(utc("rfc3339", "2026-11-24 14:30", "+09:00"), "2026-11-24T05:30:00Z");
  EXPECT_EQ(utc("rfc3339", "2026-11-24T14:30:00+0900", "Europe/Madrid"), "2026-11-24T05:30:00Z");
  auto const unstated = TimePattern::of("rfc3339")->read("2026-11-24T14:30:00", Zone{});
  ASSERT_FALSE(unstated);
  EXPECT_TRUE(TimePattern::of("rfc3339")->read("2026-11-24 14:30:00+09", Zone{}));
}

TEST(time_pattern, reads_the_days_of_spreadsheets) {
  EXPECT_EQ(utc("excel", "46350"), "2026-11-24T00:00:00Z");
  EXPECT_EQ(utc("excel", "46350.5208333333"), "2026-11-24T12:30:00Z");
  EXPECT_EQ(utc("excel", "46350,25", "+09:00"), "2026-11-23T21:00:00Z");
  EXPECT_EQ(utc("excel", "46350 0.75"), "2026-11-24T18:00:00Z");
  EXPECT_THAT(utc("excel", "5"), HasSubstr("a number of days"));
  EXPECT_THAT(utc("excel", "24.11.2026"), HasSubstr("as spreadsheets count them"));
}

TEST(time_pattern, reads_24_as_the_next_midnight) {
  EXPECT_EQ(utc("%Y-%m-%d %H:%M", "2026-12-31 24:00"), "2027-01-01T00:00:00Z");
  EXPECT_THAT(utc("%Y-%m-%d %H:%M", "2026-12-31 24:01"), HasSubstr("00:00:00 to 24:00:00"));
}

TEST(time_pattern, takes_any_number_of_spaces_for_one) {
  EXPECT_EQ(utc("%m/%d/%Y %H:%M", "02/08/2022   15:30"), "2022-02-08T15:30:00Z");
  EXPECT_THAT(utc("%m/%d/%Y %H:%M", "02/08/202215:30"), HasSubstr("' ' expected at column 11"));
}

TEST(time_pattern, names_the_column_of_a_text_that_does_not_fit) {
  EXPECT_THAT(utc("%Y-%m-%d", "2026/11/24"), HasSubstr("'-' expected at column 5"));
  EXPECT_THAT(utc("%Y-%m-%d", "2026-11-24x"), HasSubstr("the end expected at column 11"));
  EXPECT_THAT(utc("%Y-%m-%d", "2026-02-30"), HasSubstr("no such day"));
  EXPECT_THAT(utc("%Y-%m-%d", ""), HasSubstr("a year of four digits"));
}

TEST(time_pattern, refuses_a_broken_pattern) {
  EXPECT_THAT(utc("%Y-%q", ""), HasSubstr("one of Y y m b d"));
  EXPECT_THAT(utc("%Y-%", ""), HasSubstr("one of Y y m b d"));
  EXPECT_THAT(utc("%H:%M", ""), HasSubstr("%Y is missing"));
}

TEST(zone, refuses_what_it_does_not_know) {
  EXPECT_FALSE(Zone::named("Mars/Olympus"));
  EXPECT_FALSE(Zone::named("+9"));
  EXPECT_FALSE(Zone::named(""));
}

TEST(sdot_time, reads_every_published_spelling) {
  EXPECT_EQ(sdot("2020.5.1"), "2020-05-01T00:00:00Z (a day)");
  EXPECT_EQ(sdot("2020-04-01"), "2020-04-01T00:00:00Z (a day)");
  EXPECT_EQ(sdot("20200401"), "2020-04-01T00:00:00Z (a day)");
  EXPECT_EQ(sdot("20200401_130000"), "2020-04-01T13:00:00Z");
  EXPECT_EQ(sdot("2021-04-05 13:00:00.0"), "2021-04-05T13:00:00Z");
  EXPECT_EQ(sdot("2021-04-05_13:00:00"), "2021-04-05T13:00:00Z");
  EXPECT_EQ(sdot("2021-04-05T13:00"), "2021-04-05T13:00:00Z");
  EXPECT_EQ(sdot("202506302359"), "2025-06-30T23:59:00Z");
  EXPECT_EQ(sdot("20250630235907"), "2025-06-30T23:59:07Z");
}

TEST(sdot_time, reads_24_as_the_next_midnight) {
  EXPECT_EQ(sdot("2020-04-30 24:00"), "2020-05-01T00:00:00Z");
  EXPECT_EQ(sdot("20200430_240000"), "2020-05-01T00:00:00Z");
}

TEST(sdot_time, refuses_what_is_no_time) {
  for (auto const text : {"", "x", "2020", "2020.5", "2020.13.1", "2020-02-30", "20200401_13000", "2020-04-01 25:00",
                          "2020-04-01 ", "20-04-01", "2020-04-01x", "2020-04-01 13:00:00.0.0", "20200401130000999"})
    EXPECT_FALSE(read_sdot_time(text)) << text;
}

TEST(sdot_time, reads_clocks_of_twelve_hours) {
  EXPECT_EQ(sdot("2021-04-05 오후 1:00:00"), "2021-04-05T13:00:00Z");
  EXPECT_EQ(sdot("2021-04-05 오전 12:00"), "2021-04-05T00:00:00Z");
  EXPECT_EQ(sdot("2021-04-05 01:00:00 PM"), "2021-04-05T13:00:00Z");
  EXPECT_EQ(sdot("2021-04-05 12:00 am"), "2021-04-05T00:00:00Z");
  EXPECT_EQ(sdot("2021-04-05_12:30:00_PM"), "2021-04-05T12:30:00Z");
  EXPECT_THAT(sdot("2021-04-05 오후 13:00"), HasSubstr("1 to 12 beside AM or PM"));
  EXPECT_THAT(sdot("2021-04-05 PM"), HasSubstr("a half of the day without a clock"));
}

TEST(sdot_hour, counts_0_to_24) {
  EXPECT_EQ(*read_sdot_hour("0"), Millis{0});
  EXPECT_EQ(*read_sdot_hour("24"), std::chrono::hours{24});
  EXPECT_EQ(*read_sdot_hour("07:00"), std::chrono::hours{7});
  EXPECT_FALSE(read_sdot_hour("25"));
  EXPECT_FALSE(read_sdot_hour("7:30"));
  EXPECT_FALSE(read_sdot_hour(""));
}

}  // namespace
}  // namespace madang::sensing
