#include "web/mqtt/decode.h"

#include <fmt/format.h>

#include <array>

#include "web/mqtt/decode_properties.h"
#include "web/mqtt/limits.h"
#include "web/mqtt/reader.h"
#include "web/mqtt/topic.h"

namespace madang::web::mqtt {
namespace {

constexpr std::array<std::string_view, 16> kNames{
    "packet type 0", "CONNECT", "CONNACK", "PUBLISH", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP",
    "SUBSCRIBE", "SUBACK", "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};

Properties read_if_v5(Reader& in, Version version, PacketType type) {
  return version == Version::k5 ? read_properties(in, carrier(type)) : Properties{};
}

std::uint16_t read_packet_id(Reader& in) {
  auto const at = in.at();
  auto const id = in.two_bytes("packet identifier");
  if (!in.failed() && id == 0) in.refuse(Reason::kProtocolError, "packet identifier is 0", at);
  return id;
}

/// A name that is only beyond our own bounds is none of this: the message is refused, and what follows it is heard.
void check_topic_name(Reader& in, std::string_view topic) {
  if (in.failed() || (!topic.empty() && topic_name_beyond_bounds(topic))) return;
  if (auto const fault = topic_name_fault(topic))
    in.fail_with({topic.empty() ? Reason::kProtocolError : Reason::kTopicNameInvalid, fmt::format("{}: {}", in.packet(), *fault)});
}

bool read_protocol_version(Reader& in, Version& version) {
  auto const name = in.text("protocol name");
  if (!in.failed() && name != "MQTT" && name != "MQIsdp") {
    in.refuse(Reason::kUnsupportedProtocolVersion, "protocol name is not MQTT", 0);
    return false;
  }
  auto const level = in.byte("protocol version");
  if (!in.failed() && (name != "MQTT" || (level != 4 && level != 5)))
    in.refuse(Reason::kUnsupportedProtocolVersion, fmt::format("protocol version {} is neither 4 nor 5", level));
  version = level == 4 ? Version::k311 : Version::k5;
  return !in.failed();
}

struct ConnectFlags {
  bool username, password, will_retain, will, clean_start;
  std::uint8_t will_qos;
};

ConnectFlags read_connect_flags(Reader& in, Version version) {
  auto const at = in.at();
  auto const bits = in.byte("connect flags");
  ConnectFlags const flags{(bits & 0x80) != 0, (bits & 0x40) != 0, (bits & 0x20) != 0, (bits & 0x04) != 0,
                           (bits & 0x02) != 0, static_cast<std::uint8_t>(bits >> 3 & 3)};
  auto const refuse = [&](std::string_view sentence) { in.refuse(Reason::kMalformedPacket, sentence, at); };
  if ((bits & 1) != 0) refuse("the reserved connect flag is set");
  if (flags.will_qos == 3) refuse("will QoS is 3");
  if (!flags.will && (flags.will_qos != 0 || flags.will_retain)) refuse("will flags without a will");
  if (version == Version::k311 && flags.password && !flags.username) refuse("a password without a user name");
  return flags;
}

Will read_will(Reader& in, Version version, ConnectFlags const& flags) {
  Will will;
  will.qos = flags.will_qos;
  will.retain = flags.will_retain;
  if (version == Version::k5) will.properties = read_properties(in, kWillProperties);
  // Whether it is a topic, and this client's, is asked later: a will that cannot go out does not keep a device away.
  will.topic = in.text("will topic");
  will.payload = in.binary("will payload");
  return will;
}

Packet read_connect(Reader& in) {
  Connect connect;
  if (!read_protocol_version(in, connect.version)) return connect;
  auto const flags = read_connect_flags(in, connect.version);
  connect.clean_start = flags.clean_start;
  connect.keep_alive_seconds = in.two_bytes("keep alive");
  connect.properties = read_if_v5(in, connect.version, PacketType::kConnect);
  if (connect.properties.authentication_data && !connect.properties.authentication_method)
    in.refuse(Reason::kProtocolError, "authentication data without a method");
  auto const at = in.at();
  connect.client_id = in.text("client identifier");
  if (connect.client_id.size() > kClientIdBytesMax)
    in.refuse(Reason::kClientIdNotValid, fmt::format("client identifier is above {} bytes", kClientIdBytesMax), at);
  if (flags.will) connect.will = read_will(in, connect.version, flags);
  if (flags.username) connect.username = in.text("user name");
  if (flags.password) connect.password = in.binary("password");
  return connect;
}

Packet read_connack(Reader& in, Version version, std::size_t size) {
  Connack connack;
  auto const flags = in.byte("acknowledge flags");
  if (flags > 1) in.refuse(Reason::kMalformedPacket, "reserved acknowledge flags are set", 0);
  connack.session_present = flags == 1;
  connack.code = in.byte("reason code");
  // A broker that knows only 3.1.1 answers a version 5 CONNECT with two bytes, without properties.
  if (version == Version::k5 && size > 2) connack.properties = read_properties(in, carrier(PacketType::kConnack));
  return connack;
}

Packet read_publish(Reader& in, Version version, std::uint8_t flags) {
  Publish publish;
  publish.qos = static_cast<std::uint8_t>(flags >> 1 & 3);
  publish.retain = (flags & 1) != 0;
  publish.duplicate = (flags & 8) != 0;
  if (publish.qos == 3) in.refuse(Reason::kMalformedPacket, "QoS is 3", 0);
  if (publish.qos == 0 && publish.duplicate) in.refuse(Reason::kMalformedPacket, "a duplicate with QoS 0", 0);
  publish.topic = in.text("topic name");
  if (publish.qos > 0) publish.packet_id = read_packet_id(in);
  publish.properties = read_if_v5(in, version, PacketType::kPublish);
  if (!publish.properties.topic_alias || !publish.topic.empty()) check_topic_name(in, publish.topic);
  if (publish.properties.topic_alias == 0) in.refuse(Reason::kTopicAliasInvalid, "topic alias is 0", 0);
  publish.payload = in.remaining();
  return publish;
}

template <PacketType kType>
Packet read_acknowledgement(Reader& in, Version version) {
  Acknowledgement<kType> ack;
  ack.packet_id = read_packet_id(in);
  if (version == Version::k311 || in.ended()) return ack;
  ack.reason = static_cast<Reason>(in.byte("reason code"));
  if (!in.failed() && !in.ended()) ack.properties = read_properties(in, carrier(kType));
  return ack;
}

/// As with names: one that is only beyond our own bounds is refused by the code of its own in SUBACK, and the others are heard.
void check_filter(Reader& in, std::string_view filter) {
  if (in.failed() || topic_filter_beyond_bounds(filter)) return;
  if (auto const fault = topic_filter_fault(filter))
    in.fail_with({Reason::kTopicFilterInvalid, fmt::format("{}: {}", in.packet(), *fault)});
}

SubscribeFilter read_filter(Reader& in, Version version) {
  SubscribeFilter out{.filter = in.text("topic filter")};
  check_filter(in, out.filter);
  auto const options_at = in.at();
  auto const bits = in.byte("subscription options");
  out.qos = bits & 3;
  out.no_local = (bits & 4) != 0;
  out.retain_as_published = (bits & 8) != 0;
  out.retain_handling = bits >> 4 & 3;
  bool const reserved = (bits & 0xC0) != 0 || (version == Version::k311 && (bits & 0xFC) != 0);
  if (reserved || out.qos == 3 || out.retain_handling == 3)
    in.refuse(Reason::kMalformedPacket, fmt::format("subscription options 0x{:02X} do not exist", bits), options_at);
  return out;
}

Packet read_subscribe(Reader& in, Version version) {
  Subscribe out;
  out.packet_id = read_packet_id(in);
  out.properties = read_if_v5(in, version, PacketType::kSubscribe);
  while (!in.failed() && !in.ended()) out.filters.push_back(read_filter(in, version));
  if (out.filters.empty()) in.refuse(Reason::kProtocolError, "no topic filter");
  return out;
}

Packet read_unsubscribe(Reader& in, Version version) {
  Unsubscribe out;
  out.packet_id = read_packet_id(in);
  out.properties = read_if_v5(in, version, PacketType::kUnsubscribe);
  while (!in.failed() && !in.ended()) {
    out.filters.push_back(in.text("topic filter"));
    check_filter(in, out.filters.back());
  }
  if (out.filters.empty()) in.refuse(Reason::kProtocolError, "no topic filter");
  return out;
}

template <typename Ack>
Packet read_codes(Reader& in, Version version, PacketType type) {
  Ack out;
  out.packet_id = read_packet_id(in);
  out.properties = read_if_v5(in, version, type);
  // UNSUBACK of 3.1.1 has none (3.11).
  if (version == Version::k311 && type == PacketType::kUnsuback) return out;
  for (char const c : in.remaining()) out.codes.push_back(static_cast<std::uint8_t>(c));
  return out;
}

template <typename P>
Packet read_reasoned(Reader& in, PacketType type) {
  P out;
  if (in.ended()) return out;
  out.reason = static_cast<Reason>(in.byte("reason code"));
  if (!in.failed() && !in.ended()) out.properties = read_properties(in, carrier(type));
  return out;
}

Packet read_packet(Reader& in, Frame const& frame, Version version) {
  using enum PacketType;
  switch (frame.type) {
    case kConnect: return read_connect(in);
    case kConnack: return read_connack(in, version, frame.body.size());
    case kPublish: return read_publish(in, version, frame.flags);
    case kPuback: return read_acknowledgement<kPuback>(in, version);
    case kPubrec: return read_acknowledgement<kPubrec>(in, version);
    case kPubrel: return read_acknowledgement<kPubrel>(in, version);
    case kPubcomp: return read_acknowledgement<kPubcomp>(in, version);
    case kSubscribe: return read_subscribe(in, version);
    case kSuback: return read_codes<Suback>(in, version, kSuback);
    case kUnsubscribe: return read_unsubscribe(in, version);
    case kUnsuback: return read_codes<Unsuback>(in, version, kUnsuback);
    case kPingreq: return Pingreq{};
    case kPingresp: return Pingresp{};
    case kDisconnect: return version == Version::k5 ? read_reasoned<Disconnect>(in, kDisconnect) : Packet{Disconnect{}};
    case kAuth: break;
  }
  if (version == Version::k311) in.refuse(Reason::kMalformedPacket, "AUTH does not exist in version 3.1.1", 0);
  return read_reasoned<Auth>(in, kAuth);
}

void check_flags(Reader& in, Frame const& frame) {
  using enum PacketType;
  if (frame.type == kPublish) return;
  bool const two = frame.type == kPubrel || frame.type == kSubscribe || frame.type == kUnsubscribe;
  if (frame.flags != (two ? 2 : 0)) in.refuse(Reason::kMalformedPacket, "reserved flags of the fixed header are wrong", 0);
}

}  // namespace

std::string_view name_of(PacketType type) { return kNames[static_cast<std::size_t>(type) & 15]; }

Decoded<std::optional<Frame>> next_frame(std::string_view bytes, std::size_t packet_bytes_max) {
  if (bytes.empty()) return std::nullopt;
  auto const first = static_cast<std::uint8_t>(bytes[0]);
  auto const type = static_cast<PacketType>(first >> 4);
  if (first >> 4 == 0) return std::unexpected(ProtocolError{Reason::kMalformedPacket, "packet type 0 does not exist"});
  std::size_t length = 0;
  for (std::size_t i = 1; i <= 4; ++i) {
    if (i >= bytes.size()) return std::nullopt;
    auto const b = static_cast<std::uint8_t>(bytes[i]);
    length |= std::size_t{b & 0x7FU} << (7 * (i - 1));
    if ((b & 0x80) != 0) continue;
    auto const size = 1 + i + length;
    if (size > packet_bytes_max)
      return std::unexpected(ProtocolError{Reason::kPacketTooLarge, fmt::format("{}: {} bytes are above {}",
                                                                                name_of(type), size, packet_bytes_max)});
    if (bytes.size() < size) return std::nullopt;
    return Frame{type, static_cast<std::uint8_t>(first & 15), bytes.substr(1 + i, length), size};
  }
  return std::unexpected(ProtocolError{Reason::kMalformedPacket,
                                       fmt::format("{}: remaining length is longer than four bytes", name_of(type))});
}

Decoded<Packet> decode(Frame const& frame, Version version) {
  Reader in{name_of(frame.type), frame.body};
  check_flags(in, frame);
  Packet packet = read_packet(in, frame, version);
  in.must_end();
  if (in.failed()) return std::unexpected(*in.error());
  return packet;
}

}  // namespace madang::web::mqtt
