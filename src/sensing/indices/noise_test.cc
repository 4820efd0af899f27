#include "sensing/indices/noise.h"

#include <gtest/gtest.h>

#include <array>

namespace madang::sensing::indices {
namespace {

using namespace std::chrono_literals;

TEST(noise_standard, is_55_by_day_and_45_by_night_where_people_live) {
  // 환경정책기본법 시행령, general area 나.
  EXPECT_EQ(noise_standard(NoiseZone::kGeneralB, DayPart::kDay), 55.0_dba);
  EXPECT_EQ(noise_standard(NoiseZone::kGeneralB, DayPart::kNight), 45.0_dba);
}

TEST(noise_standard, allows_more_beside_roads) {
  // The same decree, roadside areas 가 and 나, and 라.
  EXPECT_EQ(noise_standard(NoiseZone::kRoadsideAB, DayPart::kNight), 55.0_dba);
  EXPECT_EQ(noise_standard(NoiseZone::kRoadsideD, DayPart::kDay), 75.0_dba);
}

TEST(noise_day, lasts_from_six_to_twenty_two) {
  EXPECT_EQ(day_part(5), DayPart::kNight);
  EXPECT_EQ(day_part(6), DayPart::kDay);
  EXPECT_EQ(day_part(21), DayPart::kDay);
  EXPECT_EQ(day_part(22), DayPart::kNight);
}

TEST(noise_zone, is_known_by_its_name_in_the_settings) {
  EXPECT_EQ(noise_zone_named("roadside_ab"), NoiseZone::kRoadsideAB);
  EXPECT_EQ(name_of(NoiseZone::kGeneralD), "general_d");
  EXPECT_EQ(noise_zone_named("moon"), std::nullopt);
}

TEST(living_noise, has_three_parts_of_the_day) {
  EXPECT_EQ(living_part(4), LivingPart::kNight);
  EXPECT_EQ(living_part(5), LivingPart::kMorningEvening);
  EXPECT_EQ(living_part(7), LivingPart::kDay);
  EXPECT_EQ(living_part(18), LivingPart::kMorningEvening);
  EXPECT_EQ(living_part(22), LivingPart::kNight);
}

TEST(living_noise, limits_construction_near_housing_to_65_by_day) {
  // 소음·진동관리법 시행규칙 별표 8.
  EXPECT_EQ(living_noise_limit({}), 65.0_dba);
  EXPECT_EQ(living_noise_limit({.part = LivingPart::kNight}), 50.0_dba);
  EXPECT_EQ(living_noise_limit({.zone = LivingZone::kOther, .source = NoiseSource::kFactory}), 65.0_dba);
}

TEST(living_noise, gives_short_construction_work_ten_and_five_decibels_by_day_only) {
  EXPECT_EQ(living_noise_limit({.daily_work = 3h}), 75.0_dba);
  EXPECT_EQ(living_noise_limit({.daily_work = 6h}), 70.0_dba);
  EXPECT_EQ(living_noise_limit({.part = LivingPart::kNight, .daily_work = 1h}), 50.0_dba);
  EXPECT_EQ(living_noise_limit({.source = NoiseSource::kFactory, .daily_work = 1h}), 55.0_dba);
}

TEST(energy_mean, of_a_loud_and_a_silent_half_is_three_decibels_below_the_loud_one) {
  std::array const levels{60.0_dba, 0.0_dba};
  EXPECT_NEAR(energy_mean(levels)->value, 60 - 3.0103, 1e-4);
}

TEST(energy_mean, of_nothing_is_nothing) { EXPECT_EQ(energy_mean({}), std::nullopt); }

}  // namespace
}  // namespace madang::sensing::indices
