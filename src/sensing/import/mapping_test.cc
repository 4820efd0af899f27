#include "sensing/import/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/shipped.h"
#include "sensing/import/import.h"
#include "sensing/import/test_target.h"

namespace madang::sensing {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kMapping = R"([file]
separator = ";"
decimal_comma = true

[station]
serial = "ESTACION"
name = "NOMBRE"
latitude = "LAT"
longitude = "LON"
prefix = "es-"

[time]
columns = ["FECHA", "HORA"]
format = "%d/%m/%Y %H:%M"
zone = "Europe/Madrid"
interval_s = 3600

[missing]
values = [-9999]
texts = ["s/d"]

[sensor]
name_en = "Air station"
name_ko = "대기 측정소"
class = "reference"
source = "An invented city, CC BY 4.0"

[[channel]]
column = "NO2"
channel = "no2"
scale = 0.001
missing = [0]

[[channel]]
column = "LLUVIA"
channel = "rain"
unit = "mm"
unit_name = "millimetre"
name_en = "Rain"
name_ko = "강수"
)";

std::string refusal(std::string toml) {
  auto const mapping = parse_mapping(toml, "m.toml");
  return mapping ? "accepted" : mapping.error().sentence;
}

std::string with(std::string_view from, std::string_view to) {
  std::string text{kMapping};
  return text.replace(text.find(from), from.size(), to);
}

TEST(mapping, reads_the_whole_file) {
  auto const m = parse_mapping(kMapping, "m.toml");
  ASSERT_TRUE(m) << m.error().sentence;
  EXPECT_EQ(m->separator, ';');
  EXPECT_EQ(m->serial.name, "ESTACION");
  EXPECT_EQ(m->interval, std::chrono::hours{1});
  ASSERT_EQ(m->channels.size(), 2u);
  EXPECT_EQ(m->channels[0].unit.symbol, "ppm");
  EXPECT_THAT(m->channels[0].missing, ElementsAre(0, -9999));
  EXPECT_EQ(m->channels[1].unit.name, "millimetre");
  EXPECT_EQ(m->sensor.measurement_class, city::MeasurementClass::kReference);
}

TEST(mapping, takes_columns_by_number) {
  auto const m = parse_mapping("[file]\nheader=false\n[station]\nserial=1\n[time]\ncolumns=2\n[[channel]]\ncolumn=3\nchannel=\"pm25\"\n", "m");
  ASSERT_TRUE(m) << m.error().sentence;
  EXPECT_EQ(m->time[0].number, 2u);
  EXPECT_FALSE(m->header);
}

TEST(mapping, names_file_line_key_and_the_nearest_valid_key) {
  EXPECT_EQ(refusal(with("interval_s", "intervals")), "m.toml:16:1: \"time.intervals\" is not known here; did you mean \"interval_s\"?");
  EXPECT_THAT(refusal(with("[station]", "[stations]")), HasSubstr("m.toml:5:2: \"stations\" is not known here; did you mean \"station\"?"));
  EXPECT_THAT(refusal(with("scale =", "scal =")), HasSubstr("\"channel[1].scal\" is not known here; did you mean \"scale\"?"));
}

TEST(mapping, takes_names_in_the_languages_of_the_program_and_no_others) {
  auto const m = parse_mapping(kMapping, "m.toml");
  ASSERT_TRUE(m);
  EXPECT_EQ(m->sensor.name.in("ko"), "대기 측정소");
  EXPECT_EQ(m->channels[1].name.in("en"), "Rain");
  EXPECT_EQ(m->channels[0].name.by_language.size(), runtime::shipped_messages().languages().size()) << "what Madang knows is named in all";
  EXPECT_THAT(refusal(with("name_ko = \"강수\"", "name_kr = \"강수\"")), HasSubstr("\"channel[2].name_kr\" is not known here; did you mean \"name_ko\"?"));
  auto const unnamed = parse_mapping("[file]\nheader=false\n[station]\nserial=1\n[time]\ncolumns=2\n[[channel]]\ncolumn=3\nchannel=\"pm25\"\n", "m");
  ASSERT_TRUE(unnamed);
  EXPECT_EQ(unnamed->sensor.name.in("ko"), "가져온 파일의 센서");
}

TEST(mapping, names_what_is_missing) {
  EXPECT_THAT(refusal(""), HasSubstr("\"station.serial\" is missing"));
  EXPECT_THAT(refusal("[station]\nserial=1\n"), HasSubstr("\"time.columns\" is missing"));
  EXPECT_THAT(refusal("[station]\nserial=1\n[time]\ncolumns=1\n"), HasSubstr("\"channel\" is missing"));
  EXPECT_THAT(refusal(with("longitude = \"LON\"", "")), HasSubstr("\"station.longitude\" is missing beside the other"));
  EXPECT_THAT(refusal(with("unit = \"mm\"", "")), HasSubstr("\"channel[2].unit\" is missing: Madang does not know \"rain\""));
  EXPECT_THAT(refusal(with("\"reference\"", "\"simple_monitor\"")), HasSubstr("always carry their notice"));
}

TEST(mapping, refuses_what_a_key_cannot_mean) {
  EXPECT_THAT(refusal(with("\"Europe/Madrid\"", "\"Europe/Madird\"")), HasSubstr("m.toml:15"));
  EXPECT_THAT(refusal(with("%d/%m/%Y", "%d/%m")), HasSubstr("%Y is missing"));
  EXPECT_THAT(refusal(with("\";\"", "\"::\"")), HasSubstr("\"file.separator\" wants one of"));
  EXPECT_THAT(refusal(with("scale = 0.001", "scale = 0")), HasSubstr("a number other than 0"));
  EXPECT_THAT(refusal(with("scale = 0.001", "scale = \"x\"")), HasSubstr("\"channel[1].scale\" wants a number"));
  EXPECT_THAT(refusal(with("channel = \"rain\"", "channel = \"no2\"")), HasSubstr("\"no2\" comes twice"));
  EXPECT_THAT(refusal(with("channel = \"rain\"", "channel = \"Rain!\"")), HasSubstr("wants 1 to 64"));
  EXPECT_THAT(refusal(with("scale = 0.001", "scale = 0.001\nunit = \"ppb\"")), HasSubstr("no2 is kept in ppm"));
  EXPECT_THAT(refusal(with("[-9999]", "[nan]")), HasSubstr("a list of numbers"));
  EXPECT_THAT(refusal("a = = b"), HasSubstr("m.toml:1:"));
  EXPECT_THAT(refusal(std::string(2 << 20, ' ')), HasSubstr("at most 1048576"));
}


ImportSummary import_with(TestTarget& target, TestFolder const& folder, std::string_view mapping, std::string_view csv) {
  auto summary = import_csv(target, {.import = {.files = {folder.file("data.csv", csv)}, .rejects_file = folder.path("rejects.csv"), .progress = {}, .clock = kImportClock},
                                     .mapping_file = folder.file("m.toml", mapping)});
  EXPECT_TRUE(summary) << summary.error().sentence;
  return summary.value_or(ImportSummary{});
}

constexpr std::string_view kData =
    "FECHA;HORA;ESTACION;NOMBRE;LAT;LON;NO2;LLUVIA\n"
    "01/07/2026;12:00;28;Plaza;40,4;-3,7;31,5;0,2\n"
    "01/07/2026;24:00;28;Plaza;40,4;-3,7;-9999;s/d\n"
    "01/12/2026;12:00;28;Plaza;40,4;-3,7;0;1\n";

TEST(csv_import, follows_the_mapping) {
  TestFolder const folder;
  TestTarget target;
  auto const s = import_with(target, folder, kMapping, kData);
  EXPECT_EQ(s.things_new, 1u);
  EXPECT_EQ(s.rows, 3u);
  EXPECT_EQ(s.missing, 3u);
  EXPECT_EQ(s.rejects, 0u);
  auto const& thing = target.things.at("es-28").thing;
  EXPECT_EQ(thing.thing.name.in("en"), "Plaza");
  EXPECT_EQ(thing.locations[0].point, (LatLon{40.4, -3.7}));
  auto const no2 = target.values("es-28", "no2");
  ASSERT_EQ(no2.size(), 1u);
  EXPECT_DOUBLE_EQ(no2[0].value, 0.0315);
  EXPECT_EQ(format_instant(no2[0].phenomenon_time), "2026-07-01T10:00:00Z");
  auto const rain = target.values("es-28", "rain");
  ASSERT_EQ(rain.size(), 2u);
  EXPECT_EQ(format_instant(rain[1].phenomenon_time), "2026-12-01T11:00:00Z");
  EXPECT_EQ(rain[0].quality.flag, QualityFlag::kUnknown);
  EXPECT_EQ(target.stream("es-28", "rain")->datastream.name.in("ko"), "강수");
}

TEST(csv_import, changes_nothing_the_second_time) {
  TestFolder const folder;
  TestTarget target;
  auto const first = import_with(target, folder, kMapping, kData);
  auto const second = import_with(target, folder, kMapping, kData);
  EXPECT_EQ(second.things_known, 1u);
  EXPECT_EQ(second.stored, 0u);
  EXPECT_EQ(second.repeated, first.stored);
}

TEST(csv_import, sets_bad_rows_aside) {
  TestFolder const folder;
  TestTarget target;
  auto const s = import_with(target, folder, kMapping,
                             "FECHA;HORA;ESTACION;NOMBRE;LAT;LON;NO2;LLUVIA\n"
                             "31/06/2026;12:00;28;Plaza;40,4;-3,7;1;0\n"
                             "01/07/2026;12:00;;Plaza;40,4;-3,7;1;0\n"
                             "01/07/2026;12:00;28;Plaza;140,4;-3,7;1;0\n"
                             "01/07/2026;12:00;28;Plaza;40,4;-3,7;many;0,5\n"
                             "01/07/2026;12:00\n");
  EXPECT_EQ(s.rejects, 5u);
  EXPECT_EQ(s.rejected_places, 1u) << "a latitude of 140.4 costs no reading";
  EXPECT_EQ(s.rows, 2u);
  EXPECT_EQ(s.rejected_rows, 3u);
  auto const said = text_of_file(folder.path("rejects.csv"));
  EXPECT_THAT(said, HasSubstr("data.csv,2,1,"));
  EXPECT_THAT(said, HasSubstr("there is no such day"));
  EXPECT_THAT(said, HasSubstr("data.csv,5,37,"));
}

TEST(csv_import, names_a_column_that_is_not_there) {
  TestFolder const folder;
  TestTarget target;
  auto const s = import_csv(target, {.import = {.files = {folder.file("data.csv", "FECHA;HORA;ESTACIO;NOMBRE;LAT;LON;NO2;LLUVIA\n")}, .rejects_file = {}, .progress = {}, .clock = kImportClock},
                                     .mapping_file = folder.file("m.toml", kMapping)});
  ASSERT_FALSE(s);
  EXPECT_THAT(s.error().sentence, HasSubstr("data.csv: line 1: there is no column \"ESTACION\"; did you mean \"ESTACIO\"?"));
}

}  // namespace
}  // namespace madang::sensing
