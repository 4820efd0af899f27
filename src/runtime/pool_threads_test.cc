#include "runtime/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <stdexcept>

namespace madang::runtime {
namespace {

TEST(pool, runs_every_job_it_accepted) {
  std::atomic<int> ran = 0;
  std::atomic<int> accepted = 0;
  {
    Pool pool({.name = "test", .threads = 3, .queue_max = 10'000});
    for (int i = 0; i < 5'000; ++i)
      if (pool.try_submit([&ran] { ++ran; })) ++accepted;
  }
  EXPECT_EQ(accepted, 5'000);
  EXPECT_EQ(ran, 5'000);
}

TEST(pool, gives_back_the_place_of_a_job_that_is_withdrawn_before_it_begins) {
  Pool pool({.name = "test", .threads = 1, .queue_max = 2});
  std::promise<void> started;
  std::promise<void> release;
  auto const first = pool.submit([&started, released = release.get_future()] {
    started.set_value();
    released.wait();
  });
  started.get_future().wait();
  auto const held = std::make_shared<int>(1);
  std::atomic<int> ran = 0;
  auto const second = pool.submit([held, &ran] { ++ran; });
  auto const third = pool.submit([&ran] { ++ran; });
  ASSERT_TRUE(first && second && third);
  EXPECT_FALSE(pool.withdraw(*first)) << "it has begun";
  EXPECT_TRUE(pool.withdraw(*second));
  EXPECT_FALSE(pool.withdraw(*second)) << "it is gone";
  EXPECT_EQ(held.use_count(), 1) << "with all that it held";
  EXPECT_TRUE(pool.try_submit([&ran] { ++ran; })) << "in its place";
  release.set_value();
  pool.close();
  EXPECT_EQ(ran, 2);
}

TEST(pool, refuses_what_does_not_fit_its_queue) {
  Pool pool({.name = "test", .threads = 1, .queue_max = 2});
  std::promise<void> started;
  std::promise<void> release;
  auto released = release.get_future().share();
  ASSERT_TRUE(pool.try_submit([&started, released] {
    started.set_value();
    released.wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_TRUE(pool.try_submit([] {}));
  EXPECT_EQ(pool.waiting(), 2u);
  EXPECT_FALSE(pool.try_submit([] {}));
  release.set_value();
}

TEST(pool, finishes_what_waits_before_it_closes) {
  std::atomic<int> ran = 0;
  Pool pool({.name = "test", .threads = 1, .queue_max = 100});
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(pool.try_submit([&ran] { ++ran; }));
  pool.close();
  EXPECT_EQ(ran, 50);
  EXPECT_FALSE(pool.try_submit([] {}));
}

TEST(pool, outlives_a_job_that_throws) {
  std::atomic<int> ran = 0;
  Pool pool({.name = "test", .threads = 1, .queue_max = 10});
  ASSERT_TRUE(pool.try_submit([] { throw std::runtime_error("a library's exception"); }));
  ASSERT_TRUE(pool.try_submit([&ran] { ++ran; }));
  pool.close();
  EXPECT_EQ(ran, 1);
}

TEST(pool, takes_jobs_that_cannot_be_copied) {
  Pool pool({.name = "test", .threads = 1, .queue_max = 10});
  std::promise<int> answer;
  auto future = answer.get_future();
  ASSERT_TRUE(pool.try_submit([number = std::make_unique<int>(42), answer = std::move(answer)]() mutable {
    answer.set_value(*number);
  }));
  EXPECT_EQ(future.get(), 42);
}

TEST(pool, runs_jobs_of_many_submitters) {
  std::atomic<int> ran = 0;
  Pool pool({.name = "test", .threads = 2, .queue_max = 100'000});
  {
    std::vector<std::jthread> submitters;
    for (int s = 0; s < 4; ++s)
      submitters.emplace_back([&pool, &ran] {
        for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(pool.try_submit([&ran] { ++ran; }));
      });
  }
  pool.close();
  EXPECT_EQ(ran, 4'000);
}

}  // namespace
}  // namespace madang::runtime
