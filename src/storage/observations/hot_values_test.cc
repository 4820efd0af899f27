#include "storage/observations/hot_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace madang::storage {
namespace {

HotValue at(std::int64_t time) { return {.time = time, .value = static_cast<double>(time) / 10}; }

std::vector<std::int64_t> times_of(HotValues const& values) {
  std::vector<std::int64_t> out;
  for (auto const& v : values) out.push_back(v.time);
  return out;
}

class hot_values : public testing::Test {
 protected:
  SlabPool pool_{HotValues::kBlock * sizeof(HotValue)};
  HotValues values_{pool_};
};

TEST_F(hot_values, keep_their_order_over_many_blocks) {
  for (int i = 0; i < 100; ++i) values_.push_back(at(i));
  ASSERT_EQ(values_.size(), 100u);
  EXPECT_EQ(values_.front().time, 0);
  EXPECT_EQ(values_.back().time, 99);
  EXPECT_EQ(values_[57].time, 57);
}

TEST_F(hot_values, let_the_front_go_block_by_block) {
  for (int i = 0; i < 24; ++i) values_.push_back(at(i));
  values_.erase(values_.begin(), values_.begin() + 17);
  values_.push_back(at(24));
  EXPECT_EQ(times_of(values_), (std::vector<std::int64_t>{17, 18, 19, 20, 21, 22, 23, 24}));
}

TEST_F(hot_values, use_a_block_again_that_was_given_back) {
  void* const first = pool_.take();
  pool_.give_back(first);
  EXPECT_EQ(pool_.take(), first);
}

TEST_F(hot_values, do_what_a_vector_does_whatever_happens_to_them) {
  std::mt19937_64 random(11);
  std::vector<std::int64_t> expected;
  for (int round = 0; round < 5'000; ++round) {
    std::size_t const place = expected.empty() ? 0 : random() % expected.size();
    auto const offset = static_cast<std::ptrdiff_t>(place);
    switch (random() % 8) {
      case 0: {
        std::size_t const count = std::min<std::size_t>(expected.size() - place, random() % 30);
        auto const end = offset + static_cast<std::ptrdiff_t>(count);
        values_.erase(values_.begin() + offset, values_.begin() + end);
        expected.erase(expected.begin() + offset, expected.begin() + end);
        break;
      }
      case 1: {
        auto const count = static_cast<std::ptrdiff_t>(std::min<std::size_t>(expected.size(), random() % 20));
        values_.erase(values_.begin(), values_.begin() + count);
        expected.erase(expected.begin(), expected.begin() + count);
        break;
      }
      case 2:
        values_.insert(values_.begin() + offset, at(round));
        expected.insert(expected.begin() + offset, round);
        break;
      default:
        values_.push_back(at(round));
        expected.push_back(round);
    }
    ASSERT_EQ(times_of(values_), expected) << "round " << round << " of seed 11";
  }
}

}  // namespace
}  // namespace madang::storage
