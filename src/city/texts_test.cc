#include "city/texts.h"

#include <gtest/gtest.h>

namespace madang::city {
namespace {

TEST(texts, behave_like_a_map) {
  Texts texts = {{"ko", "마당"}, {"en", "courtyard"}};
  EXPECT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts.begin()->first, "en");
  EXPECT_EQ(texts.find("ko")->second, "마당");
  EXPECT_EQ(texts.find("fr"), texts.end());
  texts["fr"] = "cour";
  texts.emplace("en", "yard");
  texts.insert_or_assign("ko", "뜰");
  EXPECT_EQ(texts, (Texts{{"en", "courtyard"}, {"fr", "cour"}, {"ko", "뜰"}}));
  EXPECT_TRUE(Texts{}.empty());
}

TEST(texts, of_a_copy_change_alone) {
  Texts const original = {{"en", "one"}};
  Texts copy = original;
  EXPECT_EQ(copy.begin(), original.begin()) << "they share the memory";

  copy["en"] = "two";

  EXPECT_EQ(original.find("en")->second, "one");
  EXPECT_EQ(copy.find("en")->second, "two");
}

}  // namespace
}  // namespace madang::city
