#include "sensing/indices/crowd.h"

#include <gtest/gtest.h>

#include <vector>

namespace madang::sensing::indices {
namespace {

using namespace std::chrono_literals;

/// One sample a minute.
std::vector<CrowdSample> minutely(std::initializer_list<double> densities) {
  std::vector<CrowdSample> samples;
  for (double const d : densities)
    samples.push_back({Instant{} + static_cast<int>(samples.size()) * 1min, CrowdDensity{d}});
  return samples;
}

TEST(crowd_band, begins_at_three_four_and_five_people_per_square_metre) {
  // The steps of Seoul's camera system of 2023 as reported.
  EXPECT_EQ(crowd_band({}, 2.9_per_m2), CrowdBand::kFree);
  EXPECT_EQ(crowd_band({}, 3.0_per_m2), CrowdBand::kCaution);
  EXPECT_EQ(crowd_band({}, 4.0_per_m2), CrowdBand::kAlert);
  EXPECT_EQ(crowd_band({}, 5.0_per_m2), CrowdBand::kSevere);
}

TEST(crowd_band, is_what_the_place_is_configured_for) {
  CrowdBands const stairs{2.0_per_m2, 3.0_per_m2, 4.0_per_m2};
  EXPECT_EQ(crowd_band(stairs, 4.1_per_m2), CrowdBand::kSevere);
}

TEST(crowd_filling, begins_at_two_thirds_of_the_first_band) {
  EXPECT_FALSE(is_filling({}, 1.9_per_m2));
  EXPECT_TRUE(is_filling({}, 2.0_per_m2));
  EXPECT_TRUE(is_filling({}, 2.99_per_m2));
  EXPECT_FALSE(is_filling({}, 3.0_per_m2)) << "that is a band";
  CrowdBands const stairs{1.5_per_m2, 3.0_per_m2, 4.0_per_m2};
  EXPECT_TRUE(is_filling(stairs, 1.0_per_m2));
}

TEST(crowd_shown, never_reads_like_a_band_that_is_not_reached) {
  EXPECT_EQ(shown_density({}, 2.99_per_m2), 2.9_per_m2);
  EXPECT_EQ(shown_density({}, 2.66_per_m2), 2.7_per_m2);
  EXPECT_EQ(shown_density({}, 3.04_per_m2), 3.0_per_m2);
}

TEST(crowd_state, tells_when_the_next_band_comes) {
  auto const state = crowd_state({}, minutely({1.0, 1.2, 1.4, 1.6, 1.8}));
  EXPECT_EQ(state.band, CrowdBand::kFree);
  EXPECT_EQ(state.trend, Trend::kRising);
  EXPECT_NEAR(state.per_minute, 0.2, 1e-9);
  EXPECT_EQ(state.until_next, Millis{6min});
}

TEST(crowd_state, is_steady_while_people_only_move_about) {
  auto const state = crowd_state({}, minutely({2.0, 2.1, 1.9, 2.05, 2.0}));
  EXPECT_EQ(state.trend, Trend::kSteady);
  EXPECT_EQ(state.until_next, std::nullopt);
}

TEST(crowd_state, falls_without_a_next_band) {
  auto const state = crowd_state({}, minutely({5.5, 5.0, 4.5}));
  EXPECT_EQ(state.band, CrowdBand::kAlert);
  EXPECT_EQ(state.trend, Trend::kFalling);
  EXPECT_EQ(state.until_next, std::nullopt);
}

TEST(crowd_state, has_no_trend_from_two_samples) {
  EXPECT_EQ(crowd_state({}, minutely({1.0, 4.0})).trend, Trend::kSteady);
}

TEST(crowd_density, needs_an_area) {
  EXPECT_EQ(crowd_density(300, 100), 3.0_per_m2);
  EXPECT_EQ(crowd_density(300, 0), std::nullopt);
}

}  // namespace
}  // namespace madang::sensing::indices
