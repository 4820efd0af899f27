#include "runtime/refusal.h"

#include <gtest/gtest.h>

#include "runtime/shipped.h"

namespace madang::runtime {
namespace {

TEST(refusal, is_an_english_sentence_of_its_text) {
  auto const error = refuse(Code::kLimit, "refusal.above", {{"value", "many"}, {"max", 4000}}).error();
  EXPECT_EQ(error.code, Code::kLimit);
  EXPECT_EQ(error.sentence, "many is above 4,000");
  ASSERT_TRUE(error.wording);
  EXPECT_EQ(error.wording->key, "refusal.above");
  EXPECT_EQ(error.wording->arguments, (ErrorArguments{{"value", "many"}, {"max", 4000}}));
}

TEST(refusal, of_a_field_begins_with_it_in_english) {
  auto const error = refuse_field(Code::kInvalid, "to", "refusal.time.to_before_from").error();
  EXPECT_EQ(error.sentence, "to: must lie after from");
  EXPECT_EQ(error.wording->field, "to");
}

TEST(refusal, is_said_in_the_readers_language_without_the_field) {
  auto const error = refuse_field(Code::kInvalid, "limit", "refusal.above", {{"value", 1200}, {"max", 1000}}).error();
  EXPECT_EQ(said(shipped_messages(), "ko", error), "최대 1,000까지인데 1,200입니다");
  EXPECT_EQ(said(shipped_messages(), "en", error), "1,200 is above 1,000");
}

TEST(refusal, without_a_text_is_said_by_nothing_but_its_sentence) {
  Error const plain{Code::kInvalid, "odd"};
  EXPECT_EQ(said(shipped_messages(), "ko", plain), std::nullopt);
  Error const foreign{Code::kInvalid, "odd", std::make_shared<Wording const>("nobody.wrote.this", "", ErrorArguments{})};
  EXPECT_EQ(said(shipped_messages(), "ko", foreign), std::nullopt);
}

}  // namespace
}  // namespace madang::runtime
