#include "mobility/network/upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mobility/network/sumo_net.h"
#include "mobility/network/test_roads.h"

namespace madang::mobility::network {
namespace {

using test::four_arms;
using testing::IsEmpty;
using testing::SizeIs;

Network read_drawn(std::string const& text) {
  auto network = read_sumo_net(text, "drawn");
  EXPECT_TRUE(network) << network.error().sentence;
  return network ? *std::move(network) : Network{};
}

LaneIndex lane_named(Network const& network, std::string_view id) {
  return static_cast<LaneIndex>(std::ranges::find(network.lanes, id, &Lane::id) - network.lanes.begin());
}

/// "sC_0 10.00..30.00 at 20.00"
std::vector<std::string> told(Network const& network, std::vector<Stretch> const& stretches) {
  std::vector<std::string> texts;
  for (auto const& stretch : stretches)
    texts.push_back(fmt::format("{} {:.2f}..{:.2f} at {:.2f}", network.lanes[stretch.lane].id, stretch.from, stretch.to, stretch.distance));
  return texts;
}

std::string roads(std::string_view names) {
  std::string text;
  for (char const name : names) text += test::road_text(fmt::format("{}", name), "J", "J", 10);
  return text + test::junction_text("J", "priority");
}

TEST(stretches_before, lie_on_the_lane_of_the_stop_line_where_it_is_long_enough) {
  auto const network = read_drawn(four_arms());
  EXPECT_THAT(told(network, stretches_before(network, lane_named(network, "nC_0"), 5, 50)), testing::ElementsAre("nC_0 50.00..95.00 at 5.00"));
}

TEST(stretches_before, go_on_over_an_edge_shorter_than_a_car) {
  auto const network = read_drawn(four_arms({.short_edge = true}));
  EXPECT_THAT(told(network, stretches_before(network, lane_named(network, "sX_0"), 0, 50)),
              testing::ElementsAre("sX_0 0.00..0.92 at 0.00", "sC_0 50.92..100.00 at 0.92"));
  EXPECT_THAT(told(network, stretches_before(network, lane_named(network, "sX_0"), 20, 50)),
              testing::ElementsAre("sC_0 50.92..80.92 at 20.00"));
}

TEST(stretches_before, end_at_the_signal_behind) {
  auto const network = read_drawn(four_arms());
  EXPECT_THAT(told(network, stretches_before(network, lane_named(network, "Cn_0"), 0, 500)), testing::ElementsAre("Cn_0 0.00..100.00 at 0.00"));
}

TEST(stretches_before, follow_all_lanes_that_lead_in_and_count_a_lane_once) {
  // d leads over b and over c to a.
  auto const network = read_drawn(test::net_text(roads("abcd") + test::joint_text("b", "a") + test::joint_text("c", "a") +
                                                 test::joint_text("d", "b") + test::joint_text("d", "c")));
  EXPECT_THAT(told(network, stretches_before(network, lane_named(network, "a_0"), 5, 25)),
              testing::ElementsAre("a_0 0.00..5.00 at 5.00", "b_0 0.00..10.00 at 10.00", "c_0 0.00..10.00 at 10.00", "d_0 5.00..10.00 at 20.00"));
}

TEST(stretches_before, count_the_way_inside_a_junction_and_leave_it_out) {
  auto text = test::net_text(roads("ab") + test::inside_text(":J_0", "internal", 7) + test::joint_text("b", "a", R"(via=":J_0_0")"));
  auto network = read_drawn(text);
  network.lanes[lane_named(network, ":J_0_0")].shape = {{-7, 0}, {0, 0}};
  EXPECT_THAT(told(network, stretches_before(network, lane_named(network, "a_0"), 0, 20)),
              testing::ElementsAre("a_0 0.00..10.00 at 0.00", "b_0 7.00..10.00 at 17.00"));
}

TEST(stretches_before, count_what_the_first_part_of_a_way_leaves_to_the_second) {
  auto text = test::net_text(roads("ab") + test::inside_text(":J_0", "internal", 7) + test::joint_text("b", "a", R"(via=":J_0_0")"));
  auto network = read_drawn(text);
  network.lanes[lane_named(network, ":J_0_0")].shape = {{-9, 0}, {-2, 0}};
  EXPECT_THAT(told(network, stretches_before(network, lane_named(network, "a_0"), 0, 20)),
              testing::ElementsAre("a_0 0.00..10.00 at 0.00", "b_0 9.00..10.00 at 19.00"));
}

TEST(stretches_before, come_to_an_end_in_a_circle) {
  auto const network = read_drawn(test::net_text(roads("ab") + test::joint_text("a", "b") + test::joint_text("b", "a")));
  EXPECT_THAT(stretches_before(network, lane_named(network, "a_0"), 0, 1'000'000), SizeIs(2));
}

TEST(stretches_before, are_none_of_no_lane_and_no_metres) {
  auto const network = read_drawn(four_arms());
  EXPECT_THAT(stretches_before(network, kNone, 0, 50), IsEmpty());
  EXPECT_THAT(stretches_before(network, lane_named(network, "nC_0"), 50, 50), IsEmpty());
  EXPECT_THAT(stretches_before(network, lane_named(network, "nC_0"), 150, 200), IsEmpty());
}

TEST(stretches_after, lie_behind_the_junction_up_to_so_many_metres) {
  auto const network = read_drawn(test::net_text(roads("abc") + test::joint_text("a", "b") + test::joint_text("b", "c")));
  EXPECT_THAT(told(network, stretches_after(network, lane_named(network, "a_0"), 25)),
              testing::ElementsAre("a_0 0.00..10.00 at 0.00", "b_0 0.00..10.00 at 10.00", "c_0 0.00..5.00 at 20.00"));
}

TEST(stretches_after, end_at_the_next_signal) {
  auto const network = read_drawn(four_arms({.short_edge = true}));
  EXPECT_THAT(told(network, stretches_after(network, lane_named(network, "sC_0"), 500)),
              testing::ElementsAre("sC_0 0.00..100.00 at 0.00", "sX_0 0.00..0.92 at 100.00"));
}

}  // namespace
}  // namespace madang::mobility::network
