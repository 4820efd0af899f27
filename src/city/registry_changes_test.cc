// What another server on the same records wrote is read entry by entry, and comes to the same as reading everything.
#include "city/registry_changes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "city/city.h"
#include "city/test_records.h"
#include "storage/records/rows.h"

namespace madang::city {
namespace {

constexpr PageOptions kAll{.top = 1'000, .skip = 0, .descending = false};

class registry_changes : public ::testing::Test {
 protected:
  std::unique_ptr<City> open() {
    auto opened = City::open(*records, clock);
    EXPECT_TRUE(opened) << opened.error().sentence;
    return *std::move(opened);
  }
  static NewThing thing(std::string const& serial, double longitude) {
    NewThing made;
    made.thing.serial = serial;
    Location location;
    location.name.by_language = {{"en", "at " + serial}};
    location.point = LatLon{37.5, longitude};
    made.locations = {location};
    for (auto const* const channel : {"pm25", "noise"}) made.datastreams.push_back(stream(channel));
    return made;
  }
  static NewDatastream stream(std::string const& channel) {
    NewDatastream made;
    made.datastream.channel = channel;
    made.sensor.model = "node";
    made.sensor.name.by_language = {{"en", "node"}};
    made.observed_property.definition = channel;
    return made;
  }
  void write(std::function<Result<void>(Writer&)> const& work) {
    auto const done = other->write(work, "somebody");
    EXPECT_TRUE(done) << done.error().sentence;
  }
  template <typename Entity>
  static void expect_same(Page<Entity> const& a, Page<Entity> const& b) {
    ASSERT_EQ(a.count, b.count);
    for (std::size_t i = 0; i < a.entities.size(); ++i) EXPECT_EQ(*a.entities[i], *b.entities[i]) << a.entities[i]->id.value();
  }
  template <typename Pointer>
  static std::vector<std::int64_t> ids(std::vector<Pointer> const& entries) {
    std::vector<std::int64_t> out;
    for (auto const& entry : entries) out.push_back(entry->id.value());
    return out;
  }
  void expect_the_same_as_one_that_reads_all() {
    ASSERT_TRUE(city->refresh());
    auto const fresh = open();
    expect_same(city->things(kAll), fresh->things(kAll));
    expect_same(city->locations(kAll), fresh->locations(kAll));
    expect_same(city->sensors(kAll), fresh->sensors(kAll));
    expect_same(city->observed_properties(kAll), fresh->observed_properties(kAll));
    expect_same(city->datastreams(kAll), fresh->datastreams(kAll));
    expect_same(city->features(kAll), fresh->features(kAll));
    for (auto const& each : fresh->things(kAll).entities) {
      EXPECT_EQ(ids(city->locations_of(each->id)), ids(fresh->locations_of(each->id)));
      EXPECT_EQ(ids(city->datastreams_of(each->id)), ids(fresh->datastreams_of(each->id)));
      EXPECT_EQ(city->thing_of_serial(each->serial)->id, each->id);
    }
    for (auto const& each : fresh->locations(kAll).entities) {
      auto mine = ids(city->things_of(each->id));
      auto theirs = ids(fresh->things_of(each->id));
      std::ranges::sort(mine);
      std::ranges::sort(theirs);
      EXPECT_EQ(mine, theirs);
    }
    EXPECT_EQ(city->sensor_named("node") == nullptr, fresh->sensor_named("node") == nullptr);
  }

  runtime::ManualClock clock{parse_instant("2026-11-30T00:00:00Z").value()};
  TestRecords records{clock};
  std::unique_ptr<City> city = open();
  std::unique_ptr<City> other = open();
  ChangeReader reader{*city};
  std::int64_t made_[3] = {};

  registry_changes() {
    for (int i = 0; i < 3; ++i) made_[i] = other->add_thing(thing("A-" + std::to_string(i), 126.9 + 0.01 * i)).value().value();
    EXPECT_TRUE(city->refresh());
    reader.read();
  }
};

TEST_F(registry_changes, new_entries_are_read_and_told_one_by_one) {
  ASSERT_TRUE(other->add_thing(thing("B-1", 127.0)));
  ASSERT_TRUE(other->add_datastream(ThingId{made_[0]}, stream("wind")));
  expect_the_same_as_one_that_reads_all();
  auto const changes = reader.read();
  EXPECT_FALSE(changes.read_all_anew);
  EXPECT_TRUE(changes.any_of(EntryKind::kThing));
  EXPECT_LT(changes.changes.size(), 12u);
  EXPECT_TRUE(city->add_thing(thing("B-2", 127.1))) << "no write is refused for what is known";
}

TEST_F(registry_changes, corrections_moves_and_deletions_of_many_writes_are_read) {
  write([&](Writer& w) -> Result<void> {
    auto changed = *w.thing(ThingId{made_[0]});
    changed.description = "corrected";
    return w.edit(std::move(changed));
  });
  write([&](Writer& w) -> Result<void> {  // the features made from it follow without an act
    auto place = *w.location(other->locations_of(ThingId{made_[1]}).front()->id);
    place.geometry.clear();
    place.point = LatLon{37.6, 127.3};
    return w.edit(std::move(place));
  });
  write([&](Writer& w) -> Result<void> {
    Location yard;
    yard.point = LatLon{37.7, 127.4};
    MADANG_TRY(auto const id, w.add(std::move(yard)));
    return w.move(ThingId{made_[0]}, {id});
  });
  write([&](Writer& w) -> Result<void> { return w.place(ThingId{made_[2]}, other->locations_of(ThingId{made_[0]}).front()->id); });
  write([&](Writer& w) -> Result<void> {
    auto sensor = *w.sensor(other->sensor_named("node")->id);
    sensor.model = "node 2";
    sensor.name.by_language = {{"en", "node 2"}};
    return w.edit(std::move(sensor));
  });
  write([&](Writer& w) -> Result<void> { return w.retire(ThingId{made_[2]}); });
  write([&](Writer& w) -> Result<void> { return w.remove(ThingId{made_[1]}); });
  auto const short_lived = other->add_thing(thing("C-1", 127.2)).value();
  write([&](Writer& w) -> Result<void> { return w.remove(short_lived); });
  expect_the_same_as_one_that_reads_all();
  EXPECT_FALSE(reader.read().read_all_anew);
  EXPECT_EQ(city->add_thing(thing("D-1", 127.0)).value().value(), short_lived.value() + 1) << "an id is never given again";
  ASSERT_TRUE(other->refresh());
  EXPECT_NE(other->thing_of_serial("D-1"), nullptr);
}

TEST_F(registry_changes, a_thing_that_had_no_place_gives_its_datastreams_the_feature_of_the_first) {
  NewThing bare;
  bare.thing.serial = "BARE";
  bare.datastreams = {stream("pm25")};
  auto const id = other->add_thing(bare).value();
  ASSERT_TRUE(city->refresh());
  Location place;
  place.point = LatLon{37.5, 127.0};
  ASSERT_TRUE(other->add_location(id, place));
  expect_the_same_as_one_that_reads_all();
  EXPECT_NE(city->datastreams_of(id).front()->default_feature, FeatureId{});
}

TEST_F(registry_changes, all_is_read_anew_where_not_every_write_is_known) {
  ASSERT_TRUE((*records).transaction([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(storage::execute(sql, "UPDATE thing SET description = 'by an older program' WHERE id = 1"));
    MADANG_CHECK(storage::execute(sql, "UPDATE registry_version SET version = version + 1 WHERE id = 1"));
    return {};
  }));
  expect_the_same_as_one_that_reads_all();
  EXPECT_TRUE(reader.read().read_all_anew);
}

TEST_F(registry_changes, areas_of_another_server_are_read_with_everything) {
  ASSERT_TRUE(other->import_areas(R"({"features":[{"properties":{"code":"W"},"geometry":{"type":"Polygon","coordinates":[[[126,37],[127,37],[127,38],[126,38],[126,37]]]}}]})", 1));
  expect_the_same_as_one_that_reads_all();
  EXPECT_TRUE(reader.read().read_all_anew);
  EXPECT_EQ(city->areas().size(), 1u);
  ASSERT_TRUE(other->add_thing(thing("E-1", 126.5)));
  ASSERT_TRUE(city->refresh());
  EXPECT_NE(city->locations_of(city->thing_of_serial("E-1")->id).front()->area, AreaId{});
}

}  // namespace
}  // namespace madang::city
