// What the listener counts about itself.
#pragma once

#include "runtime/metrics.h"

namespace madang::web::mqtt {

/// Thread-safe.
struct Counters {
  explicit Counters(runtime::Metrics& metrics);

  prometheus::Gauge& connections;
  prometheus::Counter& connects_accepted;
  prometheus::Counter& connects_refused;
  prometheus::Counter& connections_lost;
  prometheus::Counter& keep_alive_expired;
  prometheus::Counter& taken_over;
  prometheus::Counter& rights_ended;      ///< a key was revoked, a certificate is over
  prometheus::Counter& protocol_errors;
  prometheus::Counter& received_accepted;
  prometheus::Counter& received_refused;  ///< by the room above: wrong, too much, no space
  prometheus::Counter& received_denied;   ///< not this client's topic
  prometheus::Counter& received_bytes;
  prometheus::Counter& wills_dropped;     ///< their topic is not the client's
  prometheus::Counter& not_retained;      ///< accepted, but there was no room to retain it
  prometheus::Counter& published;         ///< by the server itself
  prometheus::Counter& not_published;
  prometheus::Counter& sent;
  prometheus::Counter& dropped_slow;      ///< QoS 0 to a subscriber whose queue is full
  prometheus::Counter& dropped_expired;
  prometheus::Counter& dropped_too_large;
  prometheus::Counter& subscribers_too_slow;
  prometheus::Counter& stalled;           ///< took nothing of what was written to it
  prometheus::Counter& pauses;            ///< reading paused: rate, too many unanswered messages, or the client does not read
  prometheus::Gauge& retained_messages;
  prometheus::Gauge& retained_bytes;
  prometheus::Gauge& subscriptions;
};

}  // namespace madang::web::mqtt
