// The registry is corrected while the early warning runs: it takes effect without a restart.
#include <gtest/gtest.h>

#include <stop_token>
#include <thread>
#include <utility>

#include "sensing/warning/test_watched_city.h"

namespace madang::sensing::warning {
namespace {

struct CorrectedCity : WatchedCity {
  void act(std::function<Result<void>(city::Writer&)> const& work) {
    auto const done = city->write(work, "test");
    EXPECT_TRUE(done) << done.error().sentence;
  }
  void set_unit(int station, std::string symbol) {
    auto edited = *city->datastream(streams[static_cast<std::size_t>(station)]);
    edited.unit = {"", std::move(symbol), ""};
    act([&](city::Writer& w) { return w.edit(edited); });
  }
  /// Of all that was told, the highest value of a station in the evidence.
  [[nodiscard]] double highest_shown() const {
    double highest = 0;
    for (auto const& signal : situations.raised())
      for (auto const& shown : signal.evidence.streams)
        for (auto const& v : shown.values) highest = std::max(highest, v.value);
    return highest;
  }
  [[nodiscard]] std::size_t watched() const {
    std::size_t most = 0;
    for (auto const& s : warning->standing()) most = std::max(most, s.streams);
    return most;
  }
};

TEST(early_warning_registry_threads, a_corrected_unit_is_judged_at_once_by_all_that_was_learned) {
  CorrectedCity city;
  // So nothing is ever seen of them.
  city.set_unit(12, "ng/m3");
  city.set_unit(13, "ng/m3");
  city.watch();
  city.run(240, 0);
  EXPECT_TRUE(city.keys().empty());
  city.set_unit(12, "ug/m3");
  city.set_unit(13, "ug/m3");
  city.run(2, 0);
  EXPECT_TRUE(city.keys().empty()) << "nothing happened but the correction";
  city.sharp = 70;
  city.run(12, 0);
  EXPECT_EQ(city.keys().size(), 1U) << "only these two see it, and both are known";
  EXPECT_GT(city.highest_shown(), 80);
  EXPECT_LT(city.highest_shown(), 200);
  city.ingest->stop();
}

TEST(early_warning_registry_threads, a_station_that_turns_out_to_stand_elsewhere_confirms_nobody_here) {
  CorrectedCity city;
  city.watch_usual();
  auto place = *city.city->locations_of(city.city->thing_of_serial("S12")->id).front();
  place.point = LatLon{37.9, 126.95};
  place.geometry.clear();
  city.act([&](city::Writer& w) { return w.edit(place); });
  city.sharp = 40;
  city.run(10, 0);
  auto const raised = city.situations.raised();
  EXPECT_TRUE(std::ranges::none_of(raised, [](auto const& s) { return s.kind == situations::kPlume && s.is_public; }));
  city.ingest->stop();
}

TEST(early_warning_registry_threads, watches_who_is_in_service) {
  CorrectedCity city;
  city.watch();
  city.run(3, 0);
  EXPECT_EQ(city.watched(), 25U);
  auto const thing = city.city->thing_of_serial("S7")->id;
  city.act([&](city::Writer& w) { return w.retire(thing); });
  city.add("S100", kWest, {"pm25"});
  city.add("S101", kWest, {"pm25"});
  city.run(3, 0);
  EXPECT_EQ(city.watched(), 26U);
  city.act([&](city::Writer& w) { return w.give_back(thing); });
  city.run(3, 0);
  EXPECT_EQ(city.watched(), 27U);
  city.ingest->stop();
}

TEST(early_warning_registry_threads, who_is_registered_between_two_looks_is_not_without_room) {
  CorrectedCity city;
  city.watch_usual();
  // After the registry was followed, before it is looked at what is unseen.
  city.situations.on_raise = [&city, added = false](situations::Signal const& signal) mutable {
    if (signal.kind == situations::kPlume && !std::exchange(added, true)) city.add("S100", kWest, {"pm25"});
  };
  city.run(10, 40);
  ASSERT_FALSE(city.keys().empty());
  city.run(5, 0);
  EXPECT_EQ(city.watched(), 26U);
  auto const raised = city.situations.raised();
  EXPECT_TRUE(std::ranges::none_of(raised, [](auto const& s) { return s.key == "blind:room"; }));
  city.ingest->stop();
}

TEST(early_warning_registry_threads, an_interval_corrected_during_an_event_ends_nothing) {
  KeptCity city;
  city.watch();
  city.run(240, 0);
  city.sharp = 70;
  city.run(8, 0);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  for (std::size_t const station : {12U, 13U}) {
    auto edited = *city.city->datastream(city.streams[station]);
    edited.interval = std::chrono::minutes{1};
    ASSERT_TRUE(city.city->write([&](city::Writer& w) { return w.edit(edited); }, "test"));
  }
  city.run(8, 0);
  ASSERT_EQ(city.plumes(true).size(), 1U);
  EXPECT_FALSE(city.plumes(true).front()->clear_since);
  EXPECT_EQ(city.ever(), 1U);
  city.sharp = 0;
  city.run(30, 0);
  EXPECT_TRUE(city.plumes(true).empty() || city.plumes(true).front()->clear_since);
  EXPECT_EQ(city.ever(), 1U);
  city.ingest->stop();
}

TEST(early_warning_registry_threads, corrections_may_come_at_any_moment) {
  CorrectedCity city;
  city.judge_quality();
  city.watch();
  city.run(10, 0);
  std::jthread editor([&](std::stop_token const& stop) {
    auto const thing = city.city->thing_of_serial("S3")->id;
    for (int i = 0; !stop.stop_requested(); ++i) {
      city.set_unit(i % 25, i % 2 == 0 ? "mg/m3" : "ug/m3");
      (void)city.city->write([&](city::Writer& w) { return i % 2 == 0 ? w.retire(thing) : w.give_back(thing); }, "test");
      (void)city.checks->settle();
    }
  });
  city.run(30, 0);
  editor = {};
  city.warning->drain();
  EXPECT_GE(city.watched(), 24U);
  city.ingest->stop();
}

}  // namespace
}  // namespace madang::sensing::warning
