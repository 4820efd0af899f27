// The nearest stations, held against a search through all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sensing/quality/test_engine.h"

namespace madang::sensing {
namespace {

struct quality_neighbours : ::testing::Test, TestEngine {
  std::vector<LatLon> places;

  void stand(LatLon place) {
    places.push_back(place);
    add("pm25", static_cast<std::int64_t>(places.size()), place);
  }

  /// Distances of the nearest within reach, in metres, the nearest first.
  [[nodiscard]] std::vector<double> nearest(std::size_t i) const {
    std::vector<double> all;
    for (std::size_t other = 0; other < places.size(); ++other) {
      auto const metres = distance_metres(places[i], places[other]);
      if (other != i && metres <= kNeighbourMetres) all.push_back(metres);
    }
    std::ranges::sort(all);
    all.resize(std::min(all.size(), kNeighboursKept));
    return all;
  }

  void expect_nearest() {
    engine.find_neighbours();
    for (std::size_t i = 0; i < places.size(); ++i) {
      auto const* stream = engine.find(DatastreamId{static_cast<std::int64_t>(i + 1)});
      auto const wanted = nearest(i);
      ASSERT_EQ(stream->neighbours.count, wanted.size()) << "station " << i;
      for (std::size_t n = 0; n < wanted.size(); ++n)
        EXPECT_NEAR(distance_metres(places[i], places[stream->neighbours.numbers[n]]), wanted[n], 1) << "station " << i;
    }
  }
};

TEST_F(quality_neighbours, are_the_nearest_in_a_dense_city) {
  std::mt19937 dice(7);
  std::uniform_real_distribution<double> across(0, 0.03);
  for (int i = 0; i < 500; ++i) stand({37.5 + across(dice), 126.9 + across(dice)});
  expect_nearest();
}

TEST_F(quality_neighbours, are_the_nearest_in_a_city_with_few_stations) {
  std::mt19937 dice(8);
  std::uniform_real_distribution<double> across(0, 0.2);
  for (int i = 0; i < 300; ++i) stand({37.5 + across(dice), 126.9 + across(dice)});
  expect_nearest();
}

TEST_F(quality_neighbours, stand_due_north_and_south_too) {
  for (int i = 0; i < 40; ++i) stand({-37.5 + 0.0175 * i, 126.9});
  expect_nearest();
}

TEST_F(quality_neighbours, are_found_far_from_the_equator_beside_a_city_on_it) {
  for (int i = 0; i < 20; ++i) stand({69.6 + 0.002 * i, 18.9 + 0.004 * i});
  for (int i = 0; i < 20; ++i) stand({0.3 + 0.002 * i, 32.6 + 0.004 * i});
  expect_nearest();
}

}  // namespace
}  // namespace madang::sensing
