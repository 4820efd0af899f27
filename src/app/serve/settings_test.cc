#include "app/serve/settings.h"

#include <gtest/gtest.h>

namespace madang::app {
namespace {

TEST(host_port, reads_names_and_both_kinds_of_addresses) {
  EXPECT_EQ(parse_host_port("127.0.0.1:8080")->port, 8080);
  EXPECT_EQ(parse_host_port("[::1]:0")->host, "::1");
  EXPECT_EQ(parse_host_port("localhost:1883")->host, "localhost");
}

TEST(host_port, names_what_is_wrong) {
  EXPECT_EQ(parse_host_port("8080").error().sentence, "address \"8080\": HOST:PORT expected");
  EXPECT_EQ(parse_host_port("a:70000").error().sentence,
            "address \"a:70000\": a port 0 to 65535 expected after the colon");
  EXPECT_FALSE(parse_host_port(":80").has_value());
}

TEST(serve_settings, explain_themselves_in_toml_that_reads_back) {
  ServeSettings settings;
  auto declared = settings.declare();
  EXPECT_TRUE(declared.read(declared.explain(), "explained").has_value());
  EXPECT_EQ(settings.http_listen, "127.0.0.1:8080");
}

TEST(serve_settings, choose_the_indices_of_the_city) {
  ServeSettings settings;
  settings.air_index = "eaqi";
  settings.noise_zone = "roadside_c";
  settings.crowd_severe = 4.5;
  auto const indices = index_settings_of(settings);
  ASSERT_TRUE(indices.has_value());
  EXPECT_EQ(indices->air, sensing::indices::AirScale::kEaqi);
  EXPECT_EQ(indices->noise_zone, sensing::indices::NoiseZone::kRoadsideC);
  EXPECT_EQ(indices->crowd.severe, CrowdDensity{4.5});
}

TEST(serve_settings, refuse_indices_that_do_not_exist) {
  ServeSettings settings;
  settings.air_index = "best";
  EXPECT_EQ(index_settings_of(settings).error().sentence, "indices.air: \"best\" is none of cai, aqi, eaqi, who, none");
  settings.air_index = "none";
  settings.noise_zone = "quiet";
  EXPECT_FALSE(index_settings_of(settings).has_value());
  settings.noise_zone = "general_a";
  settings.crowd_alert = 9;
  EXPECT_FALSE(index_settings_of(settings).has_value());
}

std::string refusal(std::string_view toml) {
  ServeSettings settings;
  auto const read = settings.declare().read(toml, "city.toml");
  return read ? "" : read.error().sentence;
}

TEST(serve_settings, refuse_a_text_that_would_only_fail_later) {
  EXPECT_EQ(refusal("[city]\nzone = \"Asia/Soul\"\n"),
            "city.toml:2:1: \"city.zone\": there is no time zone 'Asia/Soul'; IANA names look like Asia/Seoul");
  EXPECT_EQ(refusal("[log]\nlevel = \"loud\"\n"),
            "city.toml:2:1: \"log.level\": 'loud' is none of debug, info, warning, error");
  EXPECT_EQ(refusal("[http]\n\nlisten = \"8080\"\n"), "city.toml:3:1: \"http.listen\": address \"8080\": HOST:PORT expected");
  EXPECT_EQ(refusal("[records]\naddress = \"mysql:x\"\n"),
            "city.toml:2:1: \"records.address\": 'mysql:x' begins with neither sqlite: nor postgresql:");
  EXPECT_EQ(refusal("[city]\nzone = \"America/Sao_Paulo\"\n[log]\nlevel = \"debug\"\n"), "");
}

TEST(serve_settings, keep_records_in_the_data_directory_unless_told) {
  ServeSettings settings;
  EXPECT_EQ(records_address_of(settings, "city"), "sqlite:city/records.db");
  settings.records_address = "postgresql:dbname=city";
  EXPECT_EQ(records_address_of(settings, "city"), "postgresql:dbname=city");
}

}  // namespace
}  // namespace madang::app
