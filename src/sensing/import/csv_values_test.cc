// Numbers, words and times as offices and loggers write them into their files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sensing/import/test_csv.h"

namespace madang::sensing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class csv_values : public CsvImport {};

TEST_F(csv_values, are_never_a_thousand_times_wrong) {
  auto const s = import(rows("A1;01.11.2026 10:00;1.013,2;12,5\r\nA1;01.11.2026 11:00;1.013;13,5\r\nA1;01.11.2026 12:00;1012,9;2.155\r\n"));
  EXPECT_THAT(values("pressure"), ElementsAre(1013.2, 1012.9));
  EXPECT_THAT(values("pm10"), ElementsAre(12.5, 13.5));
  EXPECT_EQ(s.rejected_values, 2u);
  EXPECT_THAT(rejects(), HasSubstr("data.csv,3,21,\"pressure: \"\"1.013\"\" could be a thousand times another number; thousands = "));
}

TEST_F(csv_values, say_that_there_is_no_value_in_the_words_of_devices_and_of_spreadsheets) {
  auto const s = import(rows("A1;01.11.2026 10:00;unavailable;unknown\r\nA1;01.11.2026 11:00;-1.#IND00;inf\r\nA1;01.11.2026 12:00;#DIV/0!;x\r\n"));
  EXPECT_EQ(s.missing, 6u);
  EXPECT_EQ(s.rejects, 0u) << rejects();
}

TEST_F(csv_values, have_thousands_where_the_mapping_says_so) {
  import(rows("A1;01.11.2026 10:00;1.013;2.155,5\r\n"), with("decimal_comma = true", "decimal_comma = true\nthousands = \".\""));
  EXPECT_THAT(values("pressure"), ElementsAre(1013));
  EXPECT_THAT(values("pm10"), ElementsAre(2155.5));
}

TEST_F(csv_values, write_signs_and_groups_as_spreadsheets_do) {
  auto const s = import(rows("A1;01.11.2026 10:00;1 013,2;\xE2\x88\x92" "5,2\r\nA1;01.11.2026 11:00;1\xC2\xA0" "013,2;12,5\r\n"
                             "A1;01.11.2026 12:00;+1013,2;1,25E+01\r\nA1;01.11.2026 13:00;1'013,2;1\xE2\x80\xAF" "012,5\r\n"));
  EXPECT_THAT(values("pressure"), ElementsAre(1013.2, 1013.2, 1013.2, 1013.2));
  EXPECT_THAT(values("pm10"), ElementsAre(-5.2, 12.5, 12.5, 1012.5));
}

TEST_F(csv_values, with_one_time_twice_send_the_last_and_change_nothing_again) {
  auto const text = rows("A1;01.11.2026 10:00;1;12,5\r\nA1;01.11.2026 11:00;2;13\r\nA1;01.11.2026 10:00;3;12,5\r\n");
  auto const first = import(text);
  EXPECT_EQ(first.stored, 4u);
  EXPECT_EQ(first.doubled, 2u);
  EXPECT_EQ(first.superseded, 0u);
  EXPECT_THAT(values("pressure"), ElementsAre(3, 2));
  auto const second = import(text);
  EXPECT_EQ(second.repeated, 4u);
  EXPECT_EQ(second.superseded, 0u);
}

TEST_F(csv_values, with_one_time_twice_keep_two_values_that_end_at_different_times) {
  auto const mapping = with("columns = [\"ZEIT\"]", "columns = [\"ZEIT\"]\nend = \"BIS\"");
  import("STATION;ZEIT;BIS;DRUCK;PM10\nA1;01.11.2026 10:00;01.11.2026 12:00;1;1\nA1;01.11.2026 10:00;;2;2\n"
         "A1;01.11.2026 11:00;01.11.2026 11:30;3;3\nA1;01.11.2026 11:00;01.11.2026 11:30;4;4\n", mapping);
  EXPECT_THAT(values("pm10"), testing::UnorderedElementsAre(1, 2, 4)) << "only the last two are one observation";
  auto const kept = target.values("A1", "pm10");
  auto const end_of = [&](double value) {
    auto const found = std::ranges::find(kept, value, &storage::StoredObservation::value);
    return found->detail ? found->detail->phenomenon_end : std::nullopt;
  };
  EXPECT_EQ(end_of(1), parse_instant("2026-11-01T11:00:00Z").value());
  EXPECT_EQ(end_of(2), std::nullopt);
  EXPECT_EQ(end_of(4), parse_instant("2026-11-01T10:30:00Z").value());
}

TEST_F(csv_values, are_told_of_what_is_stored_and_hardly_meant) {
  auto const s = import(rows("A1;01.11.2026 10:00;-999;12,5\r\nA1;01.11.2027 10:00;1;13\r\nA1;x;1;1\r\n"));
  EXPECT_EQ(s.flagged_missing, 1u);
  EXPECT_EQ(s.in_future, 2u);
  EXPECT_EQ(s.rows, 2u);
  EXPECT_EQ(s.rejected_rows, 1u);
}

TEST_F(csv_values, are_told_how_a_word_can_mean_that_there_is_no_value) {
  import(rows("A1;01.11.2026 10:00;측정불가;12,5\r\n"));
  EXPECT_THAT(rejects(), HasSubstr("is not a number; where it means that there is no value, name it in texts of [missing]"));
}

TEST_F(csv_values, say_no_value_in_many_words) {
  auto const s = import(rows("A1;01.11.2026 10:00;nan;--\r\nA1;01.11.2026 11:00;#N/A;-\r\nA1;01.11.2026 12:00;N/A;NULL\r\nA1;01.11.2026 13:00;;12,5\r\n"));
  EXPECT_EQ(s.missing, 7u);
  EXPECT_EQ(s.rejects, 0u);
  EXPECT_THAT(values("pm10"), ElementsAre(12.5));
}

TEST_F(csv_values, keep_both_hours_that_autumn_shows_twice) {
  auto const s = import(rows("A1;25.10.2026 01:00;1;1\r\nA1;25.10.2026 02:00;2;2\r\nA1;25.10.2026 02:00;3;3\r\nA1;25.10.2026 03:00;4;4\r\n"));
  EXPECT_EQ(s.superseded, 0u);
  EXPECT_THAT(times("pm10"), ElementsAre("2026-10-24T23:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"));
  EXPECT_THAT(values("pm10"), ElementsAre(1, 2, 3, 4));
}

TEST_F(csv_values, keep_them_too_when_the_newest_row_comes_first) {
  import(rows("A1;25.10.2026 03:00;4;4\r\nA1;25.10.2026 02:30;3;3\r\nA1;25.10.2026 02:00;2,5;2,5\r\n"
              "A1;25.10.2026 02:30;2;2\r\nA1;25.10.2026 02:00;1;1\r\n"));
  EXPECT_THAT(values("pm10"), ElementsAre(1, 2, 2.5, 3, 4));
}

TEST_F(csv_values, set_aside_the_hour_that_spring_leaves_out) {
  auto const s = import(rows("A1;29.03.2026 02:30;5;5\r\nA1;29.03.2026 03:30;6;6\r\n"));
  EXPECT_THAT(values("pm10"), ElementsAre(6));
  EXPECT_THAT(rejects(), HasSubstr("leave this hour out"));
}

TEST_F(csv_values, count_days_as_spreadsheets_do) {
  import(rows("A1;46327,5;1;12,5\r\n"), with("%d.%m.%Y %H:%M", "excel"));
  EXPECT_THAT(times("pm10"), ElementsAre("2026-11-01T11:00:00Z"));
}

}  // namespace
}  // namespace madang::sensing
