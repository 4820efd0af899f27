#include "runtime/data_directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace madang::runtime {
namespace {

struct data_directory : testing::Test {
  std::filesystem::path const path =
      std::filesystem::temp_directory_path() / ("madang-data-" + std::to_string(::getpid()));
  void TearDown() override { std::filesystem::remove_all(path); }
};

TEST_F(data_directory, is_refused_to_a_second_holder_with_the_first_ones_process_id) {
  auto const first = DataDirectory::open(path);
  ASSERT_TRUE(first.has_value());
  auto const second = DataDirectory::open(path);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_NE(second.error().sentence.find("process " + std::to_string(::getpid())), std::string::npos);
}

TEST_F(data_directory, is_free_again_after_its_holder) {
  { ASSERT_TRUE(DataDirectory::open(path).has_value()); }
  EXPECT_TRUE(DataDirectory::open(path).has_value());
}

TEST_F(data_directory, is_fresh_at_the_top_of_a_volume_that_was_just_mounted) {
  std::filesystem::create_directories(path / "lost+found");
  EXPECT_TRUE(is_fresh(path).value());
  std::ofstream(path / "madang.toml") << "\n";
  EXPECT_FALSE(is_fresh(path).value());
  EXPECT_TRUE(is_fresh(path, [](std::string_view name) { return name == "madang.toml"; }).value());
  EXPECT_EQ(is_fresh(path / "absent").error().code, Code::kUnavailable);
}

TEST_F(data_directory, tells_where_the_server_listens_while_it_is_held) {
  {
    auto const held = DataDirectory::open(path);
    ASSERT_TRUE(held->write_file("address", "http=http://127.0.0.1:8080\n").has_value());
    EXPECT_EQ(*running_server_address(path), "http=http://127.0.0.1:8080\n");
  }
  EXPECT_EQ(running_server_address(path).error().code, Code::kNotFound);
}

TEST_F(data_directory, tells_of_no_server_when_its_holder_was_killed) {
  pid_t const gone = ::fork();
  if (gone == 0) ::_exit(0);
  ::waitpid(gone, nullptr, 0);
  std::filesystem::create_directories(path);
  std::ofstream(path / "lock") << gone;
  std::ofstream(path / "address") << "http=http://127.0.0.1:8080\n";

  EXPECT_EQ(running_server_address(path).error().code, Code::kNotFound);
}

TEST_F(data_directory, that_cannot_be_made_says_why) {
  std::filesystem::create_directories(path);
  std::ofstream(path / "file") << "x";
  auto const opened = DataDirectory::open(path / "file" / "below");
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kUnavailable);
}

}  // namespace
}  // namespace madang::runtime
