// Appending, reading, deleting and rolling at the same time.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "storage/observations/chunk_store.h"
#include "storage/observations/test_times.h"

namespace madang::storage {
namespace {

using std::chrono::minutes;


TEST(chunk_store_threads, readers_see_every_acknowledged_value_once_while_chunks_are_written) {
  std::string pattern = (std::filesystem::temp_directory_path() / "madang-threads-XXXXXX").string();
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  ChunkStore::Options options;
  options.folder = pattern;
  options.hot_values = 500;
  options.chunk_values = 40;
  options.slice_values = 150;
  auto store = std::move(ChunkStore::open(options).value());
  constexpr int kSteps = 250;
  constexpr std::int64_t kStreams = 12;
  std::atomic<int> written = 0;
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;

  std::thread writer([&] {
    for (int step = 0; step < kSteps; ++step) {
      Batch batch;
      for (std::int64_t s = 1; s <= kStreams; ++s)
        batch.observations.push_back({DatastreamId{s}, kNoon + minutes{step}, step / 10.0, kNoon, {}});
      if (!store->append(batch)) ++wrong;
      written = step + 1;
    }
    done = true;
  });
  auto const read_on = [&](std::int64_t stream) {
    DatastreamId const ids[] = {DatastreamId{stream}};
    while (!done) {
      int const least = written;
      auto const read = store->read(ids[0], {kNoon, kNoon + minutes{kSteps}}, {});
      auto const count = store->count(ids[0], {kNoon, kNoon + minutes{kSteps}});
      auto const sums = store->aggregate(ids, {kNoon, kNoon + minutes{kSteps}}, {});
      auto const latest = store->latest(ids);
      std::uint32_t counted = 0;
      for (auto const& bucket : sums->at(0).buckets) counted += bucket.count;
      auto const enough = static_cast<std::size_t>(least);
      if (read->size() < enough || *count < enough || counted < enough || counted > kSteps) ++wrong;
      for (std::size_t i = 0; i < read->size(); ++i)
        if ((*read)[i].phenomenon_time != kNoon + minutes{i}) ++wrong;
      if (least > 0 && latest->at(0).value < (least - 1) / 10.0) ++wrong;
    }
  };
  std::thread first(read_on, 1);
  std::thread second(read_on, kStreams);
  std::thread eraser([&] {
    while (!done) {
      if (!store->erase(DatastreamId{2}, {kNoon, kNoon + minutes{kSteps}})) ++wrong;
      (void)store->statistics();
      std::this_thread::yield();
    }
  });
  for (auto* const thread : {&writer, &first, &second, &eraser}) thread->join();
  EXPECT_EQ(wrong, 0);
  store.reset();
  std::filesystem::remove_all(pattern);
}

}  // namespace
}  // namespace madang::storage
