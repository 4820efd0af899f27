#include "sensing/live/calendar_series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sensing/live/api_json.h"
#include "sensing/live/export.h"
#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

Instant at(char const* text) { return parse_instant(text).value(); }

struct CalendarSeriesTest : testing::Test {
  TestCity t;
  indices::Calendar berlin = indices::Calendar::of_zone("Europe/Berlin").value();

  CalendarSeriesTest() { t.add("N1", kWest, {"pm25", "noise", "wind_direction"}); }

  Result<CalendarSeries> read(std::string_view channel, Interval when, CalendarUnit by) {
    return read_calendar_series(t.store, *t.city->datastream(t.stream("N1", channel)), {when, by}, berlin);
  }
  /// One value at the start of each hour.
  void hourly(std::string_view channel, Instant from, Instant to, double value) {
    for (auto time = from; time < to; time += std::chrono::hours{1}) t.put(t.stream("N1", channel), time, value);
  }
};

TEST_F(CalendarSeriesTest, ends_at_its_deadline) {
  Interval const day{at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")};
  hourly("pm25", day.from, day.to, 10);
  auto const read = read_calendar_series(t.store, *t.city->datastream(t.stream("N1", "pm25")),
                                         {day, CalendarUnit::kDay, t.clock.tick() - Millis{1}}, berlin);
  EXPECT_EQ(read.error().code, Code::kUnavailable);
}

TEST_F(CalendarSeriesTest, has_a_day_of_23_hours_in_spring) {
  hourly("pm25", at("2026-03-27T23:00:00Z"), at("2026-03-30T22:00:00Z"), 10);
  auto const days = must(read("pm25", {at("2026-03-28T12:00:00Z"), at("2026-03-30T12:00:00Z")}, CalendarUnit::kDay));
  ASSERT_EQ(days.points.size(), 3u);
  EXPECT_EQ(days.points[0].count, 24u);
  EXPECT_EQ(days.points[1].count, 23u);
  EXPECT_EQ(format_interval(days.points[1].when), "2026-03-28T23:00:00Z/2026-03-29T22:00:00Z");
  EXPECT_EQ(days.points[2].count, 24u);
}

TEST_F(CalendarSeriesTest, has_a_day_of_25_hours_in_autumn) {
  hourly("pm25", at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z"), 10);
  t.put(t.stream("N1", "pm25"), at("2026-10-25T22:30:00Z"), 35);
  auto const days = must(read("pm25", {at("2026-10-25T12:00:00Z"), at("2026-10-25T13:00:00Z")}, CalendarUnit::kDay));
  ASSERT_EQ(days.points.size(), 1u);
  EXPECT_EQ(days.points[0].count, 26u);
  EXPECT_EQ(days.points[0].max, 35);
  EXPECT_NEAR(days.points[0].mean, (25 * 10 + 35) / 26.0, 1e-9);
}

TEST_F(CalendarSeriesTest, has_months_and_hours_and_leaves_gaps_out) {
  hourly("pm25", at("2026-09-10T00:00:00Z"), at("2026-09-10T03:00:00Z"), 7);
  hourly("pm25", at("2026-11-10T00:00:00Z"), at("2026-11-10T01:00:00Z"), 9);
  Interval const autumn{at("2026-09-01T00:00:00Z"), at("2026-12-01T00:00:00Z")};
  EXPECT_EQ(must(read("pm25", autumn, CalendarUnit::kMonth)).points.size(), 2u);
  EXPECT_EQ(must(read("pm25", autumn, CalendarUnit::kHour)).points.size(), 4u);
}

TEST_F(CalendarSeriesTest, averages_noise_as_energy_and_directions_as_vectors) {
  // One loud hour: the mean of the numbers is 50, guessed from mean and variance it would be the loudest value.
  for (int hour = 0; hour < 24; ++hour)
    t.put(t.stream("N1", "noise"), at("2026-10-26T00:00:00Z") + std::chrono::hours{hour}, hour == 0 ? 90 : 40);
  t.put(t.stream("N1", "wind_direction"), at("2026-10-26T10:00:00Z"), 350);
  t.put(t.stream("N1", "wind_direction"), at("2026-10-26T20:00:00Z"), 20);
  Interval const day{at("2026-10-26T10:00:00Z"), at("2026-10-26T11:00:00Z")};
  double const energy = (1e9 + 22 * 1e4) / 23;  // the 24th hour lies in the day after, by Berlin's clock
  EXPECT_NEAR(must(read("noise", day, CalendarUnit::kDay)).points.at(0).mean, 10 * std::log10(energy), 1e-9);
  auto const wind = must(read("wind_direction", day, CalendarUnit::kDay)).points.at(0);
  EXPECT_NEAR(wind.mean, 5, 1e-9);
  EXPECT_EQ(wind.min, wind.max);
}

TEST_F(CalendarSeriesTest, is_bounded) {
  Interval const long_time{at("2020-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z")};
  auto const refused = read("pm25", long_time, CalendarUnit::kHour).error();
  EXPECT_EQ(refused.code, Code::kLimit);
  EXPECT_THAT(refused.sentence, testing::HasSubstr("ask for by=day, or for at most 200 days at once"));
  EXPECT_TRUE(read("pm25", {long_time.from, long_time.from + std::chrono::hours{24 * 200}}, CalendarUnit::kHour));
}

TEST_F(CalendarSeriesTest, comes_as_a_file_with_what_belongs_to_it) {
  t.put(t.stream("N1", "pm25"), at("2026-10-25T10:00:00Z"), 12);
  Interval const day{at("2026-10-25T10:00:00Z"), at("2026-10-25T11:00:00Z")};
  About about;
  about.unit = "ug";
  about.zone = "Europe/Berlin";
  about.source = "the city";
  about.licence = "CC BY 4.0";
  auto const csv = calendar_series_csv(must(read("pm25", day, CalendarUnit::kDay)), about, test_messages(), "en");
  EXPECT_THAT(csv, testing::HasSubstr("# Step: days of the city's clock\r\n"));
  EXPECT_THAT(csv, testing::HasSubstr("# Source: the city\r\n"));
  EXPECT_THAT(csv, testing::HasSubstr("# Licence: CC BY 4.0\r\n"));
  EXPECT_THAT(csv, testing::HasSubstr("time,end,value (ug),min,max,count,good\r\n2026-10-24T22:00:00Z,2026-10-25T23:00:00Z,12,12,12,1,1\r\n"));
  EXPECT_THAT(calendar_series_csv(must(read("pm25", day, CalendarUnit::kDay)), about, test_messages(), "ko"),
              testing::HasSubstr("도시 시계의 일별\r\n"));
}

TEST_F(CalendarSeriesTest, tells_values_that_do_not_count) {
  t.put(t.stream("N1", "pm25"), at("2026-10-25T10:00:00Z"), 12);
  t.put(t.stream("N1", "pm25"), at("2026-10-25T10:02:00Z"), 900, QualityFlag::kFail);
  Interval const day{at("2026-10-25T10:00:00Z"), at("2026-10-25T11:00:00Z")};
  About about;
  about.zone = "Europe/Berlin";
  auto const json = calendar_series_json(must(read("pm25", day, CalendarUnit::kDay)), about);
  EXPECT_THAT(json, testing::HasSubstr(R"("by":"day","zone":"Europe/Berlin","points":[[1792879200000,1792969200000,12,12,12,2,1]])"));
}

}  // namespace
}  // namespace madang::sensing
