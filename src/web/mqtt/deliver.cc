// Messages to a subscriber: at most its Receive Maximum unacknowledged, its queue bounded, nothing kept for later.
#include <algorithm>

#include "web/mqtt/encode.h"
#include "web/mqtt/session.h"

namespace madang::web::mqtt {
namespace {

/// The time left goes on with the message (MQTT 5.0, 3.3.2.3.3).
std::string with_expiry(std::string properties, std::optional<Tick> expires_at, Tick now) {
  if (!expires_at) return properties;
  Properties expiry;
  auto const left = std::chrono::ceil<std::chrono::seconds>(*expires_at - now).count();
  expiry.message_expiry_seconds = static_cast<std::uint32_t>(std::max<std::int64_t>(left, 0));
  return encode_properties(expiry) + properties;
}

std::size_t bytes_of(Delivery const& delivery) { return delivery.message->message.payload.size() + sizeof(Delivery); }

}  // namespace

void Session::deliver(Delivery delivery) {
  if (ending_ || !connected_) return;
  // What is retained has its bound where it is asked for: it and news take no room from each other.
  if (!delivery.of_walk && outbox_bytes_beside_walk() + news_waiting_bytes_ > needs_.limits.queued_bytes_max) {
    if (delivery.qos == 0) return needs_.counters.dropped_slow.Increment();
    needs_.counters.subscribers_too_slow.Increment();
    return end_with(Reason::kQuotaExceeded, "messages are not taken off quickly enough");
  }
  auto const inflight_max = std::min(client_receive_maximum_, needs_.limits.deliveries_waiting_max);
  if (delivery.qos == 0 || (unacknowledged_.size() < inflight_max && deliveries_waiting_.empty()))
    return send_publish(delivery);
  waiting_bytes_of(delivery) += bytes_of(delivery);
  deliveries_waiting_.push_back(std::move(delivery));
}

void Session::send_publish(Delivery const& delivery) {
  auto const& from = *delivery.message;
  auto const now = needs_.clock.tick();
  if (from.expires_at && *from.expires_at <= now) return needs_.counters.dropped_expired.Increment();
  Publish publish;
  publish.topic = from.message.topic;
  publish.payload = from.message.payload;
  publish.qos = delivery.qos;
  publish.retain = delivery.retain;
  if (delivery.qos > 0) publish.packet_id = new_packet_id();
  auto const begin = outbox_.size();
  auto const size = encode_publish(outbox_, publish, v5() ? with_expiry(from.properties, from.expires_at, now) : "",
                                   version_);
  if (size > client_packet_bytes_max_) {
    outbox_.resize(begin);
    return needs_.counters.dropped_too_large.Increment();
  }
  if (delivery.of_walk) walked_.mark(begin, outbox_.size());
  if (delivery.qos > 0) unacknowledged_.insert(publish.packet_id);
  needs_.counters.sent.Increment();
}

std::uint16_t Session::new_packet_id() {
  do {
    if (++last_packet_id_ == 0) last_packet_id_ = 1;
  } while (unacknowledged_.contains(last_packet_id_));
  return last_packet_id_;
}

void Session::handle(Puback const& puback) {
  // A PUBACK that nobody waits for is harmless; a refusal ends this delivery like a success does.
  if (unacknowledged_.erase(puback.packet_id) > 0) send_waiting();
}

void Session::send_waiting() {
  auto const inflight_max = std::min(client_receive_maximum_, needs_.limits.deliveries_waiting_max);
  while (!deliveries_waiting_.empty() && unacknowledged_.size() < inflight_max) {
    auto const delivery = std::move(deliveries_waiting_.front());
    deliveries_waiting_.pop_front();
    waiting_bytes_of(delivery) -= bytes_of(delivery);
    send_publish(delivery);
  }
}

}  // namespace madang::web::mqtt
