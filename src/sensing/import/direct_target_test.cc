// Import into the real registry and the real store, in a directory of its own.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/import/import.h"
#include "sensing/import/test_target.h"
#include "storage/observations/chunk_store.h"
#include "storage/records/records.h"

namespace madang::sensing {
namespace {


/// Opened anew for each import, as the command does.
ImportSummary import_into(TestFolder const& data, std::string const& file, std::string const& positions) {
  auto const records = *storage::Records::open("sqlite:" + data.path("records.db"), kImportClock);
  auto const city = *city::City::open(*records, kImportClock);
  storage::ChunkStore::Options options;
  options.folder = data.path("observations");
  options.clock = &kImportClock;
  auto const store = *storage::ChunkStore::open(options);
  auto const target = direct_target(*city, *store);
  auto summary = import_sdot(*target, {.import = {.files = {file}, .rejects_file = {}, .progress = {}, .clock = kImportClock},
                                       .positions_file = positions});
  EXPECT_TRUE(summary) << summary.error().sentence;
  return summary.value_or(ImportSummary{});
}

std::string day_of(std::string_view serial) {
  std::string out;
  for (int hour = 0; hour < 24; ++hour) out += fmt::format("{},2021.3.2,{},{}.5,{},0,{}\n", serial, hour, 10 + hour, 5 + hour, 46);
  return out;
}

TEST(direct_target, keeps_what_was_imported_and_takes_it_once) {
  TestFolder const data;
  auto const file = data.file("day.csv", "시리얼,date,hour,초미세먼지,기온,풍속,소음\n" + day_of("T1") + day_of("T2"));
  auto const positions = data.file("positions.csv", "시리얼,위도,경도\nT1,37.5,127.0\nT2,37.51,127.01\n");
  auto const first = import_into(data, file, positions);
  EXPECT_EQ(first.things_new, 2u);
  EXPECT_EQ(first.stored, 2u * 24 * 3);
  auto const second = import_into(data, file, positions);
  EXPECT_EQ(second.things_known, 2u);
  EXPECT_EQ(second.datastreams_new, 0u);
  EXPECT_EQ(second.repeated, first.stored);
  EXPECT_EQ(second.stored, 0u);

  auto const records = *storage::Records::open("sqlite:" + data.path("records.db"), kImportClock);
  auto const city = *city::City::open(*records, kImportClock);
  EXPECT_EQ(city->things({}).count, 2u);
  EXPECT_EQ(city->sensors({}).count, 1u);
  auto const streams = city->datastreams_of_serial("T1");
  ASSERT_EQ(streams->size(), 4u);
  auto const wind = std::ranges::find(*streams, "wind_speed", [](auto const& s) { return s->channel; });
  ASSERT_NE(wind, streams->end());
  EXPECT_FALSE((*wind)->fitted);
  auto const located = city->locations_of(city->thing_of_serial("T1")->id);
  ASSERT_EQ(located.size(), 1u);
  EXPECT_EQ(located[0]->point, (LatLon{37.5, 127.0}));
}

}  // namespace
}  // namespace madang::sensing
