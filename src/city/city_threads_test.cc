// Readers ask the registry and the rights while a writer adds Things, Areas and keys; run under tsan too.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <future>
#include <latch>
#include <stop_token>
#include <thread>
#include <vector>

#include "city/city.h"
#include "city/registry_orders.h"
#include "city/test_records.h"
#include "storage/observations/memory_store.h"
#include "storage/records/transactions.h"

namespace madang::city {
namespace {

NewThing node(int number) {
  NewThing thing;
  thing.thing.serial = "T-" + std::to_string(number);
  Location location;
  location.point = LatLon{37.5, 126.9 + 0.0001 * number};
  thing.locations = {location};
  for (auto const* const channel : {"pm25", "noise", "temperature"}) {
    NewDatastream stream;
    stream.datastream.channel = channel;
    stream.sensor.model = "node";
    stream.observed_property.definition = channel;
    thing.datastreams.push_back(std::move(stream));
  }
  return thing;
}

class city_threads : public ::testing::Test {
 protected:
  runtime::SystemClock clock;
  TestRecords records{clock};
};

/// The readers are stopped in the end, whether or not the writer got in before.
TEST_F(city_threads, a_writer_gets_in_among_readers_without_end) {
  auto opened = City::open(*records, clock);
  ASSERT_TRUE(opened);
  auto& city = **opened;
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(city.add_thing(node(i)));
  std::vector<std::jthread> readers;
  for (int i = 0; i < 8; ++i)
    readers.emplace_back([&city](std::stop_token const& stop) {
      while (!stop.stop_requested()) EXPECT_GE(city.things({.top = 50, .skip = 0, .descending = false}).count, 50u);
    });
  auto added = std::async(std::launch::async, [&] { return city.add_thing(node(50)).has_value() && city.add_thing(node(51)).has_value(); });
  EXPECT_EQ(added.wait_for(std::chrono::seconds{30}), std::future_status::ready) << "the readers never let it in";
  for (auto& reader : readers) reader.request_stop();
  EXPECT_TRUE(added.get());
}

TEST_F(city_threads, readers_always_see_whole_things) {
  auto opened = City::open(*records, clock);
  ASSERT_TRUE(opened);
  auto& city = **opened;
  constexpr int kThings = 60;
  std::atomic<int> torn = 0;

  auto const look = [&](std::stop_token const& stop) {
    while (!stop.stop_requested()) {
      for (int i = 0; i < kThings; ++i) {
        auto const serial = "T-" + std::to_string(i);
        auto const streams = city.datastreams_of_serial(serial);
        if (!streams->empty() && streams->size() < 3) ++torn;
        for (auto const& stream : *streams) {
          if (!city.sensor(stream->sensor) || !city.observed_property(stream->observed_property)) ++torn;
        }
      }
      auto const page = city.things({.top = 10, .descending = true});
      for (auto const& thing : page.entities) {
        auto const locations = city.locations_of(thing->id);
        if (locations.size() != 1 || (locations[0]->area && !city.area(locations[0]->area))) ++torn;
      }
      (void)city.area_at({37.5, 126.95});
      (void)city.changes_since(city.change_cursor());
    }
  };
  std::jthread first(look);
  std::jthread second(look);
  for (int i = 0; i < kThings; ++i) {
    auto const added = city.add_thing(node(i));
    ASSERT_TRUE(added) << added.error().sentence;
    if (i % 20 != 10) continue;
    auto const areas = city.import_areas(R"({"features":[{"properties":{"code":"all"},"geometry":{"type":"Polygon",
        "coordinates":[[[126,37],[127,37],[127,38],[126,38],[126,37]]]}}]})", 1);
    ASSERT_TRUE(areas) << areas.error().sentence;
  }
  first = {};
  second = {};

  EXPECT_EQ(torn, 0);
  EXPECT_EQ(city.datastreams({}).count, 180u);
}

TEST_F(city_threads, two_writers_never_give_an_id_twice) {
  auto opened = City::open(*records, clock);
  ASSERT_TRUE(opened);
  auto& city = **opened;
  std::atomic<int> failed = 0;
  {
    auto const write = [&](int from) {
      for (int i = from; i < from + 25; ++i) {
        if (!city.add_thing(node(i))) ++failed;
      }
    };
    std::jthread const first(write, 0);
    std::jthread const second(write, 100);
  }

  EXPECT_EQ(failed, 0);
  auto const reopened = City::open(*records, clock);
  ASSERT_TRUE(reopened);
  EXPECT_EQ((*reopened)->things({}).count, 50u);
  EXPECT_EQ((*reopened)->datastreams({}).entities.back()->id, (DatastreamId{100}));
}

TEST_F(city_threads, a_write_waits_for_others_no_longer_than_it_may) {
  auto opened = City::open(*records, clock);
  ASSERT_TRUE(opened);
  auto& city = **opened;
  std::latch begun(1);
  std::latch over(1);
  std::jthread const slow([&] {
    EXPECT_TRUE(city.write([&](Writer&) -> Result<void> {
      begun.count_down();
      over.wait();
      return {};
    }));
  });
  begun.wait();
  {
    storage::CallDeadline const soon(Millis{20});
    EXPECT_EQ(city.add_thing(node(1)).error().code, Code::kOverloaded);
    EXPECT_EQ(city.write([](Writer&) -> Result<void> { return {}; }).error().code, Code::kOverloaded);
  }
  EXPECT_TRUE(city.refresh()) << "waits for nobody";
  over.count_down();
  EXPECT_TRUE(city.add_thing(node(1)));
}

TEST_F(city_threads, a_datastream_closes_when_what_is_on_its_way_has_passed) {
  ClosedStreams streams;
  std::atomic<bool> closed = false;
  std::jthread closing;
  std::array const ids{DatastreamId{7}};
  {
    ClosedStreams::Passage const passage(streams);
    closing = std::jthread([&] {
      streams.close(ids);
      closed = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    EXPECT_FALSE(closed);
    EXPECT_FALSE(passage.is_closed(DatastreamId{7}));
  }
  closing.join();
  EXPECT_TRUE(ClosedStreams::Passage(streams).is_closed(DatastreamId{7}));
  streams.end([](DatastreamId) { return false; });
  EXPECT_FALSE(ClosedStreams::Passage(streams).any());
}

TEST_F(city_threads, orders_on_different_fields_of_one_thing_both_stand) {
  auto opened = City::open(*records, clock);
  ASSERT_TRUE(opened);
  auto& city = **opened;
  ASSERT_TRUE(city.add_thing(node(1)));
  storage::MemoryStore store{clock};
  for (int round = 0; round < 50; ++round) {
    std::string const said = "round " + std::to_string(round);
    RegistryOrder name;
    name.serial = "T-1";
    name.name = Name{{{"en", said}}};
    RegistryOrder description;
    description.serial = "T-1";
    description.description = said;
    std::latch start(2);
    auto const order = [&](RegistryOrder const& one) {
      start.arrive_and_wait();
      EXPECT_TRUE(apply(city, store, one, "kim"));
    };
    {
      std::jthread const first([&] { order(name); });
      std::jthread const second([&] { order(description); });
    }
    auto const thing = city.thing_of_serial("T-1");
    ASSERT_EQ(thing->name.in("en"), said);
    ASSERT_EQ(thing->description, said);
  }
}

TEST_F(city_threads, keys_are_known_while_others_are_made) {
  auto opened = Rights::open(*records, clock);
  ASSERT_TRUE(opened);
  auto& rights = **opened;
  auto const key = rights.create_key("steady", {});
  ASSERT_TRUE(key);
  std::atomic<int> unknown = 0;

  std::jthread reader([&](std::stop_token const& stop) {
    while (!stop.stop_requested()) {
      if (!rights.principal_of_key(*key)) ++unknown;
    }
  });
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(rights.create_key("key " + std::to_string(i), {}));
  reader = {};

  EXPECT_EQ(unknown, 0);
}

}  // namespace
}  // namespace madang::city
