// A folder for tests that open many stores: in memory where the machine has room for that, since a disk's syncs would be most of
// their time. What power takes away, tests/scenario/store_crash_test.cc looks at.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace madang::storage {

/// Goes with its object.
class TestFolder {
 public:
  TestFolder() {
    auto const memory = std::filesystem::path("/dev/shm");
    auto const base = std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
    std::string pattern = (base / "madang-store-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  TestFolder(TestFolder const&) = delete;
  TestFolder& operator=(TestFolder const&) = delete;
  ~TestFolder() {
    if (!path_.empty()) std::filesystem::remove_all(path_);
  }
  [[nodiscard]] std::string const& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace madang::storage
