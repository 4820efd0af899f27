#include "sensing/indices/air.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/indices/air_tables.h"

namespace madang::sensing::indices {
namespace {

using testing::ElementsAre;

Hours<MassDensity> particles(std::initializer_list<double> values) {
  Hours<MassDensity> hours;
  for (double const v : values) hours.push_back(v < 0 ? std::optional<MassDensity>{} : MassDensity{v});
  return hours;
}
Hours<MassDensity> steady(double value) { return Hours<MassDensity>(24, MassDensity{value}); }
Hours<MoleFraction> gas(double value) { return Hours<MoleFraction>(24, MoleFraction{value}); }

int cai_of(Pollutant p, MassDensity v) { return *sub_index(AirScale::kCai, p, v)->value; }
int cai_of(Pollutant p, MoleFraction v) { return *sub_index(AirScale::kCai, p, v)->value; }
int aqi_of(Pollutant p, MassDensity v) { return *sub_index(AirScale::kAqi, p, v)->value; }
int aqi_of(Pollutant p, MoleFraction v) { return *sub_index(AirScale::kAqi, p, v)->value; }
std::size_t class_in(AirScale s, Pollutant p, MassDensity v) { return sub_index(s, p, v)->step; }
std::size_t class_in(AirScale s, Pollutant p, MoleFraction v) { return sub_index(s, p, v)->step; }

// CAI: breakpoints and C24E as AirKorea's calculator (airkorea.or.kr, CAI 계산기) and Jeju (air.jeju.go.kr) publish them.

TEST(cai, gives_the_ends_of_its_table_for_the_ends_of_its_ranges) {
  EXPECT_EQ(cai_of(Pollutant::kPm10, 30.0_ug_m3), 50);
  EXPECT_EQ(cai_of(Pollutant::kPm10, 31.0_ug_m3), 51);
  EXPECT_EQ(cai_of(Pollutant::kPm25, 35.0_ug_m3), 100);
  EXPECT_EQ(cai_of(Pollutant::kPm25, 36.0_ug_m3), 101);
  EXPECT_EQ(cai_of(Pollutant::kO3, 0.091_ppm), 101);
  EXPECT_EQ(cai_of(Pollutant::kNo2, 0.200_ppm), 250);
  EXPECT_EQ(cai_of(Pollutant::kCo, 9.01_ppm), 101);
  EXPECT_EQ(cai_of(Pollutant::kSo2, 1.0_ppm), 500);
}

TEST(cai, interpolates_within_a_class) {
  // (100 - 51) / (80 - 31) * (45 - 31) + 51
  EXPECT_EQ(cai_of(Pollutant::kPm10, 45.0_ug_m3), 65);
  // (100 - 51) / (0.090 - 0.031) * (0.060 - 0.031) + 51 = 75.08
  EXPECT_EQ(cai_of(Pollutant::kO3, 0.060_ppm), 75);
}

TEST(cai, ends_at_500) { EXPECT_EQ(cai_of(Pollutant::kPm10, 1200.0_ug_m3), 500); }

TEST(predicted_mean, is_the_plain_mean_while_the_air_is_clean) {
  EXPECT_NEAR(predicted_mean_24h(Pollutant::kPm10, steady(40))->value, 40, 1e-9);
}

TEST(predicted_mean, damps_recent_hours_that_are_high_but_usual) {
  // All hours 100: C12 = 100, each of the last four counts 75, (12 * 100 + 12 * 75) / 24.
  EXPECT_NEAR(predicted_mean_24h(Pollutant::kPm10, steady(100))->value, 87.5, 1e-9);
}

TEST(predicted_mean, takes_a_sudden_rise_as_it_is) {
  // C12 = (11 * 20 + 200) / 12 = 35; 200 / 35 is above 1.7, so C4 = (3 * 20 + 200) / 4 = 65.
  auto const hours = particles({20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 200});
  EXPECT_NEAR(predicted_mean_24h(Pollutant::kPm25, hours)->value, (12 * 35.0 + 12 * 65.0) / 24, 1e-9);
}

TEST(predicted_mean, needs_nine_of_twelve_hours_and_three_of_the_last_four) {
  EXPECT_TRUE(predicted_mean_24h(Pollutant::kPm25, particles({-1, -1, -1, 9, 9, 9, 9, 9, 9, 9, 9, 9})).has_value());
  EXPECT_FALSE(predicted_mean_24h(Pollutant::kPm25, particles({-1, -1, -1, -1, 9, 9, 9, 9, 9, 9, 9, 9})).has_value());
  EXPECT_FALSE(predicted_mean_24h(Pollutant::kPm25, particles({9, 9, 9, 9, 9, 9, 9, 9, 9, 9, -1, -1})).has_value());
}

TEST(cai, is_the_worst_of_its_pollutants) {
  AirHistory const h{steady(20), steady(40), gas(0.02), gas(0.01), {}, {}};
  auto const answer = air_index(AirScale::kCai, h);
  ASSERT_TRUE(answer.index.has_value());
  EXPECT_EQ(answer.index->cause, Pollutant::kPm25);
  EXPECT_EQ(answer.index->value, 61);  // (100 - 51) / (35 - 16) * (20 - 16) + 51 = 61.3; PM10 40: 60
  EXPECT_EQ(answer.index->step, 1u);
}

TEST(cai, does_not_exist_without_no2_and_ozone) {
  AirHistory const dust_only{steady(20), steady(40), {}, {}, {}, {}};
  auto const answer = air_index(AirScale::kCai, dust_only);
  EXPECT_FALSE(answer.index.has_value());
  EXPECT_THAT(answer.missing, ElementsAre(Pollutant::kNo2, Pollutant::kO3));
}

TEST(cai, adds_50_for_two_bad_pollutants_and_75_for_three) {
  // Seoul's air information site: 2개일 경우 50점, 3개일 경우 75점을 가산.
  AirHistory two{steady(20), steady(40), gas(0.091), gas(0.061), {}, {}};
  EXPECT_EQ(air_index(AirScale::kCai, two).index->value, 151);
  two.so2 = gas(0.051);
  EXPECT_EQ(air_index(AirScale::kCai, two).index->value, 176);
  two.o3 = gas(0.140);  // 225 on its own: with the surcharge it reaches the worst class
  EXPECT_EQ(air_index(AirScale::kCai, two).index->step, 3u);
}

// AQI: EPA-454/B-24-002, table 6, and the examples of the document's section on calculating the AQI.

TEST(aqi, of_ozone_0_07853333_is_126) {
  // "Suppose you have an 8-hour ozone value of 0.07853333 ppm": truncated to 0.078, index 126.
  EXPECT_EQ(aqi_of(Pollutant::kO3, 0.07853333_ppm), 126);
}

TEST(aqi, of_35_9_of_fine_particles_is_102_and_of_8_4_of_co_is_90) {
  // "8-hour ozone value of 0.073 ppm, a PM2.5 value of 35.9, and a CO value of 8.4 ppm": 108, 102, 90.
  EXPECT_EQ(aqi_of(Pollutant::kO3, 0.073_ppm), 108);
  EXPECT_EQ(aqi_of(Pollutant::kPm25, 35.9_ug_m3), 102);
  EXPECT_EQ(aqi_of(Pollutant::kCo, 8.4_ppm), 90);
}

TEST(aqi, counts_by_the_breakpoints_of_2024) {
  EXPECT_EQ(aqi_of(Pollutant::kPm25, 9.0_ug_m3), 50);
  EXPECT_EQ(aqi_of(Pollutant::kPm25, 9.1_ug_m3), 51);
  EXPECT_EQ(aqi_of(Pollutant::kPm25, 125.4_ug_m3), 200);
  EXPECT_EQ(aqi_of(Pollutant::kPm25, 225.5_ug_m3), 301);
  EXPECT_EQ(aqi_of(Pollutant::kPm10, 154.0_ug_m3), 100);
  EXPECT_EQ(aqi_of(Pollutant::kNo2, 0.100_ppm), 100);
  EXPECT_EQ(aqi_of(Pollutant::kSo2, 0.076_ppm), 101);
  EXPECT_EQ(aqi_of(Pollutant::kPm25, 900.0_ug_m3), 500);
}

TEST(aqi, truncates_and_does_not_round) {
  EXPECT_EQ(aqi_of(Pollutant::kPm25, 9.09_ug_m3), 50);
  EXPECT_EQ(aqi_of(Pollutant::kPm10, 54.99_ug_m3), 50);
  EXPECT_EQ(aqi_of(Pollutant::kO3, 0.0549_ppm), 50);
}

TEST(nowcast, of_the_agencys_example_is_17_4) {
  // US EPA, "Computing the NowCast", example of twelve hours.
  auto const hours = particles({50, 80, 75, 90, 82, 53, 64, 74, 21, 10, 16, 13});
  EXPECT_NEAR(nowcast(hours)->value, 17.4, 0.05);
}

TEST(nowcast, of_steady_air_is_the_mean) { EXPECT_NEAR(nowcast(steady(33))->value, 33, 1e-9); }

TEST(nowcast, leaves_hours_out_but_needs_two_of_the_last_three) {
  EXPECT_NEAR(nowcast(particles({10, 10, -1, -1, 10, -1, 10}))->value, 10, 1e-9);
  EXPECT_FALSE(nowcast(particles({10, 10, 10, 10, -1, -1, 10})).has_value());
}

/// Monitors report a little below zero in clean air. The weight of -2 before 10 is 0.5, as of any hours so far apart.
TEST(nowcast, takes_a_negative_newest_hour_as_a_value) {
  Hours<MassDensity> hours;
  for (double const v : {10.0, 10.0, 10.0, -2.0}) hours.push_back(MassDensity{v});
  EXPECT_NEAR(nowcast(hours)->value, (-2 + 10 * 0.5 + 10 * 0.25 + 10 * 0.125) / (1 + 0.5 + 0.25 + 0.125), 1e-9);
  EXPECT_NEAR(nowcast(Hours<MassDensity>(12, MassDensity{-1.0}))->value, -1, 1e-9);
  EXPECT_EQ(sub_index(AirScale::kAqi, Pollutant::kPm25, MassDensity{-1.0})->value, 0);
  EXPECT_EQ(sub_index(AirScale::kEaqi, Pollutant::kPm25, MassDensity{-1.0})->concentration, 0);
  EXPECT_EQ(sub_index(AirScale::kWho, Pollutant::kPm25, MassDensity{-1.0})->concentration, 0);
}

TEST(nowcast, is_the_same_whatever_hour_is_missing_at_the_newest_end) {
  Hours<MassDensity> hours(9, MassDensity{20.0});
  hours.insert(hours.end(), {MassDensity{20.0}, MassDensity{20.0}, std::nullopt});
  EXPECT_NEAR(nowcast(hours)->value, 20, 1e-9);
  hours.push_back(std::nullopt);
  EXPECT_FALSE(nowcast(hours).has_value());
}

TEST(nowcast, of_air_without_dust_is_zero) { EXPECT_EQ(nowcast(steady(0)), 0.0_ug_m3); }

TEST(aqi, takes_the_higher_of_eight_hours_and_one_hour_of_ozone) {
  AirHistory h;
  h.o3 = gas(0.060);
  EXPECT_EQ(air_index(AirScale::kAqi, h).index->value, 67);
  h.o3.back() = MoleFraction{0.180};  // of one hour: (200 - 151) / (0.204 - 0.165) * 0.015 + 151
  EXPECT_EQ(air_index(AirScale::kAqi, h).index->value, 170);
}

TEST(aqi, of_a_high_hour_of_so2_is_200_unless_the_day_is_high_too) {
  AirHistory h;
  h.so2 = gas(0.010);
  h.so2.back() = MoleFraction{0.400};
  EXPECT_EQ(air_index(AirScale::kAqi, h).index->value, 200);
  h.so2 = gas(0.604);
  EXPECT_EQ(air_index(AirScale::kAqi, h).index->value, 300);
}

TEST(aqi, says_what_is_missing_when_nothing_is_measured) {
  auto const answer = air_index(AirScale::kAqi, {});
  EXPECT_FALSE(answer.index.has_value());
  EXPECT_FALSE(answer.missing.empty());
}

// EAQI: bands of the European Environment Agency as revised in 2024.

TEST(eaqi, sorts_by_its_bands_in_micrograms) {
  EXPECT_EQ(class_in(AirScale::kEaqi, Pollutant::kPm25, 5.0_ug_m3), 0u);
  EXPECT_EQ(class_in(AirScale::kEaqi, Pollutant::kPm25, 5.1_ug_m3), 1u);
  EXPECT_EQ(class_in(AirScale::kEaqi, Pollutant::kPm10, 271.0_ug_m3), 5u);
  // 0.0128 ppm of NO2 are 24.5 µg/m³, 0.0134 ppm are 25.6.
  EXPECT_EQ(class_in(AirScale::kEaqi, Pollutant::kNo2, 0.0128_ppm), 1u);
  EXPECT_EQ(class_in(AirScale::kEaqi, Pollutant::kNo2, 0.0134_ppm), 2u);
  EXPECT_FALSE(sub_index(AirScale::kEaqi, Pollutant::kCo, 1.0_ppm).has_value());
}

TEST(eaqi, is_the_worst_class_and_needs_particles_ozone_and_no2) {
  AirHistory h{steady(12), {}, gas(0.02), gas(0.005), {}, {}};
  EXPECT_EQ(air_index(AirScale::kEaqi, h).index->step, 1u);
  EXPECT_EQ(air_index(AirScale::kEaqi, h).index->cause, Pollutant::kPm25);
  h.pm25.back() = 60.0_ug_m3;  // of one hour, whatever the day was like
  EXPECT_EQ(air_index(AirScale::kEaqi, h).index->step, 3u);
  h.no2.clear();
  EXPECT_THAT(air_index(AirScale::kEaqi, h).missing, ElementsAre(Pollutant::kNo2));
}

// WHO: table of recommended levels and interim targets, 2021.

TEST(who, sorts_by_guideline_and_interim_targets) {
  EXPECT_EQ(class_in(AirScale::kWho, Pollutant::kPm25, 15.0_ug_m3), 0u);
  EXPECT_EQ(class_in(AirScale::kWho, Pollutant::kPm25, 37.0_ug_m3), 2u);
  EXPECT_EQ(class_in(AirScale::kWho, Pollutant::kPm25, 76.0_ug_m3), 5u);
  EXPECT_EQ(class_in(AirScale::kWho, Pollutant::kPm10, 46.0_ug_m3), 1u);
}

TEST(who, knows_pollutants_with_fewer_targets) {
  // 0.02 ppm of NO2 are 38 µg/m³: above the guideline of 25, within interim target 2 of 50.
  EXPECT_EQ(class_in(AirScale::kWho, Pollutant::kNo2, 0.020_ppm), 3u);
  EXPECT_EQ(class_in(AirScale::kWho, Pollutant::kCo, 5.0_ppm), 4u);
}

TEST(gases, are_converted_at_20_degrees) {
  // The factors that European agencies publish: NO2 1.9125, O3 1.9957, SO2 2.6609, CO 1.1642 µg/m³ per ppb.
  EXPECT_NEAR(mass_density(Pollutant::kNo2, 0.001_ppm)->value, 1.9125, 5e-4);
  EXPECT_NEAR(mass_density(Pollutant::kO3, 0.001_ppm)->value, 1.9957, 5e-4);
  EXPECT_NEAR(mass_density(Pollutant::kSo2, 0.001_ppm)->value, 2.6609, 3e-3);
  EXPECT_NEAR(mole_fraction(Pollutant::kCo, MassDensity{1164.2})->value, 1.0, 5e-4);
  EXPECT_FALSE(mass_density(Pollutant::kPm25, 1.0_ppm).has_value());
}

TEST(thresholds, are_the_lines_between_the_classes_in_the_channels_unit) {
  EXPECT_THAT(thresholds(AirScale::kCai, Pollutant::kPm25), ElementsAre(15, 35, 75));
  EXPECT_THAT(thresholds(AirScale::kAqi, Pollutant::kNo2), ElementsAre(0.053, 0.100, 0.360, 0.649, 1.249));
  EXPECT_THAT(thresholds(AirScale::kEaqi, Pollutant::kPm10), ElementsAre(15, 45, 120, 195, 270));
  EXPECT_TRUE(thresholds(AirScale::kNone, Pollutant::kPm10).empty());
}

TEST(air_scale, is_known_by_its_name_in_the_settings) {
  EXPECT_EQ(air_scale_named("cai"), AirScale::kCai);
  EXPECT_EQ(air_scale_named("none"), AirScale::kNone);
  EXPECT_EQ(air_scale_named("best"), std::nullopt);
  EXPECT_EQ(name_of(AirScale::kEaqi), "eaqi");
  EXPECT_EQ(classes_of(AirScale::kAqi).size(), 6u);
  EXPECT_TRUE(classes_of(AirScale::kNone).empty());
}

TEST(particles_and_gases, are_not_mixed_up) {
  EXPECT_FALSE(sub_index(AirScale::kCai, Pollutant::kPm25, 1.0_ppm).has_value());
  EXPECT_FALSE(sub_index(AirScale::kCai, Pollutant::kO3, 1.0_ug_m3).has_value());
}

}  // namespace
}  // namespace madang::sensing::indices
