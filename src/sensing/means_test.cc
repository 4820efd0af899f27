#include "sensing/means.h"

#include <gtest/gtest.h>

#include <cmath>

#include "sensing/indices/station_hours.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

TEST(averaging, is_known_by_channel_and_else_by_unit) {
  EXPECT_EQ(averaging_of("noise", ""), Averaging::kEnergy);
  EXPECT_EQ(averaging_of("noise_hourly", ""), Averaging::kEnergy);
  EXPECT_EQ(averaging_of("gust_direction", ""), Averaging::kCircular);
  EXPECT_EQ(averaging_of("pm25", "µg/m³"), Averaging::kArithmetic);
  EXPECT_EQ(averaging_of("laeq", "dB(A)"), Averaging::kEnergy);
  EXPECT_EQ(averaging_of("rssi", "dBm"), Averaging::kArithmetic);
  EXPECT_EQ(averaging_of("wave_direction", "deg"), Averaging::kCircular);
  EXPECT_EQ(averaging_of("tilt", "°"), Averaging::kArithmetic);
}

struct MeansTest : testing::Test {
  TestCity t;
  Instant const hour{std::chrono::floor<std::chrono::hours>(t.clock.now()) - 2h};
  MeansTest() { t.add("N1", kWest, {"pm25", "noise", "wind_direction"}); }
  std::vector<HourMean> read(std::string_view channel) {
    DatastreamId const ids[] = {t.stream("N1", channel)};
    return must(read_hour_means(t.store, averaging_of(channel, ""), ids, {hour, hour + 2h}));
  }
};

TEST_F(MeansTest, of_an_hour_follow_the_quantitys_own_rule) {
  for (auto const& [channel, a, b] : {std::tuple{"pm25", 10.0, 20.0}, std::tuple{"noise", 40.0, 80.0}, std::tuple{"wind_direction", 350.0, 20.0}}) {
    t.put(t.stream("N1", channel), hour + 1min, a);
    t.put(t.stream("N1", channel), hour + 2min, b);
    t.put(t.stream("N1", channel), hour + 3min, 120, QualityFlag::kFail);
  }
  ASSERT_EQ(read("pm25").size(), 1u);
  EXPECT_EQ(read("pm25")[0].mean, 15);
  EXPECT_EQ(read("pm25")[0].good, 2u);
  EXPECT_EQ(read("pm25")[0].hour, hour);
  EXPECT_NEAR(read("noise")[0].mean, 76.9902, 1e-4);
  EXPECT_NEAR(read("wind_direction")[0].mean, 5, 1e-9);
}

TEST_F(MeansTest, of_opposite_winds_there_is_none) {
  t.put(t.stream("N1", "wind_direction"), hour + 1min, 90);
  t.put(t.stream("N1", "wind_direction"), hour + 2min, 270);
  EXPECT_TRUE(read("wind_direction").empty());
}

TEST(hour, counts_from_three_quarters_of_what_should_have_been_sent) {
  EXPECT_TRUE(indices::is_enough(45, 1min));
  EXPECT_FALSE(indices::is_enough(44, 1min));
  EXPECT_TRUE(indices::is_enough(270, 10s));
  EXPECT_FALSE(indices::is_enough(269, 10s));
  EXPECT_TRUE(indices::is_enough(1, 1h));
  EXPECT_TRUE(indices::is_enough(1, 24h));
  EXPECT_FALSE(indices::is_enough(0, 24h));
}

}  // namespace
}  // namespace madang::sensing
