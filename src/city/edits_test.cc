// What exists is edited, moved, retired and deleted: what is seen after it, what is kept of it, and who is told.
#include <gtest/gtest.h>

#include <algorithm>

#include "city/city.h"
#include "city/test_records.h"
#include "storage/journal/journal.h"
#include "storage/records/rows.h"

namespace madang::city {
namespace {

constexpr std::string_view kDistrict = R"({"features":[{"properties":{"code":"west"},"geometry":{"type":"Polygon",
    "coordinates":[[[126,37],[127,37],[127,38],[126,38],[126,37]]]}}]})";

class city_edits : public ::testing::Test {
 protected:
  void SetUp() override {
    reopen();
    pole = add("POLE-1", {37.5, 126.9});
  }
  void reopen() {
    city.reset();
    auto opened = City::open(*records, clock);
    ASSERT_TRUE(opened) << opened.error().sentence;
    city = *std::move(opened);
  }

  ThingId add(std::string serial, LatLon point) {
    NewThing thing;
    thing.thing.serial = serial;
    thing.thing.name.by_language = {{"en", serial}};
    Location location;
    location.name.by_language = {{"en", "Corner of " + serial}};
    location.point = point;
    thing.locations = {location};
    for (auto const* const channel : {"pm25", "temperature"}) {
      NewDatastream stream;
      stream.datastream.channel = channel;
      stream.datastream.unit = {"degree Celsius", "°C", ""};
      stream.sensor.model = "node";
      stream.observed_property.definition = channel;
      thing.datastreams.push_back(std::move(stream));
    }
    auto const made = city->add_thing(std::move(thing));
    EXPECT_TRUE(made) << made.error().sentence;
    return made.value_or(ThingId{});
  }

  Result<void> act(std::function<Result<void>(Writer&)> const& work) { return city->write(work, "kim"); }
  DatastreamPtr stream(ThingId thing, std::string_view channel) {
    for (auto const& d : city->datastreams_of(thing))
      if (d->channel == channel) return d;
    return nullptr;
  }
  /// What was told since `cursor`, as "datastream 2 edited".
  std::vector<std::string> told_since(ChangeCursor cursor) {
    std::vector<std::string> told;
    for (auto const& c : city->changes_since(cursor).changes)
      told.push_back(std::string{name_of(c.kind)} + " " + std::to_string(c.id) + " " + std::string{name_of(c.act)});
    return told;
  }
  std::vector<std::string> journal_kinds() {
    std::vector<std::string> kinds;
    auto const entries = storage::journal::entries(*records, 0, 100);
    EXPECT_TRUE(entries);
    for (auto const& entry : *entries) {
      auto const from = entry.leaf.find(R"("kind":")") + 8;
      kinds.push_back(entry.leaf.substr(from, entry.leaf.find('"', from) - from));
    }
    return kinds;
  }

  runtime::ManualClock clock{parse_instant("2026-11-30T00:00:00Z").value()};
  TestRecords records{clock};
  std::unique_ptr<City> city;
  ThingId pole;
};

TEST_F(city_edits, a_corrected_unit_is_seen_at_once_and_after_a_restart) {
  auto corrected = *stream(pole, "temperature");
  corrected.unit = {"degree Fahrenheit", "°F", ""};
  corrected.interval = Millis{60'000};
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(corrected); }));
  EXPECT_EQ(stream(pole, "temperature")->unit.symbol, "°F");
  EXPECT_EQ(city->datastream(corrected.id)->interval, Millis{60'000});
  EXPECT_EQ(told_since(cursor), (std::vector<std::string>{"datastream 2 edited"}));
  reopen();
  EXPECT_EQ(*city->datastream(corrected.id), corrected);
}

TEST_F(city_edits, keeps_who_did_what_and_what_was_said_before) {
  auto thing = *city->thing(pole);
  thing.description = "on the bridge";
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(thing); }));
  clock.advance(Millis{1'000});
  ASSERT_TRUE(act([&](Writer& w) { return w.retire(pole); }));
  auto const history = city->history(EntryKind::kThing, pole.value());
  ASSERT_TRUE(history) << history.error().sentence;
  ASSERT_EQ(history->size(), 2u);
  EXPECT_EQ(history->at(0).act, Act::kRetired);
  EXPECT_EQ(history->at(0).at, clock.now());
  EXPECT_EQ(history->at(1).act, Act::kEdited);
  EXPECT_EQ(history->at(1).actor, "kim");
  EXPECT_EQ(history->at(1).before.find("on the bridge"), std::string::npos);
  EXPECT_NE(history->at(1).after.find("on the bridge"), std::string::npos);
  EXPECT_EQ(journal_kinds(), (std::vector<std::string>{"thing_edited", "thing_retired"}));
  EXPECT_EQ(history->at(0).journal, 1);
}

TEST_F(city_edits, an_edit_that_changes_nothing_is_no_act) {
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(*city->thing(pole)); }));
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(*stream(pole, "pm25")); }));
  EXPECT_EQ(city->change_cursor(), cursor);
  EXPECT_TRUE(journal_kinds().empty());
}

TEST_F(city_edits, refuses_what_cannot_be_and_leaves_everything_as_it_was) {
  auto thing = *city->thing(pole);
  thing.serial = "POLE-2";
  EXPECT_EQ(act([&](Writer& w) { return w.edit(thing); }).error().code, Code::kInvalid);
  auto taken = *stream(pole, "temperature");
  taken.channel = "pm25";
  EXPECT_EQ(act([&](Writer& w) { return w.edit(taken); }).error().code, Code::kConflict);
  auto unknown = *stream(pole, "temperature");
  unknown.id = DatastreamId{77};
  EXPECT_EQ(act([&](Writer& w) { return w.edit(unknown); }).error().code, Code::kNotFound);
  EXPECT_EQ(act([&](Writer& w) { return w.give_back(pole); }).error().code, Code::kConflict);
  EXPECT_EQ(act([&](Writer& w) { return w.remove(city->datastream(DatastreamId{1})->sensor); }).error().code, Code::kConflict);
  EXPECT_EQ(act([&](Writer& w) { return w.remove(city->locations_of(pole).front()->id); }).error().code, Code::kConflict);
  // The first of the two would have been right.
  auto right = *stream(pole, "pm25");
  right.description = "never seen";
  EXPECT_FALSE(act([&](Writer& w) -> Result<void> {
    MADANG_CHECK(w.edit(right));
    return w.edit(taken);
  }));
  EXPECT_EQ(stream(pole, "pm25")->description, "");
  EXPECT_TRUE(journal_kinds().empty());
}

TEST_F(city_edits, a_corrected_place_moves_its_things_and_the_feature_made_from_it) {
  ASSERT_TRUE(city->import_areas(kDistrict, 1));
  auto place = *city->locations_of(pole).front();
  auto const area = place.area;
  ASSERT_TRUE(area);
  auto const cursor = city->change_cursor();
  place.point = LatLon{37.5, 128.0};
  place.geometry.clear();
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(place); }));
  EXPECT_EQ(city->locations_of(pole).front()->point, (LatLon{37.5, 128.0}));
  EXPECT_FALSE(city->locations_of(pole).front()->area);
  auto const feature = city->feature(stream(pole, "pm25")->default_feature);
  EXPECT_NE(feature->geometry.find("128"), std::string::npos);
  EXPECT_EQ(told_since(cursor), (std::vector<std::string>{"location 1 edited", "thing 1 moved", "feature 1 edited"}));
  reopen();
  EXPECT_EQ(city->locations_of(pole).front()->point, (LatLon{37.5, 128.0}));
  EXPECT_NE(city->feature(stream(pole, "pm25")->default_feature)->geometry.find("128"), std::string::npos);
}

TEST_F(city_edits, a_thing_that_moves_leaves_its_feature_where_it_measured) {
  auto const before = stream(pole, "pm25")->default_feature;
  Location elsewhere;
  elsewhere.name.by_language = {{"en", "Elsewhere"}};
  elsewhere.point = LatLon{37.6, 126.8};
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(act([&](Writer& w) -> Result<void> {
    MADANG_TRY(auto const id, w.add(elsewhere));
    return w.move(pole, {id});
  }));
  ASSERT_EQ(city->locations_of(pole).size(), 1u);
  EXPECT_EQ(city->locations_of(pole).front()->point, elsewhere.point);
  EXPECT_TRUE(city->things_of(LocationId{1}).empty());
  EXPECT_EQ(stream(pole, "pm25")->default_feature, before);
  EXPECT_EQ(told_since(cursor), (std::vector<std::string>{"location 2 made", "thing 1 moved"}));
  reopen();
  ASSERT_EQ(city->locations_of(pole).size(), 1u);
  EXPECT_EQ(city->locations_of(pole).front()->id, LocationId{2});
}

TEST_F(city_edits, a_retired_thing_keeps_all_and_can_come_back) {
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(act([&](Writer& w) { return w.retire(pole); }));
  EXPECT_EQ(city->thing(pole)->retired_at, clock.now());
  EXPECT_EQ(city->datastreams_of(pole).size(), 2u);
  EXPECT_EQ(act([&](Writer& w) { return w.retire(pole); }).error().code, Code::kConflict);
  reopen();
  EXPECT_EQ(city->thing(pole)->retired_at, clock.now());
  ASSERT_TRUE(act([&](Writer& w) { return w.give_back(pole); }));
  EXPECT_FALSE(city->thing(pole)->retired_at);
  EXPECT_EQ(told_since(city->change_cursor() - 1), (std::vector<std::string>{"thing 1 returned"}));
  EXPECT_GT(cursor, 0u);
}

TEST_F(city_edits, what_is_deleted_is_gone_with_its_parts_and_its_ids_never_come_again) {
  auto const second = add("POLE-2", {37.51, 126.91});
  ASSERT_EQ(second, ThingId{2});
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(act([&](Writer& w) { return w.remove(second); }));
  EXPECT_EQ(city->thing(second), nullptr);
  EXPECT_EQ(city->thing_of_serial("POLE-2"), nullptr);
  EXPECT_EQ(city->datastream(DatastreamId{4}), nullptr);
  EXPECT_EQ(city->datastreams({}).count, 2u);
  EXPECT_TRUE(city->things_of(LocationId{2}).empty());
  EXPECT_EQ(told_since(cursor), (std::vector<std::string>{"datastream 3 deleted", "datastream 4 deleted", "thing 2 deleted"}));
  reopen();
  EXPECT_EQ(city->thing(second), nullptr);
  EXPECT_EQ(add("POLE-2", {37.51, 126.91}), ThingId{3});
  EXPECT_EQ(stream(ThingId{3}, "pm25")->id, DatastreamId{5});
  EXPECT_NE(city->history(EntryKind::kThing, 2).value().front().before.find("POLE-2"), std::string::npos);
  // In the middle of the list as well.
  ASSERT_TRUE(act([&](Writer& w) { return w.remove(pole); }));
  EXPECT_EQ(city->thing(ThingId{3})->serial, "POLE-2");
  EXPECT_EQ(city->datastream(DatastreamId{6})->channel, "temperature");
  EXPECT_EQ(city->locations_of(ThingId{3}).size(), 1u);
}

TEST_F(city_edits, a_sensor_that_is_edited_edits_the_datastreams_that_name_it) {
  auto sensor = *city->sensor(stream(pole, "pm25")->sensor);
  sensor.model = "node II";
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(sensor); }));
  EXPECT_EQ(told_since(cursor), (std::vector<std::string>{"sensor 1 edited", "datastream 1 edited", "datastream 2 edited"}));
  EXPECT_EQ(city->sensor_named("node"), nullptr);
  EXPECT_EQ(city->sensor_named("node II")->id, sensor.id);
}

TEST_F(city_edits, areas_that_come_tell_the_things_whose_area_is_another) {
  add("FAR", {35.0, 129.0});
  auto const cursor = city->change_cursor();
  ASSERT_TRUE(city->import_areas(kDistrict, 1));
  EXPECT_EQ(told_since(cursor), (std::vector<std::string>{"area 1 made", "thing 1 moved"}));
}

TEST_F(city_edits, the_history_of_an_entry_begins_with_the_newest_act) {
  for (int i = 0; i < 3; ++i) {
    auto thing = *city->thing(pole);
    thing.description = "number " + std::to_string(i);
    ASSERT_TRUE(act([&](Writer& w) { return w.edit(thing); }));
  }
  auto const history = city->history(EntryKind::kThing, pole.value());
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 3u);
  EXPECT_NE(history->front().after.find("number 2"), std::string::npos);
}

TEST_F(city_edits, what_a_thing_had_is_found_when_both_are_gone) {
  auto const pm25 = stream(pole, "pm25")->id;
  auto const temperature = stream(pole, "temperature")->id;
  add("POLE-2", {37.51, 126.91});
  ASSERT_TRUE(act([&](Writer& w) { return w.remove(pm25); }));
  auto deleted = city->deleted_datastreams_of(pole);
  ASSERT_TRUE(deleted) << deleted.error().sentence;
  ASSERT_EQ(deleted->size(), 1u);
  EXPECT_EQ(deleted->front().id, pm25);
  EXPECT_EQ(deleted->front().channel, "pm25");
  ASSERT_TRUE(act([&](Writer& w) { return w.remove(pole); }));
  // As an older version wrote it.
  ASSERT_TRUE((*records).transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(storage::execute(sql, "UPDATE registry_act SET of_thing = 0 WHERE entry = 1"));
    return {};
  }));
  reopen();

  deleted = city->deleted_datastreams_of(pole);

  ASSERT_TRUE(deleted) << deleted.error().sentence;
  ASSERT_EQ(deleted->size(), 2u);
  EXPECT_EQ(deleted->front().id, pm25);
  EXPECT_EQ(deleted->back().id, temperature);
  EXPECT_EQ(deleted->back().channel, "temperature");
  EXPECT_TRUE(city->deleted_datastreams_of(ThingId{2})->empty());
}

TEST_F(city_edits, an_act_from_stale_memory_never_overwrites_what_another_program_did) {
  add("FAR", {35.0, 129.0});
  std::vector<std::unique_ptr<City>> servers;
  for (int i = 0; i < 5; ++i) servers.push_back(std::move(City::open(*records, clock).value()));
  City const* const stale = servers.back().get();
  auto thing = *city->thing(pole);
  thing.description = "by the other";
  auto datastream = *city->datastreams_of(pole).front();
  datastream.interval = Millis{60'000};
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(thing); }));
  ASSERT_TRUE(act([&](Writer& w) { return w.edit(datastream); }));
  ASSERT_TRUE(act([&](Writer& w) -> Result<void> {
    Location place;
    place.point = LatLon{37.6, 127.0};
    MADANG_TRY(auto const id, w.add(std::move(place)));
    return w.move(pole, {id});
  }));

  // Each on a server of its own: one that was refused reads anew.
  auto const refused = [&](std::function<Result<void>(Writer&)> const& work) {
    auto const late = std::move(servers.front());
    servers.erase(servers.begin());
    auto const done = late->write(work, "late");
    return !done && done.error().code == Code::kUnavailable && done.error().sentence.contains("another program has changed it");
  };
  auto mine = *stale->thing(pole);
  mine.name.by_language["en"] = "by me";
  auto my_datastream = *stale->datastreams_of(pole).front();
  my_datastream.fitted = false;
  auto const first = stale->locations_of(pole).front()->id;
  auto const second = stale->locations({}).entities.back()->id;
  EXPECT_TRUE(refused([&](Writer& w) { return w.edit(mine); }));
  EXPECT_TRUE(refused([&](Writer& w) { return w.edit(my_datastream); }));
  EXPECT_TRUE(refused([&](Writer& w) { return w.retire(pole); }));
  EXPECT_TRUE(refused([&](Writer& w) { return w.remove(my_datastream.id); }));
  ASSERT_NE(first, second);
  EXPECT_TRUE(refused([&](Writer& w) { return w.move(pole, {second}); }));
  reopen();
  EXPECT_EQ(city->thing(pole)->description, "by the other");
  EXPECT_EQ(city->datastreams_of(pole).front()->interval, Millis{60'000});
  EXPECT_EQ(city->locations_of(pole).front()->point, (LatLon{37.6, 127.0}));
  EXPECT_TRUE(act([&](Writer& w) { return w.retire(pole); })) << "who knows all may go on";
}

}  // namespace
}  // namespace madang::city
