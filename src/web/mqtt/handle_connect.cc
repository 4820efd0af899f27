// CONNECT: who is it, may it be here, what did it ask for; and the answer.
#include <fmt/format.h>

#include <random>

#include "core/text.h"
#include "runtime/log.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/rights_watch.h"
#include "web/mqtt/session.h"
#include "web/mqtt/topic.h"

namespace madang::web::mqtt {
namespace {

/// Two principals may use the same client identifier without meeting: nobody can evict a stranger's device. Names of keys hold what
/// their owners like, so the length says where one ends; certificates have no key, and a key may be called like one.
std::string session_name_of(Principal const& who, std::string_view client_id) {
  return fmt::format("{}/{}/{}:{}/{}", static_cast<int>(who.kind), who.key.value(), who.name.size(), who.name, client_id);
}

/// Drawn, so that nobody else says it (MQTT 5.0, 3.2.2-16): numbers begin again with the server, and clients keep what they were given.
/// Together 23 bytes, which is what the oldest clients have room for.
std::string new_client_id() {
  std::random_device random;
  std::uniform_int_distribution<std::uint64_t> any;
  return fmt::format("madang-{:016x}", any(random));
}

}  // namespace

void Session::handle(Connect const& connect) {
  version_ = connect.version;
  client_id_ = connect.client_id;
  accept_connect(connect);
}

void Session::accept_connect(Connect const& connect) {
  problem_information_ = connect.properties.request_problem_information.value_or(1) == 1;
  client_packet_bytes_max_ = connect.properties.packet_bytes_max.value_or(UINT32_MAX);
  if (connect.properties.authentication_method)
    return refuse_connect(Reason::kBadAuthenticationMethod, "only user name, password and certificate are understood");
  // 3.1.1 asks for a name when the session is to be kept (3.1.3-8).
  if (connect.client_id.empty() && !v5() && !connect.clean_start)
    return refuse_connect(Reason::kClientIdNotValid, "an empty client identifier without a clean session");
  auto who = needs_.handler.authenticate(connect.username.value_or(""), connect.password.value_or(""),
                                         certificate_.name);
  if (!who) return refuse_connect(connect_reason_of(who.error().code), who.error().sentence);
  auto const assigned = connect.client_id.empty() ? new_client_id() : std::string{};
  if (!put_connack(connect, assigned))
    return refuse_connect(Reason::kImplementationSpecificError, "CONNACK is larger than the client takes");
  principal_ = *std::move(who);
  keep_connect(connect, principal_, connect.client_id.empty() ? assigned : connect.client_id);
  if (connect.will) keep_will(connect);
}

void Session::keep_will(Connect const& connect) {
  auto const& will = *connect.will;
  if (auto const fault = topic_name_fault(will.topic)) return drop_will(*fault);
  if (will.topic.starts_with('$') || !needs_.handler.may_publish(principal_, will.topic))
    return drop_will(fmt::format("the topic \"{}\" is not this client's", will.topic));
  Properties kept = will.properties;
  auto const expiry = kept.message_expiry_seconds;
  kept.message_expiry_seconds.reset();
  kept.will_delay_seconds.reset();  // A session ends with its connection, and with it the delay (3.1.3.2.2).
  will_ = OwnWill{Message{std::string{will.topic}, std::string{will.payload}, will.qos, will.retain},
                  encode_properties(kept), expiry};
}

/// Many firmwares bring a will on a status topic that nobody reads here: that is no reason to lose their readings.
void Session::drop_will(std::string_view why) {
  needs_.counters.wills_dropped.Increment();
  auto const reason = fmt::format("will: {}", why);
  if (needs_.hub.log().once.first(fmt::format("{}/{}", principal_.name, reason), reason, needs_.clock.tick()))
    runtime::log_warning("mqtt", "will_dropped", {{"client", session_name_}, {"why", why}});
}

void Session::keep_connect(Connect const& connect, Principal const& principal, std::string_view client_id) {
  session_name_ = session_name_of(principal, client_id);
  silence_max_ = Millis{connect.keep_alive_seconds * 1500};  // one and a half times (3.1.2.10)
  asked_for_a_session_ = connect.properties.session_expiry_seconds.value_or(0) > 0;
  client_receive_maximum_ = connect.properties.receive_maximum.value_or(65'535);
  connected_ = true;
  needs_.counters.connects_accepted.Increment();
  auto taken = needs_.hub.names().take(session_name_, address_);
  name_ = std::move(taken.hold);
  awaits_former_ = taken.has_former;
  if (needs_.watch != nullptr) {
    Shown shown{std::string{connect.username.value_or("")}, std::string{connect.password.value_or("")}, certificate_};
    needs_.watch->add(address_, std::move(shown), principal);
  }
}

bool Session::put_connack(Connect const& connect, std::string_view assigned_client_id) {
  Connack connack;
  auto& p = connack.properties;
  p.receive_maximum = needs_.limits.publishes_waiting_max;
  // No Maximum QoS: 2 is spoken. No Retain Available: it is.
  p.packet_bytes_max = static_cast<std::uint32_t>(needs_.limits.packet_bytes_max);
  p.session_expiry_seconds = 0U;  // No offline queues: state is retained, commands expire.
  p.subscription_identifier_available = std::uint8_t{0};
  p.shared_subscription_available = std::uint8_t{0};
  if (!assigned_client_id.empty()) p.assigned_client_id = assigned_client_id;
  if (put_if_it_fits(connack)) return true;
  if (connect.properties.session_expiry_seconds.value_or(0) > 0) return false;
  // What the client itself asked for need not be said (3.2.2.3.2), and without it a small one can be let in.
  p.session_expiry_seconds.reset();
  return put_if_it_fits(connack);
}

void Session::refuse_connect(Reason reason, std::string_view sentence) {
  needs_.counters.connects_refused.Increment();
  log_refused_connect(reason, sentence);
  ending_ = true;
  // Who speaks another version, or none at all, gets 3.1.1's "unacceptable protocol version", which all understand.
  if (reason == Reason::kUnsupportedProtocolVersion) version_ = Version::k311;
  Connack connack;
  if (v5()) {
    connack.code = static_cast<std::uint8_t>(reason);
  } else {
    auto const code = connect_return_code_of(reason);
    if (!code) return;
    connack.code = *code;
  }
  send_explained(connack, sentence);
}

/// Never the user name: devices are known to bring their key there.
void Session::log_refused_connect(Reason reason, std::string_view sentence) {
  auto const held_back = needs_.hub.log().refused_connects.admit(needs_.clock.tick());
  if (!held_back) return;
  auto const client = repair_utf8(std::string_view{client_id_}.substr(0, kClientIdBytesMax));
  runtime::log_warning("mqtt", "connect_refused", {{"client", client}, {"reason", text_of(reason)}, {"why", sentence},
                                                   {"not_logged_before", *held_back}});
}

}  // namespace madang::web::mqtt
