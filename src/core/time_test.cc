#include "core/time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang {
namespace {

using testing::HasSubstr;

std::int64_t millis(std::string_view text) { return millis_of(*parse_instant(text)); }

std::string refusal(std::string_view text) {
  auto const parsed = parse_instant(text);
  return parsed ? "accepted" : parsed.error().sentence;
}

TEST(parse_instant, reads_utc_and_offsets) {
  EXPECT_EQ(millis("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(millis("2026-11-24T05:30:00Z"), 1'795'498'200'000);
  EXPECT_EQ(millis("2026-11-24T14:30:00+09:00"), 1'795'498'200'000);
  EXPECT_EQ(millis("2026-11-24T02:00:00-03:30"), 1'795'498'200'000);
  EXPECT_EQ(millis("2026-11-24t05:30:00z"), 1'795'498'200'000);
  EXPECT_EQ(millis("2026-11-24 05:30:00Z"), 1'795'498'200'000);
}

TEST(parse_instant, keeps_milliseconds_and_cuts_off_the_rest) {
  EXPECT_EQ(millis("1970-01-01T00:00:00.5Z"), 500);
  EXPECT_EQ(millis("1970-01-01T00:00:00.123999999Z"), 123);
  EXPECT_EQ(millis("1969-12-31T23:59:59.999Z"), -1);
}

TEST(parse_instant, reads_a_leap_second_as_the_last_millisecond) {
  EXPECT_EQ(millis("2016-12-31T23:59:60Z"), millis("2016-12-31T23:59:59.999Z"));
}

TEST(parse_instant, knows_the_calendar) {
  EXPECT_EQ(millis("2024-02-29T00:00:00Z") + 86'400'000, millis("2024-03-01T00:00:00Z"));
  EXPECT_THAT(refusal("2023-02-29T00:00:00Z"), HasSubstr("a day that this month has"));
  EXPECT_THAT(refusal("1900-02-29T00:00:00Z"), HasSubstr("a day that this month has"));
  EXPECT_THAT(refusal("2026-13-01T00:00:00Z"), HasSubstr("a month 01 to 12"));
}

TEST(parse_instant, names_the_column) {
  EXPECT_THAT(refusal("2026-11-24T05:30:00"), HasSubstr("column 20"));
  EXPECT_THAT(refusal("2026/11/24T05:30:00Z"), HasSubstr("column 5"));
  EXPECT_THAT(refusal("2026-11-24T25:30:00Z"), HasSubstr("an hour 00 to 24"));
  EXPECT_THAT(refusal("2026-11-24T05:30:00Zx"), HasSubstr("the end expected at column 21"));
  EXPECT_THAT(refusal(""), HasSubstr("column 1"));
}

TEST(parse_instant, reads_offsets_in_both_forms_of_iso_8601) {
  auto const utc = *parse_instant("2026-11-24T05:30:00Z");
  for (auto const* const text : {"2026-11-24T14:30:00+09:00", "2026-11-24T14:30:00+0900", "2026-11-24T14:30:00+09", "2026-11-23T20:00:00-0930"})
    EXPECT_EQ(parse_instant(text).value(), utc) << text;
}

TEST(parse_instant, reads_the_end_of_a_day_and_a_comma_before_a_fraction) {
  EXPECT_EQ(millis("2026-12-31T24:00:00Z"), millis("2027-01-01T00:00:00Z"));
  EXPECT_EQ(millis("2026-11-24T24:00:00.000+09:00"), millis("2026-11-24T15:00:00Z"));
  EXPECT_THAT(refusal("2026-11-24T24:00:01Z"), HasSubstr("nothing after 24:00:00"));
  EXPECT_THAT(refusal("2026-11-24T24:30:00Z"), HasSubstr("nothing after 24:00:00"));
  EXPECT_EQ(millis("2026-11-24T05:30:00,25Z"), millis("2026-11-24T05:30:00.250Z"));
}

TEST(parse_instant, refuses_broken_fractions_and_offsets) {
  EXPECT_THAT(refusal("2026-11-24T05:30:00.Z"), HasSubstr("fraction digits"));
  EXPECT_THAT(refusal("2026-11-24T05:30:00.1234567890Z"), HasSubstr("fraction digits"));
  EXPECT_THAT(refusal("2026-11-24T05:30:00+9:00"), HasSubstr("offset hours"));
  EXPECT_THAT(refusal("2026-11-24T05:30:00+090"), HasSubstr("offset minutes"));
  EXPECT_THAT(refusal("2026-11-24T05:30:00+09:"), HasSubstr("offset minutes"));
  EXPECT_THAT(refusal("2026-11-24T05:30:00+09000"), HasSubstr("the end"));
  EXPECT_THAT(refusal("2026-11-24T05:30:00+09:60"), HasSubstr("offset minutes"));
}

TEST(parse_instant, refuses_years_that_only_a_broken_clock_knows) {
  EXPECT_EQ(*parse_instant("1900-01-01T00:00:00Z"), kInstantMin);
  EXPECT_THAT(refusal("1899-12-31T23:59:59Z"), HasSubstr("1900 to 2199"));
  EXPECT_THAT(refusal("2200-01-01T00:00:00Z"), HasSubstr("1900 to 2199"));
  EXPECT_THAT(refusal("2199-12-31T23:59:59-01:00"), HasSubstr("1900 to 2199"));
}

TEST(format_instant, shows_milliseconds_only_where_there_are_some) {
  EXPECT_EQ(format_instant(instant_of_millis(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(format_instant(instant_of_millis(1)), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(format_instant(instant_of_millis(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(format_instant, is_read_back_the_same) {
  for (std::int64_t ms = millis_of(kInstantMin); ms < millis_of(kInstantMax); ms += 86'399'123'457) {
    auto const t = instant_of_millis(ms);
    EXPECT_EQ(*parse_instant(format_instant(t)), t);
  }
}

TEST(interval, is_half_open) {
  Interval const hour{instant_of_millis(0), instant_of_millis(3'600'000)};
  EXPECT_TRUE(hour.contains(instant_of_millis(0)));
  EXPECT_TRUE(hour.contains(instant_of_millis(3'599'999)));
  EXPECT_FALSE(hour.contains(instant_of_millis(3'600'000)));
  EXPECT_EQ(hour.length(), std::chrono::hours{1});
}

TEST(parse_interval, reads_two_instants) {
  auto const i = *parse_interval("2020-05-01T00:00:00+09:00/2020-05-01T01:00:00+09:00");
  EXPECT_EQ(i.length(), std::chrono::hours{1});
  EXPECT_EQ(format_interval(i), "2020-04-30T15:00:00Z/2020-04-30T16:00:00Z");
}

TEST(parse_interval, refuses_one_that_runs_backwards) {
  auto const i = parse_interval("2020-05-01T01:00:00Z/2020-05-01T00:00:00Z");
  ASSERT_FALSE(i);
  EXPECT_THAT(i.error().sentence, HasSubstr("ends before it starts"));
  EXPECT_FALSE(parse_interval("2020-05-01T01:00:00Z"));
  EXPECT_FALSE(parse_interval("2020-05-01T01:00:00Z/"));
}

TEST(http_date, is_an_imf_fixdate) {
  EXPECT_EQ(format_http_date(*parse_instant("2026-11-24T05:30:09Z")), "Tue, 24 Nov 2026 05:30:09 GMT");
  EXPECT_EQ(format_http_date(*parse_instant("2000-02-29T23:59:59.999Z")), "Tue, 29 Feb 2000 23:59:59 GMT");
}

}  // namespace
}  // namespace madang
