// History that is loaded, outages and restarts change no pace: equal stations stay neighbours, and one plume one Situation.
#include <gtest/gtest.h>

#include "sensing/warning/test_watched_city.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

struct PacedCity : KeptCity {
  PacedCity() { waiting_max = 500; }

  /// All of this past comes now, so many steps at once.
  void load(int steps, int at_once) {
    clock.advance(kStep * steps);
    for (int n = 0; n < steps;) {
      storage::Batch batch;
      for (int i = 0; i < at_once && n < steps; ++i, ++n, ++step) add_values(batch, 0);
      ASSERT_TRUE(ingest->submit_and_wait(batch).has_value());
      clock.advance(200ms);
    }
    warning->drain();
    clock.advance(15s);
    warning->drain();
    step = static_cast<int>((clock.now() - start) / kStep) + 1;
    clock.advance(start + kStep * step - clock.now());
  }
  /// What waited in the devices for so many steps comes in one delivery each.
  void backlog(int steps, double plume) {
    storage::Batch batch;
    for (int n = 0; n < steps; ++n, ++step) add_values(batch, plume);
    clock.advance(start + kStep * step - clock.now());
    for (auto& o : batch.observations) o.received_at = clock.now();
    ASSERT_TRUE(ingest->submit_and_wait(batch).has_value());
    warning->drain();
  }
  void add_values(storage::Batch& batch, double plume) {
    auto all = values(plume, {QualityFlag::kGood, 0, 1});
    for (auto& o : all) o.received_at = clock.now();
    batch.observations.insert(batch.observations.end(), all.begin(), all.end());
  }
  /// Of how many streams each detector of particles is.
  [[nodiscard]] std::vector<std::size_t> groups() const {
    std::vector<std::size_t> sizes;
    auto const rules = shipped_rules();
    for (auto const& s : warning->standing())
      if (rules.rules[s.rule].id == "pm25_plume") sizes.push_back(s.streams);
    return sizes;
  }
  [[nodiscard]] double counted(std::string const& name) { return metrics.counter(name, "").Value(); }
};

std::vector<std::size_t> const kOneGroup{kSide * kSide};

TEST(early_warning_threads, judges_equal_stations_together_after_history_was_loaded_and_loses_none_of_it) {
  PacedCity city;
  city.watch();
  city.load(700, 60);
  EXPECT_EQ(city.groups(), kOneGroup);
  EXPECT_GT(city.counted("madang_warning_values_read_again_total"), 0);
  EXPECT_EQ(city.counted("madang_warning_values_lost_total"), 0);
  city.run(20, 0);
  EXPECT_EQ(city.groups(), kOneGroup);
  city.run(8, 60);
  EXPECT_EQ(city.ever(), 1U) << "it knows what is usual";
  city.ingest->stop();
}

TEST(early_warning_threads, makes_one_situation_of_a_plume_through_a_load_a_restart_and_a_backlog) {
  PacedCity city;
  city.watch();
  city.load(700, 60);
  city.run(10, 0);
  city.run(4, 60);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  auto const id = city.plumes(true).front()->id;
  city.restart_all();
  city.backlog(2, 60);
  EXPECT_EQ(city.groups(), kOneGroup);
  city.run(6, 60);
  city.restart_all();
  city.backlog(6, 60);
  city.run(6, 60);
  EXPECT_EQ(city.groups(), kOneGroup);
  EXPECT_EQ(city.ever(), 1U);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  city.run(20, 0);
  city.pass_time();
  EXPECT_TRUE((*city.kept->find(id))->clear_since || !is_open((*city.kept->find(id))->state));
  EXPECT_EQ(city.ever(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, goes_on_with_an_open_plume_when_a_gateway_begins_to_deliver_late) {
  PacedCity city;
  city.waiting_max = kObservationsWaitingMax;
  city.watch_usual();
  city.run(10, 60);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  city.late = 8min;
  city.run(40, 60);
  EXPECT_EQ(city.groups(), kOneGroup);
  EXPECT_EQ(city.ever(), 1U);
  EXPECT_EQ(city.plumes(true).size(), 1U);
  city.run(30, 0);
  EXPECT_TRUE(city.plumes(true).empty() || city.plumes(true).front()->clear_since);
  EXPECT_EQ(city.ever(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, tells_a_plume_of_streams_that_began_to_come_a_little_too_late_minutes_ago) {
  PacedCity city;
  city.waiting_max = kObservationsWaitingMax;
  city.watch_usual();
  city.late = 150s;  // a step takes values for two minutes and a quarter
  city.run(7, 0);
  EXPECT_EQ(city.groups(), kOneGroup);
  city.run(6, 60);
  EXPECT_EQ(city.plumes(true).size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, says_that_a_share_of_the_streams_comes_too_late_while_the_others_are_judged) {
  WatchedCity city;
  city.watch_usual();
  for (int i = 0; i < 8; ++i) city.steps_late[i] = 2;
  auto const told = [&city] {
    auto const all = city.situations.raised();
    return std::ranges::count(all, "blind:late", &situations::Signal::key);
  };
  auto const before = told();
  city.run(5, 0);
  EXPECT_GT(told(), before);
  city.run(20, 0);
  auto const ended = city.situations.ended();
  EXPECT_TRUE(std::ranges::any_of(ended, [](auto const& e) { return e.first == "blind:late"; })) << "they are judged at their own pace";
  city.ingest->stop();
}

TEST(early_warning_threads, moves_a_single_stream_that_comes_too_late_though_all_was_judged_anew_shortly_before) {
  WatchedCity city(true);
  for (int i = 0; i < 10; ++i) city.add("X" + std::to_string(i), {37.9 + 0.01 * i, 127.5}, {"pm25"});
  city.watch_usual();
  auto const late_ones = [&city] {
    auto const rules = shipped_rules();
    std::size_t fewest = 1'000;
    for (auto const& s : city.warning->standing())
      if (rules.rules[s.rule].id == "pm25_plume") fewest = std::min(fewest, s.streams);
    return fewest;
  };
  city.steps_late[0] = 2;
  city.run(10, 0);
  EXPECT_EQ(late_ones(), 1U);
  city.steps_late[24] = 2;
  city.run(10, 0);
  EXPECT_EQ(late_ones(), 2U);
  city.ingest->stop();
}

}  // namespace
}  // namespace madang::sensing::warning
