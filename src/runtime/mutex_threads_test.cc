#include "runtime/mutex.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>
#include <vector>

#include "runtime/shared_mutex.h"

namespace madang::runtime {
namespace {

struct Counted {
  Mutex mutex;
  Condition changed;
  StoppableCondition never;
  int count MADANG_GUARDED_BY(mutex) = 0;

  int read() {
    Lock const lock(mutex);
    return count;
  }
  void raise() {
    {
      Lock const lock(mutex);
      ++count;
    }
    changed.notify_all();
  }
  /// The value of before, though another one got in meanwhile.
  int let_in_another() MADANG_REQUIRES(mutex) {
    int const before = count;
    Unlocked const meanwhile(mutex);
    std::async(std::launch::async, [this] { raise(); }).get();
    return before;
  }
};

TEST(mutex, lets_one_in_at_a_time) {
  Counted shared;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 1'000; ++n) shared.raise();
      });
  }
  EXPECT_EQ(shared.read(), 4'000);
}

TEST(mutex, is_free_while_who_holds_it_has_unlocked) {
  Counted shared;
  Lock lock(shared.mutex);
  lock.unlock();
  std::async(std::launch::async, [&] { shared.raise(); }).get();
  lock.lock();
  EXPECT_EQ(shared.count, 1);
}

TEST(mutex, is_let_go_inside_a_function_that_was_called_with_it) {
  Counted shared;
  Lock const lock(shared.mutex);
  EXPECT_EQ(shared.let_in_another(), 0);
  EXPECT_EQ(shared.count, 1);
}

TEST(condition, returns_when_it_is_so_with_the_lock_held) {
  Counted shared;
  std::jthread const raiser([&] { shared.raise(); });
  Lock lock(shared.mutex);
  shared.changed.wait(lock, [&]() MADANG_REQUIRES(shared.mutex) { return shared.count == 1; });
  EXPECT_EQ(shared.count, 1);
}

TEST(condition, says_that_it_was_not_so_in_time) {
  Counted shared;
  Lock lock(shared.mutex);
  auto const never = []() { return false; };
  EXPECT_FALSE(shared.changed.wait_for(lock, std::chrono::milliseconds{1}, never));
  EXPECT_FALSE(shared.changed.wait_until(lock, std::chrono::steady_clock::now() + std::chrono::milliseconds{1}, never));
}

TEST(stoppable_condition, ends_when_the_thread_is_asked_to_stop) {
  Counted shared;
  bool is_so = true;
  std::jthread waiter([&](std::stop_token const& stop) {
    Lock lock(shared.mutex);
    is_so = shared.never.wait(lock, stop, [] { return false; });
  });
  waiter.request_stop();
  waiter.join();
  EXPECT_FALSE(is_so);
}

TEST(read_lock, is_had_by_many_and_let_go_for_a_writer) {
  SharedMutex mutex;
  ReadLock one(mutex);
  std::async(std::launch::async, [&] { ReadLock const another(mutex); }).get();
  one.unlock();
  std::async(std::launch::async, [&] { WriteLock const writing(mutex); }).get();
  one.lock();
  {
    ReadUnlocked const meanwhile(mutex);
    std::async(std::launch::async, [&] { WriteLock const writing(mutex); }).get();
  }
  EXPECT_FALSE(std::async(std::launch::async, [&] { return mutex.try_lock(); }).get());
}

}  // namespace
}  // namespace madang::runtime
