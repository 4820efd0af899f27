#include "sensing/import/sdot_packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/text.h"
#include "support/published_data.h"

namespace madang::sensing {
namespace {

using testing::HasSubstr;

// An invented environment packet: wind fitted, globe missing.
std::string const kEnvironment = std::string{"SDOT001"} + "V99Q0000001" + "0012" + "0034" + "-0003.5" + "055" + "0270" +
                                 "00002.5" + "0275" + "00004.0" + "012345" + "00003.1" + "47" + "0000.01" + "0000.02" +
                                 "0001.03" + "0000.05" + "0000.06" + "0001.09" + "xxxxxxx" + "0015" + "0040" +
                                 "202101022400" + std::string(60, 'x');

std::string_view field(SdotPacket const& packet, std::string_view name) {
  for (auto const& f : packet.fields)
    if (f.name == name) return f.text;
  return "no such field";
}

std::string joined(SdotPacket const& packet) {
  std::string out;
  for (auto const& f : packet.fields) out += (out.empty() ? "" : "|") + std::string{f.text};
  return out;
}

TEST(sdot_packet, gives_each_field_as_sent) {
  auto const packet = decode_sdot_packet(kEnvironment);
  ASSERT_TRUE(packet) << packet.error().sentence;
  EXPECT_EQ(packet->model, "SDOT001");
  EXPECT_EQ(packet->serial, "V99Q0000001");
  EXPECT_EQ(packet->fields.size(), 31u);
  EXPECT_EQ(field(*packet, "temperature"), "-0003.5");
  EXPECT_EQ(field(*packet, "wind_speed"), "00002.5");
  EXPECT_EQ(field(*packet, "noise"), "47");
}

TEST(sdot_packet, says_missing_for_x) {
  auto const packet = decode_sdot_packet(kEnvironment);
  ASSERT_TRUE(packet);
  EXPECT_EQ(field(*packet, "globe_temperature"), "");
  EXPECT_EQ(field(*packet, "field_31"), "");
}

TEST(sdot_packet, reads_its_time_in_korea_and_24_as_midnight) {
  auto const packet = decode_sdot_packet(kEnvironment);
  ASSERT_TRUE(packet);
  ASSERT_TRUE(packet->time);
  EXPECT_EQ(format_instant(*packet->time), "2021-01-02T15:00:00Z");
}

TEST(sdot_packet, knows_the_pedestrian_counter) {
  auto const packet = decode_sdot_packet("SCMS-SEOUL-SDSCMS-SEOUL-SD-99990017");
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->serial, "SCMS-SEOUL-SD-9999");
  EXPECT_EQ(field(*packet, "people"), "0017");
  EXPECT_FALSE(packet->time);
}

TEST(sdot_packet, knows_the_indoor_node) {
  auto const packet = decode_sdot_packet("IMC_1000Aabcdef01234560230550012000900450" "00100");
  ASSERT_TRUE(packet) << packet.error().sentence;
  EXPECT_EQ(packet->serial, "abcdef0123456");
  EXPECT_EQ(field(*packet, "temperature"), "023");
  EXPECT_EQ(field(*packet, "humidity"), "055");
}

TEST(sdot_packet, refuses_a_strange_model_or_length) {
  EXPECT_EQ(decode_sdot_packet("").error().code, Code::kUnsupported);
  EXPECT_EQ(decode_sdot_packet("ABC").error().code, Code::kUnsupported);
  EXPECT_THAT(decode_sdot_packet(kEnvironment + "x").error().sentence, HasSubstr("has 202 characters, this one 203"));
  EXPECT_EQ(decode_sdot_packet(std::string(5000, 'x')).error().code, Code::kLimit);
}

TEST(sdot_packet, names_the_field_that_is_half_missing) {
  auto broken = kEnvironment;
  broken[20] = 'x';
  auto const packet = decode_sdot_packet(broken);
  ASSERT_FALSE(packet);
  EXPECT_THAT(packet.error().sentence, HasSubstr("\"pm25\" at column 19: \"00x2\" is neither a number nor all x"));
}

TEST(sdot_packet, refuses_a_time_that_is_none) {
  auto broken = kEnvironment;
  broken.replace(broken.find("202101022400"), 12, "202113022400");
  EXPECT_THAT(decode_sdot_packet(broken).error().sentence, HasSubstr("not a time"));
}

TEST(sdot_packet, agrees_with_the_published_packets) {
  MADANG_NEEDS_PUBLISHED("seoul-sdot/sdot_wire_packets.tsv");
  std::ifstream in(test::published("seoul-sdot/sdot_wire_packets.tsv"));
  std::string line;
  std::getline(in, line);
  std::size_t count = 0;
  for (; std::getline(in, line); ++count) {
    auto const columns = split(line, '\t');
    ASSERT_EQ(columns.size(), 4u);
    auto const packet = decode_sdot_packet(columns[2]);
    ASSERT_TRUE(packet) << packet.error().sentence;
    EXPECT_EQ(packet->serial, columns[1]);
    EXPECT_EQ(joined(*packet), columns[3]);
  }
  EXPECT_EQ(count, 3u);
}

}  // namespace
}  // namespace madang::sensing
