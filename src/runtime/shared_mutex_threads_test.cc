#include "runtime/shared_mutex.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <shared_mutex>
#include <thread>
#include <vector>

namespace madang::runtime {
namespace {

/// Eight that always read are stopped in the end, so that the test ends whether or not the writer got in before.
TEST(shared_mutex, lets_a_writer_in_among_readers_without_end) {
  SharedMutex mutex;
  long value = 0;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 8; ++i)
    readers.emplace_back([&](std::stop_token const& stop) {
      long seen = 0;
      while (!stop.stop_requested()) {
        std::shared_lock const lock(mutex);
        for (int look = 0; look < 2'000; ++look) {
          EXPECT_GE(value, seen);
          seen = value;
        }
      }
    });
  auto written = std::async(std::launch::async, [&] {
    for (int i = 0; i < 20; ++i) {
      std::unique_lock const lock(mutex);
      ++value;
    }
  });
  EXPECT_EQ(written.wait_for(std::chrono::seconds{30}), std::future_status::ready) << "the readers never let it in";
  for (auto& reader : readers) reader.request_stop();
  written.get();
  std::shared_lock const lock(mutex);
  EXPECT_EQ(value, 20);
}

TEST(shared_mutex, is_had_by_many_readers_or_one_writer) {
  SharedMutex mutex;
  std::shared_lock const one(mutex);
  EXPECT_FALSE(std::async(std::launch::async, [&] { return mutex.try_lock(); }).get());
  bool const another = std::async(std::launch::async, [&] {
                         bool const has_it = mutex.try_lock_shared();
                         if (has_it) mutex.unlock_shared();
                         return has_it;
                       }).get();
  EXPECT_TRUE(another);
}

}  // namespace
}  // namespace madang::runtime
