// The registry in memory: what is prepared before readers wait, and names that several entries have.
#include "city/registry.h"

#include <gtest/gtest.h>

namespace madang::city {
namespace {

AreaPtr square_area(std::int64_t id, double west) {
  auto area = std::make_shared<Area>();
  area->id = AreaId{id};
  area->code = std::to_string(id);
  area->level = 1;
  area->shape = {{{{37, west}, {37, west + 1}, {38, west + 1}, {38, west}, {37, west}}}};
  return area;
}

LocationPtr place(std::int64_t id, LatLon point) {
  auto location = std::make_shared<Location>();
  location->id = LocationId{id};
  location->point = point;
  return location;
}

SensorPtr sensor(std::int64_t id, std::string name) {
  auto made = std::make_shared<Sensor>();
  made->id = SensorId{id};
  made->name.by_language = {{"en", std::move(name)}};
  return made;
}

void alter_sensor(Registry& registry, SensorPtr const& to, ChangeLog& log) {
  Entities entities;
  entities.altered.sensors = {to};
  registry.add(entities, registry.prepare(entities), log);
}

TEST(registry, takes_areas_as_they_were_prepared) {
  Registry registry;
  Entities places;
  places.locations = {place(1, {37.5, 126.5}), place(2, {37.5, 127.5}), place(3, {10, 10})};
  registry.add(places);
  Entities entities;
  entities.areas = {square_area(1, 126), square_area(2, 127)};
  entities.area_index = std::make_shared<AreaIndex const>(entities.areas);

  auto const prepared = registry.prepare(entities);
  ASSERT_EQ(prepared.relocated.size(), 2u);
  EXPECT_EQ(registry.locations.find(LocationId{1})->area, AreaId{}) << "nothing is changed yet";
  ChangeLog log(10);
  registry.add(entities, prepared, log);

  EXPECT_EQ(registry.area_index(), entities.area_index) << "made once, before";
  EXPECT_EQ(registry.locations.find(LocationId{1}), prepared.relocated[0]);
  EXPECT_EQ(registry.locations.find(LocationId{2})->area, AreaId{2});
}

TEST(registry, finds_the_lowest_of_those_that_share_a_name_through_renames_and_deletions) {
  Registry registry;
  ChangeLog log(100);
  Entities entities;
  for (int i = 1; i <= 3; ++i) entities.sensors.push_back(sensor(i, "node"));
  registry.add(entities);
  EXPECT_EQ(registry.sensor_named("node")->id, SensorId{1});

  alter_sensor(registry, sensor(1, "other"), log);
  EXPECT_EQ(registry.sensor_named("node")->id, SensorId{2});
  EXPECT_EQ(registry.sensor_named("other")->id, SensorId{1});
  Entities gone;
  gone.altered.deleted_sensors = {SensorId{2}};
  registry.add(gone, registry.prepare(gone), log);
  EXPECT_EQ(registry.sensor_named("node")->id, SensorId{3});
  alter_sensor(registry, sensor(3, "other"), log);
  EXPECT_EQ(registry.sensor_named("node"), nullptr);
  EXPECT_EQ(registry.sensor_named("other")->id, SensorId{1});
}

}  // namespace
}  // namespace madang::city
