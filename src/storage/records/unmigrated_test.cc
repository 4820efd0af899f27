#include "storage/records/unmigrated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "runtime/clock.h"

namespace madang::storage {
namespace {

TEST(unmigrated_records, name_what_an_older_program_has_not_done_and_change_nothing) {
  std::string pattern = (std::filesystem::temp_directory_path() / "madang-unmigrated-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  auto const address = "sqlite:" + pattern + "/records.db";
  runtime::SystemClock const clock;
  constexpr std::array kSteps{Migration{"2026-11 count lamps", "CREATE TABLE lamp (id BIGINT NOT NULL PRIMARY KEY)"},
                              Migration{"2026-12 name lamps", "ALTER TABLE lamp ADD COLUMN name TEXT NOT NULL DEFAULT ''"}};
  auto const steps = std::span<Migration const>(kSteps);
  ASSERT_TRUE((*Records::open(address, clock))->migrate("lamps", steps.first(1)));

  auto const reading = unmigrated(*Records::open(address, clock));
  auto const refused = reading->migrate("lamps", steps);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnsupported);
  EXPECT_THAT(refused.error().sentence, testing::HasSubstr("module lamps: \"2026-12 name lamps\" is not done yet"));
  EXPECT_THAT(refused.error().sentence, testing::HasSubstr("`madang serve` brings them up to date"));
  EXPECT_TRUE(reading->migrate("lamps", steps.first(1))) << "nothing was changed";
  EXPECT_TRUE(reading->migrate("benches", steps.first(0)));

  ASSERT_TRUE((*Records::open(address, clock))->migrate("lamps", steps));
  EXPECT_TRUE(reading->migrate("lamps", steps));
  std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace madang::storage
