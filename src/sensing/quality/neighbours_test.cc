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

TEST_F(quality_neighbours, of_a_few_that_moved_are_found_by_a_look_around_them_alone) {
  std::mt19937 dice(9);
  std::uniform_real_distribution<double> across(0, 0.6);
  for (int i = 0; i < 400; ++i) stand({37.5 + across(dice), 126.9 + across(dice)});
  expect_nearest();
  for (std::size_t i : {7U, 8U, 300U}) {
    places[i] = {37.5 + across(dice), 126.9 + across(dice)};
    add("pm25", static_cast<std::int64_t>(i + 1), places[i]);
  }
  auto const around = surroundings_of(engine.take_changed_places(), engine.sites(), kNeighbourMetres);
  EXPECT_LT(around.sites.size(), 200U) << "not the whole city";
  auto const found = neighbours_of(around.sites);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (around.affected[i]) engine.set_neighbours({&around.sites[i], 1}, {&found[i], 1});
  for (std::size_t i = 0; i < places.size(); ++i) {
    auto const wanted = nearest(i);
    ASSERT_EQ(engine.find(DatastreamId{static_cast<std::int64_t>(i + 1)})->neighbours.count, wanted.size()) << "station " << i;
  }
}

TEST_F(quality_neighbours, who_is_out_of_service_is_nobodys) {
  for (int i = 0; i < 6; ++i) stand({37.5 + 0.001 * i, 126.9});
  engine.find_neighbours();
  engine.retire(DatastreamId{3});
  EXPECT_FALSE(engine.knows(DatastreamId{3}));
  EXPECT_EQ(engine.take_changed_places().size(), 1U);
  EXPECT_EQ(engine.sites().size(), 5U);
  engine.find_neighbours();
  EXPECT_EQ(engine.find(DatastreamId{1})->neighbours.count, 4U);
}

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
