#include "core/error.h"

#include <gtest/gtest.h>

#include <set>

#include "core/id.h"
#include "core/quality.h"

namespace madang {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return fail(Code::kInvalid, "odd");
  return n / 2;
}

Result<int> quarter(int n) {
  MADANG_TRY(auto const h, half(n));
  MADANG_TRY(auto const q, half(h));
  return q;
}

Result<void> even(int n) {
  MADANG_CHECK(half(n));
  return {};
}

TEST(result, carries_the_value_or_the_first_error) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().sentence, "odd");
  EXPECT_TRUE(even(2));
  EXPECT_EQ(even(1).error().code, Code::kInvalid);
}

TEST(code, has_a_name_and_an_http_status_each) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(Code::kInternal); ++i) {
    auto const code = static_cast<Code>(i);
    names.insert(name_of(code));
    EXPECT_GE(http_status_of(code), 400);
    EXPECT_LT(http_status_of(code), 600);
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(Code::kInternal) + 1);
}

TEST(assertion_death, names_the_broken_promise) { EXPECT_DEATH(MADANG_ASSERT(1 + 1 == 3), "1 \\+ 1 == 3"); }

TEST(id, is_none_until_assigned) {
  EXPECT_FALSE(ThingId{});
  EXPECT_TRUE(ThingId{7});
  EXPECT_EQ(ThingId{7}.value(), 7);
  EXPECT_LT(ThingId{7}, ThingId{8});
  EXPECT_EQ(std::hash<ThingId>{}(ThingId{7}), std::hash<std::int64_t>{}(7));
}

TEST(id, does_not_turn_into_another_kind) {
  EXPECT_FALSE((std::is_convertible_v<ThingId, DatastreamId>));
  EXPECT_FALSE((std::is_convertible_v<std::int64_t, ThingId>));
  EXPECT_FALSE((std::is_convertible_v<ThingId, std::int64_t>));
}

TEST(quality, is_unknown_until_judged) {
  EXPECT_EQ(Quality{}.flag, QualityFlag::kUnknown);
  EXPECT_EQ(name_of(QualityFlag::kGood), "good");
  EXPECT_EQ(name_of(QualityFlag::kMissing), "missing");
}

}  // namespace
}  // namespace madang
