// CSV as it comes out of offices and loggers: each file is small, invented, and of a kind that somebody has reported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fmt/format.h>

#include "sensing/import/test_csv.h"

namespace madang::sensing {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

class csv_files : public CsvImport {};

TEST_F(csv_files, name_their_separator_in_the_first_line) {
  auto const s = import("sep=;\r\n" + rows("A1;01.11.2026 10:00;1013,2;12,5\r\n"), with("separator = \";\"\n", ""));
  EXPECT_THAT(values("pm10"), ElementsAre(12.5));
  EXPECT_THAT(s.notes, Contains(HasSubstr("separated by \";\" as its line 1 says")));
}

TEST_F(csv_files, may_name_the_tab_and_leave_empty_fields_behind) {
  import("sep=\t\nSTATION\tZEIT\tDRUCK\tPM10\nA1\t01.11.2026 10:00\t1\t12,5\n");
  import("sep=;;;;\n" + rows("A1;01.11.2026 11:00;1;13,5\r\n"));
  EXPECT_THAT(values("pm10"), ElementsAre(12.5, 13.5));
}

TEST_F(csv_files, have_titles_above_their_header) {
  auto const text = "Messnetz \"Beispiel\r\nStand; 2026\r\n\r\n" + rows("A1;01.11.2026 10:00;1013,2;12,5\r\n");
  auto const found = import(text);
  EXPECT_THAT(values("pm10"), ElementsAre(12.5));
  EXPECT_THAT(found.notes, Contains(HasSubstr("header in line 4")));
  auto const skipped = import(text, with("[station]", "skip_lines = 3\n[station]"));
  EXPECT_EQ(skipped.repeated, 2u);
}

TEST_F(csv_files, tell_what_their_header_lacks) {
  EXPECT_THAT(refusal("Titel\nSTATION;ZEIT;DRUCK;PM\nA1;1;2;3\n"), HasSubstr("data.csv: line 2: there is no column \"PM10\"; did you mean \"PM\"?"));
  EXPECT_THAT(refusal("STATION,ZEIT,DRUCK,PM10\n"), HasSubstr("the line seems to be separated by \",\""));
  EXPECT_THAT(refusal("STATION;ZEIT;DRUCK;PM10;PM10\n"), HasSubstr("the column \"PM10\" comes twice, as number 4 and 5"));
}

TEST_F(csv_files, have_their_header_where_most_of_its_names_stand) {
  auto const sentence = refusal("STATION;ZEIT;DRUCK;FEINSTAUB\nA1;01.11.2026 10:00;1;2;3;4\n");
  EXPECT_THAT(sentence, HasSubstr("data.csv: line 1: there is no column \"PM10\""));
  EXPECT_THAT(sentence, HasSubstr("; columns without a use are \"FEINSTAUB\""));
}

TEST_F(csv_files, have_rejects_that_are_about_the_last_import) {
  import(rows("A1;x;1;1\r\nA1;01.11.2026 10:00;1;1\r\n"));
  import(rows("A1;01.11.2026 10:00;1;1\r\n"));
  EXPECT_FALSE(std::filesystem::exists(folder.path("rejects.csv")));
}

TEST_F(csv_files, are_written_in_many_encodings) {
  std::string utf16{"\xFF\xFE", 2};
  for (char const c : rows("A1;01.11.2026 10:00;1013,2;12,5\r\n")) utf16 += {c, '\0'};
  auto const wide = import(utf16);
  EXPECT_THAT(wide.notes, Contains(HasSubstr("UTF-16LE")));
  auto const latin = import("STATION;ZEIT;H\xD6HE;PM10\nA1;01.11.2026 11:00;1,5;13,5\n", with("\"DRUCK\"", "\"HÖHE\""));
  EXPECT_THAT(values("pm10"), ElementsAre(12.5, 13.5));
}

TEST_F(csv_files, end_lines_as_an_old_macintosh_did) {
  import("STATION;ZEIT;DRUCK;PM10\rA1;01.11.2026 10:00;1013,2;12,5\rA1;01.11.2026 11:00;1013,3;13,5\r");
  EXPECT_THAT(values("pm10"), ElementsAre(12.5, 13.5));
}

TEST_F(csv_files, have_rows_longer_and_shorter_than_the_header) {
  auto const s = import(rows("A1;01.11.2026 10:00;1;2;;;\r\nA1;01.11.2026 11:00;1\r\nA1;01.11.2026 12:00;1;2;5\r\nA1\r\nA1;01.11.2026 13:00;1"));
  EXPECT_EQ(s.rows, 1u);
  EXPECT_EQ(s.missing, 0u);
  EXPECT_EQ(s.rejects, 4u);
  EXPECT_EQ(s.rejected_rows, 4u);
  EXPECT_THAT(rejects(), HasSubstr("data.csv,3,22,3 fields where the header has 4"));
  EXPECT_THAT(rejects(), HasSubstr("data.csv,5,3,1 fields where the header has 4,A1\n"));
  EXPECT_THAT(rejects(), HasSubstr("data.csv,4,25,5 fields where the header has 4"));
  EXPECT_THAT(rejects(), HasSubstr("the file ends in this row, after 3 of 4 fields"));
}

/// So many rows, one a minute from `first` on, each with these last fields.
std::string minutes(int first, int count, std::string_view last) {
  std::string out;
  for (int i = first; i < first + count; ++i) out += fmt::format("A1;01.11.2026 10:{:02}{}\r\n", i, last);
  return out;
}

/// Excel writes the separators of empty last fields in some blocks of sixteen rows and leaves them out in others.
TEST_F(csv_files, leave_out_empty_fields_at_the_end_of_rows) {
  auto const s = import(rows(minutes(0, 14, ";1013;") + minutes(14, 1, ";1013;7") + minutes(15, 15, ";1014") + minutes(30, 1, ";") + minutes(31, 2, ";1015;8")));
  EXPECT_EQ(s.rows, 33u);
  EXPECT_EQ(s.rejects, 0u);
  EXPECT_EQ(s.missing, 14u + 15u + 2u);
  EXPECT_EQ(values("pressure").size(), 32u);
  EXPECT_THAT(values("pm10"), ElementsAre(7, 8, 8));
  EXPECT_THAT(s.notes, Contains(HasSubstr("16 rows without their last fields")));
}

/// A row that lost DRUCK, and one that a power cut tore: neither 12,5 nor 4 is a pressure, wherever in the file the row stands.
TEST_F(csv_files, set_aside_rows_that_lost_a_field_or_were_torn) {
  for (std::string_view const broken : {"A1;01.11.2026 11:00;12,5\r\n", "A1;01.11.2026 11:00;4\r\n"}) {
    auto const s = import(rows(minutes(0, 20, ";1013;7") + std::string{broken} + minutes(20, 20, ";1013;7") + std::string{broken}));
    EXPECT_EQ(s.rows, 40u);
    EXPECT_EQ(s.rejected_rows, 2u);
    EXPECT_THAT(values("pressure"), testing::Each(1013));
    EXPECT_THAT(rejects(), HasSubstr("data.csv,22,"));
  }
}

/// Short rows are told from torn ones as far as the blocks of sixteen go.
TEST_F(csv_files, lose_no_more_than_what_stands_behind_a_torn_row) {
  auto const s = import(rows(minutes(0, 15, ";1013;7") + minutes(15, 16, ";1014") + "A1;01.11.2026 11:00\r\n" + minutes(31, 15, ";1015") + minutes(46, 2, ";1016;8")));
  EXPECT_EQ(s.rejected_rows, 16u);
  EXPECT_EQ(values("pressure").size(), 15u + 16u + 2u);
}

/// Then the header names a column that no row has, and it may be any.
TEST_F(csv_files, are_set_aside_where_every_row_is_shorter_than_the_header) {
  auto const s = import(rows("A1;01.11.2026 10:00;1013\r\nA1;01.11.2026 11:00;1014\r\n"));
  EXPECT_EQ(s.rows, 0u);
  EXPECT_EQ(s.rejects, 2u);
}

TEST_F(csv_files, without_a_header_have_as_many_fields_as_the_mapping_names) {
  auto mapping = with("[file]", "[file]\nheader = false");
  auto const number = [&mapping](std::string_view name, std::string_view column) { mapping.replace(mapping.find(name), name.size(), column); };
  number("\"STATION\"", "1");
  number("\"ZEIT\"", "2");
  number("\"DRUCK\"", "3");
  number("\"PM10\"", "4");
  auto const s = import("A1;01.11.2026 10:00;1\nA1;01.11.2026 11:00;1;13,5\n", mapping);
  EXPECT_EQ(s.rows, 1u);
  EXPECT_THAT(rejects(), HasSubstr("3 fields; the mapping needs 4"));
}

TEST_F(csv_files, have_a_separator_too_many_and_blank_rows) {
  auto const s = import("STATION;ZEIT;DRUCK;PM10;;\nA1;01.11.2026 10:00;1;12,5;;\n;;;;;\n;;;;;\nA1;01.11.2026 11:00;1;13,5");
  EXPECT_EQ(s.rejects, 0u);
  EXPECT_THAT(values("pm10"), ElementsAre(12.5, 13.5));
}

TEST_F(csv_files, end_with_sums_and_sources) {
  auto const s = import(rows("A1;01.11.2026 10:00;1013,2;12,5\r\nMittelwert;;1013,2;12,5\r\nQuelle: Amt\r\n"));
  EXPECT_EQ(s.rows, 1u);
  EXPECT_EQ(s.rejects, 2u);
}

TEST_F(csv_files, hold_zero_bytes_and_words_in_place_of_serials) {
  auto const s = import(rows("A" + std::string(1, '\0') + "1;01.11.2026 10:00;1;1\r\nA1;01.11.2026 10:00;1;" + std::string(1, '\0') + "2\r\n"));
  EXPECT_EQ(s.things_new, 1u);
  EXPECT_EQ(s.rejects, 2u);
}

TEST_F(csv_files, keep_the_values_of_a_station_without_a_place) {
  auto const mapping = with("serial = \"STATION\"", "serial = \"STATION\"\nlatitude = \"LAT\"\nlongitude = \"LON\"");
  auto const s = import("STATION;ZEIT;DRUCK;PM10;LAT;LON\nA1;01.11.2026 10:00;1;12,5;;\nB2;01.11.2026 10:00;1;13,5;52.516;13.377\n", mapping);
  EXPECT_EQ(s.without_position, 1u);
  EXPECT_THAT(values("pm10"), ElementsAre(12.5));
  EXPECT_EQ(target.things.at("B2").thing.locations.at(0).point, (LatLon{52.516, 13.377}));
}

std::string placed_mapping(std::string mapping) {
  std::string_view const serial = "serial = \"STATION\"";
  return mapping.replace(mapping.find(serial), serial.size(), "serial = \"STATION\"\nlatitude = \"LAT\"\nlongitude = \"LON\"");
}

TEST_F(csv_files, lose_no_reading_by_a_bad_place) {
  auto const s = import("STATION;ZEIT;DRUCK;PM10;LAT;LON\nA1;01.11.2026 10:00;1;11;52.5;\nA2;01.11.2026 10:00;1;12;52.5;Ost\n"
                        "A3;01.11.2026 10:00;1;13;127.1;37.5\nA4;01.11.2026 10:00;1;14;52.5;190\n",
                        placed_mapping(std::string{kGerman}));
  EXPECT_EQ(s.rows, 4u);
  EXPECT_EQ(s.stored, 8u);
  EXPECT_EQ(s.rejected_rows, 0u) << rejects();
  EXPECT_EQ(s.rejected_places, 4u) << rejects();
  EXPECT_EQ(s.without_position, 4u);
  EXPECT_THAT(values("pm10", "A1"), ElementsAre(11));
  EXPECT_THAT(rejects(), HasSubstr("data.csv,2,31,\"longitude: is missing beside the latitude \"\"52.5\"\"; readings of A1 are stored, this place is not\""));
  EXPECT_THAT(rejects(), HasSubstr("data.csv,3,31,\"longitude: \"\"Ost\"\" is not a number of degrees"));
  EXPECT_THAT(rejects(), HasSubstr("data.csv,4,26,\"latitude: \"\"127.1\"\" is not within -90 to 90; with the longitude \"\"37.5\"\" the two look swapped"));
  EXPECT_THAT(rejects(), HasSubstr("data.csv,5,31,\"longitude: \"\"190\"\" is not within -180 to 180"));
  EXPECT_THAT(s.notes, Contains(HasSubstr("data.csv: line 3, column 31: longitude: \"Ost\" is not a number")));
}

TEST_F(csv_files, tell_the_same_bad_place_once_and_take_the_first_good_one) {
  auto const s = import("STATION;ZEIT;DRUCK;PM10;LAT;LON\nA1;01.11.2026 10:00;1;11;52.5;\nA1;01.11.2026 11:00;1;12;52.5;\n"
                        "A1;01.11.2026 12:00;1;13;52.516;13.377\nA1;01.11.2026 13:00;1;14;x1;13.377\n",
                        placed_mapping(std::string{kGerman}));
  EXPECT_THAT(values("pm10"), ElementsAre(11, 12, 13, 14));
  EXPECT_EQ(s.rejected_places, 2u) << rejects();
  EXPECT_EQ(s.without_position, 0u);
  EXPECT_EQ(target.things.at("A1").thing.locations.at(0).point, (LatLon{52.516, 13.377}));
}

TEST_F(csv_files, are_not_what_their_name_says) {
  EXPECT_THAT(refusal("PK\x03\x04 [Content_Types].xml xl/workbook.xml", "a.csv"), HasSubstr("a.csv: is an Excel workbook (.xlsx); save it as CSV"));
  EXPECT_THAT(refusal("PK\x03\x04 readings.csv"), HasSubstr("is a zip archive; unpack it first"));
  EXPECT_THAT(refusal("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 Workbook"), HasSubstr("an old Excel workbook (.xls)"));
  EXPECT_THAT(refusal("%PDF-1.4"), HasSubstr("is a PDF document"));
  EXPECT_THAT(refusal("<!DOCTYPE html><html><body>404"), HasSubstr("is a web page (HTML)"));
  EXPECT_THAT(refusal("{\"RESULT\":{\"CODE\":\"ERROR-300\"}}"), HasSubstr("is JSON"));
  EXPECT_THAT(refusal(""), HasSubstr("data.csv: is empty"));
  EXPECT_THAT(import_path("/tmp").error().sentence, HasSubstr("/tmp: is a folder"));
}

std::string zipped(std::string_view text) {
  std::string out(compressBound(static_cast<uLong>(text.size())) + 64, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

TEST_F(csv_files, may_be_packed_in_several_members) {
  auto const s = import(zipped(rows("A1;01.11.2026 10:00;1;12,5\r\n")) + zipped("A1;01.11.2026 11:00;1;13,5\r\n"), std::string{kGerman}, "data.csv.gz");
  EXPECT_THAT(values("pm10"), ElementsAre(12.5, 13.5));
  EXPECT_THAT(refusal(zipped("PK\x03\x04 readings.csv"), "data.gz"), HasSubstr("data.gz: is a zip archive"));
}

TEST_F(csv_files, that_unpack_beyond_measure_are_refused) {
  auto const bomb = zipped(std::string(80'000'000, '\n'));
  EXPECT_THAT(refusal(zipped(rows("A1;01.11.2026 10:00;1;12,5\r\n")) + bomb, "bomb.csv.gz"), HasSubstr("unpacks to more than 250 times its size"));
}

TEST_F(csv_files, hand_no_formula_on_to_who_opens_the_rejects) {
  import(rows("=HYPERLINK(1);x;1;1\r\nA1;01.11.2026 10:00;1;1\r\n"));
  EXPECT_THAT(rejects(), HasSubstr(",'=HYPERLINK(1);x;1;1\n"));
}

}  // namespace
}  // namespace madang::sensing
