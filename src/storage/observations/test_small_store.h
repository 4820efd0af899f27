// A small chunk store in a folder of its own, for tests of what stands in its files.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "core/time.h"
#include "storage/observations/chunk_store.h"
#include "storage/observations/test_times.h"

namespace madang::storage {

inline constexpr Quality kGood{QualityFlag::kGood, 0, 3};

/// Eight values a chunk; nothing happens in the background unless a test asks for it.
class SmallStore : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "madang-format-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    options_.folder = folder_;
    options_.chunk_values = 8;
    options_.background = false;
    reopen();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    store_.reset();
    auto opened = ChunkStore::open(options_);
    ASSERT_TRUE(opened) << opened.error().sentence;
    store_ = std::move(*opened);
  }
  void put(std::int64_t stream, Instant when, double value, std::string text = {}) {
    Batch batch;
    batch.observations.push_back({DatastreamId{stream}, when, value, when, kGood});
    if (!text.empty()) {
      batch.details.emplace_back().second.result = std::move(text);
      batch.details.back().second.result_kind = ObservationDetail::ResultKind::kText;
    }
    ASSERT_TRUE(store_->append(batch));
  }
  /// A value each ten minutes for 100 hours: level 40 and once an hour 90.
  void fill_levels(std::int64_t stream) {
    Batch batch;
    for (int i = 0; i < 600; ++i) {
      auto const time = kNoon + std::chrono::minutes{10 * i};
      batch.observations.push_back({DatastreamId{stream}, time, i % 6 == 0 ? 90.0 : 40.0, time, kGood});
    }
    ASSERT_TRUE(store_->append(batch));
  }

  std::string folder_;
  ChunkStore::Options options_;
  std::unique_ptr<ChunkStore> store_;
};

}  // namespace madang::storage
