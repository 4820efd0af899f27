// The one table of MQTT 5 properties (section 2.2.2.2): identifier, name, which packets may carry it, and where
// it stands in Properties. Decoder and encoder both walk it. Internal to the codec.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "web/mqtt/packet.h"

namespace madang::web::mqtt {

/// Bits of the packets that may carry a property; bit 0 stands for the will inside CONNECT.
using Carriers = std::uint32_t;
constexpr Carriers kWillProperties = 1;
constexpr Carriers carrier(PacketType type) { return 1U << static_cast<unsigned>(type); }

enum class PropertyShape : std::uint8_t { kPlain, kFlag, kNotZero, kText, kBytes };

struct PropertyRow {
  using Member = std::variant<std::optional<std::uint8_t> Properties::*, std::optional<std::uint16_t> Properties::*,
                              std::optional<std::uint32_t> Properties::*, std::optional<std::string_view> Properties::*>;
  std::uint8_t id;
  std::string_view name;
  PropertyShape shape;  ///< kFlag: 0 or 1; kNotZero: 0 is a protocol error
  Carriers carriers;
  Member member;
};

inline constexpr std::uint8_t kSubscriptionIdentifierId = 0x0B;
inline constexpr std::uint8_t kUserPropertyId = 0x26;

namespace property_detail {
using P = Properties;
using enum PacketType;
constexpr Carriers kMessage = carrier(kPublish) | kWillProperties;
constexpr Carriers kGreeting = carrier(kConnect) | carrier(kConnack);
constexpr Carriers kAuthentication = kGreeting | carrier(kAuth);
constexpr Carriers kReasoned = carrier(kConnack) | carrier(kPuback) | carrier(kPubrec) | carrier(kPubrel) |
                               carrier(kPubcomp) | carrier(kSuback) | carrier(kUnsuback) | carrier(kDisconnect) |
                               carrier(kAuth);
}  // namespace property_detail

inline constexpr std::array kPropertyTable = [] {
  using namespace property_detail;
  using enum PropertyShape;
  Carriers const connack = carrier(kConnack);
  Carriers const connect = carrier(kConnect);
  Carriers const disconnect = carrier(kDisconnect);
  return std::array{
      PropertyRow{0x01, "payload format indicator", kFlag, kMessage, &P::payload_format},
      PropertyRow{0x02, "message expiry interval", kPlain, kMessage, &P::message_expiry_seconds},
      PropertyRow{0x03, "content type", kText, kMessage, &P::content_type},
      PropertyRow{0x08, "response topic", kText, kMessage, &P::response_topic},
      PropertyRow{0x09, "correlation data", kBytes, kMessage, &P::correlation_data},
      PropertyRow{0x11, "session expiry interval", kPlain, kGreeting | disconnect, &P::session_expiry_seconds},
      PropertyRow{0x12, "assigned client identifier", kText, connack, &P::assigned_client_id},
      PropertyRow{0x13, "server keep alive", kPlain, connack, &P::server_keep_alive_seconds},
      PropertyRow{0x15, "authentication method", kText, kAuthentication, &P::authentication_method},
      PropertyRow{0x16, "authentication data", kBytes, kAuthentication, &P::authentication_data},
      PropertyRow{0x17, "request problem information", kFlag, connect, &P::request_problem_information},
      PropertyRow{0x18, "will delay interval", kPlain, kWillProperties, &P::will_delay_seconds},
      PropertyRow{0x19, "request response information", kFlag, connect, &P::request_response_information},
      PropertyRow{0x1A, "response information", kText, connack, &P::response_information},
      PropertyRow{0x1C, "server reference", kText, connack | disconnect, &P::server_reference},
      PropertyRow{0x1F, "reason string", kText, kReasoned, &P::reason_string},
      PropertyRow{0x21, "receive maximum", kNotZero, kGreeting, &P::receive_maximum},
      PropertyRow{0x22, "topic alias maximum", kPlain, kGreeting, &P::topic_alias_maximum},
      PropertyRow{0x23, "topic alias", kPlain, carrier(kPublish), &P::topic_alias},
      PropertyRow{0x24, "maximum QoS", kFlag, connack, &P::maximum_qos},
      PropertyRow{0x25, "retain available", kFlag, connack, &P::retain_available},
      PropertyRow{0x27, "maximum packet size", kNotZero, kGreeting, &P::packet_bytes_max},
      PropertyRow{0x28, "wildcard subscription available", kFlag, connack, &P::wildcard_subscription_available},
      PropertyRow{0x29, "subscription identifier available", kFlag, connack, &P::subscription_identifier_available},
      PropertyRow{0x2A, "shared subscription available", kFlag, connack, &P::shared_subscription_available},
  };
}();

}  // namespace madang::web::mqtt
