// The early warning as it runs: values through the ingest become Situations, and a restart neither ends nor doubles one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "sensing/warning/test_watched_city.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

TEST(early_warning_threads, raises_one_situation_for_a_plume_and_clears_it) {
  WatchedCity city;
  city.watch_usual();
  city.run(15, 60);
  ASSERT_EQ(city.keys().size(), 1U);
  auto const signal = city.situations.raised().back();
  EXPECT_EQ(signal.source, "sensing.warning");
  EXPECT_EQ(signal.kind, "plume");
  EXPECT_TRUE(signal.is_public);
  EXPECT_NE(signal.headline.in("en").find("West"), std::string::npos);
  EXPECT_EQ(signal.headline.in("en").find("warning."), std::string::npos);
  EXPECT_NE(signal.headline.in("ko"), signal.headline.in("en"));
  EXPECT_EQ(signal.evidence.streams.back().role, "city");
  EXPECT_EQ(signal.evidence.streams.front().role, "cause");
  EXPECT_GE(signal.evidence.streams.front().values.size(), 10U);

  city.run(15, 0);
  EXPECT_EQ(city.cleared(), std::vector<std::string>{signal.key});
  city.ingest->stop();
}

TEST(early_warning_threads, calls_one_plume_of_two_substances_one_situation) {
  WatchedCity city(true);
  city.watch_usual();
  city.run(15, 60);
  EXPECT_EQ(city.keys().size(), 1U);
  EXPECT_TRUE(city.situations.raised().back().key.starts_with("pm25_plume"));
  city.restart();
  city.run(10, 60);
  EXPECT_EQ(city.keys().size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, goes_on_after_a_restart_in_the_middle_of_a_plume) {
  WatchedCity city;
  city.watch_usual();
  city.run(10, 60);
  ASSERT_EQ(city.keys().size(), 1U);

  city.restart();
  EXPECT_TRUE(city.cleared().empty());
  city.run(10, 60);
  EXPECT_EQ(city.keys().size(), 1U);
  EXPECT_TRUE(city.cleared().empty());
  city.run(15, 0);
  EXPECT_EQ(city.cleared().size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, tells_after_a_restart_what_it_had_no_time_to_tell) {
  WatchedCity city;
  city.watch_usual();
  city.ingest->stop();
  city.warning.reset();
  city.ingest = Ingest::start(city.store, city.clock, city.metrics, {});
  for (int n = 0; n < 5; ++n, ++city.step) {
    Instant const when = city.start + kStep * city.step;
    storage::Batch batch;
    for (int i = 0; i < kSide * kSide; ++i) {
      double const far = std::hypot(i % kSide - 2, i / kSide - 2);
      batch.observations.push_back({city.streams[static_cast<std::size_t>(i)], when, 21 + 60 * std::exp(-far * far), when,
                                    {QualityFlag::kGood, 0, 1}});
    }
    ASSERT_TRUE(city.store.append(batch).has_value());
    city.clock.advance(when + kStep - city.clock.now());
  }
  EXPECT_TRUE(city.keys().empty());
  city.ingest->stop();
  city.ingest = Ingest::start(city.store, city.clock, city.metrics, {});
  city.watch();
  city.run(2, 60);
  EXPECT_EQ(city.keys().size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, takes_no_values_that_failed_a_test) {
  WatchedCity city;
  city.watch_usual();
  city.run(20, 200, {QualityFlag::kFail, 0, 1});
  EXPECT_TRUE(city.keys().empty());
  city.ingest->stop();
}

TEST(early_warning_threads, hears_values_that_quality_doubts_but_none_with_a_wrong_time) {
  WatchedCity city;
  city.watch_usual();
  city.run(20, 200, {QualityFlag::kSuspect, static_cast<std::uint8_t>(sensing::QualityTest::kClock), 1});
  EXPECT_TRUE(city.keys().empty());
  city.run(3, 200, {QualityFlag::kSuspect, static_cast<std::uint8_t>(sensing::QualityTest::kNeighbour), 1});
  EXPECT_EQ(city.keys().size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, believes_a_value_that_came_in_the_place_of_a_wrong_one) {
  WatchedCity city;
  city.watch_usual();
  for (int n = 0; n < 3; ++n) {
    storage::Batch wrong;
    wrong.observations = city.values(0, {QualityFlag::kFail, 0, 1});
    for (auto& o : wrong.observations) o.value = -999;
    ASSERT_TRUE(city.ingest->submit_and_wait(wrong).has_value());
    city.run(1, 200);
  }
  EXPECT_EQ(city.keys().size(), 1U);
  city.ingest->stop();
}

/// As when a slow disk holds up the writer: what arrived in time is told later.
struct SlowIngest final : Ingest {
  explicit SlowIngest(Ingest& under) : inner(under) {}
  void submit(storage::Batch batch, Done done) override { inner.submit(std::move(batch), std::move(done)); }
  Result<storage::Appended> submit_and_wait(storage::Batch batch) override { return inner.submit_and_wait(std::move(batch)); }
  void listen(Listener listener) override { inner.listen(std::move(listener)); }
  [[nodiscard]] Instant delivered_until() const override { return until.load(); }
  void stop() override { inner.stop(); }

  Ingest& inner;
  std::atomic<Instant> until = kInstantMax;
};

TEST(early_warning_threads, waits_for_values_that_wait_in_the_server_itself) {
  WatchedCity city;
  SlowIngest slow(*city.ingest);
  city.warning = must(EarlyWarning::start({*city.city, city.store, slow, *city.told, city.messages, city.clock, city.metrics, nullptr},
                                          shipped_rules(), {.history = std::chrono::hours{12}}));
  city.warning->drain();
  city.run(120, 0);
  ASSERT_TRUE(city.keys().empty());
  slow.until = city.clock.now();
  auto const before = city.clock.now();
  storage::Batch waiting;
  for (int n = 0; n < 2; ++n, ++city.step) {
    for (auto o : city.values(200, {QualityFlag::kGood, 0, 1})) waiting.observations.push_back(o);
    city.clock.advance(kStep);
    city.warning->drain();
  }
  ASSERT_LE(city.clock.now() - before, kBacklogMax);
  ASSERT_TRUE(city.ingest->submit_and_wait(waiting).has_value());
  slow.until = kInstantMax;
  city.warning->drain();
  EXPECT_EQ(city.keys().size(), 1U) << "none of them came late";
  city.ingest->stop();
}

TEST(early_warning_threads, tells_a_plume_at_two_stations_that_quality_doubts) {
  WatchedCity city;
  city.judge_quality();
  city.watch();
  city.run(800, 0, {});
  ASSERT_TRUE(city.keys().empty());
  city.sharp = 90;
  city.run(3, 0, {});
  ASSERT_EQ(city.keys().size(), 1U);
  EXPECT_TRUE(city.keys().begin()->starts_with("pm25_plume:"));
  city.ingest->stop();
}

TEST(early_warning_threads, says_that_its_history_is_too_short_and_that_it_is_long_enough) {
  WatchedCity city;
  city.watch();
  city.run(4, 0);
  ASSERT_FALSE(city.situations.raised().empty());
  auto const signal = city.situations.raised().back();
  EXPECT_EQ(signal.kind, "warning_blind");
  EXPECT_FALSE(signal.is_public);
  EXPECT_NE(signal.headline.in("en").find("PM2.5"), std::string::npos);
  EXPECT_EQ(signal.headline.in("ko").find("warning."), std::string::npos);
  city.run(10, 0);
  EXPECT_EQ(city.situations.ended(), (std::vector{std::pair{signal.key, situations::End::kGone}})) << "at once";
  city.ingest->stop();
}

TEST(early_warning_threads, ends_an_event_whose_stations_died_as_unheard_also_across_a_restart) {
  WatchedCity city;
  city.watch_usual();
  city.run(10, 60);
  ASSERT_EQ(city.keys().size(), 1U);
  city.pass(30);
  city.restart();
  EXPECT_TRUE(city.ended().empty());
  city.pass(62);
  auto const ended = city.ended();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended.front(), std::pair(*city.keys().begin(), situations::End::kUnheard));
  city.ingest->stop();
}

TEST(early_warning_threads, ends_what_a_rule_raised_when_it_is_switched_off) {
  WatchedCity city;
  city.watch_usual();
  city.run(10, 60);
  ASSERT_EQ(city.keys().size(), 1U);
  RuleSet rules = shipped_rules();
  for (auto& rule : rules.rules) rule.enabled = rule.id != "pm25_plume";
  city.warning->use(rules);
  city.warning->drain();
  auto const ended = city.ended();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended.front(), std::pair(*city.keys().begin(), situations::End::kRuleOff));
  city.ingest->stop();
}

TEST(early_warning_threads, takes_true_and_texts_for_no_measurement) {
  WatchedCity city;
  city.judge_quality();
  city.watch();
  city.run(120, 0, {});
  for (auto const kind : {storage::ObservationDetail::ResultKind::kBoolean, storage::ObservationDetail::ResultKind::kText}) {
    for (int n = 0; n < 6; ++n) {
      storage::Batch batch;
      batch.observations = city.values(500, {});
      for (std::uint32_t i = 0; i < batch.observations.size(); ++i) batch.details.emplace_back(i, storage::ObservationDetail{.result_kind = kind, .result = {}, .phenomenon_end = {}, .result_time = {}, .feature = {}, .parameters = {}});
      ASSERT_TRUE(city.ingest->submit_and_wait(batch).has_value());
      ++city.step;
      city.clock.advance(kStep);
      city.warning->drain();
    }
  }
  EXPECT_TRUE(city.keys().empty());
  auto const newest = city.store.latest(std::span{&city.streams[12], 1});
  ASSERT_TRUE(newest.has_value());
  EXPECT_FALSE(counts(newest->front().quality.flag));
  city.ingest->stop();
}

TEST(early_warning_threads, is_not_moved_on_by_one_device_that_sends_much_from_four_minutes_ahead) {
  WatchedCity city;
  city.watch_usual();
  for (int n = 0; n < 12; ++n) {
    storage::Batch batch;
    for (int i = 0; i < 200; ++i) {
      auto const when = city.clock.now() + std::chrono::minutes{4} + std::chrono::milliseconds{i};
      batch.observations.push_back({city.streams[0], when, 20, city.clock.now(), {QualityFlag::kGood, 0, 1}});
    }
    ASSERT_TRUE(city.ingest->submit_and_wait(batch).has_value());
    city.warning->drain();
    city.run(1, n < 6 ? 60 : 0);
  }
  EXPECT_EQ(city.keys().size(), 1U);
  city.run(15, 0);
  EXPECT_EQ(city.cleared().size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, learns_how_late_a_network_is_and_finds_its_plume) {
  WatchedCity city;
  city.late = std::chrono::minutes{16};
  city.watch_usual();
  city.run(30, 60);
  EXPECT_EQ(city.keys().size(), 1U);
  city.ingest->stop();
}

TEST(early_warning_threads, tells_and_ends_an_event_that_came_whole_in_one_parcel) {
  WatchedCity city;
  city.watch();
  auto const hours_with_plume = [&city](int from, int to, double plume) {
    storage::Batch batch;
    for (int n = 0; n < 120; ++n, ++city.step) {
      auto const values = city.values(n >= from && n < to ? plume : 0, {QualityFlag::kGood, 0, 1});
      batch.observations.insert(batch.observations.end(), values.begin(), values.end());
    }
    city.clock.advance(city.start + kStep * city.step - city.clock.now());
    for (auto& o : batch.observations) o.received_at = city.clock.now();
    ASSERT_TRUE(city.ingest->submit_and_wait(batch).has_value());
    for (int n = 0; n < 4; ++n) {
      city.warning->drain();
      city.clock.advance(std::chrono::seconds{40});
    }
    city.warning->drain();
  };
  for (int parcel = 0; parcel < 3; ++parcel) hours_with_plume(0, 0, 0);
  hours_with_plume(30, 50, 60);
  ASSERT_EQ(city.keys().size(), 1U);
  EXPECT_EQ(city.cleared(), std::vector<std::string>{*city.keys().begin()});
  EXPECT_TRUE(city.situations.open_of({}).empty());
  city.ingest->stop();
}

TEST(early_warning_threads, says_when_all_that_comes_is_too_old_to_warn) {
  WatchedCity city;
  city.late = std::chrono::hours{50};
  city.watch();
  city.run(10, 0);
  auto const raised = city.situations.raised();
  ASSERT_FALSE(raised.empty());
  EXPECT_EQ(raised.back().kind, "warning_blind");
  EXPECT_NE(raised.back().headline.in("en").find("too late"), std::string::npos);
  city.ingest->stop();
}

TEST(early_warning_threads, says_when_every_station_measures_a_quantity_in_a_unit_that_is_none_of_it) {
  WatchedCity city;
  auto gas = TestCity::station("G1", kWest, {});
  gas.datastreams.push_back(TestCity::datastream("no2"));
  gas.datastreams.back().datastream.unit = {"micrograms per cubic metre", "µg/m³", ""};
  ASSERT_TRUE(city.city->add_thing(gas).has_value());
  city.watch();
  city.run(4, 0);
  auto const raised = city.situations.raised();
  auto const told = std::ranges::find(raised, "blind:unit", &situations::Signal::key);
  ASSERT_NE(told, raised.end());
  EXPECT_FALSE(told->is_public);
  ASSERT_EQ(told->facts.not_judged.size(), 1U);
  EXPECT_EQ(told->facts.not_judged.front().channel, "no2");

  city.add("G2", kWest, {"no2"});
  city.run(1, 0);
  auto const ended = city.situations.ended();
  EXPECT_EQ(std::ranges::count(ended, std::pair{std::string("blind:unit"), situations::End::kGone}), 1);
  city.ingest->stop();
}

TEST(early_warning_threads, goes_on_with_one_situation_under_one_headline_through_restarts) {
  KeptCity city(true);
  city.watch_usual();
  city.run(10, 40);
  ASSERT_EQ(city.ever(), 1U);
  auto const before = city.plumes(true).front();
  for (int i = 0; i < 3; ++i) {
    city.pass_time();
    city.restart_all();
    city.run(5, 40);
  }
  EXPECT_EQ(city.ever(), 1U);
  auto const after = city.plumes(true).front();
  EXPECT_EQ(after->id, before->id);
  EXPECT_EQ(after->signal.headline, before->signal.headline);
  EXPECT_EQ(after->signal.since, before->signal.since);
  EXPECT_EQ(situations::by_channel(after->signal.facts).size(), 2U) << "both substances";
  city.ingest->stop();
}

TEST(early_warning_threads, leaves_a_lasting_cause_alone_that_somebody_resolved_also_after_a_restart) {
  KeptCity city;
  city.watch_usual();
  city.run(10, 40);
  auto const open = city.plumes(true);
  ASSERT_EQ(open.size(), 1U);
  ASSERT_TRUE(city.kept->resolve(open.front()->id, {.party = PartyId{1}, .name = "kim"}, "the fire is out"));
  city.run(10, 40);
  EXPECT_EQ(city.ever(), 1U);
  city.restart_all();
  city.run(10, 40);
  EXPECT_EQ(city.ever(), 1U);
  EXPECT_TRUE(city.plumes(true).empty());
  city.run(20, 0);
  EXPECT_TRUE(city.kept->settled_of("sensing.warning").empty()) << "the cause is gone";
  city.ingest->stop();
}

TEST(early_warning_threads, ends_what_a_rule_found_that_was_switched_off_and_says_so) {
  KeptCity city;
  city.watch_usual();
  city.run(10, 40);
  auto const open = city.plumes(true);
  ASSERT_EQ(open.size(), 1U);
  auto rules = shipped_rules();
  for (auto& rule : rules.rules) rule.enabled = rule.channel != "pm25";
  city.warning->use(rules);
  city.warning->drain();
  auto const ended = *city.kept->find(open.front()->id);
  EXPECT_FALSE(is_open(ended->state));
  EXPECT_EQ(ended->ended_by, situations::End::kRuleOff);
  city.ingest->stop();
}

TEST(early_warning_threads, knows_what_is_usual_from_history_that_is_brought_in_while_it_runs) {
  WatchedCity city;
  city.watch();
  city.run(1, 0);
  storage::Batch history;
  int const now = city.step;
  for (city.step = now - 180; city.step < now; ++city.step) {
    auto const values = city.values(0, {QualityFlag::kGood, 0, 1});
    history.observations.insert(history.observations.end(), values.begin(), values.end());
  }
  for (auto& o : history.observations) o.received_at = city.clock.now();
  ASSERT_TRUE(city.ingest->submit_and_wait(history).has_value());
  city.warning->drain();
  city.run(3, 0);
  ASSERT_TRUE(city.keys().empty());
  city.run(3, 60);
  EXPECT_EQ(city.keys().size(), 1U) << "in the twelfth minute of its life";
  city.ingest->stop();
}

TEST(early_warning_threads, keeps_the_long_mean_of_a_level_when_the_rules_are_saved_again) {
  WatchedCity city;
  auto rules = shipped_rules();
  auto& haze = *std::ranges::find(rules.rules, "pm25_haze", &Rule::id);
  haze.minutes = 600;  // told when three quarters of them are there
  haze.caution = 15;
  city.watch();
  city.warning->use(rules);
  city.run(200, 0);
  ASSERT_TRUE(city.keys().empty());
  city.warning->use(rules);
  city.run(40, 0);
  EXPECT_EQ(city.keys(), std::set<std::string>{"pm25_haze:city"});
  city.ingest->stop();
}

TEST(early_warning_threads, takes_no_older_rules_after_newer_ones) {
  WatchedCity city;
  city.watch();
  auto newer = shipped_rules();
  newer.version = 3;
  auto older = shipped_rules();
  older.version = 2;
  city.warning->use(newer);
  city.warning->use(older);
  city.run(2, 0);
  ASSERT_FALSE(city.warning->standing().empty());
  EXPECT_EQ(city.warning->standing().front().rules_version, 3U);
  city.ingest->stop();
}

TEST(early_warning_threads, goes_on_with_the_streams_for_which_it_has_room_and_tells_the_rest) {
  WatchedCity city(true);
  city.streams_max = kSide * kSide + 5;
  city.watch_usual();
  auto const told = city.situations.raised();
  auto const crowded = std::ranges::find(told, std::string{"blind:room"}, &situations::Signal::key);
  ASSERT_NE(crowded, told.end());
  EXPECT_EQ(crowded->facts.not_judged.front().channel, "pm25") << "the quantities stand in the order of their names";
  EXPECT_THAT(crowded->description.in("en"), testing::HasSubstr("20 data streams"));
  city.run(10, 40);
  EXPECT_FALSE(city.keys().empty()) << "of the others it warns";
  city.restart();
  city.run(2, 40);
  EXPECT_FALSE(city.warning->standing().empty());
  city.ingest->stop();
}

TEST(early_warning_threads, changes_rules_while_values_come) {
  WatchedCity city;
  city.watch();
  std::jthread const changer([&city](std::stop_token const& stop) {
    while (!stop.stop_requested()) {
      city.warning->use(shipped_rules());
      std::this_thread::sleep_for(20ms);
    }
  });
  city.run(30, 0);
  EXPECT_FALSE(city.warning->standing().empty());
  city.ingest->stop();
}

}  // namespace
}  // namespace madang::sensing::warning
