// Records in a folder of their own, for tests; both go with it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "runtime/clock.h"
#include "storage/records/records.h"

namespace madang::city {

class TestRecords {
 public:
  explicit TestRecords(runtime::Clock const& clock) {
    if (::mkdtemp(directory_.data()) == nullptr) std::abort();
    records_ = storage::Records::open("sqlite:" + directory_ + "/records.sqlite", clock).value();
  }
  ~TestRecords() {
    records_.reset();
    std::filesystem::remove_all(directory_);
  }
  TestRecords(TestRecords const&) = delete;
  TestRecords& operator=(TestRecords const&) = delete;

  [[nodiscard]] storage::Records& operator*() const { return *records_; }

 private:
  std::string directory_ = (std::filesystem::temp_directory_path() / "madang-test-XXXXXX").string();
  std::unique_ptr<storage::Records> records_;
};

}  // namespace madang::city
