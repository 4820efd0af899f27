// What this server gives out as a file comes back as what it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sensing/import/import.h"
#include "sensing/import/test_target.h"
#include "sensing/live/export.h"
#include "sensing/readings/test_messages.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;

constexpr std::string_view kExportMapping = R"toml([station]
always = "P7"
[time]
columns = ["time"]
end = "end"
[[channel]]
column = "value (µg/m³)"
channel = "pm25"
)toml";

Instant minute_at(std::string_view text) { return *parse_instant(text); }

struct own_export : testing::Test {
  runtime::ManualClock clock{minute_at("2026-11-24T12:00:00Z")};
  TestTarget target;
  TestFolder folder;
  SeriesAnswer series{DatastreamId{1}, "pm25", "µg/m³", 1, Millis{0}, {}};
  About about;

  own_export() {
    about.station.by_language = {{"en", "Gate, \"north\""}, {"ko", "북문"}};
    about.serial = "P7";
    about.unit = "µg/m³";
    about.zone = "Asia/Seoul";
    about.source = "the city";
    about.notice.by_language = {{"en", "Not official.\nReally."}, {"ko", "비공식"}};
    about.stations = 1;
    about.simulated_stations = 1;
  }
  std::string csv(std::string_view language) { return series_csv(series, about, test_messages(), language); }
  Result<ImportSummary> import(std::string_view text, std::string_view mapping = kExportMapping) {
    return import_csv(target, {.import = {.files = {folder.file("x.csv", text)}, .rejects_file = folder.path("r.csv"), .progress = {}, .clock = clock},
                               .mapping_file = folder.file("m.toml", mapping)});
  }
};

TEST_F(own_export, keeps_both_ends_of_an_interval_on_its_way_out_and_in) {
  series.points.push_back({minute_at("2026-11-24T05:00:00Z"), 12.5, 12.5, 12.5, QualityFlag::kGood, {}, minute_at("2026-11-24T06:00:00Z")});
  series.points.push_back({minute_at("2026-11-24T06:00:00Z"), 13, 13, 13, QualityFlag::kGood, {}, {}});
  for (auto const* const language : {"en", "ko"}) {
    auto const text = csv(language);
    EXPECT_THAT(text, HasSubstr("\r\ntime,end,value (µg/m³),min,max,quality,reason,text\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\n2026-11-24T05:00:00Z,2026-11-24T06:00:00Z,12.5,"));
    EXPECT_THAT(text, HasSubstr("\r\n2026-11-24T06:00:00Z,,13,"));
    auto const summary = import(text);
    ASSERT_TRUE(summary) << summary.error().sentence;
    EXPECT_EQ(summary->stored + summary->repeated, 2u) << text_of_file(folder.path("r.csv"));
    EXPECT_EQ(summary->rejects, 0u);
    auto const kept = target.values("P7", "pm25");
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].detail->phenomenon_end, minute_at("2026-11-24T06:00:00Z"));
    EXPECT_EQ(kept[0].value, 12.5);
    EXPECT_FALSE(kept[1].detail);
  }
}

TEST_F(own_export, of_a_devices_words_holds_no_formula) {
  series.takes_words = true;
  series.points.push_back({minute_at("2026-11-24T05:00:00Z"), 0, 0, 0, QualityFlag::kMissing, {}, {}, "=HYPERLINK(\"http://evil.example\")"});
  series.points.push_back({minute_at("2026-11-24T06:00:00Z"), 0, 0, 0, QualityFlag::kMissing, {}, {}, "open"});
  auto const text = csv("en");
  EXPECT_THAT(text, HasSubstr(",\"'=HYPERLINK(\"\"http://evil.example\"\")\"\r\n"));
  EXPECT_THAT(text, HasSubstr(",open\r\n"));
}

TEST_F(own_export, of_buckets_says_where_each_ends) {
  series.step = std::chrono::minutes{5};
  series.points.push_back({minute_at("2026-11-24T05:00:00Z"), 12.5, 10, 15, QualityFlag::kGood, {}, {}});
  EXPECT_THAT(csv("en"), HasSubstr("\r\n2026-11-24T05:00:00Z,2026-11-24T05:05:00Z,12.5,10,15,"));
}

TEST_F(own_export, values_are_brought_to_the_unit_that_a_station_has_already) {
  city::NewThing station;
  station.thing.serial = "P7";
  city::NewDatastream stream;
  stream.datastream.channel = "temperature";
  stream.datastream.unit = {"degree Fahrenheit", "°F", "[degF]"};
  station.datastreams.push_back(stream);
  stream.datastream.channel = "pm25";
  stream.datastream.unit = {"", "lx", "lx"};
  station.datastreams.push_back(stream);
  ASSERT_TRUE(target.add_things({station}));
  auto const mapping = [](std::string_view channel, std::string_view more = "") {
    return "[station]\nalways = \"P7\"\n[time]\ncolumns = [\"t\"]\n[[channel]]\ncolumn = \"v\"\nchannel = \"" + std::string(channel) + "\"\n" + std::string(more);
  };
  auto const warm = import("t,v\n2026-11-24T05:00:00Z,20\n2026-11-24T06:00:00Z,-999\n", mapping("temperature"));
  ASSERT_TRUE(warm) << warm.error().sentence;
  auto const kept = target.values("P7", "temperature");
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_NEAR(kept[0].value, 68, 1e-9);
  EXPECT_EQ(kept[1].value, -999) << "no value is no temperature";
  EXPECT_EQ(kept[1].quality.flag, QualityFlag::kMissing);
  auto const other = import("t,v\n2026-11-24T05:00:00Z,20\n", mapping("pm25"));
  ASSERT_TRUE(other) << other.error().sentence;
  EXPECT_EQ(other->rejects, 1u);
  EXPECT_THAT(text_of_file(folder.path("r.csv")), HasSubstr("P7 has it in lx"));
}

TEST_F(own_export, numbers_are_no_readings_of_a_datastream_that_takes_words) {
  city::NewThing station;
  station.thing.serial = "D1";
  city::NewDatastream stream;
  stream.datastream.channel = "people";
  stream.datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation";
  station.datastreams.push_back(stream);
  ASSERT_TRUE(target.add_things({station}));
  auto const mapping = "[station]\nalways = \"D1\"\n[time]\ncolumns = [\"t\"]\n[[channel]]\ncolumn = \"v\"\nchannel = \"people\"\n";
  auto const summary = import("t,v\n2026-11-24T05:00:00Z,3\n", mapping);
  ASSERT_TRUE(summary) << summary.error().sentence;
  EXPECT_EQ(summary->stored, 0u);
  EXPECT_EQ(summary->rejects, 1u);
  EXPECT_THAT(text_of_file(folder.path("r.csv")), HasSubstr("people of D1: a text expected by the Datastream's observationType"));
}

/// Of a station that is there already one Datastream takes words and one has a unit of another kind: the other columns are read.
TEST_F(own_export, a_column_that_a_station_cannot_take_is_set_aside_alone) {
  city::NewThing station;
  station.thing.serial = "D1";
  city::NewDatastream stream;
  stream.datastream.channel = "people";
  stream.datastream.observation_type = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CategoryObservation";
  station.datastreams.push_back(stream);
  stream.datastream.observation_type = {};
  stream.datastream.channel = "pm25";
  stream.datastream.unit = {"", "lx", "lx"};
  station.datastreams.push_back(stream);
  ASSERT_TRUE(target.add_things({station}));
  auto const summary = import("t,v,w,x\n2026-11-24T05:00:00Z,3,20.5,12\n2026-11-24T06:00:00Z,,21.5,-\n",
                              "[station]\nalways = \"D1\"\n[time]\ncolumns = [\"t\"]\n[[channel]]\ncolumn = \"v\"\nchannel = \"people\"\n"
                              "[[channel]]\ncolumn = \"w\"\nchannel = \"temperature\"\n[[channel]]\ncolumn = \"x\"\nchannel = \"pm25\"\n");
  ASSERT_TRUE(summary) << summary.error().sentence;
  EXPECT_EQ(summary->rows, 2u);
  EXPECT_EQ(target.values("D1", "temperature").size(), 2u);
  EXPECT_EQ(summary->rejected_values, 2u);
  EXPECT_EQ(summary->rejected_rows, 0u);
  EXPECT_EQ(summary->missing, 2u);
  auto const rejects = text_of_file(folder.path("r.csv"));
  EXPECT_THAT(rejects, HasSubstr("x.csv,2,22,"));
  EXPECT_THAT(rejects, HasSubstr("people of D1: a text expected"));
  EXPECT_THAT(rejects, HasSubstr("x.csv,2,29,\"pm25: D1 has it in lx"));
}

TEST_F(own_export, a_number_that_means_none_is_known_before_it_is_scaled) {
  auto const mapping = "[station]\nalways = \"P8\"\n[time]\ncolumns = [\"t\"]\n[[channel]]\ncolumn = \"v\"\nchannel = \"temperature\"\nscale = 0.1\nmin = -50\nmax = 60\n";
  ASSERT_TRUE(import("t,v\n2026-11-24T05:00:00Z,-999\n2026-11-24T06:00:00Z,215\n", mapping));
  auto const kept = target.values("P8", "temperature");
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].quality.flag, QualityFlag::kMissing);
  EXPECT_EQ(kept[1].value, 21.5);
}

TEST_F(own_export, an_interval_that_ends_before_it_starts_is_set_aside) {
  auto const summary = import("time,end,value (µg/m³)\n2026-11-24T05:00:00Z,2026-11-24T04:00:00Z,1\n2026-11-24T05:00:00Z,soon,1\n2026-11-24T05:00:00Z,-,1\n");
  ASSERT_TRUE(summary) << summary.error().sentence;
  EXPECT_EQ(summary->stored, 1u);
  EXPECT_EQ(summary->rejects, 2u);
  EXPECT_THAT(text_of_file(folder.path("r.csv")), HasSubstr("the interval ends before it starts"));
}

TEST_F(own_export, a_station_is_named_by_a_column_or_always_and_not_by_both) {
  auto const both = import("time,a,b\n", "[station]\nserial = \"a\"\nalways = \"P7\"\n[time]\ncolumns = [\"time\"]\n[[channel]]\ncolumn = \"b\"\nchannel = \"pm25\"\n");
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().sentence, HasSubstr("always"));
  auto const none = import("time,a,b\n", "[station]\nname = \"a\"\n[time]\ncolumns = [\"time\"]\n[[channel]]\ncolumn = \"b\"\nchannel = \"pm25\"\n");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().sentence, HasSubstr("serial"));
}

}  // namespace
}  // namespace madang::sensing
