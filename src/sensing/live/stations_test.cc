// The index of stations follows single changes of the registry, and is then what it would be if it were made anew.
#include "sensing/live/stations.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "sensing/live/now.h"
#include "sensing/test_city.h"

namespace madang::sensing {
namespace {

/// All that the index says, in an order of its own.
std::vector<std::string> said_by(StationIndex const& index) {
  std::vector<std::string> lines;
  for (auto const& station : index.stations) {
    std::string line = "station " + station->thing->serial + " " + station->thing->description;
    if (station->point) line += " " + std::to_string(station->point->latitude) + " " + std::to_string(station->point->longitude);
    line += " area " + std::to_string(station->area.value()) + " of " + std::to_string(station->district.value());
    for (auto const& d : station->datastreams) line += " " + std::to_string(d->id.value()) + d->unit.symbol;
    lines.push_back(line);
    EXPECT_EQ(index.station(station->thing->id), station.get());
  }
  for (auto const& [channel, streams] : index.by_channel) {
    for (auto const& ref : streams) {
      EXPECT_EQ(index.stations[ref.station]->thing->id, ref.thing);
      EXPECT_EQ(index.stream(ref.datastream), &ref);
      EXPECT_EQ(*index.channel_of(ref.datastream), channel);
      lines.push_back(channel + " " + std::to_string(ref.datastream.value()) + " every " + std::to_string(ref.interval.count()) + " * " +
                      std::to_string(ref.unit.factor) + " + " + std::to_string(ref.unit.offset) + " never " +
                      std::to_string(ref.sentinels == nullptr ? 0 : ref.sentinels->size()));
    }
    lines.push_back(channel + " in " + index.unit_of.at(channel).symbol);
    for (auto const& notice : index.notices_of.at(channel)) lines.push_back(channel + " notice " + notice.in("en"));
  }
  for (auto const& [channel, streams] : index.foreign_by_channel) {
    for (auto const& ref : streams) {
      EXPECT_EQ(index.placed(ref.datastream), &ref);
      EXPECT_EQ(index.stream(ref.datastream), nullptr);
      lines.push_back(channel + " " + std::to_string(ref.datastream.value()) + " foreign in " + *ref.foreign_unit);
    }
  }
  for (auto const& district : index.districts) lines.push_back("district " + district->code);
  std::ranges::sort(lines);
  return lines;
}

struct station_index : testing::Test, TestCity {
  StationDirectory directory{*city};

  void expect_as_built_anew() { EXPECT_EQ(said_by(*directory.read()), said_by(*build_station_index(*city))); }
  void act(std::function<Result<void>(city::Writer&)> const& work) {
    auto const done = city->write(work, "test");
    ASSERT_TRUE(done) << done.error().sentence;
  }
  void edit(DatastreamId id, std::function<void(city::Datastream&)> const& change) {
    auto edited = *city->datastream(id);
    change(edited);
    act([&](city::Writer& w) { return w.edit(edited); });
  }
};

TEST_F(station_index, takes_one_more_station_and_shares_all_the_others) {
  for (int i = 0; i < 600; ++i) add("S" + std::to_string(i), kWest, {"pm25"});
  auto const before = directory.read();
  add("NEW", kEast, {"pm25", "noise"});
  auto const after = directory.read();
  EXPECT_EQ(before->stations.size(), 600u);
  EXPECT_EQ(after->stations.size(), 601u);
  EXPECT_EQ(&after->by_channel.at("pm25")[0], &before->by_channel.at("pm25")[0]);
  expect_as_built_anew();
}

TEST_F(station_index, follows_a_datastream_that_comes_later_and_one_that_gets_its_channel_later) {
  auto const pole = add("POLE", kWest, {"pm25"});
  auto const bare = add("BARE", kWest, {});
  (void)directory.read();
  must(city->add_datastream(pole, datastream("noise")));
  must(city->add_datastream(bare, datastream("pm10")));
  expect_as_built_anew();
  EXPECT_NE(directory.read()->station(bare), nullptr);
}

TEST_F(station_index, a_corrected_unit_place_and_interval_are_seen_at_once) {
  auto const pole = add("POLE", kWest, {"pm25"});
  auto const id = stream("POLE", "pm25");
  must(city->import_areas(kTwoDistricts, 1));
  auto const view = must(NowView::start({*city, store, *ingest, clock, {}}));
  put(id, clock.now(), 0.03);
  EXPECT_EQ(must(view->quantity("pm25", {})).median, 0.03);
  edit(id, [](city::Datastream& d) { d.unit = {"", "mg/m3", ""}; });
  EXPECT_EQ(must(view->quantity("pm25", {})).median, 30);
  auto place = *city->locations_of(pole).front();
  place.point = kEast;
  place.geometry.clear();
  act([&](city::Writer& w) { return w.edit(place); });
  EXPECT_EQ(must(view->quantity("pm25", {})).areas.at(0).median, 30) << "East";
  clock.advance(std::chrono::hours{3});
  EXPECT_EQ(must(view->quantity("pm25", {})).count, 0u) << "silent, for one that speaks every two minutes";
  edit(id, [](city::Datastream& d) { d.interval = std::chrono::hours{24}; });
  EXPECT_EQ(must(view->quantity("pm25", {})).count, 1u) << "and not for one that speaks once a day";
}

TEST_F(station_index, a_retired_station_is_out_of_every_count_and_comes_back) {
  auto const pole = add("POLE", kWest, {"pm25"});
  add("OTHER", kEast, {"pm25"});
  auto const view = must(NowView::start({*city, store, *ingest, clock, {}}));
  put(stream("POLE", "pm25"), clock.now(), 20);
  EXPECT_EQ(view->report_counts().total, 2u);
  act([&](city::Writer& w) { return w.retire(pole); });
  EXPECT_EQ(view->report_counts().total, 1u);
  EXPECT_EQ(view->city_now().stations, 1u);
  EXPECT_EQ(must(view->quantity("pm25", {})).values.size(), 1u);
  EXPECT_EQ(must(store.read(stream("POLE", "pm25"), {kInstantMin, kInstantMax}, {})).size(), 1u) << "its data stay";
  act([&](city::Writer& w) { return w.give_back(pole); });
  EXPECT_EQ(must(view->quantity("pm25", {})).median, 20);
  expect_as_built_anew();
}

TEST_F(station_index, is_as_built_anew_after_any_life_of_the_registry) {
  std::mt19937 dice(11);
  auto const roll = [&dice](std::size_t sides) { return static_cast<std::size_t>(dice() % sides); };
  std::vector<ThingId> things;
  must(city->import_areas(kTwoDistricts, 1));
  for (int i = 0; i < 150; ++i) {
    auto const choice = things.empty() ? 0 : roll(8);
    auto const thing = things.empty() ? ThingId{} : things[roll(things.size())];
    auto const streams = thing ? city->datastreams_of(thing) : std::vector<city::DatastreamPtr>{};
    if (choice == 0) {
      things.push_back(add("S" + std::to_string(i), i % 2 == 0 ? kWest : kEast, {"pm25", "noise"}));
    } else if (choice == 1) {
      (void)city->add_datastream(thing, datastream(i % 2 == 0 ? "pm10" : "own_channel"));
    } else if (choice == 2 && !streams.empty()) {
      edit(streams[roll(streams.size())]->id, [&](city::Datastream& d) {
        if (d.channel.starts_with("pm")) d.unit = i % 3 == 0 ? city::Unit{"", "mg/m3", ""} : city::Unit{"", i % 3 == 1 ? "ug/m3" : "ppm", ""};
        d.interval = Millis{60'000 * (1 + i % 5)};
      });
    } else if (choice == 3) {
      auto place = *city->locations_of(thing).front();
      place.point = LatLon{37.51 + 0.0005 * i, 126.99 + 0.0002 * i};
      place.geometry.clear();
      act([&](city::Writer& w) { return w.edit(place); });
    } else if (choice == 4) {
      (void)city->write([&](city::Writer& w) { return w.retire(thing); }, "test");
    } else if (choice == 5) {
      (void)city->write([&](city::Writer& w) { return w.give_back(thing); }, "test");
    } else if (choice == 6) {
      auto edited = *city->thing(thing);
      edited.description = "number " + std::to_string(i);
      act([&](city::Writer& w) { return w.edit(edited); });
    } else if (choice == 7 && !streams.empty()) {
      edit(streams[roll(streams.size())]->id, [&](city::Datastream& d) { d.fitted = i % 2 == 0; });
    }
    if (i % 3 != 0) continue;
    expect_as_built_anew();
  }
  act([&](city::Writer& w) { return w.remove(things.front()); });
  expect_as_built_anew();
}

}  // namespace
}  // namespace madang::sensing
