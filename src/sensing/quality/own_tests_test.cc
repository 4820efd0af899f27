#include "sensing/quality/own_tests.h"

#include <gtest/gtest.h>

#include "sensing/quality/test_engine.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

struct quality_of_one_stream : ::testing::Test, TestEngine {};

TEST_F(quality_of_one_stream, is_good_for_everyday_values) {
  auto const id = add("temperature");
  EXPECT_EQ(said(id, 12.1), "good none");
  EXPECT_EQ(said(id, 12.3), "good none");
}

TEST_F(quality_of_one_stream, fails_outside_the_sensors_range_and_doubts_what_no_city_has_seen) {
  auto const id = add("temperature");
  EXPECT_EQ(said(id, 353.4), "fail gross_range");
  EXPECT_EQ(said(id, 61), "suspect gross_range");
}

TEST_F(quality_of_one_stream, takes_a_sentinel_for_no_value) {
  auto const id = add("pm25_corrected");
  EXPECT_EQ(said(id, -999), "missing sentinel");
  EXPECT_EQ(said(id, -998.5), "fail gross_range");
}

TEST_F(quality_of_one_stream, takes_a_sentinel_for_no_value_also_where_the_sensor_states_a_range) {
  DatastreamId const id{7};
  StreamPlan plan{id, ThingId{7}, "pm25", kInterval, std::nullopt, 0, 1500, true};
  plan.sentinels = {-1};
  engine.plan(plan);
  EXPECT_EQ(said(id, -999), "missing sentinel");
  EXPECT_EQ(said(id, -1), "missing sentinel") << "its own";
  EXPECT_EQ(said(id, -2), "fail gross_range");
}

TEST_F(quality_of_one_stream, knows_every_sentinel_of_its_sensor_also_after_32_bits) {
  DatastreamId const id{9};
  StreamPlan plan{id, ThingId{9}, "pm25", kInterval, std::nullopt, 0, 0, true};
  plan.sentinels = {-1, -2, -3, -4, 999.9, 65'535};
  engine.plan(plan);
  for (double const sentinel : plan.sentinels) EXPECT_EQ(said(id, sentinel), "missing sentinel") << sentinel;
  EXPECT_EQ(said(id, static_cast<double>(999.9F)), "missing sentinel");
}

TEST_F(quality_of_one_stream, is_told_with_the_share_of_what_has_come) {
  auto const id = add("pm25");
  for (int i = 0; i < 38; ++i) give(id, -999);
  auto const found = findings();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].ailment, Ailment::kOutOfRange);
  EXPECT_NEAR(found[0].share, 1, 1e-3) << "it has never sent anything else";
  for (int i = 0; i < 38; ++i) give(id, 12 + i % 3);
  EXPECT_NEAR(findings().at(0).share, 0.5, 0.03);
}

TEST_F(quality_of_one_stream, judges_fahrenheit_as_fahrenheit) {
  DatastreamId const id{8};
  StreamPlan plan{id, ThingId{8}, "temperature", kInterval, std::nullopt, -58, 176, true};
  plan.unit = *to_quantity("temperature", {"", "°F", ""});
  engine.plan(plan);
  EXPECT_EQ(said(id, 68), "good none");
  EXPECT_EQ(said(id, 100), "suspect rate") << "a jump of 32 °F is one of 17.8 °C";
  EXPECT_EQ(said(id, 180), "fail gross_range") << "above what the sensor states in its own unit";
  EXPECT_EQ(said(id, -999), "missing sentinel") << "as it was sent";
}

TEST_F(quality_of_one_stream, says_nothing_of_a_unit_that_is_none_of_the_quantity) {
  DatastreamId const id{9};
  StreamPlan plan{id, ThingId{9}, "temperature", kInterval, std::nullopt, 0, 0, true};
  plan.foreign = true;
  engine.plan(plan);
  EXPECT_EQ(said(id, 353.4), "unknown none");
}

TEST_F(quality_of_one_stream, doubts_a_jump_and_calls_it_a_spike_when_the_next_value_is_back) {
  auto const id = add("pm25");
  give(id, 20);
  auto const at = now;
  EXPECT_EQ(said(id, 400), "suspect rate");
  EXPECT_EQ(said(id, 21), "good none");
  auto const later = engine.take_revisions();
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].when, (Interval{at, at + 1ms}));
  EXPECT_EQ(text(later[0].quality), "fail spike");
  EXPECT_TRUE(replaces(later[0], opinion(QualityFlag::kSuspect, QualityTest::kRate)));
}

TEST_F(quality_of_one_stream, believes_a_jump_that_stays) {
  auto const id = add("pm25");
  give(id, 20);
  give(id, 140);
  EXPECT_EQ(said(id, 145), "good none");
  auto const later = engine.take_revisions();
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(text(later[0].quality), "good none");
  EXPECT_TRUE(replaces(later[0], opinion(QualityFlag::kSuspect, QualityTest::kRate)));
  EXPECT_FALSE(replaces(later[0], opinion(QualityFlag::kFail, QualityTest::kGrossRange)));
}

TEST_F(quality_of_one_stream, sees_through_two_spikes_in_a_row) {
  auto const id = add("pm25");
  give(id, 20);
  auto const from = now;
  give(id, 420);
  give(id, 421);
  EXPECT_EQ(said(id, 21), "good none");
  auto const later = engine.take_revisions();
  ASSERT_EQ(later.size(), 2U);
  EXPECT_EQ(later[1].when, (Interval{from, now - kInterval}));
  EXPECT_EQ(text(later[1].quality), "fail spike");
}

TEST_F(quality_of_one_stream, believes_the_two_hours_of_a_dust_storm_that_an_hourly_station_saw) {
  auto const id = add("pm10", 1, {37.55, 126.95}, 60min);
  for (double const value : {60.0, 400.0, 420.0, 200.0, 90.0}) give(id, value, 60min);
  for (auto const& r : engine.take_revisions()) EXPECT_NE(r.quality.flag, QualityFlag::kFail) << format_instant(r.when.from);
}

TEST_F(quality_of_one_stream, takes_a_steep_rise_for_no_spikes) {
  auto const id = add("pm25");
  give(id, 20);
  EXPECT_EQ(said(id, 80), "suspect rate");
  EXPECT_EQ(said(id, 150), "suspect rate");
  give(id, 230);
  EXPECT_EQ(said(id, 235), "good none");
  EXPECT_TRUE(engine.take_revisions().empty());
}

TEST_F(quality_of_one_stream, believes_a_short_event_of_a_believable_size) {
  auto const id = add("noise");
  for (double const level : {50.0, 72.0, 73.0}) give(id, level);
  EXPECT_EQ(said(id, 51), "suspect rate");
  EXPECT_EQ(said(id, 50), "good none");
  for (auto const& r : engine.take_revisions()) EXPECT_EQ(text(r.quality), "good none");
}

TEST_F(quality_of_one_stream, finds_a_flat_line_of_a_number_that_no_float_holds) {
  auto const id = add("noise");
  Quality q;
  for (auto const from = now; now - from < 7h;) q = give(id, 50.1);
  EXPECT_EQ(text(q), "suspect flat_line");
}

TEST_F(quality_of_one_stream, does_not_count_the_time_of_a_gap_as_standing_still) {
  auto const id = add("temperature");
  for (int i = 0; i < 20; ++i) give(id, 15.3);
  now += 7h;
  EXPECT_EQ(said(id, 15.3), "good none");
}

TEST_F(quality_of_one_stream, allows_more_change_over_a_longer_interval) {
  auto const id = add("temperature", 1, {}, 1h);
  give(id, 10, 1h);
  EXPECT_EQ(said(id, 18.5, 1h), "good none");
  auto const quick = add("temperature", 2);
  give(quick, 10);
  EXPECT_EQ(said(quick, 18.5), "suspect rate");
}

TEST_F(quality_of_one_stream, compares_nothing_across_a_gap) {
  auto const id = add("temperature");
  give(id, 10, 3h);
  EXPECT_EQ(said(id, 19), "good none");
  EXPECT_EQ(engine.counts().gaps, 1U);
}

TEST_F(quality_of_one_stream, finds_a_flat_line_and_says_so_of_the_hours_before) {
  auto const id = add("temperature");
  auto const from = now;
  Quality q;
  while (now - from < 6h) q = give(id, 15.3);
  EXPECT_EQ(text(q), "suspect flat_line");
  auto const later = engine.take_revisions();
  ASSERT_EQ(later.size(), 1U);
  EXPECT_EQ(later[0].when.from, from);
  while (now - from < 25h) q = give(id, 15.3);
  EXPECT_EQ(text(q), "fail flat_line");
  ASSERT_EQ(findings().size(), 1U);
  EXPECT_EQ(findings()[0].ailment, Ailment::kStuck);
  EXPECT_EQ(said(id, 15.4), "good none");
  EXPECT_TRUE(findings().empty());
}

TEST_F(quality_of_one_stream, lets_a_night_be_dark_and_a_rainy_day_be_wet) {
  auto const light = add("illuminance", 1);
  auto const wet = add("humidity", 2);
  auto const from = now;
  give(light, 500);
  give(wet, 90);
  std::string said_last;
  while (now - from < 16h) {
    said_last = text(give(light, 0, 0ms)) + ", " + said(wet, 100);
  }
  EXPECT_EQ(said_last, "good none, good none");
}

TEST_F(quality_of_one_stream, knows_a_channel_without_an_instrument_after_a_day_of_zeros) {
  auto const id = add("wind_speed", 1, {}, 1h);
  Quality q;
  for (int hour = 0; hour < 23; ++hour) q = give(id, 0, 1h);
  EXPECT_EQ(q.flag, QualityFlag::kGood);
  EXPECT_EQ(said(id, 0, 1h), "missing not_fitted");
  ASSERT_EQ(findings().size(), 1U);
  EXPECT_EQ(findings()[0].ailment, Ailment::kNotFitted);
  auto const globe = add("globe_temperature", 2, {}, 1h);
  for (int hour = 0; hour < 24; ++hour) q = give(globe, 5, 1h);
  EXPECT_EQ(text(q), "missing not_fitted");
}

TEST_F(quality_of_one_stream, does_not_call_a_calm_day_of_a_real_anemometer_not_fitted) {
  auto const id = add("wind_speed", 1, {}, 1h);
  for (int hour = 0; hour < 4; ++hour) give(id, 2.5 + hour, 1h);
  Quality q;
  for (int hour = 0; hour < 30; ++hour) q = give(id, 0, 1h);
  EXPECT_EQ(text(q), "good none");
}

TEST_F(quality_of_one_stream, doubts_the_time_of_values_from_the_future_and_keeps_its_memory_clean_of_them) {
  auto const id = add("temperature");
  give(id, 10);
  EXPECT_EQ(text(give_at(id, 10, now + 3h, now)), "suspect clock");
  EXPECT_EQ(text(give_at(id, 10, now + 25h, now)), "suspect timing");
  EXPECT_EQ(said(id, 10.1), "good none");
  EXPECT_EQ(engine.counts().late, 0U);
}

TEST_F(quality_of_one_stream, finds_a_clock_that_jumped_back) {
  auto const id = add("temperature");
  for (int i = 0; i < 20; ++i) give(id, 10 + 0.1 * (i % 3));
  Quality q;
  for (int i = 0; i < 4; ++i, now += kInterval) q = give_at(id, 10, now - 3h, now);
  EXPECT_EQ(text(q), "suspect clock");
  ASSERT_EQ(findings().size(), 1U);
  EXPECT_EQ(findings()[0].ailment, Ailment::kClock);
  EXPECT_NEAR(findings()[0].number, 3, 0.01);
  EXPECT_EQ(said(id, 10), "good none");
  EXPECT_TRUE(findings().empty());
}

TEST_F(quality_of_one_stream, takes_a_parcel_of_old_values_for_what_it_is) {
  auto const id = add("temperature");
  for (int i = 0; i < 20; ++i) give(id, 10 + 0.1 * (i % 3));
  now += 3h;
  Quality q;
  for (int i = 0; i < 80; ++i) q = give_at(id, 11, now - 3h + kInterval * i, now);
  EXPECT_EQ(q.flag, QualityFlag::kGood);
}

TEST_F(quality_of_one_stream, judges_late_and_repeated_values_without_memory) {
  auto const id = add("temperature");
  auto const first = now;
  give(id, 10);
  give(id, 10.2);
  EXPECT_EQ(text(give_at(id, 30, first, now)), "good none");
  EXPECT_EQ(text(give_at(id, 99, first, now)), "fail gross_range");
  EXPECT_EQ(said(id, 10.3), "good none");
  EXPECT_EQ(engine.counts().late, 2U);
}

TEST_F(quality_of_one_stream, leaves_opinions_from_outside_alone) {
  auto const id = add("temperature");
  std::vector<storage::Observation> values{{id, now, 999, now, {QualityFlag::kGood, 0, 0}}};
  engine.judge(values);
  EXPECT_EQ(values[0].quality, (Quality{QualityFlag::kGood, 0, 0}));
}

TEST_F(quality_of_one_stream, survives_centuries_between_two_values) {
  auto const id = add("temperature");
  EXPECT_EQ(text(give_at(id, 10, kInstantMin, now)), "good none");
  EXPECT_EQ(text(give_at(id, 10, now, now)), "good none");
  EXPECT_EQ(give_at(id, 10, kInstantMax - 1ms, now).flag, QualityFlag::kSuspect);
}

TEST(quality_limits, belong_to_a_quantity_whatever_it_is_a_statistic_of) {
  EXPECT_EQ(limits_of("pm25_daily").channel, "pm25");
  EXPECT_EQ(limits_of("noise_max_hourly").channel, "noise");
  EXPECT_EQ(limits_of("temperature_calibrated").channel, "temperature");
  EXPECT_EQ(limits_of("soil_moisture").channel, "");
}

}  // namespace
}  // namespace madang::sensing
