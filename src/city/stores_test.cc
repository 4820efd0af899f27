// By which id the records know a data directory.
#include "city/stores.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "modules/directory_id.h"

namespace madang::city {
namespace {

using ::testing::HasSubstr;

struct store_id : testing::Test {
  store_id() {
    if (::mkdtemp(folder.data()) == nullptr) std::abort();
    settings.records_address = "postgresql:dbname=city";
  }
  ~store_id() override { std::filesystem::remove_all(folder); }

  Result<StoreEntry> opened() const {
    MADANG_TRY(auto const directory, runtime::DataDirectory::open(folder));
    return store_of(directory, settings, clock);
  }

  std::string folder = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
  modules::GroundSettings settings;
  runtime::ManualClock clock{parse_instant("2026-12-01T00:00:00Z").value()};
};

TEST_F(store_id, is_that_of_the_directory) {
  EXPECT_FALSE(id_in(folder).value().has_value());
  auto const id = opened()->id;
  EXPECT_EQ(modules::directory_id_in(folder).value(), id);
  EXPECT_EQ(opened()->id, id);
  EXPECT_EQ(id_in(folder).value(), id);
}

TEST_F(store_id, stays_what_an_older_directory_is_known_by) {
  ASSERT_TRUE(opened());
  std::ofstream{std::filesystem::path{folder} / "store-id"} << "older\n";
  EXPECT_EQ(opened()->id, "older");
  EXPECT_EQ(id_in(folder).value(), "older");
}

TEST_F(store_id, that_is_empty_is_not_silently_another) {
  for (auto const* const name : {"directory_id", "store-id"}) {
    ASSERT_TRUE(opened());
    std::ofstream{std::filesystem::path{folder} / name} << "\n";
    auto const refused = opened();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kCorrupt);
    EXPECT_THAT(refused.error().sentence, HasSubstr(name));
    std::filesystem::remove(std::filesystem::path{folder} / name);
  }
}

TEST_F(store_id, that_cannot_be_read_is_not_silently_another) {
  std::filesystem::create_directory(std::filesystem::path{folder} / "store-id");
  EXPECT_EQ(opened().error().code, Code::kCorrupt);
}

}  // namespace
}  // namespace madang::city
