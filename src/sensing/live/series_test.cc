#include "sensing/live/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/live/api_json.h"
#include "sensing/readings/test_messages.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

struct SeriesTest : testing::Test {
  TestCity t;
  Instant from = t.clock.now() - 24h;
  Interval day{from, from + 24h};

  SeriesTest() { t.add("N1", kWest, {"pm25", "noise", "wind_direction"}); }

  SeriesAnswer read(std::string_view channel, std::size_t points) {
    return must(read_series(t.store, {t.city->datastream(t.stream("N1", channel)), day, points}));
  }
  void put(std::string_view channel, Millis after, double value, QualityFlag flag = QualityFlag::kGood) {
    t.put(t.stream("N1", channel), from + after, value, flag);
  }
};

TEST_F(SeriesTest, gives_few_observations_one_by_one) {
  put("pm25", 1min, 5);
  put("pm25", 3h, 7, QualityFlag::kFail);
  auto const s = read("pm25", 600);
  EXPECT_EQ(s.step, Millis{0});
  ASSERT_EQ(s.points.size(), 2u);
  EXPECT_EQ(s.points[1].time, from + 3h);
  EXPECT_EQ(s.points[1].min, 7);
  EXPECT_EQ(s.points[1].flag, QualityFlag::kFail);
  EXPECT_EQ(s.unit, "µg/m³");
}

TEST_F(SeriesTest, says_why_a_single_observation_is_flagged) {
  storage::Batch batch;
  batch.observations.push_back({t.stream("N1", "pm25"), from + 1min, 900, from, {QualityFlag::kSuspect, 4, 2}});
  batch.observations.push_back({t.stream("N1", "pm25"), from + 2min, 12, from, {QualityFlag::kGood, 0, 2}});
  must(t.ingest->submit_and_wait(batch));
  auto const messages = test_messages();
  auto const json = series_json(read("pm25", 600), &messages);
  EXPECT_THAT(json, testing::HasSubstr(",900,3,0],"));
  EXPECT_THAT(json, testing::HasSubstr(R"("reasons":[{"en":"A single spike: more than)"));
  EXPECT_THAT(series_json(read("pm25", 600), nullptr), testing::HasSubstr(R"(,900,3],)"));
}

TEST_F(SeriesTest, gathers_many_observations_in_buckets_and_keeps_gaps) {
  put("pm25", 30min, 4);
  put("pm25", 40min, 6);
  put("pm25", 50min, 100, QualityFlag::kFail);
  put("pm25", 20h + 30min, 9);
  auto const s = read("pm25", 3);
  EXPECT_EQ(s.step, Millis{12h});
  ASSERT_EQ(s.points.size(), 2u);
  EXPECT_EQ(s.points[0].value, 5);
  EXPECT_EQ(s.points[0].max, 6);
}

TEST_F(SeriesTest, averages_noise_as_energy) {
  put("noise", 31min, 60);
  put("noise", 32min, 70);
  auto const s = read("noise", 1);
  ASSERT_EQ(s.points.size(), 1u);
  EXPECT_NEAR(s.points[0].value, 67.404, 0.001);
}

TEST_F(SeriesTest, shows_a_bucket_of_failed_values_with_its_flag) {
  put("pm25", 31min, 60, QualityFlag::kFail);
  put("pm25", 32min, 70, QualityFlag::kSuspect);
  auto const s = read("pm25", 1);
  ASSERT_EQ(s.points.size(), 1u);
  EXPECT_EQ(s.points[0].flag, QualityFlag::kFail);
}

TEST_F(SeriesTest, medians_are_the_means_of_all_stations) {
  t.add("N2", kEast, {"pm25"});
  put("pm25", 31min, 10);
  t.put(t.stream("N2", "pm25"), from + 32min, 20);
  auto const index = build_station_index(*t.city);
  auto const m = must(read_medians(t.store, "pm25", *index->streams("pm25"), day));
  EXPECT_EQ(m.step, Millis{15min});
  ASSERT_EQ(m.points.size(), 1u);
  EXPECT_EQ(m.points[0].value, 15);
  EXPECT_EQ(m.points[0].max, 20);
}

TEST_F(SeriesTest, medians_of_directions_are_refused) {
  auto const index = build_station_index(*t.city);
  auto const m = read_medians(t.store, "wind_direction", *index->streams("wind_direction"), day);
  ASSERT_FALSE(m.has_value());
  EXPECT_EQ(m.error().code, Code::kUnsupported);
}

TEST(bucket_step, climbs_the_ladder) {
  EXPECT_EQ(bucket_step(24h, 600), Millis{5min});
  EXPECT_EQ(bucket_step(168h, 600), Millis{30min});
  EXPECT_EQ(bucket_step(1s, 600), Millis{1s});
  EXPECT_GE(bucket_step(std::chrono::days{365 * 200}, 600), Millis{720h});
}

}  // namespace
}  // namespace madang::sensing
