// MQTT 5's reason codes (section 2.4), those that Madang sends or understands by name, and what an Error of
// ours becomes on the wire.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace madang::web::mqtt {

enum class Reason : std::uint8_t {
  kSuccess = 0x00,
  kDisconnectWithWill = 0x04,
  kNoSubscriptionExisted = 0x11,
  kUnspecifiedError = 0x80,
  kMalformedPacket = 0x81,
  kProtocolError = 0x82,
  kImplementationSpecificError = 0x83,
  kUnsupportedProtocolVersion = 0x84,
  kClientIdNotValid = 0x85,
  kBadUserNameOrPassword = 0x86,
  kNotAuthorized = 0x87,
  kServerUnavailable = 0x88,
  kServerBusy = 0x89,
  kServerShuttingDown = 0x8B,
  kBadAuthenticationMethod = 0x8C,
  kKeepAliveTimeout = 0x8D,
  kSessionTakenOver = 0x8E,
  kTopicFilterInvalid = 0x8F,
  kTopicNameInvalid = 0x90,
  kPacketIdentifierNotFound = 0x92,
  kReceiveMaximumExceeded = 0x93,
  kTopicAliasInvalid = 0x94,
  kPacketTooLarge = 0x95,
  kQuotaExceeded = 0x97,
  kPayloadFormatInvalid = 0x99,
  kQosNotSupported = 0x9B,
  kSharedSubscriptionsNotSupported = 0x9E,
  kSubscriptionIdentifiersNotSupported = 0xA1,
};

/// Why a packet, and with it the connection, is refused. The sentence names packet, field and byte.
struct ProtocolError {
  Reason reason = Reason::kMalformedPacket;
  std::string sentence;
};

/// "not authorized"; codes without a name here are "reason code 0x..".
std::string text_of(Reason reason);

/// A sentence as a reason string: at most kReasonStringBytesMax bytes, cut between two characters. A sentence may quote what a client
/// sent, and receivers may close at control characters (MQTT 5.0, 1.5.4), so U+FFFD stands for each, and for what is no UTF-8.
std::string reason_string_of(std::string_view sentence);

/// For PUBACK and PUBREC, whose codes MQTT 5.0 names in 3.4.2.1. 0x83, 0x87, 0x90 and 0x99 are final; 0x97 (too much at once) and
/// 0x80 (what this server depends on is away) pass, so that a device knows from the code alone whether to send it again. A client must
/// not send again what was refused (4.4.0-2), so who may want a message later keeps it.
Reason reason_of(Code code);
/// The other way round: what a broker's refusal means to our caller.
Code code_of(Reason reason);

/// For CONNACK under MQTT 5, and its return code under 3.1.1: 1, 2, 4 and 5 are for good, 3 is for now. Nothing: none of them
/// fits (a malformed CONNECT), so the connection closes without CONNACK (3.1.1, 3.2.2-6).
Reason connect_reason_of(Code code);
std::optional<std::uint8_t> connect_return_code_of(Reason reason);

}  // namespace madang::web::mqtt
