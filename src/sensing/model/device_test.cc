// One estimator of offset and gain, and what quality and early warning make of it.
#include "sensing/model/device.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sensing/model/city_median.h"
#include "sensing/quality/expectation.h"
#include "sensing/warning/baseline.h"

namespace madang::sensing {
namespace {

constexpr double kStepHours = 1.0 / 6;

/// The city over a week: days and a long wave of haze.
double city_at(int step) {
  double const hours = step * kStepHours;
  return 30 + 10 * std::sin(hours / 24 * 6.283) + 12 * std::sin(hours / 90 * 6.283);
}

Device taught(DeviceTraits const& traits, double offset, double gain, int steps, double reference) {
  Device d = fresh_device(traits);
  for (int n = 0; n < steps; ++n) {
    double const away = city_at(n) - reference;
    double const innovation = offset + gain * away - follows(d, away);
    learn_device(d, traits, innovation, away, 25 * values_together(kStepHours), {}, kStepHours / 24);
  }
  return d;
}

TEST(device_model, finds_offset_and_gain_of_a_device_within_days) {
  auto const d = taught({.learns = DeviceTraits::Learns::kBoth, .offset_deviation = 50}, 7, 1.5, 6 * 24 * 6, 30);
  EXPECT_NEAR(d.offset, 7, 0.5);
  EXPECT_NEAR(d.gain, 1.5, 0.1);
  EXPECT_LT(d.p_gain, 0.05F);
}

TEST(device_model, keeps_the_gain_where_only_an_offset_is_learned) {
  auto const d = taught({.learns = DeviceTraits::Learns::kOffset, .offset_deviation = 50}, 7, 1, 600, 0);
  EXPECT_NEAR(d.offset, 7, 0.2);
  EXPECT_EQ(d.gain, 1);
}

TEST(device_model, forgets_at_the_pace_it_is_given) {
  DeviceTraits const traits{.learns = DeviceTraits::Learns::kOffset, .offset_deviation = 50};
  auto d = taught(traits, 0, 1, 6 * 24 * 10, 0);
  double const noise = 25 * values_together(kStepHours);
  Ageing const ageing{.offset_per_day = ageing_for(10, noise, kStepHours / 24)};
  for (int n = 0; n < 6 * 24 * 10; ++n) learn_device(d, traits, 10 - static_cast<double>(d.offset), 0, noise, ageing, kStepHours / 24);
  EXPECT_NEAR(d.offset, 10 * (1 - std::exp(-1)), 1.5);  // after one memory
}

TEST(city_model, lets_quality_and_warning_expect_the_same_of_a_steady_device) {
  Stream stream;
  stream.limits = &limits_of("pm25");
  stream.interval = std::chrono::minutes{10};
  warning::BaselinePlan const plan{.gain = true, .step_hours = kStepHours, .memory_hours = 0.25};
  auto baseline = warning::fresh_baseline(plan);
  warning::HourProfile profile;
  auto const begin = parse_instant("2026-11-02T00:00:00Z").value();
  for (int n = 0; n < 6 * 24 * 7; ++n) {
    double const value = 5 + 1.3 * city_at(n);
    auto const when = begin + std::chrono::minutes{10} * n;
    learn(stream, city_at(n), {when, value, when});
    warning::learn(baseline, profile, plan, value, city_at(n), 30, std::fmod(n * kStepHours, 168));
  }
  auto const now = begin + std::chrono::days{7};
  for (double const city : {15.0, 30.0, 60.0}) {
    auto const by_quality = expected_value(stream, city, now);
    ASSERT_TRUE(by_quality.has_value());
    double const by_warning = 30 + follows(baseline.device, city - 30);
    EXPECT_NEAR(*by_quality, 5 + 1.3 * city, 2);
    EXPECT_NEAR(by_warning, 5 + 1.3 * city, 2);
  }
}

TEST(city_model, takes_no_median_of_a_few_for_that_of_the_city) {
  Quorum quorum;
  quorum.close(100);
  EXPECT_TRUE(quorum.holds(60));
  EXPECT_FALSE(quorum.holds(40));
  EXPECT_FALSE(quorum.holds(4));
  quorum.close(40);
  quorum.close(40);
  EXPECT_FALSE(quorum.holds(40));
  quorum.close(40);  // for so long that they are the usual number
  EXPECT_TRUE(quorum.holds(40));
  quorum.close(0);
  quorum.close(0);
  quorum.close(0);
  EXPECT_FALSE(quorum.holds(10));  // where nobody speaks nothing is learned of how many do
}

}  // namespace
}  // namespace madang::sensing
