// The weekly files as they are really published, year by year a little different. Invented stations and values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>

#include "sensing/import/import.h"
#include "sensing/import/test_target.h"

namespace madang::sensing {
namespace {

using testing::Contains;
using testing::HasSubstr;


ImportSummary import_weekly(TestTarget& target, std::vector<std::string> files, std::string positions = "", std::string rejects = "") {
  auto summary = import_sdot(target, {.import = {.files = std::move(files), .rejects_file = std::move(rejects), .progress = {}, .clock = kImportClock},
                                      .positions_file = std::move(positions)});
  EXPECT_TRUE(summary) << summary.error().sentence;
  return summary.value_or(ImportSummary{});
}

TEST(sdot_weekly_files, passes_over_empty_fields_beyond_the_header) {
  TestFolder const folder;
  TestTarget target;
  auto const summary = import_weekly(target, {folder.file("week.csv", "시리얼,측정시간,소음 (dB),온도 평균(℃)\n"
                                                                     "T1,2021-03-02 13:00,48.5,9.1,,,,,,\nT1,2021-03-02 14:00,48.6,9.2,,,,,,\n,,,\nT1,2021-03-02 15:00,48.7,9.3,,x\n")});
  EXPECT_EQ(summary.rows, 2u);
  EXPECT_EQ(summary.rejects, 1u);
  EXPECT_EQ(target.values("T1", "noise").size(), 2u);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("2 rows with empty fields beyond the header")));
}

TEST(sdot_weekly_files, misses_only_fields_that_the_header_leaves_empty) {
  TestFolder const folder;
  TestTarget target;
  auto const summary = import_weekly(target, {folder.file("week.csv", "시리얼,측정시간,소음 (dB),,,\nT1,2021-03-02 13:00,48.5\nT1\n")});
  EXPECT_EQ(summary.rows, 1u);
  EXPECT_EQ(summary.rejects, 1u);
}

/// So many rows, one a minute from `first` on, each with these last fields.
std::string rows_of_minutes(int first, int count, std::string_view last) {
  std::string out;
  for (int i = first; i < first + count; ++i) out += fmt::format("T1,2021-03-02 13:{:02}{}\n", i, last);
  return out;
}

constexpr std::string_view kThreeChannels = "시리얼,측정시간,소음 (dB),온도 평균(℃),습도 평균(%)\n";

TEST(sdot_weekly_files, misses_empty_fields_that_a_spreadsheet_left_out_at_the_end_of_rows) {
  TestFolder const folder;
  TestTarget target;
  auto const text = std::string{kThreeChannels} + rows_of_minutes(0, 15, ",48.5,9.1,") + rows_of_minutes(15, 16, ",48.6,9.2") + "T1\nT1,2021-03-02 17:00,48";
  auto const summary = import_weekly(target, {folder.file("week.csv", text)});
  EXPECT_EQ(summary.rows, 31u);
  EXPECT_EQ(summary.rejected_rows, 2u);
  EXPECT_EQ(target.values("T1", "noise").size(), 31u);
  EXPECT_EQ(target.values("T1", "temperature").size(), 31u);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("16 rows without their last fields")));
}

/// A row that lost its noise, and one that a power cut tore: neither 9.1 nor 4 is a noise, wherever in the file the row stands.
TEST(sdot_weekly_files, sets_aside_rows_that_lost_a_field_or_were_torn) {
  TestFolder const folder;
  TestTarget target;
  auto const text = std::string{kThreeChannels} + rows_of_minutes(0, 20, ",48.5,9.1,50") + rows_of_minutes(20, 1, ",9.1,50") + rows_of_minutes(21, 20, ",48.5,9.1,50") +
                    rows_of_minutes(41, 1, ",4") + rows_of_minutes(42, 5, ",48.5,9.1,50");
  auto const summary = import_weekly(target, {folder.file("week.csv", text)});
  EXPECT_EQ(summary.rows, 45u);
  EXPECT_EQ(summary.rejected_rows, 2u);
  auto const noise = target.values("T1", "noise");
  EXPECT_EQ(noise.size(), 45u);
  EXPECT_EQ(std::ranges::count(noise, 48.5, &storage::StoredObservation::value), 45);
}

/// The header names a district that no row has, behind what tells how far the rows are shifted.
TEST(sdot_weekly_files, sets_aside_what_stands_under_wrong_names) {
  TestFolder const folder;
  TestTarget target;
  auto const summary = import_weekly(target, {folder.file("week.csv", "시리얼,측정시간,자치구,소음 (dB),온도 평균(℃)\nT1,2021-03-02 13:00,48.5,9.1\nT1,2021-03-02 14:00,48.6,9.2\n")});
  EXPECT_EQ(summary.rows, 0u);
  EXPECT_EQ(summary.rejects, 2u);
  EXPECT_FALSE(target.things.contains("T1"));
}

/// The rows of a week of 2022 lacked the two columns on the left that its header named.
TEST(sdot_weekly_files, reads_rows_that_lack_the_first_columns_of_the_header) {
  TestFolder const folder;
  TestTarget target;
  auto const rejects = folder.path("rejects.csv");
  auto const summary = import_weekly(target,
                                    {folder.file("week.csv", "기관명,모델명,시리얼,전송시간,자치구,미세먼지 보정(㎍/㎥),소음 평균(dB)\n"
                                                             "broken row\n"
                                                             "T1,202203021300,Jongno-gu,31,48.5,,\nT1,202203021400,Jongno-gu,32,warm\n")}, "", rejects);
  EXPECT_EQ(summary.rows, 2u);
  auto const dust = target.values("T1", "pm10_corrected");
  ASSERT_EQ(dust.size(), 2u);
  EXPECT_EQ(dust[0].value, 31);
  EXPECT_EQ(format_instant(dust[0].phenomenon_time), "2022-03-02T04:00:00Z");
  EXPECT_EQ(target.values("T1", "noise")[0].value, 48.5);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("the header names 2 columns on the left that the rows lack")));
  EXPECT_THAT(summary.notes, Contains(HasSubstr("times are those of sending (\"전송시간\")")));
  EXPECT_THAT(text_of_file(rejects), HasSubstr("week.csv,4,30,"));
}

TEST(sdot_weekly_files, takes_the_time_of_measurement_before_that_of_sending) {
  TestFolder const folder;
  TestTarget target;
  import_weekly(target, {folder.file("week.csv", "전송시간,시리얼,측정시간,소음 (dB)\n202103021307,T1,2021-03-02 13:00,48.5\n")});
  EXPECT_EQ(format_instant(target.values("T1", "noise").at(0).phenomenon_time), "2021-03-02T04:00:00Z");
}

TEST(sdot_weekly_files, reads_halves_of_the_day) {
  TestFolder const folder;
  TestTarget target;
  import_weekly(target, {folder.file("week.csv", "시리얼,측정시간,소음 (dB)\nT1,2021-03-02 오전 12:00:00,40\nT1,2021-03-02 오후 1:00:00,48\nT1,2021-03-02 11:00 PM,44\n")});
  auto const noise = target.values("T1", "noise");
  ASSERT_EQ(noise.size(), 3u);
  EXPECT_EQ(format_instant(noise[0].phenomenon_time), "2021-03-01T15:00:00Z");
  EXPECT_EQ(format_instant(noise[1].phenomenon_time), "2021-03-02T04:00:00Z");
  EXPECT_EQ(format_instant(noise[2].phenomenon_time), "2021-03-02T14:00:00Z");
}

/// Hours 12, 1, ... 11 twice a day; `registered` says when each row came in, or nothing.
std::string clock_of_twelve(bool registered) {
  std::string out = "시리얼,측정시간,소음 (dB),등록일시\n";
  for (int hour = 0; hour < 24; ++hour)
    out += fmt::format("T1,2021-03-02_{:02}:00:00,{},{}\n", (hour + 11) % 12 + 1, 40 + hour,
                       registered ? fmt::format("2021-03-02 {:02}:06:07.0", hour) : std::string{});
  return out;
}

TEST(sdot_weekly_files, tells_morning_from_afternoon_by_the_registration) {
  TestFolder const folder;
  TestTarget target;
  auto const summary = import_weekly(target, {folder.file("week.csv", clock_of_twelve(true))});
  auto const noise = target.values("T1", "noise");
  ASSERT_EQ(noise.size(), 24u);
  EXPECT_EQ(summary.superseded, 0u);
  EXPECT_EQ(noise[0].value, 40);
  EXPECT_EQ(noise[13].value, 53);
  EXPECT_EQ(format_instant(noise[13].phenomenon_time), "2021-03-02T04:00:00Z");
  EXPECT_THAT(summary.notes, Contains(HasSubstr("its clock has twelve hours")));
}

TEST(sdot_weekly_files, leaves_a_clock_alone_that_shows_more_than_twelve) {
  TestFolder const folder;
  TestTarget target;
  import_weekly(target, {folder.file("week.csv", "시리얼,측정시간,소음 (dB),등록일시\nT1,2021-03-02_01:00:00,40,2021-03-02 13:10:00\nT1,2021-03-02_13:00:00,41,2021-03-02 13:10:00\n")});
  EXPECT_EQ(format_instant(target.values("T1", "noise").at(0).phenomenon_time), "2021-03-01T16:00:00Z");
}

TEST(sdot_weekly_files, counts_words_for_no_value_as_missing) {
  TestFolder const folder;
  TestTarget target;
  auto const summary = import_weekly(target, {folder.file("week.csv", "시리얼,측정시간,소음 (dB),온도 평균(℃)\n"
                                                                     "T1,2021-03-02 13:00,nan,9.1\nT1,2021-03-02 14:00,--,9.2\nT1,2021-03-02 15:00,-,9.3\n"
                                                                     "T1,2021-03-02 16:00,N/A,9.4\nT1,2021-03-02 17:00,#N/A,9.5\nT1,2021-03-02 18:00,,9.6\n")});
  EXPECT_EQ(summary.missing, 6u);
  EXPECT_EQ(summary.rejects, 0u);
  EXPECT_EQ(target.values("T1", "temperature").size(), 6u);
}

}  // namespace
}  // namespace madang::sensing
