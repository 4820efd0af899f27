#include "evaluation/quality.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "evaluation/injection.h"

namespace madang::evaluation {
namespace {

constexpr Interval kWhen{Instant{std::chrono::hours{490'000}}, Instant{std::chrono::hours{490'240}}};

double value_of(QualityTable const& table, std::string_view begin) {
  auto const row = std::ranges::find_if(table.rows, [&](Measured const& m) { return m.name.starts_with(begin); });
  return row == table.rows.end() ? -1 : row->value;
}

TEST(injection, is_the_same_for_the_same_seed_and_another_for_another) {
  auto const a = plan_injections(7, 100, 3, kWhen);
  auto const b = plan_injections(7, 100, 3, kWhen);
  ASSERT_EQ(a.size(), 3 * kFaults);
  EXPECT_TRUE(std::ranges::equal(a, b, [](Injection const& x, Injection const& y) {
    return x.node == y.node && x.when == y.when && x.size == y.size && x.channel == y.channel;
  }));
  EXPECT_NE(plan_injections(8, 100, 3, kWhen)[0].when, a[0].when);
}

TEST(injection, gives_each_node_one_fault_inside_the_time) {
  auto const all = plan_injections(3, 60, 8, kWhen);
  std::vector<std::size_t> nodes;
  for (auto const& i : all) {
    nodes.push_back(i.node);
    EXPECT_GE(i.when.from, kWhen.from);
    EXPECT_LE(i.when.to, kWhen.to);
  }
  std::ranges::sort(nodes);
  EXPECT_EQ(std::ranges::adjacent_find(nodes), nodes.end());
}

TEST(quality_evaluation, finds_most_of_what_was_put_in) {
  auto const table = evaluate_injected_faults({.seeds = {1}, .nodes = 60, .days = 6}, [](std::string const&) {});
  EXPECT_GT(value_of(table, "sentinel: precision"), 0.95);
  EXPECT_GT(value_of(table, "spike: precision"), 0.9);
  EXPECT_GT(value_of(table, "dropout: precision"), 0.9);
}

}  // namespace
}  // namespace madang::evaluation
