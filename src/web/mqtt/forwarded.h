// A message on its way to subscribers, shared by all of them, and the letters that network threads send each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/time.h"
#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {

/// One connection: the network thread that owns it, and its number there.
struct Address {
  std::size_t thread = 0;
  std::uint64_t connection = 0;
  friend bool operator==(Address const&, Address const&) = default;
};
struct HashOfAddress {
  std::size_t operator()(Address const& a) const noexcept { return std::hash<std::uint64_t>{}(a.connection * 61 + a.thread); }
};

/// Of a connection's name: while it is held, who takes the name over waits.
using NameHold = std::shared_ptr<void const>;

struct Forwarded {
  Message message;
  std::string properties;          ///< those of MQTT 5 that travel on, encoded, without the expiry
  std::optional<Tick> expires_at;  ///< message expiry interval
  Address publisher;               ///< for "no local"
};
using ForwardedPtr = std::shared_ptr<Forwarded const>;

/// The answer of the room above to one received message.
struct Answer {
  std::uint64_t connection = 0;
  std::uint16_t packet_id = 0;  ///< 0: QoS 0, or a will: nobody waits for an acknowledgement
  std::uint8_t qos = 0;
  Result<void> result;
  ForwardedPtr forward;  ///< null: nobody subscribed
  NameHold name = {};    ///< of a will, until it was forwarded
};

struct Delivery {
  std::uint64_t connection = 0;
  ForwardedPtr message;
  std::uint8_t qos = 0;
  bool retain = false;
  bool of_walk = false;  ///< a retained message that the subscriber asked for by subscribing, and no news
  std::shared_ptr<void const> under_way = {};  ///< room that what the server publishes takes until this letter is opened
};

/// The same client has connected again elsewhere.
struct Eviction {
  std::uint64_t connection = 0;
};

/// The wills of all connections that had this one's name before have gone out.
struct FormerEnded {
  std::uint64_t connection = 0;
};

/// What let the client in does so no more.
struct Revocation {
  std::uint64_t connection = 0;
  std::string why;
};

/// A slice of the retained messages that were asked for is before this in the mailbox.
struct RetainedSlice {
  std::uint64_t connection = 0;
};

using Letter = std::variant<Answer, Delivery, Eviction, FormerEnded, Revocation, RetainedSlice>;

}  // namespace madang::web::mqtt
