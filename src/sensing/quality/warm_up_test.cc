// What is judged after a restart is judged as if there had been none: the rules read from the store what they knew.
#include "sensing/quality/warm_up.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "runtime/clock.h"
#include "storage/observations/memory_store.h"

namespace madang::sensing {
namespace {

using namespace std::chrono_literals;

constexpr int kStations = 12;
constexpr Millis kInterval = 2min;

/// Twelve stations in a row, 300 m apart, each with a bias of its own, whose values are judged by two engines: one that
/// was never stopped, and one that begins in the middle.
struct restarted_quality : ::testing::Test {
  runtime::ManualClock clock{parse_instant("2026-11-02T00:00:00Z").value()};
  storage::MemoryStore store{clock, [](DatastreamId) { return FeatureId{}; }};
  Instant now = clock.now();
  std::vector<StreamPlan> plans;
  QualityEngine running;
  QualityEngine restarted;
  std::mt19937 random{11};
  std::normal_distribution<double> tremble{0, 2};

  void build(std::string const& channel) {
    for (int i = 0; i < kStations; ++i)
      plans.push_back({.id = DatastreamId{i + 1}, .thing = ThingId{i + 1}, .channel = channel, .interval = kInterval, .place = LatLon{37.55 + 0.0027 * i, 126.95}});
    plan(running);
  }
  void plan(QualityEngine& engine) const {
    for (auto const& p : plans) engine.plan(p);
    engine.find_neighbours();
  }
  void restart() {
    plan(restarted);
    ASSERT_TRUE(warm_up(restarted, store, plans, now).has_value());
  }

  /// What each station shows; `more`: of what happens.
  template <typename More>
  std::vector<storage::Observation> step(More more) {
    double const hours = static_cast<double>(now.time_since_epoch().count()) / 3'600'000;
    std::vector<storage::Observation> values;
    for (int i = 0; i < kStations; ++i) {
      double const usual = 30 + 8 * std::sin(hours / 24 * 6.283) + (i - 6) + tremble(random);
      values.push_back({DatastreamId{i + 1}, now, usual + more(i), now + 1s, {}});
    }
    now += kInterval;
    return values;
  }
  /// Judged by the running engine and stored.
  template <typename More>
  std::vector<storage::Observation> run(Millis length, More more) {
    std::vector<storage::Observation> last;
    for (auto const end = now + length; now < end;) {
      last = step(more);
      running.judge(last);
      storage::Batch batch;
      batch.observations = last;
      EXPECT_TRUE(store.append(batch).has_value());
    }
    return last;
  }
  void run(Millis length) {
    run(length, [](int) { return 0.0; });
  }
  /// Judged by both: how often they differ.
  template <typename More>
  std::vector<storage::Observation> run_both(Millis length, More more, std::size_t& differ) {
    std::vector<storage::Observation> last;
    for (auto const end = now + length; now < end;) {
      last = step(more);
      auto others = last;
      running.judge(last);
      restarted.judge(others);
      for (std::size_t i = 0; i < last.size(); ++i) differ += last[i].quality != others[i].quality ? 1 : 0;
    }
    return last;
  }
  static Quality neighbour() { return opinion(QualityFlag::kSuspect, QualityTest::kNeighbour); }
};

/// A fire at station 1, of which the next ones show a part, and a device far from it that shows as much alone.
double plume(int station) {
  if (station == 1) return 250;
  if (station == 2) return 160;
  if (station == 0) return 60;
  if (station == 10) return 120;
  return 0;
}

TEST_F(restarted_quality, judges_a_plume_as_it_was_judged_before_the_restart) {
  build("pm25");
  run(30h);
  auto const before = run(20min, plume);
  EXPECT_EQ(before[1].quality, kGoodValue);
  EXPECT_EQ(before[2].quality, kGoodValue);
  EXPECT_EQ(before[10].quality, neighbour());
  restart();
  std::size_t differ = 0;
  auto const after = run_both(40min, plume, differ);
  EXPECT_EQ(differ, 0U);
  EXPECT_EQ(after[1].quality, kGoodValue);
  EXPECT_EQ(after[10].quality, neighbour());
}

TEST_F(restarted_quality, knows_of_every_hour_what_was_usual_in_it) {
  build("pm25");
  run(26h);
  restart();
  for (auto const& p : plans) {
    auto const& live = running.find(p.id)->state.expectation;
    auto const& learned = restarted.find(p.id)->state.expectation;
    EXPECT_EQ(learned.updates, live.updates);
    EXPECT_NEAR(learned.device.offset, live.device.offset, 0.5);
  }
}

TEST_F(restarted_quality, expects_of_each_station_what_was_expected_before_after_weeks_too) {
  build("pm25");
  run(std::chrono::days{12});
  restart();
  for (auto const& p : plans) {
    auto const& live = running.find(p.id)->state;
    auto const& learned = restarted.find(p.id)->state;
    EXPECT_NEAR(learned.expectation.spread, live.expectation.spread, 0.25 * live.expectation.spread);
    EXPECT_NEAR(learned.expectation.device.offset, live.expectation.device.offset, 0.5);
    EXPECT_NEAR(learned.expectation.device.gain, live.expectation.device.gain, 0.05);
    EXPECT_NEAR(learned.residual, live.residual, 1);
  }
}

}  // namespace
}  // namespace madang::sensing
