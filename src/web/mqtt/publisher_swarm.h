// Thousands of MQTT publishers in one thread, one file descriptor each: the load generator, and the simulated
// city's way in. Each connection has its own name and key, a window of unacknowledged messages, and comes back by
// itself after a loss; what was not acknowledged is sent again.
//
//   Bench:     auto swarm = PublisherSwarm::start({.port = 1883, .connections = 1000, ...});
//              swarm->wait_until_connected(30s);
//              swarm->publish_from(next);               // as fast as PUBACKs allow; next(i) gives a message
//              ... swarm->statistics().latency(0.99)
//   Simulator: swarm->publish(connection_of(node), {"things/N-17/obs", payload, 1}, accepted);
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "web/mqtt/mqtt.h"

namespace madang::web::mqtt {

/// Counts in buckets that grow by an eighth, from 10 us to over ten minutes: a quantile is right within 12.5 %.
class LatencyHistogram {
 public:
  void add(std::chrono::nanoseconds latency);
  /// The smallest bucket bound that `share` (0 to 1) of all stay below; 0 without any.
  [[nodiscard]] std::chrono::nanoseconds quantile(double share) const;
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds maximum() const { return maximum_; }

 private:
  std::array<std::uint64_t, 160> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds maximum_{0};
};

struct SwarmOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  std::size_t connections = 1;
  std::size_t window = 16;              ///< unacknowledged messages of one connection
  std::size_t queue_max = 64;           ///< messages of one connection that publish() takes beyond the window
  std::uint16_t keep_alive_seconds = 60;
  std::string client_id_prefix = "swarm";
  bool tls = false;
  std::string ca_file;
  struct Login {
    std::string username;
    std::string password;
  };
  /// The key of connection i.
  std::function<Login(std::size_t)> login = [](std::size_t) { return Login{}; };
  /// Connections opened per second: a city does not come back in one instant.
  std::size_t connects_per_second = 2'000;
};

struct SwarmStatistics {
  std::size_t connected = 0;
  std::uint64_t sent = 0;          ///< handed to the connections
  std::uint64_t acknowledged = 0;  ///< QoS 1: PUBACK with success; QoS 0: written
  std::uint64_t refused = 0;       ///< PUBACK with an error, or given up
  std::uint64_t connections_lost = 0;
  std::string last_error;
  LatencyHistogram latency;        ///< from handing over to PUBACK, QoS 1, accepted ones
};

/// Thread-safe. Callbacks come on the swarm's thread and must be quick.
class PublisherSwarm {
 public:
  /// The next message of connection i; nothing: it has none any more. Asked whenever its window has room.
  using Source = std::function<std::optional<Message>(std::size_t)>;

  static Result<std::unique_ptr<PublisherSwarm>> start(SwarmOptions options);
  virtual ~PublisherSwarm() = default;

  /// `accepted` is called exactly once. kOverloaded at once when the connection's window and queue are full.
  virtual void publish(std::size_t connection, Message message, Accepted accepted) = 0;
  /// Keeps every window full from `source` until it gives nothing more.
  virtual void publish_from(Source source) = 0;
  /// False: not all connected in time.
  virtual bool wait_until_connected(std::chrono::milliseconds wait) = 0;
  /// Until no message is unanswered. False: not in time.
  virtual bool wait_until_idle(std::chrono::milliseconds wait) = 0;
  [[nodiscard]] virtual SwarmStatistics statistics() const = 0;
  /// Latencies and counts from now on; `connected` stays.
  virtual void reset_statistics() = 0;
  virtual void stop() = 0;
};

}  // namespace madang::web::mqtt
