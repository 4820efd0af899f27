#include "runtime/toml.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace madang::runtime {
namespace {

std::string sentence_of(std::string_view text) {
  auto const parsed = parse_toml(text, "city.toml");
  return parsed ? "accepted" : parsed.error().sentence;
}

TEST(toml, holds_any_letter_in_texts_and_comments) {
  auto const parsed = parse_toml("\xEF\xBB\xBF# 서울\nname = \"가로등 \\\" é\"  # '등\n\"따옴표\".'키' = 1\n", "city.toml");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().sentence;
  EXPECT_EQ((*parsed)["name"].value_or(std::string_view{}), "가로등 \" é");
  EXPECT_EQ((*parsed)["따옴표"]["키"].value_or(0), 1);
}

TEST(toml, names_the_place_where_letters_lack_quotes) {
  EXPECT_TRUE(sentence_of("[é]\n").starts_with("city.toml:1:2: ")) << sentence_of("[é]\n");
  EXPECT_TRUE(sentence_of("[city]\n이름 = 1\n").starts_with("city.toml:2:1: ")) << sentence_of("[city]\n이름 = 1\n");
  for (std::string_view const text : {"a = 1é\n", "a = 1.'é'\n", "a = \"서울\" 시\n", "a = \xEF\xB3\xBF\n", "a =\xC2\xA0\x31\n"})
    EXPECT_TRUE(sentence_of(text).starts_with("city.toml:1:")) << text << sentence_of(text);
}

TEST(toml, refuses_a_header_that_holds_no_key) {
  for (std::string_view const text : {"[!]\n", "[[!]]\n", "[ \x15]\n"})
    EXPECT_TRUE(sentence_of(text).starts_with("city.toml:1:")) << sentence_of(text);
}

TEST(toml, refuses_texts_that_never_end) {
  for (std::string_view const text : {"a = \"서울", "a = '서울\n", "a = \"\"\"서울\"\"\n", "a = \"서울\\"})
    EXPECT_TRUE(sentence_of(text).starts_with("city.toml:")) << sentence_of(text);
}

TEST(toml, refuses_what_is_not_utf8) {
  auto const sentence = sentence_of("a = \"\xBC\xAD\xBF\xEF\"\n");  // Seoul in CP949
  EXPECT_TRUE(sentence.starts_with("city.toml:1:")) << sentence;
}

}  // namespace
}  // namespace madang::runtime
