// One client as the protocol sees it: bytes in, bytes out, no sockets. The handlers of the packet types stand in
// files of their own (handle_connect.cc, handle_publish.cc, exactly_once.cc, ...). Used by the one network thread that owns it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "runtime/clock.h"
#include "web/net/certificate.h"
#include "web/mqtt/decode.h"
#include "web/mqtt/hub.h"
#include "web/mqtt/walked_bytes.h"

namespace madang::web::mqtt {

class RightsWatch;

/// What every session of a network thread uses; outlives them.
struct SessionNeeds {
  Hub& hub;
  ListenerHandler& handler;
  runtime::Clock const& clock;
  Counters& counters;
  Limits const& limits;
  std::shared_ptr<net::Mailbox<Letter>> mailbox;  ///< of this network thread
  RightsWatch* watch = nullptr;  ///< none: what let somebody in lets him stay
};

class Session {
 public:
  Session(SessionNeeds const& needs, Address address, net::Certificate certificate);

  /// Takes whole packets off the front of `bytes` while it may; returns how many bytes it took.
  std::size_t receive(std::string_view bytes);
  void answer(Answer& answer);
  void deliver(Delivery delivery);
  void evict();
  /// Of the connections that had its name before no will comes any more.
  void end_former() { awaits_former_ = false; }
  /// What let the client in does so no more: nothing of it is taken, nor its will.
  void revoke(std::string_view why);
  /// Keep-alive, the wait for CONNECT, and new room in the rate. Called every kSweepPeriod.
  void sweep(Tick now);
  /// It has taken nothing for too long: its connection is closed, and nothing can be said to it.
  void note_stalled();
  /// The server goes down.
  void send_disconnect();
  /// The socket has closed, for whatever reason: leaves the hub; the will goes out unless the client took leave or it went out before,
  /// and the name is free when it has gone out.
  void closed();

  /// The retained messages that were asked for are here, as far as they were sent.
  void end_slice();
  /// Asks for the next of them, once the client has taken those before. To be called when it has taken something.
  void continue_retained();

  /// Bytes that wait to be written.
  [[nodiscard]] std::string const& outbox() const { return outbox_; }
  /// The owner takes the first of them, at most so many, into `into`, whose room is used again.
  void take_outbox(std::string& into, std::size_t bytes_max);
  /// No more reading; close after the outbox is written.
  [[nodiscard]] bool ending() const { return ending_; }
  /// Reading rests until answers come back, the rate allows more, the client takes its answers, or the connection that it took over has
  /// said its last.
  [[nodiscard]] bool paused() const {
    return waiting_ >= needs_.limits.publishes_waiting_max || tokens_ < 1 || awaits_former_ ||
           outbox_bytes_beside_walk() > unread_answers_max();
  }

 private:
  struct OwnWill {
    Message message;
    std::string properties;
    std::optional<std::uint32_t> expiry_seconds;
  };

  /// In an outbox that may be full of what was subscribed to, up to one packet above its bound.
  [[nodiscard]] std::size_t unread_answers_max() const {
    auto const& limits = needs_.limits;
    return limits.queued_bytes_max + limits.packet_bytes_max + limits.outbox_bytes_max;
  }

  /// Answers and news; retained messages are counted by the walk.
  [[nodiscard]] std::size_t outbox_bytes_beside_walk() const { return outbox_.size() - walked_.waiting(); }
  [[nodiscard]] std::size_t& waiting_bytes_of(Delivery const& delivery) {
    return delivery.of_walk ? walked_waiting_bytes_ : news_waiting_bytes_;
  }

  void note_heard(std::size_t used, std::size_t unfinished, Tick now);
  void handle(Frame const& frame);
  void handle(Connect const& connect);        // handle_connect.cc
  void handle(Publish const& publish);        // handle_publish.cc
  void handle(Subscribe const& subscribe);    // handle_subscribe.cc
  void handle(Unsubscribe const& unsubscribe);
  void handle(Puback const& puback);          // deliver.cc
  void handle(Pubrel const& pubrel);          // exactly_once.cc
  void handle(Pingreq const&);                // session.cc
  void handle(Disconnect const& disconnect);
  template <typename Unexpected>
  void handle(Unexpected const&);

  void accept_connect(Connect const& connect);
  void keep_will(Connect const& connect);
  void drop_will(std::string_view why);
  void keep_connect(Connect const& connect, Principal const& principal, std::string_view client_id);
  /// False: the client does not take so much.
  [[nodiscard]] bool put_connack(Connect const& connect, std::string_view assigned_client_id);
  void refuse_connect(Reason reason, std::string_view sentence);
  void log_refused_connect(Reason reason, std::string_view sentence);

  [[nodiscard]] std::optional<ProtocolError> publish_fault(Publish const& publish) const;
  [[nodiscard]] Result<void> may_accept(Publish const& publish);
  [[nodiscard]] bool somebody_may_publish(std::string_view topic);
  [[nodiscard]] bool retains(Publish const& publish);
  void refuse_publish(std::uint16_t packet_id, std::uint8_t qos, Error const& error);
  void acknowledge(std::uint16_t packet_id, std::uint8_t qos, Reason reason, std::string_view sentence);
  [[nodiscard]] Accepted when_accepted(std::uint16_t packet_id, std::uint8_t qos, ForwardedPtr forward);
  [[nodiscard]] Accepted when_will_accepted(ForwardedPtr forward, NameHold name);
  [[nodiscard]] bool is_new(Publish const& publish);  // exactly_once.cc
  void mark_recorded(std::uint16_t packet_id, bool accepted);

  /// Of a PUBLISH that is too large for us: its packet identifier, and how many of its bytes are still to be passed over.
  struct PassedOver {
    std::size_t bytes_left = 0;
    std::uint16_t packet_id = 0;
    std::uint8_t qos = 0;
    std::string why;
  };
  std::size_t pass_over(std::string_view bytes);  // pass_over.cc
  [[nodiscard]] bool begin_passing_over(std::string_view bytes, bool& more_needed);
  void publish_will(NameHold name);

  [[nodiscard]] std::uint8_t subscribe_one(SubscribeFilter filter);

  void send_publish(Delivery const& delivery);
  void send_waiting();
  std::uint16_t new_packet_id();

  /// False: it is larger than the client takes, and stays here (MQTT 5.0, 3.1.2-24).
  bool put_if_it_fits(Packet const& packet);
  /// Ends the connection where the client does not take so much.
  void send(Packet const& packet);
  /// With the sentence as its reason string, where the client wants it and takes so much. Under 3.1.1: without.
  void send_explained(Packet packet, std::string_view sentence);
  /// A fault of the client: says why where MQTT 5 can, and ends.
  void fail_with(ProtocolError const& error);
  /// DISCONNECT under MQTT 5, then the end.
  void end_with(Reason reason, std::string_view sentence);
  [[nodiscard]] bool v5() const { return version_ == Version::k5; }
  void refill(Tick now);

  SessionNeeds const& needs_;
  Address const address_;
  net::Certificate const certificate_;
  std::string outbox_;
  bool ending_ = false;

  bool connect_seen_ = false;  ///< its first packet is a CONNECT
  bool connected_ = false;  ///< and was accepted
  bool awaits_former_ = false;  ///< nothing of this client is taken before the wills of those that had its name
  Version version_ = Version::k5;
  Principal principal_;
  std::string client_id_;     ///< as the client wrote it
  std::string session_name_;  ///< whose client, and its client identifier
  NameHold name_;             ///< none: the connection was taken over, or has closed
  Millis silence_max_{0};     ///< 0: for ever
  Tick opened_at_;
  Tick last_received_at_;
  std::size_t unfinished_heard_ = 0;  ///< bytes of the packet that is coming, when it was heard last
  std::optional<OwnWill> will_;
  bool asked_for_a_session_ = false;  ///< that outlives its connection
  bool problem_information_ = true;
  std::size_t client_packet_bytes_max_ = SIZE_MAX;
  std::uint16_t client_receive_maximum_ = 65'535;

  std::size_t waiting_ = 0;  ///< messages at the handler, not yet answered
  double tokens_;
  Tick refilled_at_;

  std::optional<PassedOver> passed_over_;
  /// QoS 2 from this client, until its PUBREL: true once PUBREC has said that it is ours.
  std::unordered_map<std::uint16_t, bool> exactly_once_;

  std::vector<std::string> filters_;
  RetainedWalk retained_;       ///< under way
  RetainedWalk retained_next_;  ///< of what was subscribed to meanwhile
  bool slice_asked_ = false;
  WalkedBytes walked_;  ///< of outbox_
  std::unordered_set<std::uint16_t> unacknowledged_;
  std::deque<Delivery> deliveries_waiting_;
  std::size_t news_waiting_bytes_ = 0;  ///< of deliveries_waiting_
  std::size_t walked_waiting_bytes_ = 0;
  std::uint16_t last_packet_id_ = 0;
};

}  // namespace madang::web::mqtt
