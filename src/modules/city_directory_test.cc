// A misspelt --data is said, and begins nothing.
#include "modules/city_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace madang::modules {
namespace {

using testing::HasSubstr;

class a_city : public testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(mkdtemp(place.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(place); }

  [[nodiscard]] std::string refusal_of(CityNeed need, std::string const& name = ".") const {
    auto const found = find_city(settings, std::filesystem::path{place} / name, need);
    return found ? "" : found.error().sentence;
  }
  void write(std::string const& name) const { std::ofstream(std::filesystem::path{place} / name) << "\n"; }

  /// As somebody whom permissions bind, which they do not root.
  [[nodiscard]] std::string refusal_of_nobody(CityNeed need) const {
    auto const me = ::geteuid();
    EXPECT_EQ(::seteuid(me == 0 ? 65'534 : me), 0);
    auto refusal = refusal_of(need);
    EXPECT_EQ(::seteuid(me), 0);
    return refusal;
  }

  std::string place = "/tmp/madang-city-XXXXXX";
  GroundSettings settings;
};

TEST_F(a_city, is_not_begun_where_its_directory_is_misspelt) {
  EXPECT_EQ(refusal_of(CityNeed::kThere, "typo"), "there is no data directory " + place + "/typo");
  EXPECT_EQ(refusal_of(CityNeed::kPlace, "typo"), "there is no data directory " + place + "/typo");
  EXPECT_FALSE(std::filesystem::exists(place + "/typo"));
}

TEST_F(a_city, may_begin_in_a_directory_made_for_it_where_there_is_nothing_to_look_at_yet) {
  write("madang.toml");
  EXPECT_EQ(refusal_of(CityNeed::kPlace), "");
  EXPECT_THAT(refusal_of(CityNeed::kThere), HasSubstr("holds no city yet; `madang serve --data "));
}

TEST_F(a_city, may_begin_in_a_volume_that_was_just_mounted) {
  std::filesystem::create_directory(place + "/lost+found");
  EXPECT_EQ(refusal_of(CityNeed::kPlace), "");
  write("city.tar");
  EXPECT_THAT(refusal_of(CityNeed::kPlace), HasSubstr("holds no city yet"));
}

TEST_F(a_city, is_not_said_to_be_missing_where_nobody_may_look) {
  using std::filesystem::perms;
  std::filesystem::permissions(place, perms::owner_write | perms::owner_exec | perms::group_exec | perms::others_exec);
  EXPECT_THAT(refusal_of_nobody(CityNeed::kPlace), HasSubstr(place + "/. cannot be read: Permission denied"));
  std::filesystem::permissions(place, perms::none);
  EXPECT_THAT(refusal_of_nobody(CityNeed::kThere), HasSubstr("cannot be read: Permission denied"));
  std::filesystem::permissions(place, perms::owner_all);
}

TEST_F(a_city, does_not_begin_among_the_files_of_something_else) {
  write("city.tar");
  EXPECT_THAT(refusal_of(CityNeed::kPlace), HasSubstr("holds no city yet"));
  write("records.db");
  EXPECT_EQ(refusal_of(CityNeed::kPlace), "");
  EXPECT_EQ(refusal_of(CityNeed::kThere), "");
}

TEST_F(a_city, may_keep_its_records_elsewhere) {
  settings.records_address = "postgresql:dbname=city";
  EXPECT_EQ(refusal_of(CityNeed::kThere), "");
}

}  // namespace
}  // namespace madang::modules
