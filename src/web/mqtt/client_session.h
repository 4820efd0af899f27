// MQTT as a client, without sockets: what survives a reconnect (messages not yet acknowledged), and the protocol of
// the present connection. One thread uses it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"
#include "web/mqtt/decode.h"
#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {

struct Outgoing {
  Message message;
  Accepted accepted;
  std::uint16_t packet_id = 0;  ///< 0: never sent
};

/// Which received message an answer belongs to; one of an earlier connection is void.
struct Receipt {
  std::uint64_t connection = 0;
  std::uint64_t number = 0;
};

class ClientSession {
 public:
  using OnIncoming = std::function<void(Message, Receipt)>;

  /// `window`: QoS 1 messages sent and not yet acknowledged.
  ClientSession(ClientOptions const& options, std::size_t window, OnIncoming on_incoming);

  /// A new transport is there: CONNECT waits in the outbox.
  void begin(Tick now);
  std::size_t receive(std::string_view bytes, Tick now);
  /// QoS 0 while not ready: kUnavailable.
  void publish(Outgoing outgoing);
  void answer(Receipt receipt, Result<void> const& result);
  /// PINGREQ when it is time, and the watch over a silent broker.
  void sweep(Tick now);
  /// The transport is gone.
  void end();
  void send_disconnect();
  void fail_all(Error const& error);

  std::string& outbox() { return outbox_; }
  /// Set: the connection must end, for this reason.
  [[nodiscard]] std::optional<Error> const& fault() const { return fault_; }
  /// The broker knows only 3.1.1: the next begin() speaks it, and need not wait.
  [[nodiscard]] bool changed_version() const { return changed_version_; }
  /// Accepted by the broker, subscriptions included.
  [[nodiscard]] bool ready() const { return ready_; }
  /// Something was acknowledged on this connection, in either direction, or it has lasted.
  [[nodiscard]] bool progressed() const { return progressed_; }
  /// Reading rests: as many messages wait for an answer as were asked for.
  [[nodiscard]] bool paused() const { return unanswered_.size() >= options_.receive_maximum; }
  [[nodiscard]] std::size_t outgoing_count() const { return outgoing_.size(); }
  [[nodiscard]] Version version() const { return version_; }

 private:
  struct Unanswered {
    std::uint16_t packet_id = 0;  ///< 0: QoS 0
    bool answered = false;
  };

  void handle(Connack const& connack);
  void handle(Publish const& publish);
  void handle(Puback const& puback);
  void handle(Suback const& suback);
  void handle(Pingresp const&) {}
  void handle(Unsuback const&) {}
  void handle(Disconnect const& disconnect);
  template <typename Unexpected>
  void handle(Unexpected const&);

  void subscribe();
  void become_ready();
  void send_outgoing();
  bool give_packet_id(Outgoing& outgoing);
  void fail_with(Code code, std::string sentence);

  ClientOptions const& options_;
  std::size_t const window_max_;
  OnIncoming const on_incoming_;

  std::deque<Outgoing> outgoing_;  ///< in order; the first sent_ of them wait for PUBACK
  std::size_t sent_ = 0;
  std::uint16_t last_packet_id_ = 0;
  Version version_ = Version::k5;
  std::uint64_t connection_ = 0;

  std::string outbox_;
  std::optional<Error> fault_;
  bool changed_version_ = false;
  bool accepted_ = false;
  bool ready_ = false;
  bool progressed_ = false;
  bool session_present_ = false;
  std::size_t window_ = 0;
  std::size_t packet_bytes_max_ = SIZE_MAX;
  Millis keep_alive_{0};
  Tick begun_at_;
  Tick last_received_at_;
  Tick pinged_at_;
  std::deque<Unanswered> unanswered_;   ///< received and not yet acknowledged by us, in order
  std::uint64_t unanswered_first_ = 0;  ///< number of its front
};

}  // namespace madang::web::mqtt
