#include "web/mqtt/encode.h"

#include <type_traits>

#include "core/error.h"
#include "web/mqtt/property_table.h"

namespace madang::web::mqtt {
namespace {

constexpr std::size_t kTextBytesMax = 65'535;
constexpr std::size_t kRemainingLengthMax = 268'435'455;

void put(std::string& out, std::uint8_t value) { out += static_cast<char>(value); }
void put(std::string& out, std::uint16_t value) {
  put(out, static_cast<std::uint8_t>(value >> 8));
  put(out, static_cast<std::uint8_t>(value & 0xFF));
}
void put(std::string& out, std::uint32_t value) {
  put(out, static_cast<std::uint16_t>(value >> 16));
  put(out, static_cast<std::uint16_t>(value & 0xFFFF));
}
void put(std::string& out, std::string_view text) {
  MADANG_ASSERT(text.size() <= kTextBytesMax);
  put(out, static_cast<std::uint16_t>(text.size()));
  out += text;
}

void put_variable(std::string& out, std::size_t value) {
  MADANG_ASSERT(value <= kRemainingLengthMax);
  do {
    auto const more = value > 127 ? 0x80U : 0U;
    put(out, static_cast<std::uint8_t>((value & 0x7F) | more));
    value >>= 7;
  } while (value > 0);
}

void put_properties(std::string& out, Properties const& properties) {
  auto const bytes = encode_properties(properties);
  put_variable(out, bytes.size());
  out += bytes;
}

void put_if_v5(std::string& out, Properties const& properties, Version version) {
  if (version == Version::k5) put_properties(out, properties);
}

void put_packet(std::string& out, PacketType type, unsigned flags, std::string_view body) {
  put(out, static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4 | flags));
  put_variable(out, body.size());
  out += body;
}

unsigned bit(bool set, unsigned position) { return set ? 1U << position : 0U; }

void put_will(std::string& body, Will const& will, Version version) {
  put_if_v5(body, will.properties, version);
  put(body, will.topic);
  put(body, will.payload);
}

struct Encoder {
  std::string& out;
  Version version;

  void operator()(Connect const& p) const {
    std::string body;
    put(body, std::string_view{"MQTT"});
    put(body, static_cast<std::uint8_t>(p.version));
    auto const will = p.will ? bit(true, 2) | static_cast<unsigned>(p.will->qos) << 3 | bit(p.will->retain, 5) : 0U;
    put(body, static_cast<std::uint8_t>(bit(p.username.has_value(), 7) | bit(p.password.has_value(), 6) | will |
                                        bit(p.clean_start, 1)));
    put(body, p.keep_alive_seconds);
    put_if_v5(body, p.properties, p.version);
    put(body, p.client_id);
    if (p.will) put_will(body, *p.will, p.version);
    if (p.username) put(body, *p.username);
    if (p.password) put(body, *p.password);
    put_packet(out, PacketType::kConnect, 0, body);
  }

  void operator()(Connack const& p) const {
    std::string body;
    put(body, static_cast<std::uint8_t>(p.session_present ? 1 : 0));
    put(body, p.code);
    put_if_v5(body, p.properties, version);
    put_packet(out, PacketType::kConnack, 0, body);
  }

  void operator()(Publish const& p) const { encode(out, p, version); }

  template <PacketType kType>
  void operator()(Acknowledgement<kType> const& p) const {
    std::string body;
    put(body, p.packet_id);
    bool const plain = p.properties == Properties{};
    if (version == Version::k5 && (p.reason != Reason::kSuccess || !plain)) {
      put(body, static_cast<std::uint8_t>(p.reason));
      if (!plain) put_properties(body, p.properties);
    }
    put_packet(out, kType, kType == PacketType::kPubrel ? 2 : 0, body);
  }

  void operator()(Subscribe const& p) const {
    std::string body;
    put(body, p.packet_id);
    put_if_v5(body, p.properties, version);
    for (auto const& f : p.filters) {
      put(body, f.filter);
      auto const v5_options = bit(f.no_local, 2) | bit(f.retain_as_published, 3) |
                              static_cast<unsigned>(f.retain_handling) << 4;
      put(body, static_cast<std::uint8_t>(f.qos | (version == Version::k5 ? v5_options : 0U)));
    }
    put_packet(out, PacketType::kSubscribe, 2, body);
  }

  void operator()(Unsubscribe const& p) const {
    std::string body;
    put(body, p.packet_id);
    put_if_v5(body, p.properties, version);
    for (auto const f : p.filters) put(body, f);
    put_packet(out, PacketType::kUnsubscribe, 2, body);
  }

  void operator()(Suback const& p) const { codes(PacketType::kSuback, p.packet_id, p.properties, p.codes); }
  void operator()(Unsuback const& p) const {
    codes(PacketType::kUnsuback, p.packet_id, p.properties,
          version == Version::k5 ? p.codes : std::vector<std::uint8_t>{});
  }
  void operator()(Pingreq const&) const { put_packet(out, PacketType::kPingreq, 0, {}); }
  void operator()(Pingresp const&) const { put_packet(out, PacketType::kPingresp, 0, {}); }
  void operator()(Disconnect const& p) const { reasoned(PacketType::kDisconnect, p.reason, p.properties); }
  void operator()(Auth const& p) const { reasoned(PacketType::kAuth, p.reason, p.properties); }

  void codes(PacketType type, std::uint16_t packet_id, Properties const& properties,
             std::vector<std::uint8_t> const& list) const {
    std::string body;
    put(body, packet_id);
    put_if_v5(body, properties, version);
    for (auto const code : list) put(body, code);
    put_packet(out, type, 0, body);
  }

  void reasoned(PacketType type, Reason reason, Properties const& properties) const {
    std::string body;
    bool const plain = properties == Properties{};
    if (version == Version::k5 && (reason != Reason::kSuccess || !plain)) {
      put(body, static_cast<std::uint8_t>(reason));
      if (!plain) put_properties(body, properties);
    }
    put_packet(out, type, 0, body);
  }
};

}  // namespace

std::string encode_properties(Properties const& properties) {
  std::string out;
  for (auto const& row : kPropertyTable) {
    std::visit(
        [&](auto member) {
          auto const& value = properties.*member;
          if (!value) return;
          put(out, row.id);
          put(out, *value);
        },
        row.member);
  }
  for (auto const id : properties.subscription_identifiers) {
    put(out, kSubscriptionIdentifierId);
    put_variable(out, id);
  }
  for (auto const& [name, value] : properties.user_properties) {
    put(out, kUserPropertyId);
    put(out, name);
    put(out, value);
  }
  return out;
}

std::size_t encode_publish(std::string& out, Publish const& p, std::string_view raw_properties, Version version) {
  auto const begin = out.size();
  auto const flags = bit(p.duplicate, 3) | static_cast<unsigned>(p.qos) << 1 | bit(p.retain, 0);
  put(out, static_cast<std::uint8_t>(static_cast<unsigned>(PacketType::kPublish) << 4 | flags));
  std::size_t size = 2 + p.topic.size() + (p.qos > 0 ? 2 : 0) + p.payload.size();
  std::string length_of_properties;
  if (version == Version::k5) {
    put_variable(length_of_properties, raw_properties.size());
    size += length_of_properties.size() + raw_properties.size();
  }
  put_variable(out, size);
  put(out, p.topic);
  if (p.qos > 0) put(out, p.packet_id);
  if (version == Version::k5) {
    out += length_of_properties;
    out += raw_properties;
  }
  out += p.payload;
  return out.size() - begin;
}

void encode(std::string& out, Publish const& publish, Version version) {
  encode_publish(out, publish, version == Version::k5 ? encode_properties(publish.properties) : std::string{}, version);
}

void encode(std::string& out, Puback const& puback, Version version) { Encoder{out, version}(puback); }

void encode(std::string& out, Packet const& packet, Version version) { std::visit(Encoder{out, version}, packet); }

}  // namespace madang::web::mqtt
