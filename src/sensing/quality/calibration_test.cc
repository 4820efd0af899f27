#include "sensing/quality/calibration.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "sensing/test_city.h"
#include "support/passing_store.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

std::vector<std::pair<double, double>> line(double offset, double gain, std::size_t hours) {
  std::vector<std::pair<double, double>> pairs;
  for (std::size_t i = 0; i < hours; ++i) {
    double const there = 20 + 10 * std::sin(static_cast<double>(i) / 4);
    pairs.emplace_back(there, offset + gain * there + 0.2 * std::sin(static_cast<double>(7 * i)));
  }
  return pairs;
}

TEST(calibration_fit, finds_offset_and_gain_of_dust) {
  auto const c = fit(line(5, 1.4, 200), Follows::kLinear);
  ASSERT_TRUE(c.has_value());
  EXPECT_NEAR(c->offset, 5, 0.1);
  EXPECT_NEAR(c->gain, 1.4, 0.01);
  EXPECT_NEAR(c->calibrated(5 + 1.4 * 30), 30, 0.2);
  EXPECT_GT(c->r2, 0.99);
}

TEST(calibration_fit, is_not_led_astray_by_an_event) {
  auto pairs = line(5, 1.4, 200);
  for (std::size_t i = 50; i < 54; ++i) pairs[i].second += 300;
  auto const c = fit(pairs, Follows::kLinear);
  ASSERT_TRUE(c.has_value());
  EXPECT_NEAR(c->gain, 1.4, 0.05);
}

TEST(calibration_fit, gives_temperature_an_offset_only) {
  auto const c = fit(line(1.5, 1.0, 200), Follows::kAdditive);
  ASSERT_TRUE(c.has_value());
  EXPECT_EQ(c->gain, 1);
  EXPECT_NEAR(c->offset, 1.5, 0.05);
}

TEST(calibration_fit, refuses_too_few_hours_and_what_does_not_follow) {
  EXPECT_FALSE(fit(line(5, 1.4, 71), Follows::kLinear).has_value());
  auto pairs = line(5, 1.4, 200);
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i].second = 20 + 5 * std::sin(static_cast<double>(i * i));
  EXPECT_FALSE(fit(pairs, Follows::kLinear).has_value());
}

/// Counts the observations that are read one by one.
class CountedStore final : public test::PassingStore {
 public:
  using PassingStore::PassingStore;
  Result<std::vector<storage::StoredObservation>> read(DatastreamId stream, Interval when, storage::ReadOptions const& options) override {
    auto found = PassingStore::read(stream, when, options);
    if (found) rows += found->size();
    return found;
  }
  std::size_t rows = 0;
};

struct calibration : ::testing::Test, TestCity {
  static constexpr int kHours = 100;
  Instant from = clock.now() - std::chrono::hours{kHours};

  void SetUp() override {
    storage::Batch batch;
    for (int i = 0; i < 9; ++i) {
      auto const serial = "POLE-" + std::to_string(i);
      add(serial, kWest, {"pm25"});
      for (int h = 0; h < kHours; ++h) {
        double const there = 30 + 10 * std::sin(h / 5.0);
        batch.observations.push_back({stream(serial, "pm25"), from + 1h * h, (i - 4) + (1 + 0.05 * (i - 4)) * there, clock.now(), {QualityFlag::kGood, 0, 2}});
      }
    }
    batch.observations[7].quality.flag = QualityFlag::kFail;
    must(store.append(batch));
  }
  CalibrationSummary run(CalibrationOptions const& options) { return run_on(store, options); }
  CalibrationSummary run_on(storage::ObservationStore& asked, CalibrationOptions const& options) {
    auto const append = [this](storage::Batch batch) -> Result<void> {
      must(store.append(batch));
      return {};
    };
    return must(calibrate(*city, asked, append, clock.now(), options));
  }
};

TEST_F(calibration, writes_another_datastream_with_its_provenance_and_leaves_the_raw_one_alone) {
  auto const before = must(store.read(stream("POLE-0", "pm25"), {kInstantMin, kInstantMax}, {}));
  auto const summary = run({.channel = "pm25"});
  EXPECT_EQ(summary.made, 9U);
  EXPECT_EQ(summary.values, 9U * kHours - 1);  // the failed one has no twin
  EXPECT_LT(summary.spread_after, 0.2 * summary.spread_before);
  auto const twin = city->datastream(stream("POLE-0", "pm25_calibrated"));
  ASSERT_NE(twin, nullptr);
  EXPECT_NE(twin->properties.find("\"reference\":\"median of 9 stations\""), std::string::npos);
  EXPECT_NE(twin->properties.find("\"of\":"), std::string::npos);
  EXPECT_EQ(twin->sensor, city->datastream(stream("POLE-0", "pm25"))->sensor);
  auto const after = must(store.read(stream("POLE-0", "pm25"), {kInstantMin, kInstantMax}, {}));
  ASSERT_EQ(after.size(), before.size());
  EXPECT_EQ(after[3].value, before[3].value);
}

TEST_F(calibration, continues_with_the_coefficients_it_was_made_with) {
  run({.channel = "pm25"});
  put(stream("POLE-0", "pm25"), clock.now(), 500);
  auto const again = run({.channel = "pm25"});
  EXPECT_EQ(again.made, 0U);
  EXPECT_EQ(again.continued, 9U);
  EXPECT_EQ(again.values, 1U);
}

TEST_F(calibration, goes_on_after_a_reading_dated_ahead_and_takes_what_came_late) {
  auto const raw = stream("POLE-0", "pm25");
  must(store.append({.observations = {{raw, clock.now() + 24h * 365, 400, clock.now(), {QualityFlag::kGood, 0, 2}}}, .details = {}}));
  EXPECT_EQ(run({.channel = "pm25"}).values, 9U * kHours - 1) << "its time is not believed";
  put(raw, clock.now(), 500);
  put(raw, from + 30min, 450);
  EXPECT_EQ(run({.channel = "pm25"}).values, 2U) << "the next one, and one that came late";
  EXPECT_EQ(run({.channel = "pm25"}).values, 0U);
  auto const twin = must(store.read(stream("POLE-0", "pm25_calibrated"), {kInstantMin, kInstantMax}, {}));
  EXPECT_EQ(twin.size(), std::size_t{kHours + 1}) << "the failed one has none";
}

/// By counting: the first run reads every value, the next one only the ends of each series, and the hours in which something is new or
/// failed.
TEST_F(calibration, reads_no_hour_again_that_has_all_its_twins) {
  CountedStore counted(store);
  run_on(counted, {.channel = "pm25"});
  EXPECT_GE(counted.rows, std::size_t{9 * kHours});
  counted.rows = 0;
  EXPECT_EQ(run_on(counted, {.channel = "pm25"}).values, 0U);
  std::size_t const ends = 9 * 3;
  EXPECT_EQ(counted.rows, ends + 1) << "the hour with the failed value has no twin of it";
  put(stream("POLE-3", "pm25"), from + 40h + 10min, 33);
  counted.rows = 0;
  EXPECT_EQ(run_on(counted, {.channel = "pm25"}).values, 1U);
  EXPECT_EQ(counted.rows, ends + 1 + 3) << "two raw values of that hour and one twin";
}

TEST_F(calibration, takes_over_a_value_that_was_corrected) {
  run({.channel = "pm25"});
  put(stream("POLE-3", "pm25"), from + 40h, 33);
  EXPECT_EQ(run({.channel = "pm25"}).values, 1U);
  EXPECT_EQ(run({.channel = "pm25"}).values, 0U);
  EXPECT_EQ(must(store.read(stream("POLE-3", "pm25_calibrated"), {from + 40h, from + 41h}, {})).size(), 1U);
}

TEST_F(calibration, keeps_the_interval_of_a_value_and_leaves_out_words) {
  run({.channel = "pm25"});
  storage::Batch batch;
  auto const raw = stream("POLE-0", "pm25");
  for (int i = 0; i < 3; ++i) batch.observations.push_back({raw, clock.now(), 60.0 + i, clock.now(), {QualityFlag::kGood, 0, 2}});
  std::array<storage::ObservationDetail, 3> details;
  details[0].phenomenon_end = clock.now() + 5min;
  details[1].phenomenon_end = clock.now() + 10min;
  details[2].result_kind = storage::ObservationDetail::ResultKind::kText;
  details[2].result = "broken";
  for (std::uint32_t i = 0; i < details.size(); ++i) batch.details.push_back({i, details[i]});
  storage::set_aside_non_numbers(batch);
  must(store.append(batch));
  EXPECT_EQ(run({.channel = "pm25"}).values, 2U);
  EXPECT_EQ(run({.channel = "pm25"}).values, 0U);
  auto const twin = must(store.read(stream("POLE-0", "pm25_calibrated"), {clock.now(), kInstantMax}, {.with_details = true}));
  ASSERT_EQ(twin.size(), 2U);
  ASSERT_TRUE(twin.front().detail && twin.back().detail);
  EXPECT_NE(twin.front().detail->phenomenon_end, twin.back().detail->phenomenon_end);
}

/// Twenty simulated stations read five times as much.
TEST_F(calibration, fits_real_stations_to_real_ones_and_simulated_ones_to_each_other) {
  storage::Batch batch;
  for (int i = 0; i < 20; ++i) {
    auto thing = station("DRAWN-" + std::to_string(i), kWest, {"pm25"});
    thing.thing.simulated = true;
    must(city->add_thing(thing));
    for (int h = 0; h < kHours; ++h)
      batch.observations.push_back({stream(thing.thing.serial, "pm25"), from + 1h * h, i + 5 * (30 + 10 * std::sin(h / 5.0)), clock.now(), {QualityFlag::kGood, 0, 2}});
  }
  must(store.append(batch));
  auto const summary = run({.channel = "pm25"});
  EXPECT_EQ(summary.made, 29U);
  EXPECT_EQ(summary.reference, "median of 9 stations and median of 20 simulated stations");
  auto const provenance = [this](std::string_view serial) { return city->datastream(stream(serial, "pm25_calibrated"))->properties; };
  EXPECT_NE(provenance("POLE-0").find("\"reference\":\"median of 9 stations\""), std::string::npos);
  EXPECT_NE(provenance("DRAWN-0").find("\"reference\":\"median of 20 simulated stations\""), std::string::npos);
  auto const twin = must(store.read(stream("POLE-0", "pm25_calibrated"), {from + 1h, from + 2h}, {}));
  ASSERT_EQ(twin.size(), 1U);
  EXPECT_NEAR(twin[0].value, 30 + 10 * std::sin(1 / 5.0), 1) << "and not five times as much";

  auto const one = run({.channel = "pm25", .name = "pm25_as_pole_4", .reference = "POLE-4"});
  EXPECT_EQ(one.made, 9U);
  EXPECT_EQ(one.unfit, 20U) << "nothing simulated is fitted to a real station";
}

TEST_F(calibration, can_follow_one_station) {
  auto const summary = run({.channel = "pm25", .name = "pm25_as_pole_4", .reference = "POLE-4"});
  EXPECT_EQ(summary.reference, "station POLE-4");
  EXPECT_EQ(summary.made, 9U);
  auto const append = [](storage::Batch) -> Result<void> { return {}; };
  EXPECT_FALSE(calibrate(*city, store, append, clock.now(), {.channel = "pm25", .reference = "POLE-99"}).has_value());
}

}  // namespace
}  // namespace madang::sensing
