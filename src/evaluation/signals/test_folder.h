// A folder that goes with its test, and the files that a test writes into it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace madang::evaluation::signals {

class InFolder : public testing::Test {
 protected:
  InFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
    folder = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  }
  ~InFolder() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  std::filesystem::path write(std::string_view name, std::string_view text) const {
    auto const file = folder / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

  std::filesystem::path folder;
};

}  // namespace madang::evaluation::signals
