// What tells a value in another unit from a large one: how finely the device counts at its size.
#include "sensing/warning/resolution.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

using What = Finding::What;

double to_three_digits(double value) {
  double const unit = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 2);
  return static_cast<double>(static_cast<float>(unit * std::round(value / unit)));
}
double to_short_float(double value) {
  int exponent = 0;
  double const bits = std::frexp(value, &exponent);
  return std::ldexp(std::round(bits * 2'048) / 2'048, exponent);
}
double to_a_tenth(double value) { return static_cast<double>(static_cast<float>(std::round(10 * value) / 10)); }

Resolution learned(double (&rounded)(double), std::initializer_list<double> middles) {
  Resolution resolution;
  for (double const middle : middles)
    for (int n = 0; n < 40; ++n) resolution.learn(rounded(middle + 0.013 * n));
  return resolution;
}

TEST(warning_resolution, of_a_device_with_three_digits_grows_with_the_value) {
  auto const resolution = learned(to_three_digits, {8.1, 12.1});
  EXPECT_FALSE(resolution.is_coarser(118, 1));
  EXPECT_FALSE(resolution.is_coarser(1'260, 2));
  EXPECT_TRUE(resolution.is_coarser(120, 1)) << "rounder than it must be: the next value tells";
}

TEST(warning_resolution, of_a_device_with_one_decimal_stays) {
  auto const resolution = learned(to_a_tenth, {8.1, 12.1});
  EXPECT_TRUE(resolution.is_coarser(118, 1));
  EXPECT_FALSE(resolution.is_coarser(118.4, 1));
}

TEST(warning_resolution, is_not_known_by_the_few_values_of_a_replay) {
  Resolution resolution;
  for (double const value : {21.3, 20.9, 21.1}) resolution.learn(to_three_digits(value));
  EXPECT_FALSE(resolution.is_known());
  for (int n = 0; n < 9; ++n) resolution.learn(to_three_digits(21.2 + 0.1 * n));
  EXPECT_TRUE(resolution.is_known());
}

TEST(warning_resolution, of_which_one_size_was_seen_counts_as_so_many_decimals) {
  EXPECT_TRUE(learned(to_three_digits, {12.1}).is_coarser(118, 1));
}

TEST(warning_resolution, of_short_floats_is_no_matter_of_tens) {
  auto const resolution = learned(to_short_float, {14.1});
  EXPECT_FALSE(resolution.is_coarser(138.125, 1));
  EXPECT_FALSE(resolution.is_coarser(140, 1));
}

TEST(warning_resolution, of_three_digits_hides_no_plume) {
  DrawnCity city("pm25", 6, shipped_rules(), 0.1);
  city.rounded = to_three_digits;
  city.usual = 8;
  city.run(120);
  for (; city.usual < 12; city.usual += 0.5) city.run(5);
  city.run(360);
  city.findings.clear();
  city.run(5, [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 108.0 : 0.0; });
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
}

TEST(warning_resolution, of_short_floats_hides_no_plume) {
  DrawnCity city("pm25", 6, shipped_rules(), 0.1);
  city.rounded = to_short_float;
  city.usual = 14;
  city.learn();
  city.run(5, [](double x, double y, int) { return y == 800 && (x == 800 || x == 1'200) ? 135.0 : 0.0; });
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U);
}

TEST(warning_resolution, is_no_matter_where_a_neighbour_rises_in_the_same_step_by_another_factor) {
  DrawnCity city("pm25");
  city.resolution = 1;
  city.learn();
  city.unit[14] = 10;
  city.run(6, only(80, 1'200, 800));
  EXPECT_EQ(city.keys(What::kRaise).size(), 1U) << "ten times here and five times there: no device says so";
}

}  // namespace
}  // namespace madang::sensing::warning
