#include "web/mqtt/counters.h"

namespace madang::web::mqtt {
namespace {

prometheus::Counter& received(runtime::Metrics& m, char const* result) {
  return m.counter("madang_mqtt_received_messages_total", "PUBLISH packets received by the listener.",
                   {{"result", result}});
}
prometheus::Counter& published_messages(runtime::Metrics& m, char const* result) {
  return m.counter("madang_mqtt_published_messages_total", "Messages that the server itself published.", {{"result", result}});
}
prometheus::Counter& dropped(runtime::Metrics& m, char const* reason) {
  return m.counter("madang_mqtt_dropped_messages_total", "Messages that did not reach a subscriber.",
                   {{"reason", reason}});
}
prometheus::Counter& connects(runtime::Metrics& m, char const* result) {
  return m.counter("madang_mqtt_connects_total", "CONNECT packets.", {{"result", result}});
}
prometheus::Counter& disconnects(runtime::Metrics& m, char const* reason) {
  return m.counter("madang_mqtt_disconnects_total", "Connections that ended without DISCONNECT.", {{"reason", reason}});
}

}  // namespace

Counters::Counters(runtime::Metrics& m)
    : connections(m.gauge("madang_mqtt_connections", "Open connections of the listener.")),
      connects_accepted(connects(m, "accepted")),
      connects_refused(connects(m, "refused")),
      connections_lost(disconnects(m, "lost")),
      keep_alive_expired(disconnects(m, "keep_alive")),
      taken_over(disconnects(m, "taken_over")),
      rights_ended(disconnects(m, "rights_ended")),
      protocol_errors(disconnects(m, "protocol_error")),
      received_accepted(received(m, "accepted")),
      received_refused(received(m, "refused")),
      received_denied(received(m, "denied")),
      received_bytes(m.counter("madang_mqtt_received_bytes_total", "Bytes received by the listener.")),
      wills_dropped(m.counter("madang_mqtt_wills_dropped_total", "Wills whose topic is not the client's.")),
      not_retained(m.counter("madang_mqtt_not_retained_messages_total",
                             "Messages accepted that there was no room to retain.")),
      published(published_messages(m, "accepted")),
      not_published(published_messages(m, "refused")),
      sent(m.counter("madang_mqtt_sent_messages_total", "PUBLISH packets sent to subscribers.")),
      dropped_slow(dropped(m, "slow_subscriber")),
      dropped_expired(dropped(m, "expired")),
      dropped_too_large(dropped(m, "too_large")),
      subscribers_too_slow(disconnects(m, "slow_subscriber")),
      stalled(disconnects(m, "stalled")),
      pauses(m.counter("madang_mqtt_reading_pauses_total", "Times that reading of a connection paused.")),
      retained_messages(m.gauge("madang_mqtt_retained_messages", "Retained messages.")),
      retained_bytes(m.gauge("madang_mqtt_retained_bytes", "Topics and payloads of retained messages.")),
      subscriptions(m.gauge("madang_mqtt_subscriptions", "Subscriptions of all clients.")) {}

}  // namespace madang::web::mqtt
