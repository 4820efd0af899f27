#include "core/file_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang {
namespace {

using testing::StartsWith;

std::string kind(std::string_view bytes) { return foreign_kind(bytes).value_or("text"); }

TEST(file_kind, leaves_text_of_records_alone) {
  EXPECT_EQ(kind("station;time;pm25\nA1;2026-11-01;3\n"), "text");
  EXPECT_EQ(kind("\xEF\xBB\xBFserial,date\n"), "text");
  EXPECT_EQ(kind("[Header]\nlogger=7\n"), "text");
  EXPECT_EQ(kind(""), "text");
}

TEST(file_kind, tells_archives_and_workbooks_apart) {
  EXPECT_THAT(kind("PK\x03\x04......readings.csv"), StartsWith("a zip archive"));
  EXPECT_THAT(kind("PK\x03\x04......[Content_Types].xml......xl/workbook.xml"), StartsWith("an Excel workbook (.xlsx)"));
  EXPECT_THAT(kind("PK\x03\x04......[Content_Types].xml"), StartsWith("an Office document"));
  EXPECT_THAT(kind("PK\x03\x04......mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), StartsWith("a spreadsheet (.ods)"));
  EXPECT_THAT(kind("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1...."), StartsWith("an old Excel workbook (.xls)"));
  EXPECT_THAT(kind(std::string(257, 'a') + "ustar"), StartsWith("a tar archive"));
  EXPECT_THAT(kind("BZh91AY"), StartsWith("packed with bzip2"));
}

TEST(file_kind, knows_pages_and_documents) {
  EXPECT_THAT(kind("%PDF-1.7"), StartsWith("a PDF document"));
  EXPECT_THAT(kind("\n <!DOCTYPE HTML><html>"), StartsWith("a web page"));
  EXPECT_THAT(kind("<HTML><body>404"), StartsWith("a web page"));
  EXPECT_EQ(kind("<?xml version=\"1.0\"?>"), "XML");
  EXPECT_EQ(kind("{\"RESULT\":{\"CODE\":\"INFO-200\"}}"), "JSON");
}

TEST(why_no_json, names_what_a_parser_would_only_stumble_over) {
  using namespace std::string_view_literals;
  EXPECT_EQ(why_no_json("{\"a\":1}"), std::nullopt);
  EXPECT_EQ(why_no_json("[1]"), std::nullopt);
  EXPECT_EQ(why_no_json(""), std::nullopt);
  EXPECT_EQ(why_no_json("\xFF\xFE{\0"sv), "is UTF-16; JSON is sent as UTF-8");
  EXPECT_EQ(why_no_json("{\0\"\0a\0"sv), "is UTF-16; JSON is sent as UTF-8");
  EXPECT_EQ(why_no_json("\0{\0\"\0a"sv), "is UTF-16; JSON is sent as UTF-8");
  EXPECT_EQ(why_no_json("\x1F\x8B\x08"sv), "is packed with gzip; unpack it first");
  EXPECT_EQ(why_no_json("<?xml version=\"1.0\"?>"), "is XML");
}

}  // namespace
}  // namespace madang
