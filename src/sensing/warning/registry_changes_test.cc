// What the registry says anew of a stream that is watched: its neighbours, its unit, its pace, its end.
#include "sensing/warning/registry_changes.h"

#include <gtest/gtest.h>

#include "sensing/test_city.h"
#include "sensing/warning/test_drawn_city.h"

namespace madang::sensing::warning {
namespace {

/// Two stations side by side in the middle of the square: 14 and 15.
Field2 const kPair = [](double x, double y, int) { return y == 2 * kSpacing && (x == 2 * kSpacing || x == 3 * kSpacing) ? 70.0 : 0.0; };

Stream at(DrawnCity const& city, std::uint32_t station) { return city.engine.stream(station); }

TEST(warned_registry, two_neighbours_confirm_each_other_until_one_is_found_to_stand_elsewhere) {
  DrawnCity city("pm25");
  city.learn();
  auto moved = at(city, 14);
  moved.place.latitude += 0.5;
  EXPECT_FALSE(city.engine.change(14, moved)) << "what it learned holds elsewhere too";
  city.run(12, kPair);
  EXPECT_TRUE(city.keys(Finding::What::kRaise).empty());

  DrawnCity as_it_was("pm25");
  as_it_was.learn();
  as_it_was.run(12, kPair);
  EXPECT_EQ(as_it_was.keys(Finding::What::kRaise).size(), 1u);
}

TEST(warned_registry, a_changed_hierarchy_of_areas_reaches_stations_that_did_not_move) {
  TestCity city;
  city.add("N1", kWest, {"pm25"});
  Engine engine{shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")}};
  Lateness const at_once{Millis{0}};
  StreamNumbers numbers;
  ASSERT_TRUE(add_streams(*city.city, at_once, engine, numbers));
  auto const number = numbers.at(city.stream("N1", "pm25"));
  auto moved = engine.stream(number);
  moved.area = AreaId{7};
  (void)engine.change(number, moved);  // what stood there before
  city::Changes changes;
  changes.changes.push_back({city::EntryKind::kArea, city::Act::kEdited, 7, {}});
  auto const index = build_station_index(*city.city);
  auto const changed = changed_streams(changes, *city.city, *index, numbers);
  ASSERT_TRUE(apply_changes(changed, {*city.city, *index, at_once}, engine, numbers).outcome);
  EXPECT_EQ(engine.stream(number).area, AreaId{}) << "there is no Area any more";
}

TEST(warned_registry, who_found_no_room_takes_that_of_who_leaves) {
  TestCity city;
  for (auto const* serial : {"S0", "S1", "S2", "S3"}) city.add(serial, kWest, {"pm25"});
  Engine engine{shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul"), .streams_max = 2}};
  Lateness const at_once{Millis{0}};
  StreamNumbers numbers;
  ASSERT_EQ(must(add_streams(*city.city, at_once, engine, numbers)), 2U);
  auto const leaves = numbers.begin()->first;
  auto const thing = city.city->datastream(leaves)->thing;
  ASSERT_TRUE(city.city->write([&](city::Writer& w) { return w.retire(thing); }, "test"));
  auto const applied = apply_changes({{leaves, false}}, {*city.city, *build_station_index(*city.city), at_once}, engine, numbers);
  EXPECT_FALSE(numbers.contains(leaves));
  ASSERT_EQ(numbers.size(), 2U);
  ASSERT_EQ(applied.anew.size(), 1U) << "its past is taught";
  EXPECT_EQ(numbers.at(engine.stream(applied.anew.front()).datastream), applied.anew.front());
  EXPECT_EQ(applied.outcome.error().code, Code::kLimit) << "one is left without";
}

TEST(warned_registry, a_station_moved_beside_another_confirms_it) {
  DrawnCity city("pm25");
  city.learn();
  Field2 const far_apart = [](double x, double y, int) { return (x == 0 && y == 0) || (x == 5 * kSpacing && y == 5 * kSpacing) ? 70.0 : 0.0; };
  auto moved = at(city, 35);
  moved.place = at(city, 0).place;
  moved.place.latitude -= 0.001;
  (void)city.engine.change(35, moved);
  city.run(12, far_apart);
  EXPECT_EQ(city.keys(Finding::What::kRaise).size(), 1u);
}

TEST(warned_registry, a_corrected_unit_forgets_the_values_and_nothing_of_the_others) {
  DrawnCity city("pm25");
  city.learn();
  auto corrected = at(city, 14);
  corrected.unit.factor = 0.5;
  ASSERT_TRUE(city.engine.change(14, corrected));
  EXPECT_TRUE(city.engine.recent(14).empty());
  EXPECT_FALSE(city.engine.recent(15).empty());
  // Its values are half of what they were, and soon known as its own.
  city.run(60);
  EXPECT_TRUE(city.findings.empty());
  EXPECT_LT(city.engine.recent(14).back().value, 20);
}

TEST(warned_registry, a_station_that_is_taught_its_past_anew_is_judged_at_once) {
  DrawnCity city("pm25");
  city.learn();
  auto corrected = at(city, 14);
  corrected.unit.factor = 2;
  ASSERT_TRUE(city.engine.change(14, corrected));
  for (int hour = 0; hour < 12; ++hour) city.engine.teach(14, kStart + std::chrono::hours{hour}, city.usual, 2 * city.usual);
  city.run(12, [](double x, double y, int step) { return kPair(x, y, step); });
  EXPECT_EQ(city.keys(Finding::What::kRaise).size(), 1u);
  auto const& members = city.findings.front().members;
  EXPECT_TRUE(std::ranges::any_of(members, [](Member const& m) { return m.stream == 14 && m.cause && m.value > 150; }));
}

/// Hours of values that the store has of each stream: of real ones `real`, of simulated ones `simulated`.
void fill(storage::ObservationStore& store, Engine const& engine, StreamNumbers const& numbers, double real, double simulated) {
  storage::Batch batch;
  for (auto const& [id, number] : numbers) {
    for (int n = 0; n < 36; ++n) {
      Instant const when = kStart + std::chrono::minutes{20} * n;
      batch.observations.push_back({id, when, engine.stream(number).simulated ? simulated : real, when, {QualityFlag::kGood, 0, 1}});
    }
  }
  ASSERT_TRUE(store.append(batch));
}

TEST(warned_registry, a_real_station_is_taught_anew_among_real_ones_alone) {
  DrawnCity city("pm25");
  city.usual = 30;
  city.learn();
  StreamNumbers numbers;
  for (std::uint32_t i = 0; i < city.engine.size(); ++i) numbers.emplace(city.engine.stream(i).datastream, i);
  for (int i = 0; i < 60; ++i) {
    auto made_up = at(city, 0);
    made_up.datastream = DatastreamId{500 + i};
    made_up.thing = ThingId{500 + i};
    made_up.simulated = true;
    numbers.emplace(made_up.datastream, must(city.engine.add(made_up)));
  }
  TestCity records;
  fill(records.store, city.engine, numbers, 30, 5);
  for (std::uint32_t const number : {14U, 15U}) {
    auto again = at(city, number);
    again.unit.factor = 2;
    ASSERT_TRUE(city.engine.change(number, again)) << "nothing is known of its values";
    again.unit.factor = 1;
    ASSERT_TRUE(city.engine.change(number, again));
  }
  ASSERT_TRUE(teach_anew(records.store, city.engine, numbers, std::array{14U, 15U}, {kStart, kStart + std::chrono::hours{12}}));
  city.run(12, [](double x, double y, int step) { return kPair(x, y, step) / 70 * 26; });
  EXPECT_EQ(city.keys(Finding::What::kRaise).size(), 1u) << "what simulated stations say is no city that it stands above";
}

TEST(warned_registry, a_stream_of_another_interval_goes_on_among_its_like) {
  DrawnCity city("pm25");
  city.learn();
  auto slower = at(city, 14);
  slower.interval = std::chrono::minutes{10};
  ASSERT_TRUE(city.engine.change(14, slower));
  EXPECT_EQ(city.engine.stream(14).interval, std::chrono::minutes{10});
  city.run(30);
  EXPECT_FALSE(city.engine.recent(14).empty());
  EXPECT_TRUE(city.findings.empty());
}

TEST(warned_registry, what_a_station_began_ends_when_it_is_not_watched_any_more) {
  DrawnCity city("pm25");
  city.learn();
  city.run(12, kPair);
  ASSERT_EQ(city.keys(Finding::What::kRaise).size(), 1u);
  city.engine.remove(14);
  city.engine.remove(15);
  city.run(12, kPair, {14, 15});
  EXPECT_EQ(city.keys(Finding::What::kClear), city.keys(Finding::What::kRaise));
  auto const over = std::ranges::find(city.findings, Finding::What::kClear, &Finding::what);
  EXPECT_EQ(over->over, Finding::Over::kSilent);
  EXPECT_EQ(city.engine.standing().front().streams, 34u);
}

TEST(warned_registry, a_touch_of_a_thing_leaves_its_streams_at_the_pace_at_which_they_are_judged) {
  TestCity city;
  city.add("S0", kWest, {"pm25"});
  auto const id = city.stream("S0", "pm25");
  Engine engine(shipped_rules(), {.alarms_per_day = 5, .calendar = *indices::Calendar::of_zone("Asia/Seoul")});
  Lateness lateness{Millis{15'000}};
  StreamNumbers numbers;
  ASSERT_TRUE(add_streams(*city.city, lateness, engine, numbers));
  lateness.assume(id, kStep, std::chrono::minutes{16});
  ASSERT_GT(lateness.of(id), Millis{0}) << "another pace waits to be followed";
  auto const applied = apply_changes({{id, false}}, {*city.city, *build_station_index(*city.city), lateness}, engine, numbers);
  EXPECT_TRUE(applied.anew.empty());
  EXPECT_EQ(engine.stream(numbers.at(id)).lateness, Millis{0});
}

TEST(warned_registry, another_interval_would_end_what_is_open_and_nothing_else_would) {
  DrawnCity city("pm25");
  city.learn();
  auto slower = at(city, 14);
  slower.interval = std::chrono::minutes{10};
  EXPECT_FALSE(city.engine.would_end_what_is_open(14, slower)) << "nothing is open";
  city.run(12, kPair);
  EXPECT_TRUE(city.engine.would_end_what_is_open(14, slower));
  auto moved = at(city, 14);
  moved.place.latitude += 0.5;
  EXPECT_FALSE(city.engine.would_end_what_is_open(14, moved));
  auto elsewhere = at(city, 0);
  elsewhere.interval = std::chrono::minutes{10};
  EXPECT_FALSE(city.engine.would_end_what_is_open(0, elsewhere));
}

TEST(warned_registry, the_place_of_who_left_is_taken_by_the_next) {
  DrawnCity city("pm25");
  city.learn();
  auto const station = at(city, 35);
  std::uint32_t number = 35;
  for (int n = 0; n < 20; ++n) {
    city.engine.remove(number);
    city.run(1, {}, {35});
    number = must(city.engine.add(station));
    EXPECT_TRUE(city.engine.recent(number).empty()) << "it knows nothing of who was here";
  }
  auto const* detector = city.engine.detector("pm25_plume", kStep);
  EXPECT_EQ(detector->field().size(), 36U);
  EXPECT_EQ(detector->field().watched(), 36U);
}

TEST(warned_registry, who_takes_the_place_of_another_is_no_part_of_what_that_began) {
  DrawnCity city("pm25");
  city.learn();
  city.run(12, kPair);
  ASSERT_EQ(city.keys(Finding::What::kRaise).size(), 1u);
  auto other = at(city, 14);
  city.engine.remove(14);
  city.engine.remove(15);
  city.run(1, {}, {14, 15});
  EXPECT_EQ(city.keys(Finding::What::kClear).size(), 1u);
  other.datastream = DatastreamId{999};
  other.thing = ThingId{999};
  auto const number = must(city.engine.add(other));
  city.findings.clear();
  city.run(12, {}, {14, 15});
  EXPECT_TRUE(city.findings.empty());
  EXPECT_EQ(city.engine.stream(number).datastream, DatastreamId{999});
  EXPECT_FALSE(city.engine.would_end_what_is_open(number, city.engine.stream(0)));
}

}  // namespace
}  // namespace madang::sensing::warning
