#include "sensing/readings/device_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/rules.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;

struct Spelling {
  std::string name, text, utc;
};

class DeviceTime : public testing::TestWithParam<Spelling> {};

TEST_P(DeviceTime, is_read) {
  auto const time = read_device_time(GetParam().text, nullptr);
  ASSERT_TRUE(time.has_value()) << time.error().sentence;
  EXPECT_EQ(format_instant(*time), GetParam().utc);
}

INSTANTIATE_TEST_SUITE_P(
    with_a_zone, DeviceTime,
    testing::Values(Spelling{"rfc_3339", "2026-11-29T08:00:00Z", "2026-11-29T08:00:00Z"},
                    Spelling{"small_letters", "2026-11-29t08:00:00.1234567z", "2026-11-29T08:00:00.123Z"},
                    Spelling{"offset_without_colon", "2026-11-29T17:00:00+0900", "2026-11-29T08:00:00Z"},
                    Spelling{"offset_of_hours", "2026-11-29T17:00:00+09", "2026-11-29T08:00:00Z"},
                    Spelling{"offset_to_the_west", "2026-11-28T22:30:00-0930", "2026-11-29T08:00:00Z"},
                    Spelling{"space_for_t", "2026-11-29 17:00:00 +09:00", "2026-11-29T08:00:00Z"},
                    Spelling{"minutes_only", "2026-11-29T08:00Z", "2026-11-29T08:00:00Z"},
                    Spelling{"slashes_and_comma", "2026/11/29 08:00:00,250 UTC", "2026-11-29T08:00:00.250Z"},
                    Spelling{"nanoseconds", "2026-11-29T08:00:00.034971083Z", "2026-11-29T08:00:00.034Z"},
                    Spelling{"basic_form", "20261129T080000Z", "2026-11-29T08:00:00Z"},
                    Spelling{"end_of_a_day", "2026-11-28T24:00:00Z", "2026-11-29T00:00:00Z"},
                    Spelling{"end_of_a_day_in_minutes", "2026-11-28 24:00 +0900", "2026-11-28T15:00:00Z"},
                    Spelling{"leap_second", "2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999Z"},
                    Spelling{"seconds_in_text", "1795939200", "2026-11-29T08:00:00Z"},
                    Spelling{"milliseconds_in_text", "1795939200500", "2026-11-29T08:00:00.500Z"},
                    Spelling{"line_end", "2026-11-29T08:00:00Z\r\n", "2026-11-29T08:00:00Z"}),
    [](auto const& test) { return test.param.name; });

TEST(device_time, without_a_zone_needs_one_from_elsewhere) {
  auto const refused = read_device_time("2026-11-29T17:00:00", nullptr);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().sentence, HasSubstr("names no zone"));

  auto const seoul = Zone::named("Asia/Seoul").value();
  EXPECT_EQ(format_instant(read_device_time("2026-11-29T17:00:00", &seoul).value()), "2026-11-29T08:00:00Z");
  EXPECT_EQ(format_instant(read_device_time("20261129170000", &seoul).value()), "2026-11-29T08:00:00Z");
  EXPECT_EQ(format_instant(read_device_time("2026-11-29T17:00:00+01:00", &seoul).value()), "2026-11-29T16:00:00Z");
}

TEST(device_time, of_a_clock_that_was_never_set_is_no_error) {
  EXPECT_LT(read_device_time("0001-01-01T00:00:00Z", nullptr).value(), kInstantMin);
  EXPECT_LT(read_device_time("1970-01-01T00:00:05Z", nullptr).value(), kClockSetFrom);
  EXPECT_LT(read_device_time("2000-01-01T00:00:00Z", nullptr).value(), kClockSetFrom);
  EXPECT_LT(device_time_of_number(12'345).value(), kClockSetFrom);
}

TEST(device_time, takes_a_number_by_its_size) {
  for (double const n : {1.7959392e9, 1.7959392e12, 1.7959392e15, 1.7959392e18})
    EXPECT_EQ(format_instant(device_time_of_number(n).value()), "2026-11-29T08:00:00Z") << n;
}

TEST(device_time, names_the_column_of_what_is_wrong) {
  auto const sentence = [](std::string_view text) {
    auto const time = read_device_time(text, nullptr);
    return time ? std::string{"read"} : time.error().sentence;
  };
  EXPECT_THAT(sentence("yesterday"), HasSubstr("a year of four digits expected at column 1"));
  EXPECT_THAT(sentence("2026-02-30T00:00:00Z"), HasSubstr("a day that the calendar has"));
  EXPECT_THAT(sentence("2026-11-29"), HasSubstr("a time of day expected at column 11"));
  EXPECT_THAT(sentence("2026-11-29T25:00:00Z"), HasSubstr("an hour"));
  EXPECT_THAT(sentence("2026-11-29T08:00:00Zulu"), HasSubstr("the end"));
  EXPECT_THAT(sentence("2026-11-29T08:00:00+9"), HasSubstr("offset hours"));
  EXPECT_THAT(sentence(""), HasSubstr("a year"));
}

TEST(device_time, that_is_long_is_shown_up_to_a_whole_letter) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "한";

  auto const refused = read_device_time(text, nullptr);

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().sentence, "time \"" + text.substr(0, 39) + "\": a year of four digits expected at column 1");
}

}  // namespace
}  // namespace madang::sensing
