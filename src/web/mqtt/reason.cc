#include "web/mqtt/reason.h"

#include <fmt/format.h>

#include <utility>

#include "core/text.h"
#include "web/mqtt/limits.h"
#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {
namespace {

/// Of well-formed UTF-8.
std::string_view take_character(std::string_view& text) {
  auto const lead = static_cast<unsigned char>(text[0]);
  auto const one = text.substr(0, lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4);
  text.remove_prefix(one.size());
  return one;
}

bool is_control(std::string_view character) {
  auto const last = static_cast<unsigned char>(character.back());
  return character.size() == 1 ? last < 0x20 || last == 0x7F : character.size() == 2 && character[0] == '\xC2' && last < 0xA0;
}

/// Unicode keeps them free for ever: U+FDD0 to U+FDEF, and the last two of each plane.
bool is_noncharacter(std::string_view character) {
  auto const last = static_cast<unsigned char>(character.back());
  if (character.starts_with("\xEF\xB7")) return last >= 0x90 && last <= 0xAF;
  bool const ends_a_plane = character.starts_with("\xEF\xBF") || (character.size() == 4 && character[2] == '\xBF' && (character[1] & 0xF) == 0xF);
  return ends_a_plane && last >= 0xBE;
}

}  // namespace

std::string text_of(Reason reason) {
  switch (reason) {
    case Reason::kSuccess: return "success";
    case Reason::kDisconnectWithWill: return "disconnect with will message";
    case Reason::kNoSubscriptionExisted: return "no subscription existed";
    case Reason::kUnspecifiedError: return "unspecified error";
    case Reason::kMalformedPacket: return "malformed packet";
    case Reason::kProtocolError: return "protocol error";
    case Reason::kImplementationSpecificError: return "implementation specific error";
    case Reason::kUnsupportedProtocolVersion: return "unsupported protocol version";
    case Reason::kClientIdNotValid: return "client identifier not valid";
    case Reason::kBadUserNameOrPassword: return "bad user name or password";
    case Reason::kNotAuthorized: return "not authorized";
    case Reason::kServerUnavailable: return "server unavailable";
    case Reason::kServerBusy: return "server busy";
    case Reason::kServerShuttingDown: return "server shutting down";
    case Reason::kBadAuthenticationMethod: return "bad authentication method";
    case Reason::kKeepAliveTimeout: return "keep alive timeout";
    case Reason::kSessionTakenOver: return "session taken over";
    case Reason::kTopicFilterInvalid: return "topic filter invalid";
    case Reason::kTopicNameInvalid: return "topic name invalid";
    case Reason::kPacketIdentifierNotFound: return "packet identifier not found";
    case Reason::kReceiveMaximumExceeded: return "receive maximum exceeded";
    case Reason::kTopicAliasInvalid: return "topic alias invalid";
    case Reason::kPacketTooLarge: return "packet too large";
    case Reason::kQuotaExceeded: return "quota exceeded";
    case Reason::kPayloadFormatInvalid: return "payload format invalid";
    case Reason::kQosNotSupported: return "QoS not supported";
    case Reason::kSharedSubscriptionsNotSupported: return "shared subscriptions not supported";
    case Reason::kSubscriptionIdentifiersNotSupported: return "subscription identifiers not supported";
  }
  return fmt::format("reason code 0x{:02X}", std::to_underlying(reason));
}

std::string reason_string_of(std::string_view sentence) {
  std::string shown;
  auto const repaired = repair_utf8(sentence);
  for (std::string_view rest{repaired}; !rest.empty() && shown.size() < kReasonStringBytesMax;) {
    auto const character = take_character(rest);
    shown += is_control(character) || is_noncharacter(character) ? "\uFFFD" : character;
  }
  return std::string{shortened(shown, kReasonStringBytesMax)};
}

Reason reason_of(Code code) {
  switch (code) {
    case Code::kInvalid: return Reason::kPayloadFormatInvalid;
    case Code::kUnauthorized:
    case Code::kForbidden: return Reason::kNotAuthorized;
    case Code::kNotFound: return Reason::kTopicNameInvalid;  // well formed, but nobody here is called so
    case Code::kConflict:
    case Code::kLimit:
    case Code::kUnsupported: return Reason::kImplementationSpecificError;
    case Code::kOverloaded: return Reason::kQuotaExceeded;
    default: return Reason::kUnspecifiedError;
  }
}

Code code_of(Reason reason) {
  switch (reason) {
    case Reason::kPayloadFormatInvalid:
    case Reason::kTopicNameInvalid:
    case Reason::kTopicFilterInvalid:
    case Reason::kMalformedPacket: return Code::kInvalid;
    case Reason::kBadUserNameOrPassword: return Code::kUnauthorized;
    case Reason::kNotAuthorized: return Code::kForbidden;
    case Reason::kPacketTooLarge: return Code::kLimit;
    case Reason::kQuotaExceeded:
    case Reason::kServerBusy: return Code::kOverloaded;
    case Reason::kImplementationSpecificError:
    case Reason::kQosNotSupported:
    case Reason::kUnsupportedProtocolVersion: return Code::kUnsupported;
    default: return Code::kUnavailable;
  }
}

bool is_final(Code code) {
  switch (code) {
    case Code::kInvalid:
    case Code::kNotFound:
    case Code::kConflict:
    case Code::kLimit:
    case Code::kUnsupported: return true;
    default: return false;
  }
}

Reason connect_reason_of(Code code) {
  switch (code) {
    case Code::kUnauthorized: return Reason::kBadUserNameOrPassword;
    case Code::kForbidden: return Reason::kNotAuthorized;
    case Code::kLimit: return Reason::kQuotaExceeded;
    case Code::kOverloaded: return Reason::kServerBusy;
    default: return Reason::kServerUnavailable;
  }
}

std::optional<std::uint8_t> connect_return_code_of(Reason reason) {
  switch (reason) {
    case Reason::kSuccess: return 0;
    case Reason::kUnsupportedProtocolVersion: return 1;
    case Reason::kClientIdNotValid: return 2;
    case Reason::kBadUserNameOrPassword: return 4;
    case Reason::kNotAuthorized: return 5;
    case Reason::kQuotaExceeded:
    case Reason::kServerBusy:
    case Reason::kServerShuttingDown:
    case Reason::kServerUnavailable: return 3;
    default: return std::nullopt;
  }
}

}  // namespace madang::web::mqtt
