#include "sensing/rules.h"

#include <gtest/gtest.h>

#include <array>

#include "sensing/limits.h"

namespace madang::sensing {
namespace {

constexpr Instant kJudgedNow = instant_of_millis(1'800'000'000'000);

TEST(judge, fails_a_value_outside_the_stated_range) {
  ChannelRules const rules{-50, 80, {}, true};
  auto const quality = judge(rules, 353.4, kJudgedNow, kJudgedNow);
  EXPECT_EQ(quality.flag, QualityFlag::kFail);
  EXPECT_EQ(quality.reason, static_cast<int>(QualityTest::kGrossRange));
  EXPECT_EQ(quality.rule_version, kRuleVersion);
}

TEST(judge, passes_a_value_at_the_end_of_the_range) {
  ChannelRules const rules{-50, 80, {}, true};
  EXPECT_EQ(judge(rules, 80, kJudgedNow, kJudgedNow).flag, QualityFlag::kGood);
}

TEST(judge, takes_a_common_sentinel_for_no_value_and_not_for_a_value_out_of_range) {
  ChannelRules const dust{0, 1500, {}, true};
  for (double const sentinel : {-999.0, -9999.0}) {
    auto const quality = judge(dust, sentinel, kJudgedNow, kJudgedNow);
    EXPECT_EQ(quality.flag, QualityFlag::kMissing) << sentinel;
    EXPECT_EQ(quality.reason, static_cast<int>(QualityTest::kSentinel));
  }
  EXPECT_EQ(judge(dust, -998.5, kJudgedNow, kJudgedNow).flag, QualityFlag::kFail);
  ChannelRules const strain{-5000, 5000, {}, true};
  EXPECT_EQ(judge(strain, -999, kJudgedNow, kJudgedNow).flag, QualityFlag::kGood) << "this sensor can measure it";
}

TEST(judge, leaves_a_value_unknown_where_no_range_is_stated) {
  EXPECT_EQ(judge({}, 12, kJudgedNow, kJudgedNow), Quality{});
}

TEST(judge, suspects_a_time_more_than_a_day_ahead) {
  EXPECT_EQ(judge({}, 12, kJudgedNow + kFutureMax, kJudgedNow).flag, QualityFlag::kUnknown);
  EXPECT_EQ(judge({}, 12, kJudgedNow + kFutureMax + Millis{1}, kJudgedNow).flag, QualityFlag::kSuspect);
}

TEST(channel_rules, brings_sentinels_from_the_wire_to_the_unit) {
  city::Sensor sensor;
  sensor.channels.push_back({"temperature", 0.1, -100, -50, 80, {65535}, true});
  city::Datastream datastream;
  datastream.channel = "temperature";
  auto const rules = channel_rules(&sensor, datastream);
  EXPECT_TRUE(is_no_value(rules, 6453.5));
  EXPECT_FALSE(is_no_value(rules, 21.5));
}

TEST(channel_rules, know_no_value_of_a_channel_that_is_not_fitted) {
  city::Sensor sensor;
  sensor.channels.push_back({"wind_speed", 1, 0, 0, 0, {}, false});
  city::Datastream datastream;
  datastream.channel = "wind_speed";
  EXPECT_TRUE(is_no_value(channel_rules(&sensor, datastream), 0));
}

TEST(channel_rules, know_the_way_from_the_datastreams_unit_to_the_quantitys) {
  city::Datastream datastream;
  datastream.channel = "temperature";
  datastream.unit.symbol = "°F";
  EXPECT_NEAR(channel_rules(nullptr, datastream).unit(68), 20, 1e-9);
  datastream.unit.symbol = "parsec";
  EXPECT_TRUE(channel_rules(nullptr, datastream).foreign);
}

TEST(typical_value, is_the_middle) {
  std::array odd{9.0, 1.0, 5.0};
  EXPECT_EQ(typical_value(odd, Averaging::kArithmetic), 5.0);
  std::array even{9.0, 1.0, 5.0, 6.0};
  EXPECT_EQ(typical_value(even, Averaging::kArithmetic), 5.5);
}

TEST(typical_value, of_directions_around_north_is_north) {
  std::array directions{350.0, 10.0};
  double const mean = typical_value(directions, Averaging::kCircular);
  EXPECT_NEAR(std::min(mean, 360 - mean), 0, 1e-9);
}

TEST(mean_value, of_levels_is_a_mean_of_energy) {
  std::array const levels{60.0, 70.0};
  EXPECT_NEAR(mean_value(levels, Averaging::kEnergy), 67.404, 0.001);
}

}  // namespace
}  // namespace madang::sensing
