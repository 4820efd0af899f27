// CONNECT: who is it, may it be here, what did it ask for; and the answer.
#include <fmt/format.h>

#include "core/text.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"

namespace madang::web::mqtt {
namespace {

/// Two principals may use the same client identifier without meeting: nobody can evict a stranger's device.
std::string session_name_of(Principal const& who, std::string_view client_id) {
  return fmt::format("{}/{}/{}", static_cast<int>(who.kind), who.name, client_id);
}

std::string new_client_id(Address address) { return fmt::format("madang-{}-{}", address.thread, address.connection); }

}  // namespace

void Session::handle(Connect const& connect) {
  version_ = connect.version;
  if (accept_connect(connect)) return;
  needs_.counters.connects_refused.Increment();
}

bool Session::accept_connect(Connect const& connect) {
  problem_information_ = connect.properties.request_problem_information.value_or(1) == 1;
  if (connect.properties.authentication_method) {
    refuse_connect(Reason::kBadAuthenticationMethod, "only user name, password and certificate are understood");
    return false;
  }
  // 3.1.1 asks for a name when the session is to be kept (3.1.3-8).
  if (connect.client_id.empty() && !v5() && !connect.clean_start) {
    refuse_connect(Reason::kClientIdNotValid, "an empty client identifier without a clean session");
    return false;
  }
  auto who = needs_.handler.authenticate(connect.username.value_or(""), connect.password.value_or(""),
                                         certificate_name_);
  if (!who) {
    refuse_connect(connect_reason_of(who.error().code), who.error().sentence);
    return false;
  }
  principal_ = *std::move(who);
  if (connect.will && !keep_will(connect)) return false;
  keep_connect(connect, principal_);
  return true;
}

bool Session::keep_will(Connect const& connect) {
  auto const& will = *connect.will;
  if (will.qos > 1) {
    refuse_connect(Reason::kQosNotSupported, "the will has QoS 2; 1 is the highest here");
    return false;
  }
  if (will.topic.starts_with('$') || !needs_.handler.may_publish(principal_, will.topic)) {
    refuse_connect(Reason::kNotAuthorized, fmt::format("the will's topic \"{}\" is not this client's", will.topic));
    return false;
  }
  Properties kept = will.properties;
  auto const expiry = kept.message_expiry_seconds;
  kept.message_expiry_seconds.reset();
  kept.will_delay_seconds.reset();  // A session ends with its connection, and with it the delay (3.1.3.2.2).
  will_ = OwnWill{Message{std::string{will.topic}, std::string{will.payload}, will.qos, will.retain},
                  encode_properties(kept), expiry};
  return true;
}

void Session::keep_connect(Connect const& connect, Principal const& principal) {
  auto const assigned = connect.client_id.empty() ? new_client_id(address_) : std::string{};
  session_name_ = session_name_of(principal, connect.client_id.empty() ? assigned : connect.client_id);
  silence_max_ = Millis{connect.keep_alive_seconds * 1500};  // one and a half times (3.1.2.10)
  client_receive_maximum_ = connect.properties.receive_maximum.value_or(65'535);
  client_packet_bytes_max_ = connect.properties.packet_bytes_max.value_or(UINT32_MAX);
  connected_ = true;
  needs_.counters.connects_accepted.Increment();
  needs_.hub.enter(session_name_, address_);
  send_connack(assigned);
}

void Session::send_connack(std::string_view assigned_client_id) {
  Connack connack;
  auto& p = connack.properties;
  p.receive_maximum = needs_.limits.publishes_waiting_max;
  p.maximum_qos = std::uint8_t{1};
  p.packet_bytes_max = static_cast<std::uint32_t>(needs_.limits.packet_bytes_max);
  p.session_expiry_seconds = 0U;  // No offline queues: state is retained, commands expire.
  p.subscription_identifier_available = std::uint8_t{0};
  p.shared_subscription_available = std::uint8_t{0};
  if (!assigned_client_id.empty()) p.assigned_client_id = assigned_client_id;
  send(connack);
}

void Session::refuse_connect(Reason reason, std::string_view sentence) {
  Connack connack;
  if (v5()) {
    connack.code = static_cast<std::uint8_t>(reason);
    if (problem_information_) connack.properties.reason_string = sentence.substr(0, kReasonStringBytesMax);
  } else {
    connack.code = connect_return_code_of(reason);
  }
  // Who speaks another version, or none at all, gets 3.1.1's "unacceptable protocol version", which all understand.
  if (reason == Reason::kUnsupportedProtocolVersion) {
    version_ = Version::k311;
    connack = Connack{.session_present = false, .code = 1, .properties = {}};
  }
  send(connack);
  ending_ = true;
}

}  // namespace madang::web::mqtt
