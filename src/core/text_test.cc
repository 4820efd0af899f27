#include "core/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "core/text_decoder.h"

namespace madang {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// "마당" in CP949: 마 = B8 B6, 당 = B4 E7.
constexpr std::string_view kMadangCp949 = "\xB8\xB6\xB4\xE7";

TEST(utf8, is_told_from_other_bytes) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain"));
  EXPECT_TRUE(is_utf8("마당 😀"));
  EXPECT_FALSE(is_utf8(kMadangCp949));
  EXPECT_FALSE(is_utf8("\xC0\xAF"));              // overlong
  EXPECT_FALSE(is_utf8("\xED\xA0\x80"));          // surrogate
  EXPECT_FALSE(is_utf8("\xF4\x90\x80\x80"));      // above U+10FFFF
  EXPECT_FALSE(is_utf8("\xEB\xA7"));              // cut off
}

TEST(repair_utf8, keeps_what_is_well_formed) {
  EXPECT_EQ(repair_utf8("마당"), "마당");
  EXPECT_EQ(repair_utf8("a\xFF" "b"), "a\xEF\xBF\xBD" "b");
  EXPECT_EQ(repair_utf8("마\xEB"), "마\xEF\xBF\xBD");
  EXPECT_TRUE(is_utf8(repair_utf8("\xC0\xAF\xED\xA0\x80\xFE")));
}

TEST(utf8_of_cp949, reads_korean) {
  EXPECT_EQ(*utf8_of_cp949(kMadangCp949), "마당");
  EXPECT_EQ(*utf8_of_cp949("pm 10,\xA1\xC6"), "pm 10,°");
  EXPECT_EQ(*utf8_of_cp949("\x8C\x63"), "똠");  // in CP949, not in EUC-KR
  EXPECT_EQ(*utf8_of_cp949(""), "");
}

TEST(utf8_of_cp949, names_the_byte_it_cannot_read) {
  auto const text = utf8_of_cp949("ab\x81 cd");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Code::kInvalid);
  EXPECT_THAT(text.error().sentence, HasSubstr("near byte 3"));
}

TEST(trim, takes_white_space_from_both_ends_only) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
  EXPECT_EQ(trim(""), "");
}

TEST(split, keeps_empty_parts) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
}

TEST(parse_double, takes_the_whole_text_or_nothing) {
  EXPECT_EQ(parse_double("12.5"), 12.5);
  EXPECT_EQ(parse_double("-1e3"), -1000);
  EXPECT_EQ(parse_double("00029.1"), 29.1);
  EXPECT_FALSE(parse_double(""));
  EXPECT_FALSE(parse_double(" 1"));
  EXPECT_FALSE(parse_double("1 "));
  EXPECT_FALSE(parse_double("1,5"));
  EXPECT_FALSE(parse_double("+1"));
}

TEST(parse_double, refuses_what_is_not_finite) {
  EXPECT_FALSE(parse_double("nan"));
  EXPECT_FALSE(parse_double("inf"));
  EXPECT_FALSE(parse_double("1e999"));
}

TEST(parse_int, takes_the_whole_text_or_nothing) {
  EXPECT_EQ(parse_int("-42"), -42);
  EXPECT_EQ(parse_int("9223372036854775807"), INT64_MAX);
  EXPECT_FALSE(parse_int("9223372036854775808"));
  EXPECT_FALSE(parse_int("1.0"));
  EXPECT_FALSE(parse_int(""));
}

TEST(nearest_word, finds_typing_errors_only) {
  constexpr std::array<std::string_view, 3> kWords{"listen", "retention", "language"};
  EXPECT_EQ(nearest_word("lisen", kWords), "listen");
  EXPECT_EQ(nearest_word("retenton", kWords), "retention");
  EXPECT_FALSE(nearest_word("broker_password", kWords));
  EXPECT_FALSE(nearest_word("x", {}));
}

TEST(text_decoder, leaves_plain_ascii_alone) {
  TextDecoder decoder;
  EXPECT_EQ(*decoder.decode("a,b\n"), "a,b\n");
  EXPECT_EQ(decoder.encoding(), Encoding::kAscii);
}

TEST(text_decoder, drops_the_byte_order_mark) {
  TextDecoder decoder;
  EXPECT_EQ(*decoder.decode("\xEF\xBB\xBF" "a\n"), "a\n");
  EXPECT_EQ(decoder.encoding(), Encoding::kUtf8);
}

TEST(text_decoder, decides_at_the_first_korean_block) {
  TextDecoder decoder;
  EXPECT_EQ(*decoder.decode("serial\n"), "serial\n");
  EXPECT_EQ(*decoder.decode(std::string{kMadangCp949} + "\n"), "마당\n");
  EXPECT_EQ(decoder.encoding(), Encoding::kCp949);
  EXPECT_EQ(*decoder.decode(std::string{kMadangCp949} + "\n"), "마당\n");
}

TEST(text_decoder, tells_utf8_from_cp949) {
  TextDecoder decoder;
  EXPECT_EQ(*decoder.decode("마당\n"), "마당\n");
  EXPECT_EQ(decoder.encoding(), Encoding::kUtf8);
}

TEST(text_decoder, repairs_a_broken_line_and_keeps_the_others) {
  TextDecoder decoder;
  ASSERT_TRUE(decoder.decode("마당\n"));
  EXPECT_EQ(*decoder.decode("ok 마\nbad \xFF\n"), "ok 마\nbad \xEF\xBF\xBD\n");
  EXPECT_EQ(decoder.lines_repaired(), 1u);
}

TEST(text_decoder, repairs_a_broken_cp949_line_too) {
  TextDecoder decoder;
  ASSERT_TRUE(decoder.decode(kMadangCp949));
  auto const text = *decoder.decode("1," + std::string{kMadangCp949} + "\n2,\x81 x\n");
  EXPECT_THAT(text, HasSubstr("1,마당\n2,"));
  EXPECT_TRUE(is_utf8(text));
  EXPECT_EQ(decoder.lines_repaired(), 1u);
}

TEST(text_decoder, reads_utf16_with_and_without_its_mark) {
  using namespace std::string_view_literals;
  TextDecoder little;
  EXPECT_EQ(*little.decode("\xFF\xFE" "a\0,\0\xC8\xB9\n\0"sv), "a,마\n");
  EXPECT_EQ(little.encoding(), Encoding::kUtf16Le);
  TextDecoder big;
  EXPECT_EQ(*big.decode("\xFE\xFF\0a\0\n"sv), "a\n");
  TextDecoder bare;
  EXPECT_EQ(*bare.decode("a\0,\0" "b\0,\0" "1\0\n\0"sv), "a,b,1\n");
  TextDecoder too_wide;
  EXPECT_EQ(too_wide.decode("\xFF\xFE\0\0a\0\0\0"sv).error().code, Code::kUnsupported);
}

TEST(text_decoder, cuts_no_character_of_utf16) {
  using namespace std::string_view_literals;
  TextDecoder decoder;
  std::string bytes{"\xFF\xFE" "a\0\x3D\xD8"sv};  // half of U+1F600
  EXPECT_EQ(*decoder.decode_whole(bytes, false), "a");
  bytes += "\0\xDE" "b"sv;
  EXPECT_EQ(*decoder.decode_whole(bytes, false), "\xF0\x9F\x98\x80");
  EXPECT_EQ(bytes, "b");
}

TEST(text_decoder, tells_european_from_korean_bytes) {
  TextDecoder decoder;
  EXPECT_EQ(*decoder.decode("\xB5g/m\xB3;H\xF6he;\xDC;\xB0;\xE9\n"), "µg/m³;Höhe;Ü;°;é\n");
  EXPECT_EQ(decoder.encoding(), Encoding::kWindows1252);
}

TEST(text_decoder, believes_what_is_stated) {
  TextDecoder decoder(encoding_named("Latin1"));
  EXPECT_EQ(*decoder.decode(kMadangCp949), "\xC2\xB8\xC2\xB6\xC2\xB4\xC3\xA7");
  EXPECT_EQ(encoding_named("EUC-KR"), Encoding::kCp949);
  EXPECT_EQ(encoding_named("ebcdic"), std::nullopt);
}

TEST(text_decoder, shows_zero_bytes_as_what_cannot_be_read) {
  TextDecoder decoder;
  EXPECT_EQ(*decoder.decode(std::string_view{"1,2\0\n", 5}), "1,2\xEF\xBF\xBD\n");
  EXPECT_EQ(decoder.lines_repaired(), 1u);
}

}  // namespace
}  // namespace madang
