// The early warning as it runs: values through the ingest become Situations, and a restart neither ends nor doubles one.
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <thread>

#include "embedded_locales.h"
#include "sensing/quality/quality.h"
#include "sensing/rules.h"
#include "sensing/test_city.h"
#include "sensing/warning/test_situations.h"
#include "sensing/warning/warning.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {
namespace {

using namespace std::chrono_literals;

constexpr Millis kStep = std::chrono::minutes{2};
constexpr int kSide = 5;
constexpr double kMetresPerDegree = 111'195;

struct WatchedCity : TestCity {
  std::shared_ptr<QualityControl> checks;
  RecordedSituations situations;
  situations::Situations* told = &situations;
  runtime::Messages messages = must(runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
  std::vector<DatastreamId> streams;
  std::vector<DatastreamId> dust_streams;
  std::unique_ptr<EarlyWarning> warning;
  int step = 0;
  double sharp = 0;  ///< more at two close stations alone
  Millis late{0};  ///< values arrive so long after their time
  Instant start = clock.now();

  /// With `dust` every station measures PM10 as well.
  explicit WatchedCity(bool dust = false) {
    EXPECT_TRUE(city->import_areas(kTwoDistricts, 1).has_value());
    for (int i = 0; i < kSide * kSide; ++i) {
      std::string const serial = "S" + std::to_string(i);
      LatLon const place{37.55 + i / kSide * 400 / kMetresPerDegree, 126.95 + i % kSide * 400 / kMetresPerDegree / 0.793};
      if (dust) add(serial, place, {"pm25", "pm10"});
      else add(serial, place, {"pm25"});
      streams.push_back(stream(serial, "pm25"));
      if (dust) dust_streams.push_back(stream(serial, "pm10"));
    }
  }

  /// From now on every value is judged before it is stored.
  void judge_quality() {
    ingest->stop();
    checks = must(QualityControl::start({*city, store, clock, metrics, messages}));
    ingest = Ingest::start(store, clock, metrics, {.judge = [this](storage::Batch& batch) { checks->judge(batch); }});
  }
  void watch() {
    warning = must(EarlyWarning::start({*city, store, *ingest, *told, messages, clock, metrics, checks.get()},
                                       shipped_rules(), {.history = std::chrono::hours{12}}));
    warning->drain();
  }
  /// The server ends and begins anew; the ingest with it, since its listeners stay.
  void restart() {
    ingest->stop();
    warning.reset();
    ingest = Ingest::start(store, clock, metrics, {});
    watch();
  }

  /// Nobody says anything for so many steps.
  void pass(int steps) {
    for (int n = 0; n < steps; ++n, ++step) {
      clock.advance(kStep);
      warning->drain();
    }
  }
  /// What all stations say in this step.
  [[nodiscard]] std::vector<storage::Observation> values(double plume, Quality quality) const {
    Instant const when = start + kStep * step;
    std::vector<storage::Observation> all;
    for (int i = 0; i < kSide * kSide; ++i) {
      double const far = std::hypot(i % kSide - 2, i / kSide - 2);
      double const tremble = std::sin(step * 2.1 + i * 1.7);
      bool const pair = i == 12 || i == 13;
      double const value = 20 + i % 3 + tremble + plume * std::exp(-far * far) + (pair ? sharp : 0);
      all.push_back({streams[static_cast<std::size_t>(i)], when, value, when + late, quality});
      if (!dust_streams.empty()) all.push_back({dust_streams[static_cast<std::size_t>(i)], when, 2 * value, when + late, quality});
    }
    return all;
  }

  void run(int steps, double plume, Quality quality = {QualityFlag::kGood, 0, 1}) {
    for (int n = 0; n < steps; ++n, ++step) {
      Instant const when = start + kStep * step;
      storage::Batch batch;
      batch.observations = values(plume, quality);
      ASSERT_TRUE(ingest->submit_and_wait(batch).has_value());
      clock.advance(when + late + kStep + std::chrono::seconds{20} - clock.now());
      warning->drain();
    }
  }
  [[nodiscard]] std::set<std::string> keys() const {
    std::set<std::string> all;
    for (auto const& s : situations.raised())
      if (s.kind != "warning_blind") all.insert(s.key);
    return all;
  }
  [[nodiscard]] std::vector<std::string> cleared() const {
    auto all = situations.cleared();
    std::erase_if(all, [](std::string const& key) { return key.starts_with("blind:"); });
    return all;
  }
};

TEST(early_warning_threads, raises_one_situation_for_a_plume_and_clears_it) {
  WatchedCity city;
  city.watch();
  city.run(120, 0);
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
  city.watch();
  city.run(120, 0);
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
  city.watch();
  city.run(120, 0);
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
  city.watch();
  city.run(120, 0);
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
  city.watch();
  city.run(120, 0);
  city.run(20, 200, {QualityFlag::kFail, 0, 1});
  EXPECT_TRUE(city.keys().empty());
  city.ingest->stop();
}

TEST(early_warning_threads, hears_values_that_quality_doubts_but_none_with_a_wrong_time) {
  WatchedCity city;
  city.watch();
  city.run(120, 0);
  city.run(20, 200, {QualityFlag::kSuspect, static_cast<std::uint8_t>(sensing::QualityTest::kClock), 1});
  EXPECT_TRUE(city.keys().empty());
  city.run(3, 200, {QualityFlag::kSuspect, static_cast<std::uint8_t>(sensing::QualityTest::kNeighbour), 1});
  EXPECT_EQ(city.keys().size(), 1U);
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
  EXPECT_EQ(city.situations.cleared(), std::vector<std::string>{signal.key});
  city.ingest->stop();
}

TEST(early_warning_threads, ends_an_event_whose_stations_died_as_unheard_also_across_a_restart) {
  WatchedCity city;
  city.watch();
  city.run(120, 0);
  city.run(10, 60);
  ASSERT_EQ(city.keys().size(), 1U);
  city.pass(30);
  city.restart();
  EXPECT_TRUE(city.situations.ended().empty());
  city.pass(62);
  auto const ended = city.situations.ended();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended.front(), std::pair(*city.keys().begin(), situations::End::kUnheard));
  city.ingest->stop();
}

TEST(early_warning_threads, ends_what_a_rule_raised_when_it_is_switched_off) {
  WatchedCity city;
  city.watch();
  city.run(120, 0);
  city.run(10, 60);
  ASSERT_EQ(city.keys().size(), 1U);
  RuleSet rules = shipped_rules();
  for (auto& rule : rules.rules) rule.enabled = rule.id != "pm25_plume";
  city.warning->use(rules);
  city.warning->drain();
  auto const ended = city.situations.ended();
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
  city.watch();
  city.run(120, 0);
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
  city.watch();
  city.run(120, 0);
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

/// Situations as the server keeps them, over the city's own records.
struct KeptCity : WatchedCity {
  std::unique_ptr<situations::Situations> kept;

  explicit KeptCity(bool dust = false) : WatchedCity(dust) { open(); }
  void open() {
    kept.reset();
    kept = must(situations::Situations::open({*records, *city, clock, metrics}, {}));
    told = kept.get();
  }
  /// The whole server, its Situations too.
  void restart_all() {
    ingest->stop();
    warning.reset();
    open();
    ingest = Ingest::start(store, clock, metrics, {});
    watch();
  }
  /// What was ever told of the air; that the history was too short at first is another matter.
  [[nodiscard]] std::vector<situations::SituationPtr> plumes(bool open_only) const {
    auto all = *kept->list({.open_only = open_only, .limit = 1'000});
    std::erase_if(all, [](situations::SituationPtr const& s) { return s->signal.kind != situations::kPlume; });
    return all;
  }
  [[nodiscard]] std::size_t ever() const { return plumes(false).size(); }
  void pass_time() { EXPECT_TRUE(kept->tick()); }
};

TEST(early_warning_threads, goes_on_with_one_situation_under_one_headline_through_restarts) {
  KeptCity city(true);
  city.watch();
  city.run(120, 0);
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
  city.watch();
  city.run(120, 0);
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
  city.watch();
  city.run(120, 0);
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
