// The published scenarios of others, which are no part of the repository.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mobility/network/checks.h"
#include "mobility/network/sumo_net.h"
#include "support/published_data.h"

namespace madang::mobility::network {
namespace {

class published_nets : public testing::Test {
 protected:
  void SetUp() override { MADANG_NEEDS_PUBLISHED("bench-signals/cologne1/cologne1.net.xml"); }

  static Network named(std::string const& name) {
    auto network = read_sumo_net_file(madang::test::published("bench-signals/" + name + "/" + name + ".net.xml"));
    EXPECT_TRUE(network) << network.error().sentence;
    return network ? *std::move(network) : Network{};
  }
};

std::ptrdiff_t steered_of(Network const& network) {
  return std::ranges::count_if(network.movements, [](auto const& movement) { return movement.signal != kNone; });
}

/// Ways to the right with an exit of their own meet nobody; all others must.
std::ptrdiff_t steered_without_foes(Network const& network) {
  return std::ranges::count_if(network.movements, [](auto const& movement) { return movement.signal != kNone && movement.foes.empty(); });
}

/// That a light goes yellow and green again is all that their plans are known for.
testing::Matcher<std::vector<std::string>> only_odd_yellows() { return testing::Each(testing::HasSubstr("goes from yellow back to green")); }

TEST_F(published_nets, cologne1_is_read_whole) {
  auto const network = named("cologne1");
  EXPECT_EQ(network.signals.size(), 1U);
  EXPECT_EQ(steered_of(network), 20);
  EXPECT_EQ(steered_without_foes(network), 0);
  EXPECT_THAT(faults_of(network), only_odd_yellows());
}

TEST_F(published_nets, cologne8_is_read_whole) {
  auto const network = named("cologne8");
  EXPECT_EQ(network.signals.size(), 8U);
  EXPECT_EQ(steered_of(network), 103);
  EXPECT_EQ(steered_without_foes(network), 0);
  EXPECT_THAT(faults_of(network), only_odd_yellows());
}

TEST_F(published_nets, ingolstadt1_is_read_whole) {
  auto const network = named("ingolstadt1");
  EXPECT_EQ(network.signals.size(), 1U);
  EXPECT_EQ(steered_of(network), 8);
  EXPECT_EQ(steered_without_foes(network), 1);
  EXPECT_THAT(faults_of(network), only_odd_yellows());
}

TEST_F(published_nets, ingolstadt7_is_read_whole) {
  auto const network = named("ingolstadt7");
  EXPECT_EQ(network.signals.size(), 7U);
  EXPECT_EQ(steered_of(network), 72);
  EXPECT_EQ(steered_without_foes(network), 3);
  // Two lanes of one road go on into the same lane under full green.
  EXPECT_EQ(std::ranges::count_if(faults_of(network), [](auto const& fault) { return fault.contains("which meet"); }), 2);
}

}  // namespace
}  // namespace madang::mobility::network
