#include "core/blocks.h"

#include <gtest/gtest.h>

#include <numeric>

namespace madang {
namespace {

Blocks<int> counted(int size) {
  Blocks<int> list;
  for (int i = 0; i < size; ++i) list.push_back(i);
  return list;
}

TEST(blocks, hold_what_was_put_in_across_many_blocks) {
  auto const list = counted(2'000);
  ASSERT_EQ(list.size(), 2'000u);
  EXPECT_EQ(list.front(), 0);
  EXPECT_EQ(list[511], 511);
  EXPECT_EQ(list[512], 512);
  EXPECT_EQ(std::accumulate(list.begin(), list.end(), 0), 1'999'000);
}

TEST(blocks, leave_what_they_were_copied_from_as_it_was) {
  auto const before = counted(1'000);
  auto after = before;
  after.set(3, -3);
  after.set(999, -999);
  after.push_back(1'000);
  EXPECT_EQ(before[3], 3);
  EXPECT_EQ(before[999], 999);
  EXPECT_EQ(before.size(), 1'000u);
  EXPECT_EQ(after[3], -3);
  EXPECT_EQ(after[999], -999);
  EXPECT_EQ(after[1'000], 1'000);
  EXPECT_EQ(after.size(), 1'001u);
}

TEST(blocks, share_what_no_copy_has_written_to) {
  auto const before = counted(2'000);
  auto after = before;
  after.set(0, -1);
  EXPECT_EQ(&after[1'999], &before[1'999]);
  EXPECT_NE(&after[0], &before[0]);
}

TEST(blocks, grow_to_a_length_and_never_shrink) {
  auto list = counted(3);
  list.grow(600, 9);
  EXPECT_EQ(list.size(), 600u);
  EXPECT_EQ(list[2], 2);
  EXPECT_EQ(list[599], 9);
  list.grow(5, 1);
  EXPECT_EQ(list.size(), 600u);
}

}  // namespace
}  // namespace madang
