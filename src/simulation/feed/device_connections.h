// MQTT connections of a feed: each message goes out with QoS 1 and is kept through a reconnect until the server has
// acknowledged it. Bounded: when too much waits for the server, sending waits.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "runtime/mutex.h"
#include "web/mqtt/mqtt.h"

namespace madang::simulation {

/// In messages of one station.
struct SinkCounts {
  std::uint64_t sent = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;
  std::uint64_t waiting = 0;
  std::string last_refusal;
};

struct DeviceConnectionsOptions {
  std::string address;  ///< "127.0.0.1:1883"
  std::string key;
  std::string client_id;  ///< "-1", "-2", ... are added
  std::size_t connections = 1;
};

/// One thread sends; any may ask for counts.
class DeviceConnections {
 public:
  /// kInvalid: the address is not HOST:PORT. Connecting goes on in the background.
  static Result<std::unique_ptr<DeviceConnections>> open(DeviceConnectionsOptions const& options,
                                                         std::atomic<bool> const& stop);
  ~DeviceConnections();
  DeviceConnections(DeviceConnections const&) = delete;
  DeviceConnections& operator=(DeviceConnections const&) = delete;

  /// `device` decides which connection: messages of one device stay in order.
  void send(std::size_t device, std::string topic, std::string payload);
  /// Waits a few seconds for acknowledgements, then says goodbye.
  void finish();
  [[nodiscard]] SinkCounts counts();

 private:
  /// Shared with acknowledgements, which come on the clients' threads.
  struct Tally {
    std::atomic<std::uint64_t> acknowledged = 0;
    std::atomic<std::uint64_t> refused = 0;
    runtime::Mutex mutex;
    std::string last_refusal MADANG_GUARDED_BY(mutex);
  };
  struct Connection {
    std::unique_ptr<web::mqtt::Client> client;
    std::shared_ptr<std::atomic<std::size_t>> waiting = std::make_shared<std::atomic<std::size_t>>(0);
  };

  explicit DeviceConnections(std::atomic<bool> const& stop) : stop_(stop) {}

  std::atomic<bool> const& stop_;
  std::atomic<std::uint64_t> sent_ = 0;
  std::shared_ptr<Tally> tally_ = std::make_shared<Tally>();
  std::vector<Connection> connections_;
};

}  // namespace madang::simulation
