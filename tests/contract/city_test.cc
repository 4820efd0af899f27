// City over real records: the same behaviour on SQLite and on PostgreSQL.
#include "city/city.h"

#include <gmock/gmock.h>
#include <soci/soci.h>

#include "city/store.h"
#include "city/stores.h"
#include "city/tables.h"
#include "records_fixture.h"

namespace madang::city {
namespace {

Name both(std::string en, std::string ko) { return Name{{{"en", std::move(en)}, {"ko", std::move(ko)}}}; }

Sensor node_sensor() {
  Sensor sensor;
  sensor.name = both("City node", "도시 센서");
  sensor.model = "CN-1";
  sensor.measurement_class = MeasurementClass::kSimpleMonitor;
  sensor.grade = "1";
  sensor.notice = both("not official", "공식 자료가 아닙니다");
  sensor.source = "the test";
  sensor.channels = {{"pm25", 0.1, -4, 0, 500, {65535, -999}, true}, {"wind", 1, 0, 0, 0, {}, false}};
  return sensor;
}

ObservedProperty property_of(std::string const& channel) {
  ObservedProperty property;
  property.name = both(channel, channel + "값");
  property.definition = "https://example.org/" + channel;
  return property;
}

NewDatastream stream(std::string const& channel) {
  NewDatastream each;
  each.datastream.channel = channel;
  each.datastream.name = both("Stream " + channel, "흐름 " + channel);
  each.datastream.description = "what " + channel + " says";
  each.datastream.observation_type = "OM_Measurement";
  each.datastream.unit = {"microgram per cubic metre", "µg/m³", "ug/m3"};
  each.datastream.interval = Millis{120'000};
  each.sensor = node_sensor();
  each.observed_property = property_of(channel);
  return each;
}

NewThing node(std::string const& serial, LatLon point = {37.55, 126.97}) {
  NewThing thing;
  thing.thing.serial = serial;
  thing.thing.name = both("Node " + serial, "노드 " + serial);
  thing.thing.description = "on a pole";
  thing.thing.properties = R"({"height_m":3})";
  Location location;
  location.name = both("Corner", "모퉁이");
  location.point = point;
  thing.locations = {location};
  thing.datastreams = {stream("pm25"), stream("noise")};
  return thing;
}

/// Two districts side by side, and in the western one a neighbourhood.
constexpr auto kDistricts = R"({"type":"FeatureCollection","features":[
  {"type":"Feature","properties":{"code":"W","name":"서구","name_eng":"West"},"geometry":{"type":"Polygon",
   "coordinates":[[[126,37],[127,37],[127,38],[126,38],[126,37]]]}},
  {"type":"Feature","properties":{"code":"E","name":"동구","name_eng":"East"},"geometry":{"type":"Polygon",
   "coordinates":[[[127,37],[128,37],[128,38],[127,38],[127,37]]]}}]})";
constexpr auto kNeighbourhood = R"({"type":"FeatureCollection","features":[
  {"type":"Feature","properties":{"adm_cd":"W1","adm_nm":"큰시 서구 첫동"},"geometry":{"type":"MultiPolygon",
   "coordinates":[[[[126.5,37.5],[126.9,37.5],[126.9,37.9],[126.5,37.9],[126.5,37.5]]]]}}]})";

class city_on_records : public contract::RecordsTest {
 protected:
  void SetUp() override {
    RecordsTest::SetUp();
    if (IsSkipped()) return;
    records = open(address);
    reopen();
  }
  void reopen() {
    city.reset();
    auto opened = City::open(*records, clock);
    ASSERT_TRUE(opened) << opened.error().sentence;
    city = *std::move(opened);
  }

  std::unique_ptr<storage::Records> records;
  std::unique_ptr<City> city;
};
MADANG_ON_BOTH_ENGINES(city_on_records);

TEST_P(city_on_records, keep_a_deep_insert_over_a_restart) {
  auto const id = city->add_thing(node("A-1"));
  ASSERT_TRUE(id) << id.error().sentence;

  reopen();

  auto const thing = city->thing_of_serial("A-1");
  ASSERT_TRUE(thing);
  EXPECT_EQ(thing->id, *id);
  EXPECT_EQ(thing->name.in("ko"), "노드 A-1");
  EXPECT_EQ(thing->properties, R"({"height_m":3})");
  auto const streams = city->datastreams_of_serial("A-1");
  ASSERT_EQ(streams->size(), 2u);
  auto const& pm25 = *streams->front();
  EXPECT_EQ(pm25.channel, "pm25");
  EXPECT_EQ(pm25.unit.symbol, "µg/m³");
  EXPECT_EQ(pm25.interval, Millis{120'000});
  EXPECT_TRUE(pm25.fitted);
  EXPECT_EQ(city->datastream(pm25.id), streams->front());
  auto const sensor = city->sensor(pm25.sensor);
  ASSERT_TRUE(sensor);
  auto expected = node_sensor();
  expected.id = sensor->id;
  EXPECT_EQ(*sensor, expected);
  EXPECT_EQ(city->observed_property(pm25.observed_property)->definition, "https://example.org/pm25");
  auto const locations = city->locations_of(*id);
  ASSERT_EQ(locations.size(), 1u);
  EXPECT_EQ(locations[0]->point, (LatLon{37.55, 126.97}));
  EXPECT_EQ(locations[0]->geometry, R"({"type":"Point","coordinates":[126.97,37.55]})");
}

TEST_P(city_on_records, share_a_sensor_that_is_the_same_in_everything) {
  ASSERT_TRUE(city->add_thing(node("A-1")));
  ASSERT_TRUE(city->add_thing(node("A-2")));
  auto different = node("A-3");
  different.datastreams[0].sensor.grade = "2";
  ASSERT_TRUE(city->add_thing(std::move(different)));

  EXPECT_EQ(city->sensors({}).count, 2u);
  EXPECT_EQ(city->observed_properties({}).count, 2u);
  EXPECT_EQ(city->sensor_named("CN-1"), city->sensor_named("도시 센서"));
}

TEST_P(city_on_records, give_datastreams_the_feature_of_their_things_location) {
  ASSERT_TRUE(city->add_thing(node("A-1")));
  auto homeless = node("A-2");
  homeless.locations.clear();
  auto const id = city->add_thing(std::move(homeless));
  ASSERT_TRUE(id);
  EXPECT_FALSE(city->datastreams_of(*id)[0]->default_feature);

  Location location;
  location.point = LatLon{37.5, 127};
  ASSERT_TRUE(city->add_location(*id, location));
  reopen();

  EXPECT_EQ(city->features({}).count, 2u);
  auto const feature = city->feature(city->datastreams_of(*id)[1]->default_feature);
  ASSERT_TRUE(feature);
  EXPECT_EQ(feature->geometry, R"({"type":"Point","coordinates":[127,37.5]})");
}

TEST_P(city_on_records, refuse_a_serial_that_is_taken_and_keep_nothing_of_the_call) {
  ASSERT_TRUE(city->add_thing(node("A-1")));
  auto const cursor = city->change_cursor();

  auto const refused = city->add_things({node("A-2"), node("A-1")});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_THAT(refused.error().sentence, ::testing::HasSubstr("Things[1]: serial: there is a Thing \"A-1\" already"));
  EXPECT_FALSE(city->thing_of_serial("A-2"));
  EXPECT_EQ(city->change_cursor(), cursor);
  reopen();
  EXPECT_EQ(city->things({}).count, 1u);
  EXPECT_EQ(city->datastreams({}).count, 2u);
}

TEST_P(city_on_records, refuse_a_channel_twice) {
  auto const id = city->add_thing(node("A-1"));
  ASSERT_TRUE(id);

  auto const refused = city->add_datastream(*id, stream("pm25"));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_TRUE(city->add_datastream(*id, stream("ozone")));
  EXPECT_EQ(city->datastreams_of_serial("A-1")->size(), 3u);
}

TEST_P(city_on_records, refuse_links_to_what_does_not_exist) {
  auto thing = node("A-1");
  thing.datastreams[0].datastream.sensor = SensorId{99};

  auto const refused = city->add_thing(std::move(thing));

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kNotFound);
  EXPECT_EQ(city->add_datastream(ThingId{7}, stream("pm25")).error().code, Code::kNotFound);
  EXPECT_EQ(city->add_location(ThingId{7}, {}).error().code, Code::kNotFound);
}

TEST_P(city_on_records, refuse_texts_that_one_of_the_databases_would_not_keep) {
  auto with_zero = node("A-1");
  with_zero.thing.description = std::string{"a\0b", 3};
  auto not_utf8 = node("A-1");
  not_utf8.thing.name.by_language["ko"] = "\xb0\xa1";

  EXPECT_EQ(city->add_thing(std::move(with_zero)).error().code, Code::kInvalid);
  EXPECT_EQ(city->add_thing(std::move(not_utf8)).error().code, Code::kInvalid);
}

TEST_P(city_on_records, give_a_thing_without_serial_one_of_its_own) {
  auto thing = node("");
  auto const id = city->add_thing(std::move(thing));
  ASSERT_TRUE(id);
  EXPECT_EQ(city->thing(*id)->serial, "thing-1");
}

TEST_P(city_on_records, give_a_free_serial_where_somebody_took_the_usual_one) {
  ASSERT_TRUE(city->add_thing(node("thing-2")));
  auto const id = city->add_thing(node(""));
  ASSERT_TRUE(id) << id.error().sentence;
  EXPECT_EQ(city->thing(*id)->serial, "thing-2-2");
}

TEST_P(city_on_records, write_what_belongs_together_or_nothing) {
  auto const cursor = city->change_cursor();
  auto const refused = city->write([](Writer& writer) -> Result<void> {
    MADANG_TRY(auto const thing, writer.add(Thing{}));
    MADANG_TRY(auto const where, writer.add(Location{}));
    MADANG_CHECK(writer.place(thing, where));
    MADANG_CHECK(writer.add(thing, stream("pm25")));
    return fail(Code::kInvalid, "the last one was wrong");
  });
  EXPECT_EQ(refused.error().sentence, "the last one was wrong");
  EXPECT_EQ(city->change_cursor(), cursor);
  reopen();
  EXPECT_EQ(city->things({}).count + city->locations({}).count + city->sensors({}).count, 0u);
}

TEST_P(city_on_records, let_a_place_hold_many_things_or_none_over_a_restart) {
  ASSERT_TRUE(city->add_things({node("A-1"), node("A-2", {37.6, 127})}));
  LocationId alone;
  auto const written = city->write([&alone](Writer& writer) -> Result<void> {
    MADANG_TRY(alone, writer.add(Location{}));
    return writer.place(ThingId{2}, LocationId{1});
  });
  ASSERT_TRUE(written) << written.error().sentence;
  ASSERT_TRUE(city->write([](Writer& writer) { return writer.place(ThingId{2}, LocationId{1}); })) << "it is there already";

  reopen();

  auto const of_second = city->locations_of(ThingId{2});
  ASSERT_EQ(of_second.size(), 2u);
  EXPECT_EQ(of_second[0]->id, LocationId{2}) << "where it was first";
  EXPECT_EQ(of_second[1]->id, LocationId{1});
  EXPECT_EQ(city->things_of(LocationId{1}).size(), 2u);
  EXPECT_TRUE(city->things_of(alone).empty());
  ASSERT_TRUE(city->import_areas(kDistricts, 1));
  EXPECT_EQ(city->locations_of(ThingId{1})[0]->area, city->locations_of(ThingId{2})[1]->area);
  EXPECT_NE(city->locations_of(ThingId{2})[1]->area, AreaId{});
}

TEST_P(city_on_records, share_a_feature_that_is_the_same_in_everything) {
  FeatureOfInterest pier;
  pier.name = both("Pier", "부두");
  pier.geometry = R"({"type":"Point","coordinates":[1,2]})";
  std::vector<FeatureId> ids;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(city->write([&](Writer& writer) -> Result<void> {
      MADANG_TRY(auto const id, writer.share(pier));
      ids.push_back(id);
      return {};
    }));
    if (i == 1) reopen();
  }
  EXPECT_THAT(ids, ::testing::Each(FeatureId{1}));
  EXPECT_EQ(city->features({}).count, 1u);
}

TEST_P(city_on_records, bring_places_of_one_thing_each_to_places_of_many) {
  ASSERT_TRUE(city->add_things({node("A-1"), node("A-2", {37.6, 127})}));
  city.reset();
  auto const as_it_was = [](soci::session& sql) -> Result<void> {
    sql << "CREATE TABLE old (id BIGINT NOT NULL PRIMARY KEY, thing BIGINT NOT NULL REFERENCES thing (id),"
           " name TEXT NOT NULL, description TEXT NOT NULL, encoding_type TEXT NOT NULL, geometry TEXT NOT NULL,"
           " has_point SMALLINT NOT NULL, latitude DOUBLE PRECISION NOT NULL, longitude DOUBLE PRECISION NOT NULL,"
           " properties TEXT NOT NULL)";
    sql << "INSERT INTO old SELECT l.id, p.thing, l.name, l.description, l.encoding_type, l.geometry, l.has_point,"
           " l.latitude, l.longitude, l.properties FROM location l JOIN placement p ON p.location = l.id";
    sql << "DROP TABLE location";
    sql << "DROP TABLE placement";
    sql << "ALTER TABLE old RENAME TO location";
    sql << "ALTER TABLE sensor DROP COLUMN metadata_is_json";
    sql << "DROP TABLE registry_act";
    sql << "DROP TABLE registry_version";
    sql << "DROP TABLE registry_change";
    sql << "DROP TABLE observation_store";
    sql << "ALTER TABLE thing DROP COLUMN retired_at";
    sql << "DROP TABLE datastream_registered";
    sql << "DELETE FROM migration WHERE module = 'city' AND step >= 1";
    return {};
  };
  ASSERT_TRUE(records->transaction(as_it_was));

  reopen();

  ASSERT_EQ(city->locations_of(ThingId{2}).size(), 1u);
  EXPECT_EQ(city->locations_of(ThingId{2})[0]->point, (LatLon{37.6, 127}));
  EXPECT_EQ(city->things_of(LocationId{1})[0]->serial, "A-1");
  EXPECT_EQ(city->sensor(SensorId{1})->metadata_is_json, false);
}

TEST_P(city_on_records, keep_what_was_edited_moved_and_retired_with_its_history_over_a_restart) {
  ASSERT_TRUE(city->add_things({node("A-1"), node("A-2", {37.6, 127})}));
  auto corrected = *city->datastream(DatastreamId{1});
  corrected.unit = {"milligram per cubic metre", "mg/m³", "mg/m3"};
  corrected.interval = Millis{60'000};
  auto sensor = *city->sensor(SensorId{1});
  sensor.grade = "2";
  Location elsewhere;
  elsewhere.name = both("Elsewhere", "다른 곳");
  elsewhere.point = LatLon{37.7, 127.1};
  auto const written = city->write(
      [&](Writer& writer) -> Result<void> {
        MADANG_CHECK(writer.edit(corrected));
        MADANG_CHECK(writer.edit(sensor));
        MADANG_TRY(auto const place, writer.add(elsewhere));
        MADANG_CHECK(writer.move(ThingId{2}, {place}));
        return writer.retire(ThingId{1});
      },
      "kim");
  ASSERT_TRUE(written) << written.error().sentence;

  reopen();

  EXPECT_EQ(*city->datastream(DatastreamId{1}), corrected);
  EXPECT_EQ(city->sensor(SensorId{1})->grade, "2");
  ASSERT_EQ(city->locations_of(ThingId{2}).size(), 1u);
  EXPECT_EQ(city->locations_of(ThingId{2})[0]->point, elsewhere.point);
  EXPECT_EQ(city->thing(ThingId{1})->retired_at, clock.now());
  auto const history = city->history(EntryKind::kThing, 1);
  ASSERT_TRUE(history) << history.error().sentence;
  ASSERT_EQ(history->size(), 1u);
  EXPECT_EQ(history->front().actor, "kim");
  EXPECT_EQ(history->front().at, clock.now());
  EXPECT_EQ(history->front().journal, 3);
  EXPECT_THAT(city->history(EntryKind::kDatastream, 1).value().front().before, ::testing::HasSubstr("µg/m³"));
}

TEST_P(city_on_records, never_give_an_id_again) {
  ASSERT_TRUE(city->add_things({node("A-1"), node("A-2")}));
  ASSERT_TRUE(city->write([](Writer& writer) { return writer.remove(ThingId{2}); }, "kim"));
  EXPECT_EQ(city->datastreams({}).count, 2u);
  reopen();
  auto const next = city->add_thing(node("A-2"));
  ASSERT_TRUE(next) << next.error().sentence;
  EXPECT_EQ(*next, ThingId{3});
  EXPECT_EQ(city->datastreams_of(*next).front()->id, DatastreamId{5});
}

TEST_P(city_on_records, say_when_another_program_has_registered_something_meanwhile) {
  auto const other = City::open(*records, clock);
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->add_thing(node("A-1")));
  auto const refused = city->add_thing(node("A-2"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_THAT(refused.error().sentence, ::testing::HasSubstr("thing: another program has registered some meanwhile"));
  EXPECT_TRUE(city->add_thing(node("A-2")));
  reopen();
  EXPECT_TRUE(city->add_thing(node("A-3")));
}

TEST_P(city_on_records, take_over_what_another_program_imported_before_they_write_areas) {
  auto const other_records = open(address);
  auto const other = City::open(*other_records, clock);
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->import_areas(kDistricts, 1));
  EXPECT_EQ(city->import_areas(kNeighbourhood, 2).error().code, Code::kUnavailable);
  ASSERT_TRUE(city->import_areas(kNeighbourhood, 2));
  ASSERT_TRUE((*other)->refresh());
  EXPECT_EQ((*other)->areas().size(), 3u);
}

TEST_P(city_on_records, are_described_as_they_are) {
  auto const described = records->read([](soci::session& sql) -> Result<void> {
    MADANG_CHECK(storage::check_described(sql, kAreas));
    MADANG_CHECK(storage::check_described(sql, kThings));
    MADANG_CHECK(storage::check_described(sql, kLocations));
    MADANG_CHECK(storage::check_described(sql, kPlacements));
    MADANG_CHECK(storage::check_described(sql, kSensors));
    MADANG_CHECK(storage::check_described(sql, kObservedProperties));
    MADANG_CHECK(storage::check_described(sql, kFeatures));
    MADANG_CHECK(storage::check_described(sql, kDatastreams));
    return storage::check_described(sql, kActs);
  });
  EXPECT_TRUE(described) << described.error().sentence;
}

TEST_P(city_on_records, list_pages_from_either_end) {
  ASSERT_TRUE(city->add_things({node("A-1"), node("A-2"), node("A-3")}));

  auto const second = city->things({.top = 1, .skip = 1});
  auto const last = city->things({.top = 2, .descending = true});
  auto const beyond = city->things({.top = 2, .skip = 9});

  EXPECT_EQ(second.count, 3u);
  ASSERT_EQ(second.entities.size(), 1u);
  EXPECT_EQ(second.entities[0]->serial, "A-2");
  ASSERT_EQ(last.entities.size(), 2u);
  EXPECT_EQ(last.entities[0]->serial, "A-3");
  EXPECT_TRUE(beyond.entities.empty());
}

TEST_P(city_on_records, find_the_smallest_area_of_a_point) {
  ASSERT_TRUE(city->import_areas(kNeighbourhood, 2)) << "before its district is known";
  auto const districts = city->import_areas(kDistricts, 1);
  ASSERT_TRUE(districts) << districts.error().sentence;
  EXPECT_EQ(districts->areas, 2u);

  reopen();

  auto const first = city->area(city->area_at({37.6, 126.7}));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->code, "W1");
  EXPECT_EQ(first->name.in("en"), "첫동");
  auto const parent = city->area(first->parent);
  ASSERT_TRUE(parent);
  EXPECT_EQ(parent->name.in("en"), "West");
  EXPECT_EQ(city->area(city->area_at({37.2, 127.5}))->code, "E");
  EXPECT_EQ(city->area_at({39, 127.5}), AreaId{});
  EXPECT_EQ(city->areas().back()->code, "W1");
}

TEST_P(city_on_records, move_things_to_other_areas_when_areas_change) {
  auto const id = city->add_thing(node("A-1", {37.6, 126.7}));
  ASSERT_TRUE(id);
  EXPECT_EQ(city->locations_of(*id)[0]->area, AreaId{});

  ASSERT_TRUE(city->import_areas(kDistricts, 1));
  auto const west = city->area_at({37.1, 126.1});
  EXPECT_EQ(city->locations_of(*id)[0]->area, west);
  ASSERT_TRUE(city->import_areas(kDistricts, 1)) << "the same codes again";

  EXPECT_EQ(city->areas().size(), 2u);
  EXPECT_EQ(city->area_at({37.1, 126.1}), west) << "an area keeps its id";
  ASSERT_TRUE(city->import_areas(kNeighbourhood, 2));
  EXPECT_EQ(city->area(city->locations_of(*id)[0]->area)->code, "W1");
  EXPECT_EQ(city->location(city->locations_of(*id)[0]->id)->area, city->locations_of(*id)[0]->area);
}

TEST_P(city_on_records, hand_out_lists_that_stay_while_others_write) {
  auto const id = city->add_thing(node("A-1"));
  ASSERT_TRUE(id);
  auto const before = city->datastreams_of_serial("A-1");

  ASSERT_TRUE(city->add_datastream(*id, stream("ozone")));

  EXPECT_EQ(before->size(), 2u);
  EXPECT_EQ(city->datastreams_of_serial("A-1")->size(), 3u);
  EXPECT_TRUE(city->datastreams_of_serial("nobody")->empty());
}

TEST_P(city_on_records, survive_in_a_backup_that_either_engine_restores) {
  ASSERT_TRUE(city->import_areas(kDistricts, 1));
  ASSERT_TRUE(city->add_things({node("A-1"), node("A-2")}));
  auto const copy = directory.path() + "/copy.sqlite";
  ASSERT_TRUE(records->backup_to(copy));
  auto const target = fresh_address();

  auto const restored = storage::Records::restore(copy, target);

  ASSERT_TRUE(restored) << restored.error().sentence;
  auto const other_records = open(target);
  auto const other = City::open(*other_records, clock);
  ASSERT_TRUE(other) << other.error().sentence;
  EXPECT_EQ((*other)->datastreams_of_serial("A-2")->size(), 2u);
  EXPECT_EQ((*other)->areas().size(), 2u);
  EXPECT_EQ((*other)->locations_of(ThingId{1})[0]->point, (LatLon{37.55, 126.97}));
  EXPECT_EQ((*other)->locations_of(ThingId{1})[0]->area, city->locations_of(ThingId{1})[0]->area);
}

TEST_P(city_on_records, open_also_when_another_step_has_come_behind_the_shipped_ones) {
  auto steps = registry_migrations(GetParam());
  ASSERT_GE(steps.size(), 9u);
  EXPECT_EQ(steps[8].sentence, "2026-12 count on servers of an older version, which do not say that they keep readings")
      << "the ninth of each city there is, on either engine";
  auto const on_the_other_engine = registry_migrations(
      GetParam() == storage::Records::Engine::kSqlite ? storage::Records::Engine::kPostgresql : storage::Records::Engine::kSqlite);
  ASSERT_EQ(on_the_other_engine.size(), steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) EXPECT_EQ(on_the_other_engine[i].sentence, steps[i].sentence) << "a copy opens on both";
  steps.push_back({"2027-01 the next one", "CREATE TABLE next_one (id BIGINT NOT NULL PRIMARY KEY)"});
  auto const migrated = records->migrate("city", steps);
  EXPECT_TRUE(migrated) << migrated.error().sentence;
}

TEST_P(city_on_records, count_on_servers_of_an_older_version_where_several_may_be_at_work) {
  ASSERT_TRUE(city->add_thing(node("A-1")));
  EXPECT_THAT(stores(*records).value(), ::testing::IsEmpty()) << "a new city has none";
  // As the version before left them.
  ASSERT_TRUE(records->transaction([](soci::session& sql) -> Result<void> {
    sql << "DELETE FROM migration WHERE module = 'city' AND sentence LIKE '2026-12 count on servers of an older version%'";
    sql << "DELETE FROM migration WHERE module = 'city' AND sentence LIKE '2026-12 keep in a table of its own when each datastream was registered'";
    sql << "DROP TABLE datastream_registered";
    return {};
  }));

  auto const opened = City::open(*records, clock, {.id = "own", .name = "host:/own", .since = clock.now()});

  ASSERT_TRUE(opened) << opened.error().sentence;
  auto const others = (*opened)->other_stores().value();
  if (GetParam() == storage::Records::Engine::kSqlite) {
    EXPECT_THAT(others, ::testing::IsEmpty()) << "one data directory has one server";
    return;
  }
  ASSERT_EQ(others.size(), 1u);
  EXPECT_EQ(others.front().id, kOlderStores);
  ASSERT_TRUE(forget_store(*records, kOlderStores, {.actor = "kim", .at = clock.now()}));
  EXPECT_THAT((*opened)->other_stores().value(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace madang::city
