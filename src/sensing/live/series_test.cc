#include "sensing/live/series.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sensing/limits.h"
#include "sensing/live/api_json.h"
#include "sensing/live/export.h"
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

TEST_F(SeriesTest, ends_at_its_deadline) {
  put("pm25", 1min, 5);
  SeriesQuery query{t.city->datastream(t.stream("N1", "pm25")), day};
  query.deadline = t.clock.tick() - 1ms;
  EXPECT_EQ(read_series(t.store, query).error().code, Code::kUnavailable);
  query.deadline = t.clock.tick() + 1h;
  EXPECT_TRUE(read_series(t.store, query));
}

TEST_F(SeriesTest, holds_few_bytes_of_what_stands_beside_the_numbers) {
  storage::Batch batch;
  auto const put_long = [&](int minute) {
    storage::ObservationDetail detail;
    detail.parameters = "{\"note\":\"" + std::string(1'000'000, 'x') + "\"}";
    batch.details.emplace_back(static_cast<std::uint32_t>(batch.observations.size()), std::move(detail));
    batch.observations.push_back({t.stream("N1", "pm25"), from + std::chrono::minutes{minute}, 5, from, {}});
  };
  for (int i = 0; i < 10; ++i) put_long(i);
  must(t.store.append(batch));
  auto const all = read_series(t.store, {t.city->datastream(t.stream("N1", "pm25")), day});
  EXPECT_EQ(all.error().code, Code::kLimit);
  EXPECT_THAT(all.error().sentence, testing::HasSubstr("ask for a shorter one"));
  auto const few = must(read_series(t.store, {t.city->datastream(t.stream("N1", "pm25")), {from, from + 4min}}));
  EXPECT_EQ(few.points.size(), 4u);
  auto const buckets = read("pm25", 3);
  EXPECT_EQ(buckets.points.front().value, 5) << "a bucket needs no text";
}

TEST_F(SeriesTest, says_why_a_single_observation_is_flagged) {
  storage::Batch batch;
  batch.observations.push_back({t.stream("N1", "pm25"), from + 1min, 900, from, {QualityFlag::kSuspect, 4, 2}});
  batch.observations.push_back({t.stream("N1", "pm25"), from + 2min, 12, from, {QualityFlag::kGood, 0, 2}});
  must(t.ingest->submit_and_wait(batch));
  auto const messages = test_messages();
  auto const json = series_json(read("pm25", 600), {}, &messages);
  EXPECT_THAT(json, testing::HasSubstr(",900,3,0],"));
  EXPECT_THAT(json, testing::HasSubstr(R"("reasons":[{"en":"A single spike: more than)"));
  EXPECT_THAT(series_json(read("pm25", 600), {}, nullptr), testing::HasSubstr(R"(,900,3],)"));
}

TEST_F(SeriesTest, tells_both_ends_of_an_observation_of_an_interval) {
  put("pm25", 1min, 4);
  storage::ObservationDetail hour;
  hour.phenomenon_end = from + 3h;
  must(t.store.append({.observations = {{t.stream("N1", "pm25"), from + 2h, 6, from + 3h, {}}}, .details = {{0, hour}}}));
  auto const s = read("pm25", 600);
  ASSERT_EQ(s.points.size(), 2u);
  EXPECT_FALSE(s.points[0].end);
  EXPECT_EQ(s.points[1].end, from + 3h);
  EXPECT_THAT(series_json(s, {}, nullptr), testing::HasSubstr("\"ends\":[[1," + std::to_string(millis_of(from + 3h)) + "]]"));
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
  auto const m = must(read_medians(t.store, *index->streams("pm25"), {"pm25", day}));
  EXPECT_EQ(m.step, Millis{15min});
  ASSERT_EQ(m.points.size(), 1u);
  EXPECT_EQ(m.points[0].value, 15);
  EXPECT_EQ(m.points[0].max, 20);
}

TEST_F(SeriesTest, medians_of_levels_are_energy_means_and_of_directions_vectors) {
  put("noise", 31min, 40);
  put("noise", 32min, 80);
  put("wind_direction", 31min, 350);
  put("wind_direction", 32min, 20);
  put("wind_direction", 12h, 0);
  put("wind_direction", 12h + 1min, 180);
  auto const index = build_station_index(*t.city);
  auto const levels = must(read_medians(t.store, *index->streams("noise"), {"noise", day}));
  ASSERT_EQ(levels.points.size(), 1u);
  EXPECT_NEAR(levels.points[0].value, 76.9902, 1e-4);
  auto const winds = must(read_medians(t.store, *index->streams("wind_direction"), {"wind_direction", day}));
  ASSERT_EQ(winds.points.size(), 1u) << "opposite winds leave a gap";
  EXPECT_NEAR(winds.points[0].value, 5, 1e-9);
  EXPECT_EQ(winds.points[0].min, winds.points[0].max);
}

/// The same day from single values and from roll-ups, which a mean and a variance could only guess.
TEST_F(SeriesTest, a_long_range_has_the_same_means_as_a_short_one) {
  storage::Batch batch;
  for (int i = 0; i < 24 * 60; ++i) {
    auto const time = from + i * 1min;
    batch.observations.push_back({t.stream("N1", "noise"), time, i % 30 == 0 ? 100.0 : 35.0, time, {QualityFlag::kGood, 0, 3}});
    batch.observations.push_back({t.stream("N1", "wind_direction"), time, i % 2 == 0 ? 355.0 : 25.0, time, {QualityFlag::kGood, 0, 3}});
  }
  must(t.store.append(batch));
  auto const few = read("noise", 24);
  ASSERT_EQ(few.points.size(), 25u);
  storage::Batch more;
  for (int i = 0; i < static_cast<int>(kSeriesRawMax); ++i) {  // so many that only roll-ups are read
    auto const time = from - 1h + i * 30ms;
    more.observations.push_back({t.stream("N1", "noise"), time, 35, time, {QualityFlag::kGood, 0, 3}});
    more.observations.push_back({t.stream("N1", "wind_direction"), time, 10, time, {QualityFlag::kGood, 0, 3}});
  }
  must(t.store.append(more));
  Interval const longer{from - 1h, from + 24h};
  auto const d = t.city->datastream(t.stream("N1", "noise"));
  auto const many = must(read_series(t.store, {d, longer, 25}));
  EXPECT_EQ(many.step, Millis{1h});
  EXPECT_NEAR(many.points.back().value, few.points.back().value, 1e-9);
  EXPECT_NEAR(many.points.back().value, 10 * std::log10((2 * 1e10 + 58 * std::pow(10, 3.5)) / 60), 1e-9);
  auto const wind = must(read_series(t.store, {t.city->datastream(t.stream("N1", "wind_direction")), longer, 25}));
  EXPECT_NEAR(wind.points.back().value, 10, 1e-9);
}

TEST_F(SeriesTest, a_text_is_no_point) {
  put("pm25", 31min, 20);
  put("pm25", 33min, 21);
  storage::ObservationDetail text;
  text.result_kind = storage::ObservationDetail::ResultKind::kText;
  text.result = "20.5";
  must(t.store.append({.observations = {{t.stream("N1", "pm25"), from + 32min, 0, from, {}}}, .details = {{0, text}}}));
  auto const single = read("pm25", 600);
  ASSERT_EQ(single.points.size(), 3u);
  EXPECT_EQ(single.points[1].flag, QualityFlag::kMissing) << "shown as no value, with what was sent";
  auto const together = read("pm25", 1);
  ASSERT_EQ(together.points.size(), 1u);
  EXPECT_EQ(together.points[0].value, 20.5);
  EXPECT_EQ(together.points[0].min, 20);
  auto const index = build_station_index(*t.city);
  EXPECT_EQ(must(read_medians(t.store, *index->streams("pm25"), {"pm25", day})).points.at(0).value, 20.5);
}

TEST_F(SeriesTest, nothing_is_read_for_longer_than_somebody_waits) {
  put("pm25", 31min, 20);
  auto const index = build_station_index(*t.city);
  auto const over = t.clock.tick();
  auto const medians = read_medians(t.store, *index->streams("pm25"), {.property = "pm25", .when = day, .deadline = over});
  ASSERT_FALSE(medians);
  EXPECT_EQ(medians.error().code, Code::kUnavailable);
  SeriesQuery query{.datastream = t.city->datastream(t.stream("N1", "pm25")), .when = day};
  query.deadline = over;
  ASSERT_FALSE(read_series(t.store, query));
  query.deadline = over + Millis{1};
  EXPECT_TRUE(read_series(t.store, query));
}

TEST(bucket_step, climbs_the_ladder) {
  EXPECT_EQ(bucket_step(24h, 600), Millis{5min});
  EXPECT_EQ(bucket_step(168h, 600), Millis{30min});
  EXPECT_EQ(bucket_step(1s, 600), Millis{1s});
  EXPECT_GE(bucket_step(std::chrono::days{365 * 200}, 600), Millis{720h});
}

}  // namespace
}  // namespace madang::sensing
