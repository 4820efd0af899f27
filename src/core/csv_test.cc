#include "core/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace madang {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Event = CsvReader::Event;

/// Gives `text` in pieces of at most `piece` bytes.
CsvReader::Source pieces(std::string text, std::size_t piece) {
  return [text = std::move(text), piece, at = std::size_t{0}](std::span<char> out) mutable -> Result<std::size_t> {
    auto const count = std::min({piece, out.size(), text.size() - at});
    std::copy_n(text.begin() + static_cast<std::ptrdiff_t>(at), count, out.begin());
    at += count;
    return count;
  };
}

CsvReader reader_of(std::string text, CsvOptions options = {}) { return CsvReader{pieces(std::move(text), 7), options}; }

/// Every record's fields joined by '|', problems as "!line:column".
std::vector<std::string> all(CsvReader reader) {
  std::vector<std::string> out;
  for (;;) {
    auto const event = *reader.next();
    if (event == Event::kEnd) return out;
    std::string row;
    if (event == Event::kProblem) {
      row = "!" + std::to_string(reader.problem().at.line) + ":" + std::to_string(reader.problem().at.column);
    } else {
      for (auto const& field : reader.fields()) row += (&field == reader.fields().data() ? "" : "|") + std::string{field};
    }
    out.push_back(row);
  }
}

TEST(csv_reader, reads_plain_records_with_either_line_end) {
  EXPECT_THAT(all(reader_of("a,b\n1,2\r\n,\n3,4")), ElementsAre("a|b", "1|2", "|", "3|4"));
}

TEST(csv_reader, finds_nothing_in_nothing) {
  EXPECT_THAT(all(reader_of("")), ElementsAre());
  EXPECT_THAT(all(reader_of("\n\r\n\n")), ElementsAre());
}

TEST(csv_reader, reads_quotes_that_hold_separators_line_ends_and_quotes) {
  EXPECT_THAT(all(reader_of("\"a,b\",\"c\nd\",\"say \"\"yes\"\"\"\nnext,\"\",x\n")),
              ElementsAre("a,b|c\nd|say \"yes\"", "next||x"));
}

TEST(csv_reader, keeps_a_record_of_one_empty_quoted_field) { EXPECT_THAT(all(reader_of("\"\"\na\n")), ElementsAre("", "a")); }

TEST(csv_reader, counts_physical_lines_through_quoted_line_ends) {
  auto reader = reader_of("a\n\n\"b\nb\"\nc\n");
  std::vector<std::size_t> lines;
  while (*reader.next() == Event::kRecord) lines.push_back(reader.line());
  EXPECT_THAT(lines, ElementsAre(1, 3, 5));
}

TEST(csv_reader, places_fields_by_line_and_character) {
  auto reader = reader_of("마당,\"x\ny\",z\n");
  ASSERT_EQ(*reader.next(), Event::kRecord);
  EXPECT_EQ(reader.position(0), (CsvPosition{1, 1}));
  EXPECT_EQ(reader.position(1), (CsvPosition{1, 5}));
  EXPECT_EQ(reader.position(2), (CsvPosition{2, 4}));
}

TEST(csv_reader, shows_the_record_as_it_stands_in_the_input) {
  auto reader = reader_of("a,\"b \"\" c\"\r\nnext\n");
  ASSERT_EQ(*reader.next(), Event::kRecord);
  EXPECT_EQ(reader.text(), "a,\"b \"\" c\"");
}

TEST(csv_reader, reports_a_stray_quote_and_goes_on) {
  auto reader = reader_of("a,b\n1,2\"3\n4,5\n");
  ASSERT_EQ(*reader.next(), Event::kRecord);
  ASSERT_EQ(*reader.next(), Event::kProblem);
  EXPECT_EQ(reader.problem().at, (CsvPosition{2, 4}));
  EXPECT_THAT(reader.problem().reason, HasSubstr("a quote inside a field"));
  EXPECT_EQ(reader.problem().text, "1,2\"3");
  ASSERT_EQ(*reader.next(), Event::kRecord);
  EXPECT_THAT(reader.fields(), ElementsAre("4", "5"));
  EXPECT_EQ(reader.line(), 3u);
}

TEST(csv_reader, loses_only_one_line_to_a_quote_that_is_never_closed) {
  EXPECT_THAT(all(reader_of("a,b\n\"1,2\n3,4\n5,6\n")), ElementsAre("a|b", "!2:1", "3|4", "5|6"));
}

TEST(csv_reader, loses_only_the_line_where_a_quote_was_opened_too_much) {
  EXPECT_THAT(all(reader_of("\"1,2\n3,\"4\"\n5,6\n")), ElementsAre("!2:4", "3|4", "5|6"));
}

TEST(csv_reader, refuses_text_behind_a_closing_quote) { EXPECT_THAT(all(reader_of("\"a\"b,c\nd\n")), ElementsAre("!1:4", "d")); }

TEST(csv_reader, refuses_too_many_fields_but_reads_on) {
  EXPECT_THAT(all(reader_of("a,b,c\nd,e\n", {.fields_max = 2})), ElementsAre("!1:5", "d|e"));
}

TEST(csv_reader, refuses_a_record_that_is_too_long_but_reads_on) {
  EXPECT_THAT(all(reader_of(std::string(3'000'000, 'x') + "\nd,e\n", {.record_bytes_max = 1000})), ElementsAre("!1:1", "d|e"));
  EXPECT_THAT(all(reader_of("\"" + std::string(3000, 'x') + "\"\nd\n", {.record_bytes_max = 1000})), ElementsAre("!1:1", "d"));
}

TEST(csv_reader, gives_the_same_records_however_the_bytes_arrive) {
  std::string const text = "a,\"b\"\"c\",d\r\n\"x\ny\",\"\",\"z\"\r\n1,2,3";
  auto const whole = all(CsvReader{pieces(text, 1000)});
  EXPECT_EQ(all(CsvReader{pieces(text, 1)}), whole);
  EXPECT_EQ(all(CsvReader{pieces(text, 2)}), whole);
  EXPECT_EQ(all(CsvReader{pieces(text, 3)}), whole);
}

TEST(csv_reader, reads_a_file_larger_than_its_buffer) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i) + ",\"field\",x\n";
  CsvReader reader{pieces(text, 1 << 20)};
  std::size_t count = 0;
  std::string last;
  while (*reader.next() == Event::kRecord) {
    ++count;
    last = reader.fields()[0];
  }
  EXPECT_EQ(count, 200'000u);
  EXPECT_EQ(last, "199999");
  EXPECT_EQ(reader.line(), 200'001u);
}

TEST(csv_reader, passes_on_the_source_s_error) {
  CsvReader reader{[](std::span<char>) -> Result<std::size_t> { return fail(Code::kCorrupt, "broken"); }};
  auto const event = reader.next();
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Code::kCorrupt);
}

TEST(csv_reader, takes_another_separator) {
  EXPECT_THAT(all(reader_of("a;1,5\n\"b;c\";2\n", {.separator = ';'})), ElementsAre("a|1,5", "b;c|2"));
}

TEST(append_csv_field, quotes_only_where_it_must) {
  std::string out;
  append_csv_field(out, "plain text");
  EXPECT_EQ(out, "plain text");
  out.clear();
  append_csv_field(out, "a,\"b\"\nc");
  EXPECT_EQ(out, "\"a,\"\"b\"\"\nc\"");
  EXPECT_THAT(all(reader_of(out)), ElementsAre("a,\"b\"\nc"));
}

TEST(csv_reader, skips_lines_whatever_stands_in_them) {
  std::string_view text = "Title \"open\nsecond\na,b\n1,2\n";
  CsvReader reader([&text](std::span<char> out) -> Result<std::size_t> {
    auto const count = std::min<std::size_t>({3, out.size(), text.size()});
    std::copy_n(text.data(), count, out.data());
    text.remove_prefix(count);
    return count;
  });
  ASSERT_TRUE(reader.skip_lines(2));
  ASSERT_EQ(*reader.next(), CsvReader::Event::kRecord);
  EXPECT_EQ(reader.fields()[0], "a");
  EXPECT_EQ(reader.line(), 3u);
  EXPECT_FALSE(reader.ends_open());
}

TEST(csv_reader, says_that_the_input_ends_without_a_line_end) {
  std::string_view text = "a;b\n1;2";
  CsvReader reader([&text](std::span<char> out) -> Result<std::size_t> {
    auto const count = std::min(out.size(), text.size());
    std::copy_n(text.data(), count, out.data());
    text.remove_prefix(count);
    return count;
  });
  ASSERT_EQ(*reader.next(), CsvReader::Event::kRecord);
  EXPECT_FALSE(reader.ends_open());
  reader.set_separator(';');
  ASSERT_EQ(*reader.next(), CsvReader::Event::kRecord);
  EXPECT_EQ(reader.fields().size(), 2u);
  EXPECT_TRUE(reader.ends_open());
}

TEST(csv_words, are_never_a_formula) {
  std::string out;
  for (std::string_view const text : {"=1+1", "+2", "-3", "@sum", "\tx", "plain", "a=b"}) {
    append_csv_words(out, text);
    out += '|';
  }
  EXPECT_EQ(out, "'=1+1|'+2|'-3|'@sum|'\tx|plain|a=b|");
}

}  // namespace
}  // namespace madang
