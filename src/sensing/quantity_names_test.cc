#include "sensing/quantity_names.h"

#include <gtest/gtest.h>

#include "runtime/shipped.h"

namespace madang::sensing {
namespace {

auto const& messages = runtime::shipped_messages();

TEST(quantity_names, are_there_in_every_language) {
  ASSERT_GT(messages.languages().size(), 1U);
  for (auto const& info : quantities()) {
    auto const names = quantity_names(messages, info.channel);
    EXPECT_EQ(names.by_language.size(), messages.languages().size());
    for (auto const& [language, name] : names.by_language) EXPECT_NE(name, info.name_key) << language;
  }
  EXPECT_TRUE(quantity_names(messages, "radon").by_language.empty());
}

TEST(quantity_names, of_means_say_over_which_time) {
  EXPECT_EQ(quantity_name(messages, "en", "pm25"), "Fine dust PM2.5");
  EXPECT_EQ(quantity_name(messages, "en", "pm25_daily"), "Fine dust PM2.5, daily mean");
  EXPECT_EQ(quantity_name(messages, "ko", "pm25_hourly"), "초미세먼지 PM2.5 시간 평균");
  EXPECT_EQ(quantity_name(messages, "ko", "noise_2min"), "소음 2분 평균");
  EXPECT_EQ(quantity_name(messages, "ko", "radon"), "radon");
}

}  // namespace
}  // namespace madang::sensing
