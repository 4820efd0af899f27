#include "sensing/import/number_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace madang::sensing {
namespace {

using testing::HasSubstr;

std::string said(std::string_view text, NumberStyle style) {
  auto const number = read_number(text, style);
  return number ? std::to_string(*number) : number.error().sentence;
}
double comma(std::string_view text) { return read_number(text, {.decimal_comma = true}).value_or(-99999); }
double point(std::string_view text) { return read_number(text, {}).value_or(-99999); }

TEST(number_text, reads_plain_numbers_in_both_styles) {
  EXPECT_EQ(point("1013.2"), 1013.2);
  EXPECT_EQ(point("-.5"), -0.5);
  EXPECT_EQ(point("5."), 5);
  EXPECT_EQ(point("1.25E+01"), 12.5);
  EXPECT_EQ(point("0.031"), 0.031);
  EXPECT_EQ(point("19.39664"), 19.39664);
  EXPECT_EQ(comma("1013,2"), 1013.2);
  EXPECT_EQ(comma("1,25E+01"), 12.5);
  EXPECT_EQ(comma("0,031"), 0.031);
  EXPECT_EQ(comma("7"), 7);
}

TEST(number_text, reads_signs_that_spreadsheets_write) {
  EXPECT_EQ(comma("+1013,2"), 1013.2);
  EXPECT_EQ(comma("\xE2\x88\x92" "5,2"), -5.2);
  EXPECT_EQ(point("\xE2\x80\x93" "5.2"), -5.2);
  EXPECT_EQ(point("+5"), 5);
}

TEST(number_text, reads_groups_that_can_be_nothing_else) {
  EXPECT_EQ(comma("1.013,2"), 1013.2);
  EXPECT_EQ(comma("1.013.200"), 1013200);
  EXPECT_EQ(comma("-1.234.567,25"), -1234567.25);
  EXPECT_EQ(point("1,013.2"), 1013.2);
  EXPECT_EQ(point("1,013,200"), 1013200);
  EXPECT_EQ(comma("1 013,2"), 1013.2);
  EXPECT_EQ(comma("1\xC2\xA0" "013,2"), 1013.2);
  EXPECT_EQ(comma("1\xE2\x80\xAF" "013"), 1013);
  EXPECT_EQ(point("1'013.2"), 1013.2);
  EXPECT_EQ(point("1\xE2\x80\x99" "013"), 1013);
  EXPECT_EQ(point("  12.5\xC2\xA0"), 12.5);
}

TEST(number_text, never_reads_a_number_a_thousand_times_wrong) {
  EXPECT_THAT(said("1.013", {.decimal_comma = true}), HasSubstr("thousands = \".\" in [file] says which"));
  EXPECT_THAT(said("-2.155", {.decimal_comma = true}), HasSubstr("a thousand times another"));
  EXPECT_THAT(said("1.5", {.decimal_comma = true, .thousands = '.'}), HasSubstr("has a dot that groups no thousands"));
  EXPECT_THAT(said("1.5x", {.decimal_comma = true, .thousands = '.'}), HasSubstr("is not a number"));
  EXPECT_THAT(said("1,013", {}), HasSubstr("decimal_comma = true or thousands = \",\" in [file] says which"));
  EXPECT_EQ(read_number("1.013", {.decimal_comma = true, .thousands = '.'}).value(), 1013);
  EXPECT_EQ(read_number("1,013", {.decimal_comma = false, .thousands = ','}).value(), 1013);
}

TEST(number_text, refuses_groups_that_are_none) {
  for (std::string_view const text : {"12.34", "1.01,2", "1.0133", "1013.200,5", "1.013,2,5", "1..013,2", ".013.200", "1 01", "10 000 00"})
    EXPECT_FALSE(read_number(text, {.decimal_comma = true})) << text;
  for (std::string_view const text : {"12,5", "1,01.2", "1.5,3", "1,013.2.5", "1.2.3"})
    EXPECT_FALSE(read_number(text, {})) << text;
}

TEST(number_text, refuses_what_is_no_number) {
  for (std::string_view const text : {"", " ", "-", "+", "+-5", "--5", "++5", "abc", "12 %", "5 ppm", "<5", "1e", "e5", "nan", "inf", "-inf", "Infinity",
                                      "0x10", "1e999", "12:30", ",", ".", "'", "1'", "\xEF\xBF\xBD"})
    EXPECT_FALSE(read_number(text, {})) << text;
  EXPECT_FALSE(read_number(std::string(1000, '1'), {}));
}

TEST(numbers, with_a_comma_say_what_reads_them) {
  EXPECT_EQ(read_number("1,5", {}).error().sentence, "\"1,5\" is not a number; decimal_comma = true in [file] reads it as one");
  EXPECT_EQ(read_number("-12,75", {}).error().sentence, "\"-12,75\" is not a number; decimal_comma = true in [file] reads it as one");
  EXPECT_EQ(read_number("1,5,2", {}).error().sentence, "\"1,5,2\" is not a number");
  EXPECT_EQ(read_number("a,5", {}).error().sentence, "\"a,5\" is not a number");
}

}  // namespace
}  // namespace madang::sensing
