// A steady sound at two neighbours, as values come in, over a restart, and found while the server catches up: one cause of both.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "embedded_locales.h"
#include "sensing/test_city.h"
#include "sensing/warning/test_drawn_city.h"
#include "sensing/warning/test_situations.h"
#include "sensing/warning/warning.h"
#include "situations/kinds.h"

namespace madang::sensing::warning {
namespace {

constexpr int kAcross = 5;
using Steady = std::map<int, double>;  ///< by station: the same number again and again

Steady const kOneSound{{12, 78.6}, {13, 64.6}};

/// Stations 400 m apart that hear the street.
struct LoudCity : TestCity {
  RecordedSituations situations;
  runtime::Messages messages = must(runtime::Messages::load(embedded_locales(), "Asia/Seoul"));
  std::vector<DatastreamId> streams;
  std::unique_ptr<EarlyWarning> warning;
  Instant start = clock.now();
  int step = 0;

  LoudCity() {
    EXPECT_TRUE(city->import_areas(kTwoDistricts, 1).has_value());
    for (int i = 0; i < kAcross * kAcross; ++i) {
      std::string const serial = "S" + std::to_string(i);
      add(serial, {37.55 + i / kAcross * 400 / kMetresPerDegree, 126.95 + i % kAcross * 400 / kMetresPerDegree / 0.793}, {"noise"});
      streams.push_back(stream(serial, "noise"));
    }
    watch();
    run(120, {});
  }
  void watch() {
    warning = must(EarlyWarning::start({*city, store, *ingest, situations, messages, clock, metrics, nullptr}, shipped_rules(), {.history = std::chrono::hours{12}}));
    warning->drain();
  }
  void stop() {
    ingest->stop();
    warning.reset();
    ingest = Ingest::start(store, clock, metrics, {});
  }
  [[nodiscard]] storage::Batch values(Steady const& steady) const {
    storage::Batch batch;
    Instant const when = start + kStep * step;
    for (int i = 0; i < kAcross * kAcross; ++i) {
      auto const found = steady.find(i);
      double const usual = std::round(10 * (47 + i % 3 + 1.5 * std::sin(step * 2.1 + i * 1.7))) / 10;
      batch.observations.push_back({streams[static_cast<std::size_t>(i)], when, found == steady.end() ? usual : found->second, when, {QualityFlag::kGood, 0, 1}});
    }
    return batch;
  }
  void pass_step() {
    clock.advance(start + kStep * (step + 1) + std::chrono::seconds{20} - clock.now());
    ++step;
  }
  void run(int steps, Steady const& steady) {
    for (int n = 0; n < steps; ++n) {
      ASSERT_TRUE(ingest->submit_and_wait(values(steady)).has_value());
      pass_step();
      warning->drain();
    }
  }
  /// What reaches the store while nobody watches.
  void run_unwatched(int steps, Steady const& steady) {
    for (int n = 0; n < steps; ++n) {
      ASSERT_TRUE(store.append(values(steady)).has_value());
      pass_step();
    }
  }
  [[nodiscard]] std::set<std::string> keys() const {
    std::set<std::string> all;
    for (auto const& s : situations.raised())
      if (s.kind != situations::kWarningBlind) all.insert(s.key);
    return all;
  }
  void expect_one_sound() {
    ASSERT_EQ(keys().size(), 1U);
    auto const last = situations.raised().back();
    EXPECT_EQ(last.kind, situations::kNoiseEvent);
    EXPECT_EQ(last.facts.stations, 2U);
    ingest->stop();
  }
};

TEST(early_warning_threads, makes_one_situation_of_a_steady_sound_at_two_neighbours) {
  LoudCity city;
  city.run(10, kOneSound);
  city.expect_one_sound();
}

TEST(early_warning_threads, goes_on_with_a_steady_sound_over_a_restart) {
  LoudCity city;
  city.run(2, kOneSound);
  city.stop();
  city.watch();
  city.run(10, kOneSound);
  city.expect_one_sound();
}

TEST(early_warning_threads, makes_one_situation_of_a_steady_sound_that_it_finds_while_it_catches_up) {
  LoudCity city;
  city.stop();
  city.run_unwatched(7, kOneSound);
  city.watch();
  city.run(2, kOneSound);
  city.expect_one_sound();
}

}  // namespace
}  // namespace madang::sensing::warning
