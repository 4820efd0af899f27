// PUBLISH: to the room above, and PUBACK or PUBREC only when it has answered. Under MQTT 5 a refusal has a reason code.
// 3.1.1 has none: what can never be taken is acknowledged, counted and logged, or the device would send it again for ever and
// never come to what follows; a denied topic and overload close the connection without an acknowledgement.
#include <fmt/format.h>

#include <utility>

#include "core/text.h"
#include "runtime/log.h"
#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"
#include "web/mqtt/topic.h"

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
  if (p.properties.topic_alias)
    return ProtocolError{Reason::kTopicAliasInvalid, "PUBLISH: a topic alias, but none were offered"};
  if (!p.properties.subscription_identifiers.empty())
    return ProtocolError{Reason::kProtocolError, "PUBLISH: a subscription identifier from a client"};
  return std::nullopt;
}

Result<void> Session::may_accept(Publish const& p) {
  // The standard lets it be so long, so the connection goes on: 3.1.1 would send it again first for ever.
  if (auto const fault = topic_name_beyond_bounds(p.topic)) return fail(Code::kNotFound, *fault);
  if (p.topic.starts_with('$') || !needs_.handler.may_publish(principal_, p.topic))
    return fail(Code::kForbidden, fmt::format("topic \"{}\" is not this client's", p.topic));
  if (p.properties.payload_format == 1 && !is_utf8(p.payload))
    return fail(Code::kInvalid, "payload: said to be UTF-8, and is not");
  if (v5() && p.retain && !p.payload.empty()) return needs_.hub.may_retain(p.topic, p.payload.size());
  return {};
}

bool Session::somebody_may_publish(std::string_view topic) {
  return !topic.starts_with('$') && needs_.handler.somebody_may_publish(topic);
}

/// Under 3.1.1 a reading is not lost because there is no room to retain it.
bool Session::retains(Publish const& p) {
  if (!p.retain || v5() || p.payload.empty()) return p.retain;
  auto const room = needs_.hub.may_retain(p.topic, p.payload.size());
  if (room) return true;
  needs_.counters.not_retained.Increment();
  if (needs_.hub.log().once.first(session_name_, room.error().sentence, needs_.clock.tick()))
    runtime::log_warning("mqtt", "not_retained", {{"client", session_name_}, {"why", room.error().sentence}});
  return false;
}

void Session::handle(Publish const& p) {
  tokens_ -= 1;
  needs_.counters.received_bytes.Increment(static_cast<double>(p.topic.size() + p.payload.size()));
  if (auto const fault = publish_fault(p)) return fail_with(*fault);
  if (!is_new(p)) return;
  auto const allowed = may_accept(p);
  // Firmwares clear topics that other servers know, such as those of discovery: where nothing is retained, nothing is asked.
  if (!allowed && p.retain && p.payload.empty() && !needs_.hub.retains(p.topic)) {
    needs_.counters.received_accepted.Increment();
    return acknowledge(p.packet_id, p.qos, Reason::kSuccess, {});
  }
  if (!allowed && allowed.error().code == Code::kForbidden && !somebody_may_publish(p.topic)) {
    Error const nobody{Code::kNotFound, fmt::format("topic \"{}\" is none that a client may publish to", p.topic)};
    return refuse_publish(p.packet_id, p.qos, nobody);
  }
  if (!allowed) return refuse_publish(p.packet_id, p.qos, allowed.error());
  auto message = message_of(p);
  message.retain = retains(p);
  ForwardedPtr forward;
  if (message.retain || needs_.hub.has_subscribers(p.topic)) {
    std::optional<Tick> expires_at;
    if (auto const seconds = p.properties.message_expiry_seconds)
      expires_at = needs_.clock.tick() + std::chrono::seconds{*seconds};
    forward = std::make_shared<Forwarded const>(
        Forwarded{message, travelling_properties(p.properties), expires_at, address_});
  }
  ++waiting_;
  needs_.handler.publish(principal_, std::move(message), when_accepted(p.packet_id, p.qos, std::move(forward)));
}

Accepted Session::when_accepted(std::uint16_t packet_id, std::uint8_t qos, ForwardedPtr forward) {
  return [mailbox = needs_.mailbox, connection = address_.connection, packet_id, qos,
          forward = std::move(forward)](Result<void> result) mutable {
    mailbox->post(Letter{Answer{connection, packet_id, qos, std::move(result), std::move(forward)}});
  };
}

/// The name is held until the will was forwarded here, and not only accepted: what comes under it next may be forwarded by another thread.
Accepted Session::when_will_accepted(ForwardedPtr forward, NameHold name) {
  return [mailbox = needs_.mailbox, connection = address_.connection, forward = std::move(forward),
          name = std::move(name)](Result<void> result) mutable {
    mailbox->post(Letter{Answer{connection, 0, 0, std::move(result), std::move(forward), std::move(name)}});
  };
}

void Session::answer(Answer& answer) {
  if (waiting_ > 0) --waiting_;
  if (!answer.result) return refuse_publish(answer.packet_id, answer.qos, answer.result.error());
  acknowledge(answer.packet_id, answer.qos, Reason::kSuccess, {});
}

void Session::refuse_publish(std::uint16_t packet_id, std::uint8_t qos, Error const& error) {
  (error.code == Code::kForbidden ? needs_.counters.received_denied : needs_.counters.received_refused).Increment();
  // Under QoS 0 and 3.1.1 nobody else would ever hear why. Many firmwares draw a new client identifier for each connection,
  // and many devices may share a key, so a device is its key and what the sentence begins with: its serial.
  auto const source = fmt::format("{}/{}", principal_.name, error.sentence.substr(0, error.sentence.find(':')));
  if (needs_.hub.log().once.first(source, error.sentence, needs_.clock.tick()))
    runtime::log_warning("mqtt", "publish_refused", {{"client", session_name_}, {"why", error.sentence}});
  if (packet_id == 0 || ending_) return;
  if (v5()) return acknowledge(packet_id, qos, reason_of(error.code), error.sentence);
  if (is_final(error.code)) return acknowledge(packet_id, qos, Reason::kSuccess, {});
  ending_ = true;
}

/// PUBACK, or PUBREC for QoS 2. A reason above success is for version 5 only.
void Session::acknowledge(std::uint16_t packet_id, std::uint8_t qos, Reason reason, std::string_view sentence) {
  if (packet_id == 0 || ending_) return;
  if (qos == 2) {
    mark_recorded(packet_id, reason == Reason::kSuccess);
    return send_explained(Pubrec{.packet_id = packet_id, .reason = reason, .properties = {}}, sentence);
  }
  Puback const puback{.packet_id = packet_id, .reason = reason, .properties = {}};
  // Most of all that is ever sent: four bytes, which fit where CONNACK did.
  if (sentence.empty()) return encode(outbox_, puback, version_);
  send_explained(puback, sentence);
}

void Session::publish_will(NameHold name) {
  std::optional<Tick> expires_at;
  if (will_->expiry_seconds) expires_at = needs_.clock.tick() + std::chrono::seconds{*will_->expiry_seconds};
  auto forward = std::make_shared<Forwarded const>(
      Forwarded{will_->message, std::move(will_->properties), expires_at, address_});
  Message message = std::move(will_->message);
  will_.reset();
  needs_.handler.publish(principal_, std::move(message), when_will_accepted(std::move(forward), std::move(name)));
}

}  // namespace madang::web::mqtt
