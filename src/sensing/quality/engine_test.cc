#include "sensing/quality/engine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "sensing/quality/test_engine.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

/// Twelve stations in a row, 300 m apart, each with a bias of its own.
struct quality_in_the_city : ::testing::Test, TestEngine {
  static constexpr int kStations = 12;
  std::string channel = "pm25";
  Millis clock_ahead{0};       ///< of station 0
  double neighbour_feels = 0;  ///< more than usual at station 5

  void build(std::string of) {
    channel = std::move(of);
    for (int i = 0; i < kStations; ++i) add(channel, i + 1, {37.55 + 0.0027 * i, 126.95});
    engine.find_neighbours();
  }

  /// What station i reads: the city's slow course, its own bias, a little noise.
  [[nodiscard]] double usual(int i) const {
    double const hours = static_cast<double>(now.time_since_epoch().count()) / 3'600'000;
    return 30 + 8 * std::sin(hours / 24 * 6.283) + (i - 6) + 0.4 * std::sin(hours * (7 + i) * 3.1);
  }

  /// One step of all stations; station 4 says `other` of what it would have said. Its quality is returned.
  template <typename Other>
  Quality step(Other other) {
    std::vector<storage::Observation> values;
    for (int i = 0; i < kStations; ++i) {
      double const value = i == 4 ? other(usual(i)) : usual(i) + (i == 5 ? neighbour_feels : 0);
      values.push_back({DatastreamId{i + 1}, now + (i == 0 ? clock_ahead : Millis{0}), value, now + 1s, {}});
    }
    engine.judge(values);
    now += kInterval;
    return values[4].quality;
  }
  template <typename Other>
  Quality pass(Millis length, Other other) {
    Quality q;
    for (auto const end = now + length; now < end;) q = step(other);
    return q;
  }
  Quality pass(Millis length) {
    return pass(length, [](double v) { return v; });
  }

  void report_every(Millis interval, std::int64_t first_id = 1, std::string const& of = "pm25") {
    for (int i = 0; i < kStations; ++i)
      engine.plan({.id = DatastreamId{first_id + i}, .thing = ThingId{i + 1}, .channel = of, .interval = interval, .place = LatLon{37.55 + 0.0027 * i, 126.95}});
    engine.find_neighbours();
  }

  /// What comes at once of a time that begins now, station by station; `more` than usual at a station so long after its beginning.
  template <typename More>
  std::vector<storage::Observation> parcel(Millis length, Millis interval, More more, std::int64_t first_id = 1) {
    std::vector<storage::Observation> values;
    auto const from = now;
    for (int i = 0; i < kStations; ++i)
      for (now = from; now < from + length; now += interval)
        values.push_back({DatastreamId{first_id + i}, now, usual(i) + more(i, now - from), from + length, {}});
    return values;
  }
  std::vector<storage::Observation> parcel(Millis length, Millis interval, std::int64_t first_id = 1) {
    return parcel(length, interval, [](int, Millis) { return 0.0; }, first_id);
  }
  void judge_parcels(int count, Millis length, Millis interval) {
    for (int n = 0; n < count; ++n) {
      auto values = parcel(length, interval);
      engine.judge(values);
    }
  }

  /// From 01:00 to 01:40 of a parcel: station 4 stands in it, and who is next to it feels a part.
  static double fire(int station, Millis after) {
    if (after < 1h || after > 100min || station < 2 || station > 6) return 0;
    return station == 4 ? 150 : 60;
  }
  /// From 02:00 to 02:30 of a parcel, at station 4 alone.
  static double own_spell(int station, Millis after) { return station == 4 && after >= 2h && after < 150min ? 90 : 0; }

  static Quality quality_at(std::vector<storage::Observation> const& values, std::int64_t id, Instant when) {
    auto const is_it = [&](auto const& o) { return o.datastream == DatastreamId{id} && o.phenomenon_time == when; };
    return std::ranges::find_if(values, is_it)->quality;
  }
};

TEST_F(quality_in_the_city, flags_nothing_while_it_still_learns_or_knows) {
  build("pm25");
  pass(48h);
  auto const& counts = engine.counts();
  std::uint64_t flagged = 0;
  for (auto const& by_flag : counts.by_test) flagged += by_flag[0] + by_flag[1] + by_flag[2];
  EXPECT_EQ(flagged, 0U);
}

TEST_F(quality_in_the_city, doubts_a_station_that_stands_alone_against_its_neighbours) {
  build("pm25");
  pass(48h);
  auto const q = pass(30min, [](double v) { return v + 90; });
  EXPECT_EQ(text(q), "suspect neighbour");
}

TEST_F(quality_in_the_city, doubts_no_station_of_whose_excess_a_neighbour_shows_a_part) {
  build("pm25");
  pass(48h);
  neighbour_feels = 25;  // station 5 beside station 4: less than a third of it, and far from it
  EXPECT_EQ(text(pass(30min, [](double v) { return v + 150; })), "good none");
}

TEST_F(quality_in_the_city, judges_all_others_as_usual_when_one_clock_runs_four_minutes_ahead) {
  build("pm25");
  clock_ahead = 4min;
  pass(48h);
  EXPECT_TRUE(engine.find(DatastreamId{5})->state.expectation.updates > kModelReadyUpdates);
  auto const q = pass(30min, [](double v) { return v + 90; });
  EXPECT_EQ(text(q), "suspect neighbour");
  EXPECT_EQ(engine.find(DatastreamId{3})->state.residual_at, now - kInterval);
}

TEST_F(quality_in_the_city, learns_from_parcels_that_come_station_by_station) {
  build("pm25");
  for (int hour = 0; hour < 48; ++hour) {
    std::vector<storage::Observation> values;
    auto const from = now;
    for (int i = 0; i < kStations; ++i)
      for (now = from; now < from + 1h; now += kInterval) values.push_back({DatastreamId{i + 1}, now, usual(i), from + 1h, {}});
    engine.judge(values);
  }
  auto const* stream = engine.find(DatastreamId{5});
  EXPECT_GT(stream->state.expectation.updates, 200U);
  EXPECT_LT(stream->state.expectation.spread, 1.5F);
}

TEST_F(quality_in_the_city, judges_all_stations_of_a_long_parcel_alike) {
  constexpr Millis kTen = 10min;
  for (int i = 0; i < kStations; ++i)
    engine.plan({.id = DatastreamId{i + 1}, .thing = ThingId{i + 1}, .channel = "pm25", .interval = kTen, .place = LatLon{37.55 + 0.0027 * i, 126.95}});
  engine.find_neighbours();
  for (int parcel = 0; parcel < 32; ++parcel) {
    std::vector<storage::Observation> values;
    auto const from = now;
    for (int i = 0; i < kStations; ++i)
      for (now = from; now < from + 3h; now += kTen) values.push_back({DatastreamId{i + 1}, now, usual(i), from + 3h, {}});
    engine.judge(values);
  }
  for (int i = 0; i < kStations; ++i) EXPECT_GT(engine.find(DatastreamId{i + 1})->state.expectation.updates, 100U) << i;
}

TEST_F(quality_in_the_city, holds_the_stations_of_a_parcel_against_their_neighbours_at_the_same_hour) {
  report_every(10min);
  judge_parcels(32, 3h, 10min);
  auto const from = now;
  auto values = parcel(3h, 10min, fire);
  engine.judge(values);
  EXPECT_EQ(text(quality_at(values, 5, from + 80min)), "good none");
  EXPECT_EQ(text(quality_at(values, 5, from + 90min)), "good none");
}

TEST_F(quality_in_the_city, asks_no_neighbour_whose_values_are_of_later_hours_already) {
  report_every(10min);
  judge_parcels(32, 3h, 10min);
  auto const from = now;
  auto others = parcel(3h, 10min, fire);
  std::vector<storage::Observation> late;
  std::ranges::copy_if(others, std::back_inserter(late), [](auto const& o) { return o.datastream == DatastreamId{5}; });
  std::erase_if(others, [](auto const& o) { return o.datastream == DatastreamId{5}; });
  engine.judge(others);
  engine.judge(late);
  EXPECT_EQ(text(quality_at(late, 5, from + 80min)), "good none");
}

TEST_F(quality_in_the_city, has_a_median_for_each_step_of_a_day_that_comes_station_by_station) {
  report_every(kInterval);
  judge_parcels(4, 24h, kInterval);
  EXPECT_GT(engine.find(DatastreamId{5})->state.expectation.updates, 4U * 24 * 5);
  auto const from = now;
  auto values = parcel(24h, kInterval, own_spell);
  engine.judge(values);
  EXPECT_EQ(text(quality_at(values, 5, from + 140min)), "suspect neighbour");
  EXPECT_EQ(text(quality_at(values, 5, from + 12h)), "good none");
  EXPECT_EQ(text(quality_at(values, 6, from + 140min)), "good none");
}

TEST_F(quality_in_the_city, has_a_median_for_each_step_of_a_day_in_which_two_values_are_out_of_order) {
  report_every(kInterval);
  judge_parcels(4, 24h, kInterval);
  auto const from = now;
  auto values = parcel(24h, kInterval, own_spell);
  std::ranges::stable_sort(values, {}, &storage::Observation::phenomenon_time);
  std::swap(values.front(), values[2 * kStations]);
  engine.judge(values);
  EXPECT_EQ(text(quality_at(values, 5, from + 140min)), "suspect neighbour");
}

TEST_F(quality_in_the_city, has_the_medians_of_a_channel_beside_one_that_reports_less_often) {
  constexpr std::int64_t kHourly = 101;
  report_every(1h, kHourly, "temperature");
  report_every(kInterval);
  judge_parcels(4, 24h, kInterval);
  auto const from = now;
  auto values = parcel(24h, 1h, kHourly);
  now = from;
  std::ranges::copy(parcel(24h, kInterval, own_spell), std::back_inserter(values));
  std::ranges::stable_sort(values, {}, &storage::Observation::phenomenon_time);
  engine.judge(values);
  EXPECT_EQ(text(quality_at(values, 5, from + 140min)), "suspect neighbour");
  EXPECT_EQ(text(quality_at(values, kHourly + 4, from + 2h)), "good none");
}

TEST_F(quality_in_the_city, gives_each_value_its_own_quality_in_whatever_order_they_come) {
  report_every(kInterval);
  auto values = parcel(3h, kInterval);
  values[7].value = 5'000;
  std::ranges::reverse(values);
  std::array<bool, 2> const skip{true, false};
  engine.judge(values, skip);
  EXPECT_EQ(values[0].quality, Quality{}) << "it holds no number";
  auto const fails = [](auto const& o) { return o.quality.flag == QualityFlag::kFail || o.quality.flag == QualityFlag::kSuspect; };
  EXPECT_EQ(std::ranges::count_if(values, fails), 1);
  EXPECT_EQ(std::ranges::find_if(values, fails)->value, 5'000);
  EXPECT_EQ(engine.counts().judged, values.size());
  EXPECT_EQ(engine.counts().late, 0U);
}

TEST_F(quality_in_the_city, takes_what_a_neighbour_feels_too_for_no_wrong_unit) {
  build("pm25");
  pass(48h);
  neighbour_feels = 40;  // station 5 beside station 4
  EXPECT_NE(text(pass(4h, [](double v) { return v * 10; })), "fail scale");
}

TEST_F(quality_in_the_city, does_not_doubt_haze_that_all_stations_see) {
  build("pm25");
  pass(48h);
  std::vector<storage::Observation> values;
  for (int n = 0; n < 3; ++n, now += kInterval) {
    values.clear();
    for (int i = 0; i < kStations; ++i) values.push_back({DatastreamId{i + 1}, now, usual(i) + 45, now, {}});
    engine.judge(values);
  }
  EXPECT_EQ(text(values[4].quality), "good none");
}

/// Forty simulated stations stand among them and feel nothing of the haze: an exercise says nothing of the air.
TEST_F(quality_in_the_city, holds_nothing_real_against_what_is_simulated) {
  build("pm25");
  constexpr int kAll = kStations + 40;
  for (int i = kStations; i < kAll; ++i)
    engine.plan({.id = DatastreamId{i + 1}, .thing = ThingId{i + 1}, .channel = "pm25", .interval = kInterval,
                 .place = LatLon{37.55 + 0.0027 * (i % kStations), 126.951}, .simulated = true});
  engine.find_neighbours();
  auto const haze_of = [this](double more) {
    std::vector<storage::Observation> values;
    for (int i = 0; i < kAll; ++i) values.push_back({DatastreamId{i + 1}, now, usual(i % kStations) + (i < kStations ? more : 0), now, {}});
    engine.judge(values);
    now += kInterval;
    return values[4].quality;
  };
  for (auto const end = now + 48h; now < end;) haze_of(0);
  Quality haze;
  for (int n = 0; n < 15; ++n) haze = haze_of(90);
  EXPECT_EQ(text(haze), "good none");
  EXPECT_LT(std::abs(engine.find(DatastreamId{5})->state.residual), 10.F) << "the median is that of the real stations";
}

TEST_F(quality_in_the_city, forgets_what_it_learned_of_a_station_that_is_simulated_after_all) {
  build("pm25");
  pass(1h);
  StreamPlan plan{.id = DatastreamId{5}, .thing = ThingId{5}, .channel = "pm25", .interval = kInterval, .place = LatLon{37.5608, 126.95}};
  engine.plan(plan);
  EXPECT_TRUE(engine.take_forgotten().empty());
  plan.simulated = true;
  engine.plan(plan);
  EXPECT_EQ(engine.take_forgotten(), std::set{DatastreamId{5}});
  EXPECT_FALSE(engine.take_changed_places().empty()) << "it has other neighbours";
}

TEST_F(quality_in_the_city, never_holds_noise_against_neighbours) {
  build("noise");
  pass(48h);
  EXPECT_EQ(text(pass(30min, [](double v) { return v + 40; })), "good none");
}

TEST_F(quality_in_the_city, finds_a_wrong_unit_after_three_hours_of_dust_but_not_a_plume) {
  build("pm25");
  pass(48h);
  auto const ten_times = [](double v) { return v * 10; };
  EXPECT_NE(text(pass(1h, ten_times)), "fail scale");
  auto const from = now - 1h;
  EXPECT_EQ(text(pass(3h, ten_times)), "fail scale");
  auto const later = engine.take_revisions();
  ASSERT_FALSE(later.empty());
  EXPECT_LE(later.back().when.from, from + kInterval);
  ASSERT_FALSE(findings().empty());
  EXPECT_EQ(findings()[0].ailment, Ailment::kOutOfRange);
  EXPECT_NEAR(findings()[0].number, 10, 0.3);
}

TEST_F(quality_in_the_city, finds_a_sensor_that_drifts_away) {
  build("pm25");
  pass(96h);
  auto const began = now;
  pass(96h, [this, began](double v) { return v + 8.0 * static_cast<double>((now - began) / 1h) / 24; });
  auto const found = findings();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].ailment, Ailment::kDrifting);
  EXPECT_EQ(found[0].stream, DatastreamId{5});
  EXPECT_GT(found[0].number, 8);
}

TEST_F(quality_in_the_city, takes_what_moves_at_once_and_comes_back_for_no_drift) {
  build("temperature");
  pass(96h);
  auto const before = engine.find(DatastreamId{5})->state.expectation;
  pass(40h, [](double v) { return v - 4.5; });  // less than a wrong unit can be told by in the cold, more than a bias may move
  EXPECT_TRUE(findings().empty());
  pass(30h);
  EXPECT_TRUE(findings().empty());
  EXPECT_NEAR(engine.find(DatastreamId{5})->state.expectation.device.offset, before.device.offset, 0.1);
}

TEST_F(quality_in_the_city, calls_what_moved_at_once_and_stays_a_moved_bias_after_days) {
  build("temperature");
  pass(96h);
  pass(std::chrono::days{7}, [](double v) { return v - 4.5; });
  auto const found = findings();
  ASSERT_FALSE(found.empty());
  EXPECT_EQ(found[0].ailment, Ailment::kDrifting);
}

TEST_F(quality_in_the_city, makes_no_drift_of_one_odd_day) {
  build("temperature");
  pass(96h);
  auto const began = now;
  pass(24h, [this, began](double v) { return v + 4.0 * static_cast<double>((now - began) / 1min) / 1440; });  // slowly, for a day
  pass(24h);
  EXPECT_TRUE(findings().empty());
}

TEST_F(quality_in_the_city, says_which_device_is_late_and_which_is_silent) {
  build("pm25");
  add("noise", 101);
  engine.plan({DatastreamId{101}, ThingId{1}, "noise", kInterval, {}, 0, 0, true});
  pass(1h);
  give_at(DatastreamId{101}, 50, now, now);
  EXPECT_TRUE(findings().empty());
  now += 1h;
  step([](double v) { return v; });
  ASSERT_EQ(findings().size(), 1U);  // only the noise of station 1
  EXPECT_EQ(findings()[0].ailment, Ailment::kLate);
  EXPECT_EQ(findings()[0].stream, DatastreamId{101});
  now += std::chrono::days{8};
  EXPECT_EQ(findings().size(), static_cast<std::size_t>(kStations));
  EXPECT_EQ(findings()[0].ailment, Ailment::kSilent);
  EXPECT_EQ(findings()[0].stream, DatastreamId{});
}

TEST(city_median, is_of_the_step_that_is_asked_for) {
  CityMedian median(2min);
  Instant const t{std::chrono::hours{1'000'000}};
  for (int i = 0; i < 9; ++i) median.add(t, i);
  EXPECT_EQ(median.at(t), 4);
  EXPECT_EQ(median.at(t - 2min), std::nullopt);
  median.add(t + 2min, 100);
  EXPECT_EQ(median.at(t + 2min), 4);  // too few have spoken yet
  for (int i = 0; i < 8; ++i) median.add(t + 2min, 100);
  EXPECT_EQ(median.at(t + 2min), 100);
  EXPECT_EQ(median.at(t), 4);
}

TEST(city_median, needs_several_stations) {
  CityMedian median(2min);
  Instant const t{std::chrono::hours{1'000'000}};
  for (int i = 0; i < 4; ++i) median.add(t, i);
  EXPECT_EQ(median.at(t), std::nullopt);
}

TEST(city_median, is_not_moved_by_the_first_that_runs_ahead) {
  CityMedian median(2min);
  Instant const t{std::chrono::hours{1'000'000}};
  for (int i = 0; i < 50; ++i) median.add(t, i);
  median.add(t + 6min, 1'000);
  for (int i = 0; i < 50; ++i) median.add(t + 2min, 100 + i);
  EXPECT_EQ(median.at(t + 2min), 124.5);
  EXPECT_EQ(median.at(t + 6min), 124.5);
  EXPECT_EQ(median.at(t), 24.5);
}

TEST(city_median, has_the_median_of_its_own_time_for_a_parcel_of_old_values) {
  CityMedian median(2min);
  Instant const t{std::chrono::hours{1'000'000}};
  for (int station = 0; station < 9; ++station)
    for (int step = 0; step < 30; ++step) median.add(t + step * 2min, step);
  EXPECT_EQ(median.at(t + 10 * 2min), 10);
}

TEST(city_median, gets_used_to_fewer_stations) {
  CityMedian median(2min);
  Instant const t{std::chrono::hours{1'000'000}};
  for (int i = 0; i < 50; ++i) median.add(t, i);
  for (int step = 1; step <= 5; ++step)
    for (int i = 0; i < 10; ++i) median.add(t + step * 2min, 200);
  EXPECT_EQ(median.at(t + 5 * 2min), 200);
}

}  // namespace
}  // namespace madang::sensing
