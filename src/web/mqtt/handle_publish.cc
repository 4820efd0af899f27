// PUBLISH: to the room above, and PUBACK only when it has answered. Under MQTT 5 a refusal has a reason code;
// 3.1.1 has none, so the connection closes without PUBACK: a denied device must not believe that it reported.
#include <fmt/format.h>

#include <utility>

#include "core/text.h"
#include "runtime/log.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"

namespace madang::web::mqtt {
namespace {

/// Those that travel on to subscribers (MQTT 5.0, 3.3.2.3).
std::string travelling_properties(Properties const& properties) {
  if (properties == Properties{}) return {};
  Properties kept = properties;
  kept.message_expiry_seconds.reset();
  return encode_properties(kept);
}

Message message_of(Publish const& p) { return Message{std::string{p.topic}, std::string{p.payload}, p.qos, p.retain}; }

}  // namespace

std::optional<ProtocolError> Session::publish_fault(Publish const& p) const {
  if (p.qos == 2) return ProtocolError{Reason::kQosNotSupported, "PUBLISH: QoS 2; 1 is the highest here"};
  if (p.properties.topic_alias)
    return ProtocolError{Reason::kTopicAliasInvalid, "PUBLISH: a topic alias, but none were offered"};
  if (!p.properties.subscription_identifiers.empty())
    return ProtocolError{Reason::kProtocolError, "PUBLISH: a subscription identifier from a client"};
  return std::nullopt;
}

Result<void> Session::may_take(Publish const& p) {
  if (p.topic.starts_with('$') || !needs_.handler.may_publish(principal_, p.topic))
    return fail(Code::kForbidden, fmt::format("topic \"{}\" is not this client's", p.topic));
  if (p.properties.payload_format == 1 && !is_utf8(p.payload))
    return fail(Code::kInvalid, "payload: said to be UTF-8, and is not");
  if (p.retain && !p.payload.empty()) return needs_.hub.may_retain(p.topic, p.payload.size());
  return {};
}

void Session::handle(Publish const& p) {
  tokens_ -= 1;
  needs_.counters.received_bytes.Increment(static_cast<double>(p.topic.size() + p.payload.size()));
  if (auto const fault = publish_fault(p)) return fail_with(*fault);
  if (auto const allowed = may_take(p); !allowed) return refuse_publish(p.packet_id, allowed.error());
  ForwardedPtr forward;
  if (p.retain || needs_.hub.anybody_wants(p.topic)) {
    std::optional<Tick> expires_at;
    if (auto const seconds = p.properties.message_expiry_seconds)
      expires_at = needs_.clock.tick() + std::chrono::seconds{*seconds};
    forward = std::make_shared<Forwarded const>(
        Forwarded{message_of(p), travelling_properties(p.properties), expires_at, address_});
  }
  ++waiting_;
  needs_.handler.publish(principal_, message_of(p), when_accepted(p.packet_id, std::move(forward)));
}

Accepted Session::when_accepted(std::uint16_t packet_id, ForwardedPtr forward) {
  return [mailbox = needs_.mailbox, connection = address_.connection, packet_id,
          forward = std::move(forward)](Result<void> result) mutable {
    mailbox->post(Letter{Answer{connection, packet_id, std::move(result), std::move(forward)}});
  };
}

void Session::answer(Answer& answer) {
  if (waiting_ > 0) --waiting_;
  if (!answer.result) return refuse_publish(answer.packet_id, answer.result.error());
  if (answer.packet_id != 0 && !ending_) encode(outbox_, Puback{.packet_id = answer.packet_id, .properties = {}}, version_);
}

void Session::refuse_publish(std::uint16_t packet_id, Error const& error) {
  (error.code == Code::kForbidden ? needs_.counters.received_denied : needs_.counters.received_refused).Increment();
  // With QoS 0 nobody else would ever hear why; once a connection is enough.
  if (!std::exchange(refusal_logged_, true)) {
    runtime::log_info("mqtt", "publish_refused", {{"client", session_name_}, {"why", error.sentence}});
  }
  if (packet_id == 0 || ending_) return;
  if (!v5()) {
    ending_ = true;
    return;
  }
  Puback puback{.packet_id = packet_id, .reason = reason_of(error.code), .properties = {}};
  std::string const sentence = error.sentence.substr(0, kReasonStringBytesMax);
  if (problem_information_ && is_utf8(sentence)) puback.properties.reason_string = sentence;
  encode(outbox_, puback, version_);
}

void Session::publish_will() {
  std::optional<Tick> expires_at;
  if (will_->expiry_seconds) expires_at = needs_.clock.tick() + std::chrono::seconds{*will_->expiry_seconds};
  auto forward = std::make_shared<Forwarded const>(
      Forwarded{will_->message, std::move(will_->properties), expires_at, address_});
  Message message = std::move(will_->message);
  will_.reset();
  needs_.handler.publish(principal_, std::move(message), when_accepted(0, std::move(forward)));
}

}  // namespace madang::web::mqtt
