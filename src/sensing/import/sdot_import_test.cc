// Importing S-DoT: invented stations and values; the real files where they are at hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <fmt/format.h>

#include "sensing/import/import.h"
#include "sensing/import/sdot_survey.h"
#include "sensing/import/test_target.h"
#include "support/published_data.h"

namespace madang::sensing {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;


ImportSummary import_files(TestTarget& target, std::vector<std::string> files, std::string positions = "",
                           std::string rejects = "") {
  auto summary = import_sdot(target, {.import = {.files = std::move(files), .rejects_file = std::move(rejects), .progress = {}, .clock = kImportClock},
                                      .positions_file = std::move(positions)});
  EXPECT_TRUE(summary) << summary.error().sentence;
  return summary.value_or(ImportSummary{});
}

constexpr std::string_view kHourlyHeader =
    "시리얼,date,hour,초미세먼지 (㎍/㎥),기온 (℃),풍속 (m/s),자외선 (UVI),소음 (dB),흑구 온도 (℃),초미세먼지 보정 (㎍/㎥)\n";

/// A day of an invented station without wind and globe, in the hourly layout.
std::string hourly_day(std::string_view serial) {
  std::string out;
  for (int hour = 0; hour < 24; ++hour)
    out += fmt::format("{},2021.3.2,{},{}.5,{},0,{},{},5,{}\n", serial, hour, 10 + hour, 5 + hour, hour > 12 ? 40 : 2, 45 + hour, 12);
  return out;
}

TEST(sdot_import, makes_things_with_datastreams_and_places) {
  TestFolder const folder;
  TestTarget target;
  auto const file = folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1") + hourly_day("T2"));
  auto const positions = folder.file("positions.csv", "시리얼,위도,경도\nT1,37.5,127.0\n");
  auto const summary = import_files(target, {file}, positions);
  EXPECT_EQ(summary.things_new, 2u);
  EXPECT_EQ(summary.without_position, 1u);
  EXPECT_EQ(summary.rows, 48u);
  EXPECT_EQ(summary.datastreams_new, 14u);
  auto const& thing = target.things.at("T1").thing;
  ASSERT_EQ(thing.locations.size(), 1u);
  EXPECT_EQ(thing.locations[0].geometry, R"({"type":"Point","coordinates":[127,37.5]})");
  auto const* pm25 = target.stream("T1", "pm25");
  ASSERT_NE(pm25, nullptr);
  EXPECT_EQ(pm25->datastream.unit.symbol, "µg/m³");
  EXPECT_EQ(pm25->datastream.interval, std::chrono::hours{1});
  EXPECT_EQ(pm25->datastream.name.in("ko"), "초미세먼지 PM2.5 1시간 평균");
}

TEST(sdot_import, says_simple_monitor_and_names_the_source) {
  TestFolder const folder;
  TestTarget target;
  import_files(target, {folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"))});
  auto const& sensor = target.stream("T1", "pm25")->sensor;
  EXPECT_EQ(sensor.measurement_class, city::MeasurementClass::kSimpleMonitor);
  EXPECT_THAT(sensor.notice.in("ko"), HasSubstr("공식 자료가 아닙니다"));
  EXPECT_THAT(sensor.source, HasSubstr("연구 결과는 서울시와 관련 없음을 밝힙니다"));
  EXPECT_EQ(sensor.model, "SDOT001");
}

TEST(sdot_import, reads_korean_time) {
  TestFolder const folder;
  TestTarget target;
  import_files(target, {folder.file("day.csv", std::string{kHourlyHeader} + "T1,2021.3.2,0,1,1,0,2,50,5,1\nT1,2021.3.2,24,2,1,0,2,50,5,1\n")});
  auto const values = target.values("T1", "pm25");
  ASSERT_EQ(values.size(), 2u);
  EXPECT_EQ(format_instant(values[0].phenomenon_time), "2021-03-01T15:00:00Z");
  EXPECT_EQ(format_instant(values[1].phenomenon_time), "2021-03-02T15:00:00Z");
}

TEST(sdot_import, does_not_take_a_missing_instrument_for_calm_or_cold) {
  TestFolder const folder;
  TestTarget target;
  auto const summary = import_files(target, {folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"))});
  EXPECT_FALSE(target.stream("T1", "wind_speed")->datastream.fitted);
  EXPECT_FALSE(target.stream("T1", "globe_temperature")->datastream.fitted);
  EXPECT_TRUE(target.stream("T1", "temperature")->datastream.fitted);
  EXPECT_THAT(target.values("T1", "wind_speed"), IsEmpty());
  EXPECT_EQ(summary.not_fitted, 48u);
  EXPECT_EQ(summary.channels_not_fitted, 2u);
}

TEST(sdot_import, keeps_calm_hours_of_a_real_anemometer) {
  TestFolder const folder;
  TestTarget target;
  std::string text{kHourlyHeader};
  for (int hour = 0; hour < 24; ++hour) text += fmt::format("T1,2021.3.2,{},1,1,{},2,50,5,1\n", hour, hour < 20 ? 0.0 : 1.5);
  import_files(target, {folder.file("day.csv", text)});
  EXPECT_TRUE(target.stream("T1", "wind_speed")->datastream.fitted);
  EXPECT_EQ(target.values("T1", "wind_speed").size(), 24u);
}

TEST(sdot_import, brings_ultraviolet_to_the_index) {
  TestFolder const folder;
  TestTarget target;
  import_files(target, {folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"))});
  auto const values = target.values("T1", "ultraviolet");
  ASSERT_EQ(values.size(), 24u);
  EXPECT_EQ(values.front().value, 0.2);
  EXPECT_EQ(values.back().value, 4.0);
}

TEST(ultraviolet_divisor, follows_the_layout_unless_the_values_object) {
  std::vector<double> const tenths(100, 2.0);
  std::vector<double> const night_and_noon{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 1, 2, 3, 6, 7};
  std::vector<double> const large(100, 40.0);
  EXPECT_EQ(ultraviolet_divisor(SdotLayout::kHourly, tenths), 10);
  EXPECT_EQ(ultraviolet_divisor(SdotLayout::kHourly, night_and_noon), 1);
  EXPECT_EQ(ultraviolet_divisor(SdotLayout::kDaily, night_and_noon), 1);
  EXPECT_EQ(ultraviolet_divisor(SdotLayout::kDaily, large), 10);
  EXPECT_EQ(ultraviolet_divisor(SdotLayout::kHourly, {}), 10);
}

TEST(sdot_import, leaves_out_sentinels_and_blanks_and_flags_the_absurd) {
  TestFolder const folder;
  TestTarget target;
  std::string text{kHourlyHeader};
  text += "T1,2021.3.2,0,12,353.4,1,2,50,5,-999\nT1,2021.3.2,1,NA,20,1,2,,5,-3\nT1,2021.3.2,2,14,21,1,2,51,5,8\n";
  auto const summary = import_files(target, {folder.file("day.csv", text)});
  EXPECT_EQ(summary.missing, 3u);
  EXPECT_EQ(summary.out_of_range, 2u);
  auto const temperature = target.values("T1", "temperature");
  ASSERT_EQ(temperature.size(), 3u);
  EXPECT_EQ(temperature[0].value, 353.4);
  EXPECT_EQ(temperature[0].quality.flag, QualityFlag::kFail);
  EXPECT_EQ(temperature[0].quality.reason, static_cast<std::uint8_t>(QualityTest::kGrossRange));
  EXPECT_EQ(temperature[1].quality.flag, QualityFlag::kGood);
  EXPECT_EQ(target.values("T1", "pm25_corrected").size(), 2u);
}

TEST(sdot_import, sets_bad_rows_aside_and_goes_on) {
  TestFolder const folder;
  TestTarget target;
  std::string text{kHourlyHeader};
  text += "T1,2021.3.2,0,1,1,0,2,50,5,1\n"
          "T1,2021.13.2,1,1,1,0,2,50,5,1\n"    // no such month
          "T1,2021.3.2,1,1,1\n"                // too short
          ",2021.3.2,1,1,1,0,2,50,5,1\n"       // no serial
          "T1,2021.3.2,1,1,\"1\"x,0,2,50,5,1\n"  // broken quotes
          "T1,2021.3.2,2,2,warm,0,2,50,5,1\n"  // one cell
          "T1,2021.3.2,3,3,1,0,2,50,5,1\n";
  auto const rejects = folder.path("rejects.csv");
  auto const summary = import_files(target, {folder.file("day.csv", text)}, "", rejects);
  EXPECT_EQ(summary.rejects, 5u);
  EXPECT_EQ(summary.rows, 3u);
  EXPECT_EQ(target.values("T1", "pm25").size(), 3u);
  EXPECT_EQ(target.values("T1", "temperature").size(), 2u);
  auto const said = text_of_file(rejects);
  EXPECT_THAT(said, HasSubstr("file,line,column,reason,text\n"));
  EXPECT_THAT(said, HasSubstr("day.csv,3,4,"));
  EXPECT_THAT(said, HasSubstr("5 fields where the header has 10"));
  EXPECT_THAT(said, HasSubstr("not a serial"));
  EXPECT_THAT(said, HasSubstr("day.csv,6,20,text after a closing quote"));
  EXPECT_THAT(said, HasSubstr("기온 (℃): \"\"warm\"\" is not a number"));
}

TEST(sdot_import, accounts_for_every_value) {
  TestFolder const folder;
  TestTarget target;
  auto const s = import_files(target, {folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1") + "T2,2021.3.2,1,,x1,0,2,50,5,-999\n")});
  EXPECT_EQ(s.values, 25u * 7);
  EXPECT_EQ(s.stored + s.repeated + s.superseded + s.missing + s.not_fitted + s.rejected_values, s.values);
}

TEST(sdot_import, changes_nothing_the_second_time) {
  TestFolder const folder;
  TestTarget target;
  auto const file = folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"));
  auto const first = import_files(target, {file});
  auto const second = import_files(target, {file});
  EXPECT_EQ(second.things_new, 0u);
  EXPECT_EQ(second.things_known, 1u);
  EXPECT_EQ(second.datastreams_new, 0u);
  EXPECT_EQ(second.stored, 0u);
  EXPECT_EQ(second.superseded, 0u);
  EXPECT_EQ(second.repeated, first.stored);
}

TEST(sdot_import, gives_a_known_thing_its_place_later) {
  TestFolder const folder;
  TestTarget target;
  auto const file = folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"));
  EXPECT_EQ(import_files(target, {file}).without_position, 1u);
  auto const summary = import_files(target, {file}, folder.file("positions.csv", "serial,latitude,longitude\nT1,37.5,127.0\n"));
  EXPECT_EQ(summary.without_position, 0u);
  EXPECT_EQ(target.things.at("T1").thing.locations.size(), 1u);
}

TEST(sdot_import, sets_bad_positions_aside) {
  TestFolder const folder;
  TestTarget target;
  auto const positions = folder.file("positions.csv", "SN,LAT,LON\nT1,127.0,37.5\nT1,north,127\nT1,37.5,127.0\nT1,37.6,127.1\n");
  auto const rejects = folder.path("rejects.csv");
  auto const summary = import_files(target, {folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"))}, positions, rejects);
  EXPECT_EQ(summary.rejects, 3u);
  EXPECT_EQ(summary.without_position, 0u);
  EXPECT_THAT(text_of_file(rejects), HasSubstr("has a position already"));
  EXPECT_THAT(text_of_file(rejects), HasSubstr("positions.csv,2,4,\"latitude: \"\"127.0\"\" is not within -90 to 90; with the longitude \"\"37.5\"\" the two look swapped"));
  EXPECT_THAT(text_of_file(rejects), HasSubstr("positions.csv,3,4,\"latitude: \"\"north\"\" is not a number of degrees"));
  EXPECT_EQ(summary.rejected_rows, 0u);
  EXPECT_EQ(summary.rejected_places, 3u);
}

TEST(sdot_import, says_which_column_of_the_positions_is_missing) {
  TestFolder const folder;
  TestTarget target;
  auto const s = import_sdot(target, {.import = {.files = {folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"))}, .rejects_file = {}, .progress = {}, .clock = kImportClock},
                                      .positions_file = folder.file("positions.csv", "SN,LAT,높이\nT1,37.5,12\n")});
  ASSERT_FALSE(s);
  EXPECT_THAT(s.error().sentence, HasSubstr("positions.csv: there is no column of the longitude: it is called \"경도\", \"longitude\", \"lon\", \"lng\", \"x\"; the columns are \"SN\", \"LAT\", \"높이\""));
}

TEST(sdot_import, keeps_the_readings_of_a_station_whose_longitude_is_missing) {
  TestFolder const folder;
  TestTarget target;
  auto const rejects = folder.path("rejects.csv");
  auto const summary = import_files(target, {folder.file("day.csv", std::string{kHourlyHeader} + hourly_day("T1"))},
                                    folder.file("positions.csv", "serial,latitude,longitude\nT1,37.5,\n"), rejects);
  EXPECT_GT(summary.stored, 0u);
  EXPECT_EQ(summary.without_position, 1u);
  EXPECT_THAT(text_of_file(rejects), HasSubstr("positions.csv,2,9,\"longitude: is missing beside the latitude \"\"37.5\"\"\""));
}

constexpr std::string_view kDailyHeader = "모델명,시리얼,구분,초미세먼지 (㎍/㎥),자외선 (UVI),소음 (dB),측정시간,등록 일시\n";

TEST(sdot_import, keeps_daily_means_apart_from_hours) {
  TestFolder const folder;
  TestTarget target;
  auto const daily = folder.file("daily.csv", std::string{kDailyHeader} + "SDOT001,T1,1,18,0.4,46,2021-03-02,2021-03-02\n");
  auto const hourly = folder.file("hourly.csv", std::string{kHourlyHeader} + hourly_day("T1"));
  auto const summary = import_files(target, {daily, hourly});
  EXPECT_EQ(summary.superseded, 0u);
  EXPECT_EQ(summary.things_new, 1u);
  EXPECT_EQ(target.values("T1", "pm25").size(), 24u);
  auto const days = target.values("T1", "pm25_daily");
  ASSERT_EQ(days.size(), 1u);
  EXPECT_EQ(days[0].value, 18);
  EXPECT_EQ(format_instant(days[0].phenomenon_time), "2021-03-01T15:00:00Z");
  EXPECT_EQ(target.stream("T1", "pm25_daily")->datastream.interval, std::chrono::hours{24});
  EXPECT_EQ(target.values("T1", "ultraviolet_daily")[0].value, 0.4);
}

TEST(sdot_import, reads_gz_and_cp949_alike) {
  TestFolder const folder;
  TestTarget target;
  // "시리얼,측정시간,소음 (dB)" in CP949.
  std::string const text =
      "\xBD\xC3\xB8\xAE\xBE\xF3,\xC3\xF8\xC1\xA4\xBD\xC3\xB0\xA3,\xBC\xD2\xC0\xBD (dB)\r\nT1,2021-03-02 24:00,48.5\r\n";
  auto const path = folder.path("weekly.csv.gz");
  gzFile out = gzopen(path.c_str(), "wb");
  ASSERT_EQ(gzwrite(out, text.data(), static_cast<unsigned>(text.size())), static_cast<int>(text.size()));
  gzclose(out);
  auto const summary = import_files(target, {path});
  EXPECT_THAT(summary.notes, Contains(HasSubstr("weekly layout, CP949")));
  auto const noise = target.values("T1", "noise");
  ASSERT_EQ(noise.size(), 1u);
  EXPECT_EQ(format_instant(noise[0].phenomenon_time), "2021-03-02T15:00:00Z");
}

TEST(sdot_import, refuses_a_broken_gz) {
  TestFolder const folder;
  TestTarget target;
  auto const path = folder.path("day.csv.gz");
  gzFile out = gzopen(path.c_str(), "wb");
  auto const text = std::string{kHourlyHeader} + hourly_day("T1");
  gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
  gzclose(out);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 20);
  auto const summary = import_sdot(target, {.import = {.files = {path}, .rejects_file = {}, .progress = {}, .clock = kImportClock}, .positions_file = {}});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, Code::kCorrupt);
  EXPECT_TRUE(target.things.empty());
}

TEST(sdot_import, reads_the_weekly_layout_of_the_open_api) {
  TestFolder const folder;
  TestTarget target;
  auto const file = folder.file("S-DoT_NATURE_2021.03.01-03.07.csv",
                                "SN,CGG,DONG,MSRMT_HR,REG_DT,AVG_TP,MAX_TP,MIN_TP,AVG_NTDX,AVG_VIBR_XCRD,AVG_GT,AVG_MYSTERY\n"
                                "T1,Jongno-gu,X,20210302_130000,20210302,8.5,9.1,8.0,0.031,0.02,11,7\n");
  auto const summary = import_files(target, {file});
  EXPECT_EQ(target.values("T1", "temperature")[0].value, 8.5);
  EXPECT_EQ(target.values("T1", "temperature_max")[0].value, 9.1);
  EXPECT_EQ(target.values("T1", "temperature_min")[0].value, 8.0);
  EXPECT_EQ(target.values("T1", "no2")[0].value, 0.031);
  EXPECT_EQ(target.stream("T1", "no2")->datastream.unit.symbol, "ppm");
  EXPECT_EQ(target.stream("T1", "temperature_max")->datastream.name.in("en"), "Air temperature, hourly largest");
  EXPECT_THAT(summary.notes, Contains(HasSubstr("1 columns not understood: \"AVG_MYSTERY\"")));
}

TEST(sdot_import, reads_carbon_dioxide_as_nitrogen_dioxide) {
  TestFolder const folder;
  TestTarget target;
  auto const wrong = folder.file("a.csv", "시리얼,측정시간,이산화탄소 (ppm)\nT1,2021-03-02 13:00,0.031\n");
  auto const both = folder.file("b.csv", "시리얼,측정시간,이산화탄소 (ppm),이산화질소 (ppm)\nT2,2021-03-02 13:00,410,0.02\n");
  auto const summary = import_files(target, {wrong, both});
  EXPECT_EQ(target.values("T1", "no2")[0].value, 0.031);
  EXPECT_EQ(target.values("T2", "no2")[0].value, 0.02);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("is read as NO2")));
  EXPECT_THAT(summary.notes, Contains(HasSubstr("is left out: NO2 has a column of its own")));
}

TEST(sdot_import, brings_values_to_the_unit_that_a_station_has_already) {
  TestFolder const folder;
  TestTarget target;
  city::NewThing station;
  station.thing.serial = "T1";
  city::NewDatastream stream;
  for (auto const& [channel, unit] : {std::pair{"temperature", "°F"}, {"pm25", "lx"}}) {
    stream.datastream.channel = channel;
    stream.datastream.unit = {"", unit, ""};
    station.datastreams.push_back(stream);
  }
  ASSERT_TRUE(target.add_things({station}));
  auto const rejects = folder.path("r.csv");
  auto const summary = import_files(target, {folder.file("a.csv", "시리얼,측정시간,기온 (℃),초미세먼지 (㎍/㎥)\n"
                                                                  "T1,2021-03-02 13:00,20,12\nT1,2021-03-02 14:00,-999,-999\n")}, "", rejects);
  ASSERT_EQ(target.values("T1", "temperature").size(), 1u);
  EXPECT_NEAR(target.values("T1", "temperature")[0].value, 68, 1e-9);
  EXPECT_TRUE(target.values("T1", "pm25").empty());
  EXPECT_EQ(summary.rejected_values, 1u);
  EXPECT_EQ(summary.missing, 2u);
  EXPECT_THAT(text_of_file(rejects), HasSubstr("pm25: T1 has it in lx, and µg/m³ cannot be converted to that"));
}

TEST(sdot_import, reads_the_unit_in_a_header) {
  TestFolder const folder;
  TestTarget target;
  auto const summary = import_files(target, {folder.file("a.csv", "시리얼,측정시간,기온 최대(℉),이산화질소 (ppb),초미세먼지 (ppm),소음 (보정)\nT1,2021-03-02 13:00,68,31,12,50\n")});
  EXPECT_NEAR(target.values("T1", "temperature_max")[0].value, 20, 1e-9);
  EXPECT_NEAR(target.values("T1", "no2")[0].value, 0.031, 1e-12);
  EXPECT_EQ(target.values("T1", "noise")[0].value, 50) << "what is no unit changes nothing";
  EXPECT_EQ(target.stream("T1", "pm25"), nullptr);
  EXPECT_THAT(summary.notes, Contains(HasSubstr("column \"초미세먼지 (ppm)\" is left out: ppm is no unit of pm25")));
}

TEST(sdot_import, stores_device_packets) {
  TestFolder const folder;
  TestTarget target;
  std::string const packet = std::string{"SDOT001"} + "V99Q0000001" + "0012" + "0034" + "-0003.5" + "055" + std::string(22, 'x') +
                             "012345" + "00003.1" + "47" + "0000.01" + "0000.02" + "0001.03" + "0000.05" + "0000.06" + "0001.09" +
                             "xxxxxxx" + "0015" + "0040" + "202101021234" + std::string(60, 'x');
  auto const file = folder.file("packets.txt", packet + "\nSCMS-SEOUL-SDSCMS-SEOUL-SD-99990017\n" + packet.substr(1) + "\n");
  auto const summary = import_files(target, {file});
  EXPECT_EQ(summary.rows, 1u);
  EXPECT_EQ(summary.rejects, 2u);  // a packet without time, a broken one
  EXPECT_EQ(summary.missing, 5u);
  EXPECT_EQ(target.values("V99Q0000001", "temperature")[0].value, -3.5);
  EXPECT_EQ(format_instant(target.values("V99Q0000001", "noise")[0].phenomenon_time), "2021-01-02T03:34:00Z");
  EXPECT_EQ(target.stream("V99Q0000001", "people"), nullptr);
}

TEST(sdot_import, stops_with_a_sentence_where_there_is_nothing_to_read) {
  TestFolder const folder;
  TestTarget target;
  auto try_import = [&](std::vector<std::string> files) {
    auto const s = import_sdot(target, {.import = {.files = std::move(files), .rejects_file = {}, .progress = {}, .clock = kImportClock}, .positions_file = {}});
    return s ? std::string{"imported"} : s.error().sentence;
  };
  EXPECT_THAT(try_import({}), HasSubstr("no file to import"));
  EXPECT_THAT(try_import({folder.path("nothing.csv")}), HasSubstr("there is no such file"));
  EXPECT_THAT(try_import({folder.file("empty.csv", "")}), HasSubstr("is empty"));
  EXPECT_THAT(try_import({folder.file("other.csv", "a,b\n1,2\n")}), HasSubstr("no column of serials"));
  EXPECT_THAT(try_import({folder.file("no_values.csv", "시리얼,측정시간,x\nT1,2021-03-02,1\n")}), HasSubstr("no column that S-DoT"));
}

TEST(is_fitted, needs_enough_rows_to_say_no) {
  EXPECT_TRUE(is_fitted("wind_speed", {.rows = 3, .values = 3, .absent = 3}));
  EXPECT_FALSE(is_fitted("wind_speed", {.rows = 100, .values = 100, .absent = 99}));
  EXPECT_TRUE(is_fitted("wind_speed", {.rows = 100, .values = 100, .absent = 90}));
  EXPECT_FALSE(is_fitted("pm25", {.rows = 24, .values = 24, .absent = 24}));
  EXPECT_TRUE(is_fitted("pm25", {.rows = 24, .values = 24, .absent = 23}));
  EXPECT_FALSE(is_fitted("noise", {.rows = 24, .values = 0, .absent = 0}));
}

// Real files, where they are at hand.

std::string const kReal = test::published("seoul-sdot/");

TEST(sdot_import_of_real_files, takes_in_the_hourly_day) {
  MADANG_NEEDS_PUBLISHED("seoul-sdot/");
  TestTarget target;
  auto const s = import_files(target, {kReal + "sdot_20200501_hourly.csv"}, kReal + "sensor_longitude_latitude.csv");
  EXPECT_EQ(s.rows, 20'280u);
  EXPECT_EQ(s.things_new, 845u);
  EXPECT_EQ(s.without_position, 0u);
  EXPECT_EQ(s.rejects, 0u);
  EXPECT_EQ(s.values, 405'600u);
  EXPECT_EQ(s.stored + s.missing + s.not_fitted, s.values);
  EXPECT_LE(target.largest_batch, 20'000u);
  auto not_fitted = [&](std::string_view channel) {
    return std::ranges::count_if(target.things, [&](auto const& thing) {
      return !target.stream(thing.first, channel)->datastream.fitted;
    });
  };
  EXPECT_EQ(not_fitted("wind_speed"), 829);
  EXPECT_EQ(not_fitted("globe_temperature"), 809);
  EXPECT_EQ(not_fitted("pm25"), 6);
  EXPECT_EQ(not_fitted("noise"), 1);
  EXPECT_EQ(not_fitted("temperature"), 0);
  EXPECT_THAT(s.notes, ElementsAre(HasSubstr("hourly layout, CP949, ultraviolet as index times 10")));
  double highest = 0;
  for (auto const& thing : target.things)
    for (auto const& o : target.values(thing.first, "ultraviolet")) highest = std::max(highest, o.value);
  EXPECT_NEAR(highest, 10.87666667, 1e-6);
}

TEST(sdot_import_of_real_files, takes_in_eight_months_of_days) {
  MADANG_NEEDS_PUBLISHED("seoul-sdot/");
  TestTarget target;
  target.keep_values = false;
  auto const s = import_files(target, {kReal + "sdot_daily_20200401_20201130.csv.gz"}, kReal + "sensor_longitude_latitude.csv");
  EXPECT_EQ(s.rows, 203'803u);
  EXPECT_EQ(s.things_new, 861u);
  EXPECT_EQ(s.rejects, 0u);
  EXPECT_EQ(s.values, 203'803u * 20);
  EXPECT_EQ(s.stored + s.missing + s.not_fitted, s.values);
  EXPECT_THAT(s.notes, ElementsAre(HasSubstr("daily layout, UTF-8, ultraviolet as index")));
  EXPECT_GT(s.out_of_range, 1'000u);
}

TEST(sdot_import_of_real_files, takes_in_the_published_packets) {
  MADANG_NEEDS_PUBLISHED("seoul-sdot/");
  TestTarget target;
  auto const s = import_files(target, {kReal + "sdot_wire_packets.tsv"});
  EXPECT_EQ(s.rows, 1u);
  EXPECT_EQ(s.rejects, 2u);  // counters and indoor nodes send no time
  EXPECT_EQ(s.things_new, 1u);
}

}  // namespace
}  // namespace madang::sensing
