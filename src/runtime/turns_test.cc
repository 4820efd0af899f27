#include "runtime/turns.h"

#include <gtest/gtest.h>

namespace madang::runtime {
namespace {

struct turns : testing::Test {
  void add(std::string_view account, std::string_view name) {
    queue.add(account, [this, name] { done += name; });
  }
  /// One thread's work.
  void work() {
    auto turn = queue.take();
    ASSERT_TRUE(turn);
    turn->job();
    queue.ended(turn->account);
  }
  void work_all() {
    while (queue.waiting() > 0) work();
  }

  Turns queue;
  std::string done;
};

TEST_F(turns, of_one_account_come_as_they_were_added) {
  for (auto const* name : {"1", "2", "3"}) add("", name);
  work_all();
  EXPECT_EQ(done, "123");
}

TEST_F(turns, go_round_among_accounts_however_much_one_has_to_do) {
  for (auto const* name : {"a", "b", "c", "d"}) add("greedy", name);
  add("citizen", "1");
  add("citizen", "2");
  add("another", "x");
  work_all();
  EXPECT_EQ(done, "a1xb2cd");
}

TEST_F(turns, of_who_comes_while_another_is_at_work_are_before_the_next_of_that_one) {
  for (auto const* name : {"a", "b", "c", "d"}) add("greedy", name);
  auto first = queue.take();
  ASSERT_TRUE(first);
  add("citizen", "1");
  first->job();
  queue.ended(first->account);
  work_all();
  EXPECT_EQ(done, "a1bcd");
}

TEST_F(turns, keep_no_thread_idle_where_one_account_alone_wants_something) {
  add("greedy", "a");
  add("greedy", "b");
  auto const first = queue.take();
  auto const second = queue.take();
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(queue.take());
}

TEST_F(turns, of_newcomers_starve_nobody) {
  add("greedy", "a");
  add("greedy", "b");
  for (auto const* name : {"1", "2", "3"}) {
    add(name, name);
    work();
  }
  EXPECT_EQ(done, "a1b") << "who came behind the first turn's end waits behind the second";
}

TEST_F(turns, that_are_withdrawn_are_nobodys) {
  add("greedy", "a");
  auto const ticket = queue.add("citizen", [this] { done += "1"; });
  EXPECT_TRUE(queue.withdraw(ticket));
  EXPECT_FALSE(queue.withdraw(ticket));
  EXPECT_EQ(queue.waiting(), 1u);
  work_all();
  EXPECT_EQ(done, "a");
}

}  // namespace
}  // namespace madang::runtime
