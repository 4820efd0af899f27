#include "core/characters.h"

#include <gtest/gtest.h>

namespace madang {
namespace {

TEST(characters, are_counted_as_a_reader_counts_them) {
  EXPECT_EQ(characters_in(""), 0U);
  EXPECT_EQ(characters_in("abc"), 3U);
  EXPECT_EQ(characters_in("한글 이름"), 5U);
  EXPECT_EQ(characters_in("\u1112\u1161\u11ab"), 1U) << "the same syllable, in its parts";
  EXPECT_EQ(characters_in("👨‍👩‍👧🇰🇷"), 2U) << "a family and a flag";
}

TEST(characters, of_what_is_no_text_are_its_bytes) { EXPECT_EQ(characters_in("a\xff\xfe"), 3U); }

}  // namespace
}  // namespace madang
