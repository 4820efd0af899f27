// The codec: what is written reads back the same, and what is malformed is refused with its place.
#include <gtest/gtest.h>

#include "web/mqtt/decode.h"
#include "web/mqtt/encode.h"

namespace madang::web::mqtt {
namespace {

constexpr std::size_t kMax = 1 << 20;

Packet decoded(std::string const& bytes, Version version) {
  auto const frame = next_frame(bytes, kMax);
  EXPECT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->size, bytes.size());
  auto packet = decode(**frame, version);
  EXPECT_TRUE(packet) << packet.error().sentence;
  return packet ? *packet : Packet{Pingreq{}};
}

std::string encoded(Packet const& packet, Version version) {
  std::string bytes;
  encode(bytes, packet, version);
  return bytes;
}

class PacketRoundTrip : public testing::TestWithParam<std::pair<Packet, Version>> {};

TEST_P(PacketRoundTrip, reads_back_what_was_written) {
  auto const& [packet, version] = GetParam();
  auto const bytes = encoded(packet, version);
  EXPECT_EQ(decoded(bytes, version), packet);
}

Properties user_property() {
  Properties p;
  p.user_properties.emplace_back("ward", "종로");
  return p;
}

Connect full_connect(Version version) {
  Connect c;
  c.version = version;
  c.clean_start = false;
  c.keep_alive_seconds = 60;
  c.client_id = "pole-17";
  c.username = "pole";
  c.password = std::string_view{"\0\xff", 2};
  c.will = Will{"things/17/status", "gone", 1, true, {}};
  if (version != Version::k5) return c;
  c.properties.session_expiry_seconds = 3600U;
  c.properties.receive_maximum = std::uint16_t{20};
  c.properties.packet_bytes_max = 65'536U;
  c.properties.request_problem_information = std::uint8_t{0};
  c.will->properties.will_delay_seconds = 5U;
  c.will->properties.content_type = "text/plain";
  return c;
}

Connack full_connack() {
  Connack c{.session_present = true, .code = 0, .properties = user_property()};
  c.properties.assigned_client_id = "madang-1";
  c.properties.server_keep_alive_seconds = std::uint16_t{30};
  c.properties.maximum_qos = std::uint8_t{1};
  c.properties.reason_string = "welcome";
  return c;
}

Publish full_publish(Version version) {
  Publish p;
  p.topic = "things/서울/obs";
  p.payload = "{\"pm25\":12}";
  p.qos = 1;
  p.packet_id = 513;
  p.retain = true;
  p.duplicate = true;
  if (version != Version::k5) return p;
  p.properties = user_property();
  p.properties.message_expiry_seconds = 10U;
  p.properties.correlation_data = std::string_view{"\0\1", 2};
  p.properties.response_topic = "answers/1";
  p.properties.payload_format = std::uint8_t{1};
  return p;
}

INSTANTIATE_TEST_SUITE_P(
    all_types, PacketRoundTrip,
    testing::Values(
        std::pair{Packet{full_connect(Version::k311)}, Version::k311},
        std::pair{Packet{full_connect(Version::k5)}, Version::k5},
        std::pair{Packet{Connack{.session_present = false, .code = 5, .properties = {}}}, Version::k311},
        std::pair{Packet{full_connack()}, Version::k5}, std::pair{Packet{full_publish(Version::k311)}, Version::k311},
        std::pair{Packet{full_publish(Version::k5)}, Version::k5},
        std::pair{Packet{Puback{.packet_id = 7, .properties = {}}}, Version::k311},
        std::pair{Packet{Puback{.packet_id = 7, .reason = Reason::kNotAuthorized, .properties = user_property()}},
                  Version::k5},
        std::pair{Packet{Pubrec{.packet_id = 8, .properties = {}}}, Version::k5},
        std::pair{Packet{Pubrel{.packet_id = 8, .properties = {}}}, Version::k5},
        std::pair{Packet{Pubcomp{.packet_id = 8, .properties = {}}}, Version::k311},
        std::pair{Packet{Subscribe{9, {{"things/+/obs", 1, false, false, 0}, {"#", 0, false, false, 0}}, {}}},
                  Version::k311},
        std::pair{Packet{Subscribe{9, {{"things/+/obs", 1, true, true, 2}}, user_property()}}, Version::k5},
        std::pair{Packet{Suback{9, {0, 1, 0x80}, {}}}, Version::k311},
        std::pair{Packet{Suback{9, {0x87}, user_property()}}, Version::k5},
        std::pair{Packet{Unsubscribe{10, {"a/b", "#"}, {}}}, Version::k311},
        std::pair{Packet{Unsuback{10, {}, {}}}, Version::k311},
        std::pair{Packet{Unsuback{10, {0, 0x11}, {}}}, Version::k5}, std::pair{Packet{Pingreq{}}, Version::k311},
        std::pair{Packet{Pingresp{}}, Version::k5}, std::pair{Packet{Disconnect{}}, Version::k311},
        std::pair{Packet{Disconnect{Reason::kSessionTakenOver, user_property()}}, Version::k5},
        std::pair{Packet{Auth{Reason::kSuccess, {}}}, Version::k5}));

struct BadPacket {
  std::string name;
  std::string bytes;
  Version version;
  Reason reason;
  std::string sentence;
};

class MalformedPacket : public testing::TestWithParam<BadPacket> {};

TEST_P(MalformedPacket, is_refused_with_reason_and_place) {
  auto const frame = next_frame(GetParam().bytes, kMax);
  ASSERT_TRUE(frame && *frame);

  auto const packet = decode(**frame, GetParam().version);

  ASSERT_FALSE(packet);
  EXPECT_EQ(packet.error().reason, GetParam().reason) << text_of(packet.error().reason);
  EXPECT_EQ(packet.error().sentence, GetParam().sentence);
}

std::string operator""_b(char const* text, std::size_t size) { return {text, size}; }

using enum Reason;
constexpr auto kV3 = Version::k311;
constexpr auto kV5 = Version::k5;

INSTANTIATE_TEST_SUITE_P(
    table, MalformedPacket,
    testing::Values(
        BadPacket{"wrong_protocol", "\x10\x08\0\6MQTTT\0"_b, kV5, kMalformedPacket,
                  "CONNECT: protocol name holds U+0000 at byte 0"},
        BadPacket{"version_6", "\x10\x07\0\4MQTT\6"_b, kV5, kUnsupportedProtocolVersion,
                  "CONNECT: protocol version 6 is neither 4 nor 5 at byte 7"},
        BadPacket{"version_3_1", "\x10\x09\0\6MQIsdp\3"_b, kV5, kUnsupportedProtocolVersion,
                  "CONNECT: protocol version 3 is neither 4 nor 5 at byte 9"},
        BadPacket{"reserved_connect_flag", "\x10\x0c\0\4MQTT\4\1\0\0\0\0"_b, kV3, kMalformedPacket,
                  "CONNECT: the reserved connect flag is set at byte 7"},
        BadPacket{"will_qos_3", "\x10\x0c\0\4MQTT\4\x1c\0\0\0\0"_b, kV3, kMalformedPacket,
                  "CONNECT: will QoS is 3 at byte 7"},
        BadPacket{"will_flags_without_will", "\x10\x0c\0\4MQTT\4\x20\0\0\0\0"_b, kV3, kMalformedPacket,
                  "CONNECT: will flags without a will at byte 7"},
        BadPacket{"password_without_name", "\x10\x0c\0\4MQTT\4\x40\0\0\0\0"_b, kV3, kMalformedPacket,
                  "CONNECT: a password without a user name at byte 7"},
        BadPacket{"connect_ends_early", "\x10\x0a\0\4MQTT\4\2\0\x3c"_b, kV3, kMalformedPacket,
                  "CONNECT: client identifier ends early at byte 10"},
        BadPacket{"bytes_left_over", "\x10\x0d\0\4MQTT\4\2\0\0\0\0x"_b, kV3, kMalformedPacket,
                  "CONNECT: bytes are left over at byte 12"},
        BadPacket{"qos_3", "\x36\x06\0\1a\0\1x"_b, kV3, kMalformedPacket, "PUBLISH: QoS is 3 at byte 0"},
        BadPacket{"duplicate_qos_0", "\x38\x04\0\1ax"_b, kV3, kMalformedPacket,
                  "PUBLISH: a duplicate with QoS 0 at byte 0"},
        BadPacket{"packet_id_0", "\x32\x05\0\1a\0\0"_b, kV3, kProtocolError,
                  "PUBLISH: packet identifier is 0 at byte 3"},
        BadPacket{"wildcard_topic", "\x30\x05\0\3a/+"_b, kV3, kTopicNameInvalid,
                  "PUBLISH: topic name holds a wildcard at byte 2"},
        BadPacket{"empty_topic", "\x30\x02\0\0"_b, kV3, kProtocolError, "PUBLISH: topic name is empty"},
        BadPacket{"topic_not_utf8", "\x30\x03\0\1\xff"_b, kV3, kMalformedPacket,
                  "PUBLISH: topic name is not UTF-8 at byte 0"},
        BadPacket{"topic_alias_0", "\x30\x06\0\0\3\x23\0\0"_b, kV5, kTopicAliasInvalid,
                  "PUBLISH: topic alias is 0 at byte 0"},
        BadPacket{"property_twice", "\x30\x08\0\1a\4\1\1\1\1"_b, kV5, kProtocolError,
                  "PUBLISH: payload format indicator comes twice at byte 6"},
        BadPacket{"property_of_another_packet", "\x30\x09\0\1a\5\x11\0\0\0\1"_b, kV5, kProtocolError,
                  "PUBLISH: session expiry interval is not allowed here at byte 4"},
        BadPacket{"property_unknown", "\x30\x06\0\1a\2\x7f\0"_b, kV5, kMalformedPacket,
                  "PUBLISH: property 0x7F does not exist at byte 4"},
        BadPacket{"property_flag_2", "\x30\x06\0\1a\2\1\2"_b, kV5, kProtocolError,
                  "PUBLISH: payload format indicator 2 is not allowed at byte 4"},
        BadPacket{"property_length_too_long", "\x30\x04\0\1a\x7f"_b, kV5, kMalformedPacket,
                  "PUBLISH: properties ends early at byte 4"},
        BadPacket{"subscribe_flags", "\x80\x06\0\1\0\1a\0"_b, kV3, kMalformedPacket,
                  "SUBSCRIBE: reserved flags of the fixed header are wrong at byte 0"},
        BadPacket{"subscribe_nothing", "\x82\x02\0\1"_b, kV3, kProtocolError,
                  "SUBSCRIBE: no topic filter at byte 2"},
        BadPacket{"subscribe_bad_filter", "\x82\x08\0\1\0\3a#b\0"_b, kV3, kTopicFilterInvalid,
                  "SUBSCRIBE: topic filter has '#' at byte 1, where it is not a level of its own at the end"},
        BadPacket{"subscribe_options", "\x82\x06\0\1\0\1a\4"_b, kV3, kMalformedPacket,
                  "SUBSCRIBE: subscription options 0x04 do not exist at byte 5"},
        BadPacket{"auth_in_3_1_1", "\xf0\0"_b, kV3, kMalformedPacket,
                  "AUTH: AUTH does not exist in version 3.1.1 at byte 0"}),
    [](auto const& test) { return test.param.name; });

TEST(next_frame, waits_for_the_whole_packet) {
  auto const bytes = encoded(Packet{full_publish(Version::k5)}, Version::k5);

  auto const almost = next_frame(std::string_view{bytes}.substr(0, bytes.size() - 1), kMax);

  ASSERT_TRUE(almost);
  EXPECT_FALSE(*almost);
}

TEST(next_frame, refuses_a_length_above_the_maximum_before_the_packet_is_there) {
  auto const frame = next_frame("\x30\xff\xff\xff\x7f", kMax);

  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().reason, Reason::kPacketTooLarge);
  EXPECT_EQ(frame.error().sentence, "PUBLISH: 268435460 bytes are above 1048576");
}

TEST(next_frame, refuses_a_length_of_five_bytes) {
  auto const frame = next_frame("\x30\xff\xff\xff\xff\x01", kMax);

  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().reason, Reason::kMalformedPacket);
}

TEST(decode, takes_a_connack_of_two_bytes_from_a_broker_that_knows_only_3_1_1) {
  auto const packet = decoded(std::string("\x20\2\0\1", 4), Version::k5);

  EXPECT_EQ(std::get<Connack>(packet).code, 1);
}

TEST(encode_publish, puts_kept_properties_back) {
  auto const publish = full_publish(Version::k5);
  std::string bytes;

  encode_publish(bytes, publish, encode_properties(publish.properties), Version::k5);

  EXPECT_EQ(decoded(bytes, Version::k5), Packet{publish});
}

}  // namespace
}  // namespace madang::web::mqtt
