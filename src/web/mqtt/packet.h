// MQTT control packets of versions 3.1.1 and 5 as plain structs. Texts are views: into the received bytes when
// decoded, into the caller's strings when encoded. Sources: OASIS MQTT 3.1.1 (2014) and MQTT 5.0 (2019).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "web/mqtt/reason.h"

namespace madang::web::mqtt {

enum class Version : std::uint8_t { k311 = 4, k5 = 5 };

enum class PacketType : std::uint8_t {
  kConnect = 1, kConnack, kPublish, kPuback, kPubrec, kPubrel, kPubcomp, kSubscribe, kSuback, kUnsubscribe, kUnsuback,
  kPingreq, kPingresp, kDisconnect, kAuth
};

/// All properties of MQTT 5 (section 2.2.2.2); which packet may carry which is checked by the decoder.
struct Properties {
  std::optional<std::uint8_t> payload_format;
  std::optional<std::uint32_t> message_expiry_seconds;
  std::optional<std::string_view> content_type;
  std::optional<std::string_view> response_topic;
  std::optional<std::string_view> correlation_data;
  std::optional<std::uint32_t> session_expiry_seconds;
  std::optional<std::string_view> assigned_client_id;
  std::optional<std::uint16_t> server_keep_alive_seconds;
  std::optional<std::string_view> authentication_method;
  std::optional<std::string_view> authentication_data;
  std::optional<std::uint8_t> request_problem_information;
  std::optional<std::uint32_t> will_delay_seconds;
  std::optional<std::uint8_t> request_response_information;
  std::optional<std::string_view> response_information;
  std::optional<std::string_view> server_reference;
  std::optional<std::string_view> reason_string;
  std::optional<std::uint16_t> receive_maximum;
  std::optional<std::uint16_t> topic_alias_maximum;
  std::optional<std::uint16_t> topic_alias;
  std::optional<std::uint8_t> maximum_qos;
  std::optional<std::uint8_t> retain_available;
  std::optional<std::uint32_t> packet_bytes_max;
  std::optional<std::uint8_t> wildcard_subscription_available;
  std::optional<std::uint8_t> subscription_identifier_available;
  std::optional<std::uint8_t> shared_subscription_available;
  std::vector<std::uint32_t> subscription_identifiers;
  std::vector<std::pair<std::string_view, std::string_view>> user_properties;

  friend bool operator==(Properties const&, Properties const&) = default;
};

struct Will {
  std::string_view topic;
  std::string_view payload;
  std::uint8_t qos = 0;
  bool retain = false;
  Properties properties;
  friend bool operator==(Will const&, Will const&) = default;
};

struct Connect {
  Version version = Version::k5;
  bool clean_start = true;
  std::uint16_t keep_alive_seconds = 0;
  std::string_view client_id;
  std::optional<Will> will;
  std::optional<std::string_view> username;
  std::optional<std::string_view> password;
  Properties properties;
  friend bool operator==(Connect const&, Connect const&) = default;
};

/// `code` is MQTT 5's reason code, or 3.1.1's return code 0 to 5.
struct Connack {
  bool session_present = false;
  std::uint8_t code = 0;
  Properties properties;
  friend bool operator==(Connack const&, Connack const&) = default;
};

struct Publish {
  std::string_view topic;
  std::string_view payload;
  std::uint8_t qos = 0;
  bool retain = false;
  bool duplicate = false;
  std::uint16_t packet_id = 0;  ///< 0 for QoS 0
  Properties properties;
  friend bool operator==(Publish const&, Publish const&) = default;
};

/// PUBACK, PUBREC, PUBREL and PUBCOMP have one shape.
template <PacketType kType>
struct Acknowledgement {
  std::uint16_t packet_id = 0;
  Reason reason = Reason::kSuccess;  ///< only MQTT 5 carries it
  Properties properties;
  friend bool operator==(Acknowledgement const&, Acknowledgement const&) = default;
};
using Puback = Acknowledgement<PacketType::kPuback>;
using Pubrec = Acknowledgement<PacketType::kPubrec>;
using Pubrel = Acknowledgement<PacketType::kPubrel>;
using Pubcomp = Acknowledgement<PacketType::kPubcomp>;

struct SubscribeFilter {
  std::string_view filter;
  std::uint8_t qos = 0;
  bool no_local = false;
  bool retain_as_published = false;
  std::uint8_t retain_handling = 0;  ///< 0: send retained, 1: only for a new subscription, 2: never
  friend bool operator==(SubscribeFilter const&, SubscribeFilter const&) = default;
};

struct Subscribe {
  std::uint16_t packet_id = 0;
  std::vector<SubscribeFilter> filters;
  Properties properties;
  friend bool operator==(Subscribe const&, Subscribe const&) = default;
};

/// One code per filter: the granted QoS 0 to 2, or a refusal from 0x80.
struct Suback {
  std::uint16_t packet_id = 0;
  std::vector<std::uint8_t> codes;
  Properties properties;
  friend bool operator==(Suback const&, Suback const&) = default;
};

struct Unsubscribe {
  std::uint16_t packet_id = 0;
  std::vector<std::string_view> filters;
  Properties properties;
  friend bool operator==(Unsubscribe const&, Unsubscribe const&) = default;
};

struct Unsuback {
  std::uint16_t packet_id = 0;
  std::vector<std::uint8_t> codes;  ///< only MQTT 5 carries them
  Properties properties;
  friend bool operator==(Unsuback const&, Unsuback const&) = default;
};

struct Pingreq {
  friend bool operator==(Pingreq const&, Pingreq const&) = default;
};
struct Pingresp {
  friend bool operator==(Pingresp const&, Pingresp const&) = default;
};

struct Disconnect {
  Reason reason = Reason::kSuccess;
  Properties properties;
  friend bool operator==(Disconnect const&, Disconnect const&) = default;
};

struct Auth {
  Reason reason = Reason::kSuccess;
  Properties properties;
  friend bool operator==(Auth const&, Auth const&) = default;
};

using Packet = std::variant<Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe, Suback, Unsubscribe,
                            Unsuback, Pingreq, Pingresp, Disconnect, Auth>;

}  // namespace madang::web::mqtt
