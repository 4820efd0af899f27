// The face of MQTT for other rooms: the listener that devices connect to, and the client that reads a
// city's own broker. The codec and Asio stay inside.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "runtime/clock.h"
#include "runtime/metrics.h"
#include "web/http/http.h"
#include "web/mqtt/limits.h"

namespace madang::web::mqtt {

struct Message {
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;
  bool retain = false;
};

/// What the server itself says to its clients.
struct Publication {
  std::string topic;
  std::string payload;
  std::uint8_t qos = 0;  ///< 0 or 1
  bool retain = false;   ///< without payload: takes the retained message away
  /// Nobody hears of it later than this: what is commanded is meant for now.
  std::optional<std::chrono::seconds> expires_after = {};
};

/// Called exactly once, from any thread. An Error becomes the reason code of PUBACK or PUBREC under MQTT 5. 3.1.1 has
/// none: what `is_final` is acknowledged, counted and logged, since the device would send it again for ever; for the rest
/// the connection closes without PUBACK.
using Accepted = std::move_only_function<void(Result<void>)>;

/// The same message would be refused again, whenever it comes.
[[nodiscard]] bool is_final(Code code);

/// What the listener asks of the rooms above. All calls come on a network thread and must not block; `authenticate` comes again for
/// every client that is connected, on another thread.
class ListenerHandler {
 public:
  virtual ~ListenerHandler() = default;
  /// From the password (a key), or from the common name of the client's TLS certificate. kUnauthorized or kForbidden ends a
  /// connection, another Error refuses a new one and lets the others stay.
  virtual Result<Principal> authenticate(std::string_view username, std::string_view password,
                                         std::string_view certificate_name) = 0;
  virtual bool may_publish(Principal const& who, std::string_view topic) = 0;
  virtual bool may_subscribe(Principal const& who, std::string_view filter) = 0;
  /// Elsewhere no right is missing: what is sent there can never be taken.
  virtual bool somebody_may_publish(std::string_view topic) = 0;
  /// PUBACK goes out only after `accepted`, and only then subscribers see the message. Wills come here too. A retained
  /// message without payload only takes the retained one away: it is to be accepted after those before it.
  virtual void publish(Principal const& who, Message message, Accepted accepted) = 0;
};

struct ListenerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;           ///< 0: a free one
  std::string certificate_file;     ///< both set: TLS
  std::string private_key_file;
  std::string client_ca_file;       ///< set: client certificates are asked for and checked against it
  std::size_t threads = 1;
  Limits limits = {};
};

/// MQTT 3.1.1 and 5. Limits are in limits.h. Thread-safe.
class Listener {
 public:
  static Result<std::unique_ptr<Listener>> start(ListenerOptions options, ListenerHandler& handler,
                                                 runtime::Clock const& clock, runtime::Metrics& metrics);
  virtual ~Listener() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// From the server itself to whoever subscribed; waits for nobody. kInvalid: no topic's name. kLimit: larger than a packet, or than all
  /// the room for what is retained. kOverloaded: no room to retain it, or what was published before is still on its way.
  virtual Result<void> publish(Publication publication) = 0;
  /// Says goodbye to every client (DISCONNECT 0x8B under MQTT 5), then returns.
  virtual void stop() = 0;
};

struct ClientOptions {
  std::string host;
  std::uint16_t port = 1883;
  std::string client_id;
  std::string username;
  std::string password;
  bool tls = false;
  std::string ca_file;
  std::string certificate_file;
  std::string private_key_file;
  bool clean_start = false;               ///< false: a persistent session, nothing is lost while we are away
  std::uint32_t session_expiry_seconds = 86'400;
  std::uint16_t keep_alive_seconds = 30;
  std::uint16_t receive_maximum = 1024;
  std::vector<std::pair<std::string, std::uint8_t>> subscriptions;  ///< filter, QoS
};

/// Called for each incoming message; the PUBACK goes out after `accepted(success)`; an error leaves it
/// unacknowledged and reconnects later, so that the broker sends it again.
using OnMessage = std::function<void(Message, Accepted accepted)>;

/// Reconnects for ever with full jitter (1 to 60 s). Thread-safe.
class Client {
 public:
  static Result<std::unique_ptr<Client>> start(ClientOptions const& options, OnMessage on_message);
  virtual ~Client() = default;
  /// QoS 0: accepted once written; QoS 1: accepted at PUBACK. Bounded: kOverloaded when too much is in flight.
  virtual void publish(Message message, Accepted accepted) = 0;
  [[nodiscard]] virtual bool connected() const = 0;
  virtual void stop() = 0;
};

}  // namespace madang::web::mqtt
